"""How much a film flashes: the ruler that the governor is measured with.

Written apart from the governor, and another way: it takes the whole film, finds every cell's
turning points in hindsight, and counts pairs of them as WCAG 2.3.1 words it (see
`governor` for the definitions). Slow and plain.

Where that wording leaves room, two readers count, and the higher count stands. The lenient one
lets small reversals pass. The strict one takes each for an end: up 21, down 16, up 83 are two
changes where 20 count. It also looks at the mean of the picture, wherever a quarter of it
moves, and at flashes of two a second that go on (`Report.extended`).
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

EXTENDED_LIMIT_S = 4.0
"""Seconds of any five in which, at any time, the last second held two flashes or more: from
this many on a strict analyser calls it extended flashing."""

_Series: TypeAlias = npt.NDArray[np.float32]
_Marks: TypeAlias = npt.NDArray[np.bool_]
_Counts: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Report:
    """Flashes in the second that ends with each frame, over at least a quarter of the field.

    `general` and `red` hold one count a frame; `sustained` the larger of both in the five
    seconds that end with it; `extended` how many of these five seconds are spent at two
    flashes a second; `luminance` the frame's mean relative luminance, 0..1. `looped` tells
    that the film was judged as one that follows itself.
    """

    fps: float
    general: tuple[int, ...]
    red: tuple[int, ...]
    sustained: tuple[int, ...] = ()
    luminance: tuple[float, ...] = ()
    extended: tuple[float, ...] = ()
    looped: bool = False

    @property
    def worst(self) -> int:
        """The most flashes of either kind in any one second."""
        return max((*self.general, *self.red), default=0)

    @property
    def longest_extended_s(self) -> float:
        """The most seconds of any five that are spent at two flashes a second."""
        return max(self.extended, default=0.0)

    @property
    def is_extended(self) -> bool:
        """True when flashes of two a second go on for too long."""
        return self.longest_extended_s > EXTENDED_LIMIT_S - 0.5 / self.fps

    @property
    def first_too_many(self) -> int | None:
        """The number of the first frame whose second holds more than LIMIT; None if none does."""
        both = zip(self.general, self.red, strict=True)
        return next((n for n, counts in enumerate(both) if max(counts) > LIMIT), None)

    def exceeds(self, limit: int = LIMIT) -> bool:
        """True when any one second holds more flashes than `limit`, or they are extended."""
        return self.worst > limit or self.is_extended


def judge(
    frames: Iterable[Frame],
    fps: float,
    *,
    field: tuple[float, float] = (1.0, 1.0),
    looped: bool | None = False,
    loop_s: float = 60.0,
) -> Report:
    """Count a film's flashes, frame by frame; the frames are looked at once, one by one.

    `fps` in frames a second, above 0. `field` is the share (0..1] of width and height that a
    10 degree field takes up; (1, 1), for an unknown distance, is the whole frame. A `looped`
    film is judged as if it had followed itself for ever; None is for films up to `loop_s`.

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
    if looped is None:
        looped = len(luminances) / fps <= loop_s
    laps = 1 + int(np.ceil((SUSTAINED_S + 1) * fps / len(luminances))) if looped else 1
    luminance = np.stack(luminances * laps)  # time, cell
    # A change of 10 % whose darker side is below 0.80; one of more than 20 of a saturated red.
    tenth, twenty = np.float32(0.1), np.nextafter(np.float32(20), 21)
    view = _View(fps, shape, field)
    general = _kind(luminance, tenth, luminance < 0.8, luminance, view)
    redness, saturated = np.stack(reds * laps), np.stack(saturations * laps)
    masked = (redness * saturated).astype(np.float32)
    reddish = _kind(redness, twenty, saturated, masked, view)
    last = slice(-len(luminances), None)
    return Report(
        fps,
        tuple(general.second[last].tolist()),
        tuple(reddish.second[last].tolist()),
        tuple(np.maximum(general.sustained, reddish.sustained)[last].tolist()),
        tuple(round(float(mean), 4) for mean in luminance[last].mean(axis=1)),
        tuple((np.maximum(general.extended, reddish.extended)[last] / fps).tolist()),
        looped,
    )


@dataclass(frozen=True, slots=True)
class _View:
    """How a film is looked at: frames a second, cells down and across, the share of a field."""

    fps: float
    shape: tuple[int, ...]
    field: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Found:
    """A frame's flashes of one kind in the last second and the last five, and how many of the
    frames of these five seconds have two or more in their own second."""

    second: _Counts
    sustained: _Counts
    extended: _Counts


