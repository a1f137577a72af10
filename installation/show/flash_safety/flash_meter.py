"""How much a film flashes: the ruler that the governor is measured with.

Written apart from the governor, and another way: it takes the whole film, finds every cell's
turning points in hindsight, and counts pairs of them as WCAG 2.3.1 words it (see
`governor` for the definitions). Slow and plain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from installation.vocabulary import Frame

CELLS = (48, 27)
"""Cells across and down at most; smaller frames are judged pixel by pixel."""

AREA = 0.25
"""The share of the field that counts."""

LIMIT = 3
"""Flashes that WCAG 2.3.1 allows in any one second."""

SUSTAINED_S = 5.0
SUSTAINED_LIMIT = 9
"""Flashes in any five seconds above which stricter analysers (ITU-R BT.1702) object: two a
second and more, for all of that time."""

_Series: TypeAlias = npt.NDArray[np.float32]
_Marks: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Report:
    """Flashes in the second that ends with each frame, over at least a quarter of the field.

    `general` and `red` hold one count a frame; `sustained` the larger of both in the five
    seconds that end with it; `luminance` the frame's mean relative luminance, 0..1.
    """

    fps: float
    general: tuple[int, ...]
    red: tuple[int, ...]
    sustained: tuple[int, ...] = ()
    luminance: tuple[float, ...] = ()

    @property
    def worst(self) -> int:
        """The most flashes of either kind in any one second."""
        return max((*self.general, *self.red), default=0)

    @property
    def first_too_many(self) -> int | None:
        """The number of the first frame whose second holds more than LIMIT; None if none does."""
        both = zip(self.general, self.red, strict=True)
        return next((n for n, counts in enumerate(both) if max(counts) > LIMIT), None)

    def exceeds(self, limit: int = LIMIT) -> bool:
        """True when any one second holds more flashes than `limit`."""
        return self.worst > limit


def judge(
    frames: Iterable[Frame], fps: float, *, field: tuple[float, float] = (1.0, 1.0)
) -> Report:
    """Count a film's flashes, frame by frame; the frames are looked at once, one by one.

    `fps` in frames a second, above 0. `field` is the share (0..1] of width and height that a
    10 degree field takes up; (1, 1), for an unknown distance, is the whole frame.

    Raises:
        ValueError: if there are no frames, or `fps` or `field` is out of range.
    """
    if not fps > 0 or not all(0 < share <= 1 for share in field):
        raise ValueError("a film to judge has an fps above 0, and a field of shares in 0..1")
    luminances: list[_Series] = []
    reds: list[_Series] = []
    saturations: list[_Marks] = []
    shape: tuple[int, ...] = (1, 1)
    for frame in frames:
        cells = _cells(frame)
        if luminances and cells.shape[0] * cells.shape[1] != luminances[0].size:
            raise ValueError("the frames of a film to judge have one size")
        shape = cells.shape[:2]
        flat = cells.reshape(-1, 3)
        total = flat.sum(axis=-1)
        red = np.clip(flat[:, 0] - flat[:, 1] - flat[:, 2], 0, None) * 320
        luminances.append((flat @ np.array([0.2126, 0.7152, 0.0722])).astype(np.float32))
        reds.append(red.astype(np.float32))
        saturations.append((total > 0) & (flat[:, 0] >= 0.8 * total))
    if not luminances:
        raise ValueError("a film to judge has frames")
    luminance = np.stack(luminances)  # time, cell
    # A change of 10 % whose darker side is below 0.80; one of more than 20 of a saturated red.
    general = _turns(luminance, np.float32(0.1), luminance < 0.8)
    red_turns = _turns(np.stack(reds), np.nextafter(np.float32(20), 21), np.stack(saturations))
    second, long = max(1, round(fps)), max(1, round(SUSTAINED_S * fps))
    kinds = [
        [_counts(turns, span, shape, field) for turns in (general, red_turns)]
        for span in (second, long)
    ]
    return Report(
        fps,
        kinds[0][0],
        kinds[0][1],
        tuple(map(max, *kinds[1])),
        tuple(round(float(mean), 4) for mean in luminance.mean(axis=1)),
    )


def _cells(frame: Frame) -> npt.NDArray[np.float64]:
    """A frame's cells in linear light, rows x columns x 3."""
    c = np.arange(256) / 255
    table = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    height, width = frame.shape[:2]
    linear = np.asarray(cv2.LUT(frame, table), np.float64)
    size = (min(width, CELLS[0]), min(height, CELLS[1]))
    if size != (width, height):
        linear = np.asarray(cv2.resize(linear, size, interpolation=cv2.INTER_AREA), np.float64)
    return linear


def _turns(series: _Series, change: np.floating[npt.NBitBase], marks: _Marks) -> _Marks:
    """Where (time, cell) a swing of at least `change` was complete, marked at either end.

    A swing leads from one extreme of a cell's series to the next, each at least `change` from
    the last; an extreme is known as one only when the series has left it by as much.
    """
    cells = np.arange(series.shape[1])
    turned = np.zeros(series.shape, np.bool_)
    low, high, last = (np.zeros(len(cells), np.int64) for _ in range(3))
    way = np.zeros(len(cells), np.int8)
    begun = np.zeros(len(cells), np.bool_)  # an extreme is known: the next one ends a swing

    def complete(which: _Marks, extreme: npt.NDArray[np.int64]) -> None:
        at, where = extreme[which], cells[which]
        swung = begun[which] & (marks[at, where] | marks[last[which], where])
        turned[at[swung], where[swung]] = True
        last[which], begun[which] = at, True

    for now, value in enumerate(series):
        low = np.where(value < series[low, cells], now, low)
        high = np.where(value > series[high, cells], now, high)
        fell = (way >= 0) & (series[high, cells] - value >= change)
        rose = (way <= 0) & ~fell & (value - series[low, cells] >= change)
        for which, extreme, sign in ((fell, high, -1), (rose, low, 1)):
            if which.any():
                complete(which, extreme)
                way[which] = sign
        ended = fell | rose
        low[ended] = high[ended] = now
    complete(way < 0, low)
    complete(way > 0, high)
    return turned


def _counts(
    turns: _Marks, span: int, shape: tuple[int, ...], field: tuple[float, float]
) -> tuple[int, ...]:
    """Pairs of turns in the last `span` frames, over a quarter of any field at once."""
    rows, columns = shape[:2]
    across, down = max(1, round(columns * field[0])), max(1, round(rows * field[1]))
    enough = max(0, int(np.ceil(AREA * across * down)) - 1)
    recent = np.zeros(turns.shape[1], np.int32)
    found = []
    for now, new in enumerate(turns):
        recent += new
        if now >= span:
            recent -= turns[now - span]
        pairs = recent // 2
        if (across, down) == (columns, rows):
            found.append(int(np.partition(pairs, -1 - enough)[-1 - enough]))
        else:
            found.append(_in_any_field(pairs.reshape(rows, columns), (across, down)))
    return tuple(found)


def _in_any_field(pairs: npt.NDArray[np.int32], box: tuple[int, int]) -> int:
    """The most pairs that a quarter of some field has seen."""
    for count in range(int(pairs.max()), 0, -1):
        seen = (pairs >= count).astype(np.float32)
        if cv2.blur(seen, box, borderType=cv2.BORDER_ISOLATED).max() >= AREA - 1e-6:
            return count
    return 0
