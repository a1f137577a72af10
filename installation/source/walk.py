"""A walk that never ends: a smooth way through points drawn by a seed. Pure.

Where it is at any time follows from seed and time alone, so that a walk can be taken up
anywhere and is the same each time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


def point(seed: int, number: int, size: int) -> FloatArray:
    """The walk's `number`-th point: (size,) of the unit normal distribution."""
    return np.random.default_rng((seed, number)).standard_normal(size).astype(np.float32)


def position(seed: int, steps: float, size: int) -> FloatArray:
    """Where the walk is after so many points, >= 0: (size,), of unit variance all the way.

    Between two points it goes along the circle (so that it never cuts through the middle,
    where nothing was seen in training), slowly near the points and faster between them.
    """
    number, share = int(steps), steps % 1.0
    eased = share * share * (3 - 2 * share)
    here, there = point(seed, number, size), point(seed, number + 1, size)
    angle = np.float32(eased * np.pi / 2)
    return np.asarray(here * np.cos(angle) + there * np.sin(angle), np.float32)