def _kind(
    series: _Series,
    change: np.floating[npt.NBitBase],
    marks: _Marks,
    masked: _Series,
    view: _View,
) -> _Found:
    """The higher count of both readers, for cells and (of `masked`) for the whole picture."""
    whole = _mean_where_moving(masked)
    dark = masked.mean(axis=1, keepdims=True) < 0.8  # of redness, always: it is marked already
    anywhere = dark if masked is series else np.ones_like(dark)
    alone = _View(view.fps, (1, 1), (1.0, 1.0))
    found = [
        _count(turns, how)
        for turns, how in (
            (_turns(series, change, marks), view),
            (_runs(series, change, marks), view),
            (_runs(whole, change, anywhere), alone),
        )
    ]
    return _Found(
        np.maximum.reduce([one.second for one in found]),
        np.maximum.reduce([one.sustained for one in found]),
        np.maximum.reduce([one.extended for one in found]),
    )


def _mean_where_moving(series: _Series) -> _Series:
    """The mean of each frame's cells, (time, 1), its changes left out where less than a
    quarter of the cells changes at all."""
    means = series.mean(axis=1, dtype=np.float64)
    moving = np.zeros(len(series), np.bool_)
    moving[1:] = (series[1:] != series[:-1]).mean(axis=1) >= AREA
    steps = np.diff(means, prepend=means[:1]) * moving
    return np.asarray((means[0] + np.cumsum(steps))[:, None], np.float32)


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


def _runs(series: _Series, change: np.floating[npt.NBitBase], marks: _Marks) -> _Marks:
    """Where (time, cell) a cell had gone `change` one way without the least reversal, marked
    at either end: once a run, as soon as both are true."""
    reached = np.zeros(series.shape, np.bool_)
    steps = np.sign(np.diff(series, axis=0)).astype(np.int8)
    begin = np.zeros(series.shape[1], np.int64)
    way = np.zeros(series.shape[1], np.int8)
    done = np.zeros(series.shape[1], np.bool_)
    cells = np.arange(series.shape[1])
    for now in range(1, len(series)):
        step = steps[now - 1]
        reverses = (step != 0) & (step == -way)
        begin = np.where(reverses, now - 1, begin)
        done &= ~reverses
        way = np.where(step != 0, step, way)
        far = np.abs(series[now] - series[begin, cells]) >= change
        reached[now] = far & ~done & (marks[now] | marks[begin, cells])
        done |= reached[now]
    return reached


def _count(turns: _Marks, view: _View) -> _Found:
    """Pairs of turns in the last second and the last five, over a quarter of any field at
    once, and how often there were two within the last second."""
    rows, columns = view.shape[:2]
    box = max(1, round(columns * view.field[0])), max(1, round(rows * view.field[1]))
    span, long = max(1, round(view.fps)), max(1, round(SUSTAINED_S * view.fps))
    recent, older, often = (np.zeros(turns.shape[1], np.int32) for _ in range(3))
    found = np.zeros((3, len(turns)), np.int32)
    twos = np.zeros(turns.shape, np.bool_)
    for now, new in enumerate(turns):
        recent += new
        older += new
        if now >= span:
            recent -= turns[now - span]
        twos[now] = recent >= 4
        often += twos[now]
        if now >= long:
            older -= turns[now - long]
            often -= twos[now - long]
        for row, counts in enumerate((recent // 2, older // 2, often)):
            found[row, now] = _in_any_field(counts.reshape(rows, columns), box)
    return _Found(found[0], found[1], found[2])


def _in_any_field(counts: _Counts, box: tuple[int, int]) -> int:
    """The highest count that a quarter of some field has reached."""
    rows, columns = counts.shape
    if box == (columns, rows):
        enough = max(0, int(np.ceil(AREA * counts.size)) - 1)
        return int(np.partition(counts.ravel(), -1 - enough)[-1 - enough])
    least, most = 0, int(counts.max())
    while least < most:
        count = (least + most + 1) // 2
        seen = (counts >= count).astype(np.float32)
        if cv2.blur(seen, box, borderType=cv2.BORDER_ISOLATED).max() >= AREA - 1e-6:
            least = count
        else:
            most = count - 1
    return least
