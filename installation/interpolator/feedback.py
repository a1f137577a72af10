"""The motion that a clip has had so far, as the feedback of a cut drags a layer along it. Pure.

Datamoshing plays a film's motion on a picture that it wasn't made for, and all melts. So here:
the motions of the pairs before, as the untouched net found them, are summed up, each weighing
less the longer ago it was. They depend on the clip and the pair alone: wherever playing began,
and whatever was carved, a frame is the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

REMEMBERED = 8
"""Pairs. What lies further back has faded away."""
FADES = 0.8
"""What is left of a pair's motion one pair later."""
FURTHEST = 0.15
"""The longest way a layer is dragged, as a share of the picture's width."""
HALF_WAY = 0.006
"""The summed motion, as a share of the width, that gives half of that: most motion is small."""


def carried(motions: Sequence[FloatArray], shape: tuple[int, int]) -> FloatArray:
    """Where each cell's content is taken from at full feedback, float32 (1, 2, h, w), in cells.

    `motions` (1, 2 or more, h, w) are those of the pairs before, the oldest first; `shape` is
    (h, w). Without any nothing is dragged.
    """
    total = np.zeros((1, 2, *shape), np.float32)
    for motion in motions:
        total = total * np.float32(FADES) + motion[:, :2]
    width = total.shape[-1]
    size = np.hypot(total[:, :1], total[:, 1:])
    return np.asarray(-total * (FURTHEST * width / (size + HALF_WAY * width)), np.float32)
