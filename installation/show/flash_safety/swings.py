"""What every cell does over time: its swings, as two readers would count them. Pure.

The lenient reader of WCAG 2.3.1 follows a cell from one turning point to the next and lets small
reversals pass: a long way up is one change however it trembles. The strict one takes every
reversal for an end: a swing that one interrupts counts twice, if both parts are large enough.
What either counts, counts here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from installation.show.flash_safety.cells import SIZES, SLICES, Cells, Mask

# A fifth stricter than the letter (10 %, and 20 of 320).
CHANGES = np.array([[0.08], [16.0 / 320.0]], np.float32)
"""From this change on a swing counts: of luminance, and of redness."""

_MOVED = 0.2
"""The share of the picture that must change, however little, for its mean to count."""

_FEW = 0.3
"""Up to this share of the cells it is quicker to follow those alone that changed."""

Places: TypeAlias = npt.NDArray[np.intp]
"""Numbers of cells."""


@dataclass(frozen=True, slots=True)
class Track:
    """Every cell's last turning point: +1 it last rose, -1 it last fell, and how far it got.

    A turn counts once the swing that made it has been *marked*: dark enough for a general
    flash, red enough for a red one. `marked` tells so of the swing under way; `due` are
    turns that will count should their swing still become marked.
    """

    direction: npt.NDArray[np.int8]
    high: Cells
    low: Cells
    marked: Mask
    due: Mask

    @classmethod
    def at(cls, values: Cells, marks: Mask) -> Track:
        return cls(np.zeros(values.shape, np.int8), values, values, marks, np.zeros_like(marks))

    def follow(self, values: Cells, marks: Mask) -> tuple[Track, Mask, Mask]:
        """The track after new values, and where a rise and a fall count."""
        high = np.where(self.direction < 0, values, np.maximum(self.high, values))
        low = np.where(self.direction > 0, values, np.minimum(self.low, values))
        marked = self.marked | marks
        fell = high - values >= CHANGES
        rose = (values - low >= CHANGES) & ~fell
        turned = fell | rose
        late = self.due & marks
        if not turned.any():
            track = Track(self.direction, high, low, marked, self.due & ~late)
            return track, late & (self.direction > 0), late & (self.direction < 0)
        direction = self.direction.copy()
        direction[fell] = -1
        direction[rose] = 1
        np.copyto(high, values, where=turned)
        np.copyto(low, values, where=turned)
        late &= ~turned
        due = np.where(turned, ~marked, self.due & ~late)
        track = Track(direction, high, low, np.where(turned, marks, marked), due)
        up = (rose & marked) | (late & (direction > 0))
        down = (fell & marked) | (late & (direction < 0))
        return track, up, down

    def bounds(self) -> tuple[Cells, Cells]:
        """Between which values, exclusive, no cell turns."""
        low = np.where(self.direction < 0, -np.inf, self.high - CHANGES)
        high = np.where(self.direction > 0, np.inf, self.low + CHANGES)
        return low.astype(np.float32), high.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Run:
    """How far every cell has gone since it last reversed, however little; up is above 0.

    `counted` tells that the run has counted already, `marked` that it may, `last_marks` what
    the last frame showed, which is where a reversal begins.
    """

    last: Cells
    way: Cells
    marked: Mask
    counted: Mask
    last_marks: Mask

    @classmethod
    def at(cls, values: Cells, marks: Mask) -> Run:
        none = np.zeros_like(marks)
        return cls(values, np.zeros_like(values), marks, none, marks)

    def follow(self, values: Cells, marks: Mask) -> tuple[Run, Mask, Mask]:
        """The run after new values, and where a rise and a fall count."""
        step = values - self.last
        reversed_ = step * self.way < 0
        way = self.way + step
        np.copyto(way, step, where=reversed_)
        marked = np.where(reversed_, self.last_marks, self.marked) | marks
        far = np.abs(way) >= CHANGES
        counts = far & marked & (~self.counted | reversed_)
        # Once not far any more (it reversed), it has not counted; far and marked, it has.
        run = Run(values, way, marked, far & marked, marks)
        if not counts.any():
            return run, counts, counts
        rises = counts & (way > 0)
        return run, rises, counts & ~rises

    def bounds(self) -> tuple[Cells, Cells]:
        """Between which values, exclusive, no run counts anew."""
        start = self.last - self.way
        up, down = self.way > 0, self.way < 0
        high = np.where(up, start, self.last) + CHANGES
        low = np.where(down, start, self.last) - CHANGES
        high[self.counted & up] = np.inf
        low[self.counted & down] = -np.inf
        return low, high


_Reader = TypeVar("_Reader", Track, Run)


def _at(reader: _Reader, where: Places) -> _Reader:
    """What a reader knows of some of its cells."""
    return type(reader)(*(getattr(reader, part.name)[:, where] for part in fields(reader)))


def _with(reader: _Reader, where: Places, some: _Reader) -> _Reader:
    """What a reader knows, with that of some of its cells in their place."""
    found = [getattr(reader, part.name).copy() for part in fields(reader)]
    for values, part in zip(found, fields(some), strict=True):
        values[:, where] = getattr(some, part.name)
    return type(reader)(*found)


@dataclass(frozen=True, slots=True)
class Swings:
    """What both readers know of every cell.

    The mean of the whole picture, the last cell, follows only changes of a large enough share
    of it: `last` is what it was, general and red, and `apart` how far off its value is that
    was followed.
    """

    track: Track
    run: Run
    last: Cells
    apart: Cells

    @classmethod
    def at(cls, values: Cells, marks: Mask) -> Swings:
        last = values[:, -1].copy()
        return cls(Track.at(values, marks), Run.at(values, marks), last, np.zeros_like(last))

    def follow(self, values: Cells, marks: Mask) -> tuple[Swings, Mask, Mask]:
        """The swings after new values, and where a rise and a fall count for either reader."""
        last, apart = values[:, -1].copy(), self.apart.copy()
        fine = SLICES[0]
        for kind in range(len(values)):
            moved = np.count_nonzero(values[kind, fine] != self.run.last[kind, fine])
            if moved < _MOVED * SIZES[0]:
                apart[kind] += self.last[kind] - last[kind]
        if apart.any():
            values = values.copy()
            values[:, -1] += apart
        # A cell that shows what it did, and owes no turn, does nothing.
        busy = (values != self.run.last) | (marks != self.run.last_marks) | self.track.due
        (where,) = np.nonzero(busy.any(axis=0))
        if where.size > _FEW * values.shape[1]:
            track, up, down = self.track.follow(values, marks)
            run, rises, falls = self.run.follow(values, marks)
            return Swings(track, run, last, apart), up | rises, down | falls
        some = values[:, where], marks[:, where]
        track, up, down = _at(self.track, where).follow(*some)
        run, rises, falls = _at(self.run, where).follow(*some)
        rise, fall = np.zeros_like(marks), np.zeros_like(marks)
        rise[:, where], fall[:, where] = up | rises, down | falls
        track, run = _with(self.track, where, track), _with(self.run, where, run)
        return Swings(track, run, last, apart), rise, fall

    def bounds(self) -> tuple[Cells, Cells]:
        """Between which values, exclusive, no cell counts for either reader."""
        one, other = self.track.bounds(), self.run.bounds()
        low, high = np.maximum(one[0], other[0]), np.minimum(one[1], other[1])
        low[:, -1] -= self.apart
        high[:, -1] -= self.apart
        return low, high
