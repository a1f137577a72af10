"""How many looks the instrument really has: how alike the pictures of an atlas are. Pure.

Two cuts look alike when what they change, made small, correlates: the same shift of tone at the
same places is the same effect to an eye, whichever layer it is made in. The correlation is the
cosine of both difference pictures (untouched taken away) at 32 x 18.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import cv2
import numpy as np
import numpy.typing as npt

from installation.reports.atlas import Plate
from installation.vocabulary import VISIBLE, Frame

SMALL_PX = (32, 18)
ALIKE = 0.8
"""From this correlation on two changes are one look."""
SAME = 0.9

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Variety:
    """Of one U-Net's plates. `live` change the picture by `VISIBLE` or more; `looks` of them are
    unlike every one counted before. For pairs of live sites under one way: the `median`
    correlation, and the share above `SAME`. `ways` are such medians by way. Without a pair
    they are 0.
    """

    plates: int
    live: int
    looks: int
    median: float
    same: float
    ways: Mapping[str, float]


def variety(made: Sequence[Plate]) -> dict[str, Variety]:
    """The variety of every U-Net of an atlas; the first plate is the untouched picture."""
    plain = made[0].frame
    return {
        part: _variety(list(plates), plain)
        for part, plates in groupby(made[1:], lambda plate: plate.site.split("/")[0])
    }


def _variety(plates: list[Plate], plain: Frame) -> Variety:
    live = [plate for plate in plates if plate.changed >= VISIBLE]
    alike = _correlations([plate.frame for plate in live], plain)
    by_way: dict[str, list[float]] = {}
    for i, j in combinations(range(len(live)), 2):
        if live[i].way == live[j].way:
            by_way.setdefault(live[i].way, []).append(float(alike[i, j]))
    pairs = np.array([pair for of_way in by_way.values() for pair in of_way] or [0.0])
    return Variety(
        plates=len(plates),
        live=len(live),
        looks=_looks(alike),
        median=round(float(np.median(pairs)), 3),
        same=round(float((pairs > SAME).mean()), 3),
        ways={way: round(float(np.median(found)), 3) for way, found in by_way.items()},
    )


def _correlations(frames: Sequence[Frame], plain: Frame) -> FloatArray:
    if not frames:
        return np.zeros((0, 0), np.float32)
    before = plain.astype(np.float32) / 255
    changes = np.stack(
        [
            np.asarray(
                cv2.resize(frame / np.float32(255) - before, SMALL_PX, interpolation=cv2.INTER_AREA)
            ).ravel()
            for frame in frames
        ]
    )
    changes /= np.linalg.norm(changes, axis=1, keepdims=True) + 1e-6
    return np.asarray(changes @ changes.T, np.float32)


def _looks(alike: FloatArray) -> int:
    """How many are left when each takes all that are like it with it, in order."""
    left, looks = np.arange(len(alike)), 0
    while len(left):
        left = left[1:][alike[left[0], left[1:]] < ALIKE]
        looks += 1
    return looks
