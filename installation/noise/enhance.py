"""Enhance: dreams new patterns into the picture.

Gradient ascent on the features of a small network that learned type and coastlines from the
dreams' own training pictures, two steps of it written out as a graph (models/dreams/enhance; how it
was made: models/dream_training/enhance.py), on the brightness of a small copy.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from installation.graphs import Graph
from installation.noise.plain import framed
from installation.settings import HOUSE
from installation.vocabulary import Frame, FrameContext

PATH = HOUSE / "models" / "dreams" / "enhance" / "enhance.onnx"
LONGEST_PX = 160
STRENGTH = 230.0


@lru_cache(maxsize=1)
def _ascent() -> Graph:
    return Graph(PATH)


def enhance(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Dreams strokes and coastlines into whatever is there."""
    if amount <= 0:
        return frame
    height, width = frame.shape[:2]
    scale = min(1.0, LONGEST_PX / max(height, width))
    # Even sides: the graph halves and doubles them.
    small = tuple(max(8, 2 * round(side * scale / 2)) for side in (width, height))
    light = cv2.cvtColor(cv2.resize(frame, small, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    added = _ascent().run((light[None, None] * np.float32(1 / 255)).astype(np.float32))[0, 0]
    # The graph works on every second pixel; the mean of two by two takes its grid away.
    large = cv2.resize(cv2.blur(added, (2, 2)), (width, height), interpolation=cv2.INTER_CUBIC)
    pattern = cv2.merge([large * np.float32(STRENGTH * amount)] * 3)
    return framed(cv2.add(frame, pattern, dtype=cv2.CV_8U))
