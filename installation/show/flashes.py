"""How much a film flashes: the ruler that the governor is measured with.

Written apart from the governor, and another way: it takes the whole film, finds every cell's
turning points in hindsight, and counts pairs of them as WCAG 2.3.1 words it (see
`governor` for the definitions). Slow and plain.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from installation.vocabulary import Frame

CELLS = (48, 27)
"""Cells across and down at most; smaller frames are judged pixel by pixel."""

AREA = 0.25
"""The share of the frame that counts."""

_Series: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Report:
    """Flashes in the second that ends with each frame, over at least a quarter of the frame.

    `general` and `red` hold one count a frame.
    """

    fps: float
    general: tuple[int, ...]
    red: tuple[int, ...]

    @property
    def worst(self) -> int:
        """The most flashes of either kind in any one second."""
        return max((*self.general, *self.red), default=0)

    def exceeds(self, limit: int = 3) -> bool:
        """True when any one second holds more flashes than `limit`."""
        return self.worst > limit


def judge(frames: Sequence[Frame], fps: float) -> Report:
    """Count a film's flashes, frame by frame. `fps` in frames a second, above 0.

    Raises:
        ValueError: if there are no frames or `fps` is not above 0.
    """
    if not frames or not fps > 0:
        raise ValueError("a film to judge has frames, and an fps above 0")
    cells = np.stack([_cells(frame) for frame in frames])  # time, cell, channel
    luminance = cells @ np.array([0.2126, 0.7152, 0.0722])
    red = np.clip(cells[..., 0] - cells[..., 1] - cells[..., 2], 0, None) * 320
    total = cells.sum(axis=-1)
    saturated = (total > 0) & (cells[..., 0] >= 0.8 * total)
    general_turns = np.zeros(luminance.shape, np.int64)
    red_turns = np.zeros(luminance.shape, np.int64)
    for cell in range(luminance.shape[1]):
        for when in _general(luminance[:, cell]):
            general_turns[when, cell] = 1
        for when in _red(red[:, cell], saturated[:, cell]):
            red_turns[when, cell] = 1
    span = max(1, round(fps))
    return Report(fps, _counts(general_turns, span), _counts(red_turns, span))


def _cells(frame: Frame) -> _Series:
    """A frame's cells in linear light, flattened."""
    c = frame.astype(np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    height, width = linear.shape[:2]
    size = (min(width, CELLS[0]), min(height, CELLS[1]))
    if size != (width, height):
        linear = np.asarray(cv2.resize(linear, size, interpolation=cv2.INTER_AREA), np.float64)
    return linear.reshape(-1, 3)


def _extremes(series: _Series, change: float) -> list[int]:
    """The high and low points of a series, by turns, each at least `change` from the last;
    what comes after the last of them never strays that far from it."""
    extremes: list[int] = []
    low = high = 0
    way = 0
    for i in range(1, len(series)):
        low = i if series[i] < series[low] else low
        high = i if series[i] > series[high] else high
        if way >= 0 and series[high] - series[i] >= change:
            extremes.append(high)
            way, low, high = -1, i, i
        elif way <= 0 and series[i] - series[low] >= change:
            extremes.append(low)
            way, low, high = 1, i, i
    if way:
        extremes.append(low if way < 0 else high)
    return extremes


def _general(luminance: _Series) -> list[int]:
    """When a change of 10 % whose darker side is below 0.80 was complete."""
    swings = itertools.pairwise(_extremes(luminance, 0.1))
    return [b for a, b in swings if min(luminance[a], luminance[b]) < 0.8]


def _red(red: _Series, saturated: npt.NDArray[np.bool_]) -> list[int]:
    """When a change of more than 20 from or to a saturated red was complete."""
    swings = itertools.pairwise(_extremes(red, np.nextafter(20.0, 21.0)))
    return [b for a, b in swings if saturated[a] or saturated[b]]


def _counts(turns: npt.NDArray[np.int64], span: int) -> tuple[int, ...]:
    """Pairs of turns in the last `span` frames, over a quarter of the cells at once."""
    total = np.cumsum(turns, axis=0)
    before = np.vstack([np.zeros((min(span, len(total)), total.shape[1]), np.int64), total])
    recent = total - before[: len(total)]
    pairs = np.sort(recent // 2, axis=1)[:, ::-1]
    enough = max(0, int(np.ceil(AREA * turns.shape[1])) - 1)
    return tuple(int(n) for n in pairs[:, enough])
