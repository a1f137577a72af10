"""A walk that never ends: a smooth way from one point of a set to another, as a seed draws them.

Where it is at any time follows from seed and time alone, so that a walk can be taken up
anywhere and is the same each time. Pure.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


def station(seed: int, number: int, points: FloatArray) -> FloatArray:
    """The walk's `number`-th station: one of the points (N, size); all of them in turn, then
    all of them again in another order."""
    order = np.random.default_rng((seed, number // len(points))).permutation(len(points))
    here = points[order[number % len(points)]]
    return np.asarray(here, np.float32)


def position(seed: int, steps: float, points: FloatArray) -> FloatArray:
    """Where the walk is after so many stations (>= 0): (size,).

    Between two stations it goes along an arc, since a straight line would cut through the
    middle, where the generators saw nothing in training; slowly near the stations, faster
    between them.
    """
    number, share = int(steps), steps % 1.0
    angle = np.float32(share * share * (3 - 2 * share) * np.pi / 2)
    here, there = station(seed, number, points), station(seed, number + 1, points)
    return np.asarray(here * np.cos(angle) + there * np.sin(angle), np.float32)
