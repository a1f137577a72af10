"""What the cells of a moving picture do: how often each turned, at three scales. Pure.

The governor's eyes and memory. A frame is reduced to a grid of cells; of every cell relative
luminance and redness are followed from one turning point to the next (see `governor` for
what counts). The cells of all scales and both kinds lie in one array, (2, cells), so that a
frame costs few calls.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

FLASHES = 3
"""General, and red, flashes allowed in any one second. CALM allows half as many, one."""

SUSTAINED = 9
"""Flashes allowed in any five seconds: fewer than two a second."""

GRIDS = ((160, 90), (48, 27), (16, 9))
"""Cells across and down, at three scales. The fine ones are 12 pixels a side at 1080p: about 0.1
degrees on a large screen seen from a few metres, below which WCAG exempts fine patterns. The
coarse ones see what moving patterns do on average, which no fine cell may do by itself."""

Cells: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]
Small: TypeAlias = npt.NDArray[np.uint8]
Measure: TypeAlias = "tuple[Cells, Mask]"
"""Luminance and redness, 0..1, of every cell; and where it is dark enough, or red enough, to
count. Both are (2, cells): general, then red; the finest scale's cells first."""

# A little stricter than the letter, since cells and rounding blur what a ruler would read.
_CHANGES = np.array([[0.085], [17.0 / 320.0]], np.float32)
_DARK = 0.82
_SATURATED = 0.76
_AREA = 0.18

_A_LOT = 0.3
"""The share of a coarse cell's fine ones that must turn for it to flicker as a whole."""

_WEIGHTS = np.array([[0.2126, 0.7152, 0.0722], [1.0, -1.0, -1.0], [1.0, 1.0, 1.0]], np.float32)
_SIZES = tuple(across * down for across, down in GRIDS)
_SLICES = tuple(slice(sum(_SIZES[:n]), sum(_SIZES[: n + 1])) for n in range(len(GRIDS)))
_KINDS = ("general", "red")


def _to_linear() -> Cells:
    c = np.arange(256) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _to_linear()


def halved(frame: Small) -> Small:
    """A frame at half its size, an odd last row or column left out."""
    if frame.shape[1] % 2 or frame.shape[0] % 2:
        frame = frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2]
    size = (frame.shape[1] // 2, frame.shape[0] // 2)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def is_large(frame: Small) -> bool:
    """True while a frame is to be halved before it is measured."""
    height, width = frame.shape[:2]
    return bool(width >= 3 * GRIDS[0][0] and height >= 3 * GRIDS[0][1])


def halvings(frame: Small) -> list[Small]:
    """A frame halved while it stays well above the grid, each time: exact halves are averaged
    fast. Empty if the frame is small already."""
    levels: list[Small] = []
    while is_large(frame):
        frame = halved(frame)
        levels.append(frame)
    return levels


def small_of(frame: Small) -> Small:
    """The last of a frame's halvings, or the frame itself."""
    return (halvings(frame) or [frame])[-1]


def measured(small: Small) -> Measure:
    """What the cells of every scale show."""
    linear = np.asarray(cv2.LUT(small, _LINEAR), np.float32)
    cells = np.empty((3, _SLICES[-1].stop), np.float32)
    for grid, part in zip(GRIDS, _SLICES, strict=True):
        # A picture of fewer pixels than cells is judged pixel by pixel, not blurred.
        larger = linear.shape[1] >= grid[0] and linear.shape[0] >= grid[1]
        way = cv2.INTER_AREA if larger else cv2.INTER_NEAREST
        scaled = np.asarray(cv2.resize(linear, grid, interpolation=way), np.float32)
        if larger:  # coarser cells are means of finer ones
            linear = scaled
        cells[:, part] = scaled.reshape(-1, 3).T
    values = _WEIGHTS @ cells
    marks = np.empty((2, cells.shape[1]), np.bool_)
    np.less(values[0], _DARK, out=marks[0])
    np.greater_equal(cells[0], _SATURATED * np.maximum(values[2], 1e-3), out=marks[1])
    np.maximum(values[1], 0.0, out=values[1])
    return values[:2], marks


@dataclass(frozen=True, slots=True)
class _Track:
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
    def at(cls, values: Cells, marks: Mask) -> _Track:
        return cls(np.zeros(values.shape, np.int8), values, values, marks, np.zeros_like(marks))

    def follow(self, values: Cells, marks: Mask) -> tuple[_Track, Mask, Mask]:
        """The track after new values, and where a rise and a fall count."""
        high = np.where(self.direction < 0, values, np.maximum(self.high, values))
        low = np.where(self.direction > 0, values, np.minimum(self.low, values))
        marked = self.marked | marks
        fell = high - values >= _CHANGES
        rose = (values - low >= _CHANGES) & ~fell
        turned = fell | rose
        late = self.due & marks
        if not turned.any():
            track = _Track(self.direction, high, low, marked, self.due & ~late)
            return track, late & (self.direction > 0), late & (self.direction < 0)
        direction = self.direction.copy()
        direction[fell] = -1
        direction[rose] = 1
        np.copyto(high, values, where=turned)
        np.copyto(low, values, where=turned)
        late &= ~turned
        due = np.where(turned, ~marked, self.due & ~late)
        track = _Track(direction, high, low, np.where(turned, marks, marked), due)
        up = (rose & marked) | (late & (direction > 0))
        down = (fell & marked) | (late & (direction < 0))
        return track, up, down


@dataclass(slots=True)
class _Window:
    """How often every cell, and the whole picture, turned within the last `span_s`."""

    span_s: float
    flashes: int
    cells: npt.NDArray[np.int16]
    events: npt.NDArray[np.int16] = field(
        default_factory=lambda: np.zeros((len(_KINDS), len(GRIDS)), np.int16)
    )
    past: deque[tuple[float, Mask, Mask]] = field(default_factory=deque)

    def forget(self, at_s: float) -> None:
        while self.past and self.past[0][0] <= at_s - self.span_s:
            _, turned, events = self.past.popleft()
            self.cells -= turned
            self.events -= events

    def add(self, at_s: float, turned: Mask, events: Mask) -> None:
        self.past.append((at_s, turned, events))
        self.cells += turned
        self.events += events


@dataclass(frozen=True, slots=True)
class Step:
    """What a frame would do: the track after it, which cells turned (2, cells), and of which
    kind and scale (2, 3) so many did at once that the picture as a whole flickers."""

    track: _Track
    turned: Mask
    any_turned: bool
    events: Mask

    @property
    def is_quiet(self) -> bool:
        """True when the picture as a whole does not turn."""
        return not self.events.any()

    def box(self) -> tuple[float, float, float, float]:
        """What flickers, with a margin: left, top, right, bottom, each 0..1. Little things
        that turn by themselves stay out of it; (1, 1, 0, 0) if there is nothing else."""
        either = self.turned[0] | self.turned[1]
        across, down = GRIDS[-1]
        wide = np.zeros((down, across), np.bool_)
        for grid, part in zip(GRIDS, _SLICES, strict=True):
            cells = either[part].reshape(grid[1], grid[0]).astype(np.float32)
            shares = cv2.resize(cells, (across, down), interpolation=cv2.INTER_AREA)
            wide |= shares >= _A_LOT
        opened = cv2.morphologyEx(wide.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        wide = opened.astype(np.bool_) if opened.any() else wide
        if not wide.any():
            return 1.0, 1.0, 0.0, 0.0
        columns, rows = np.flatnonzero(wide.any(axis=0)), np.flatnonzero(wide.any(axis=1))
        return (
            max(0, columns[0] - 0.5) / across,
            max(0, rows[0] - 0.5) / down,
            min(across, columns[-1] + 1.5) / across,
            min(down, rows[-1] + 1.5) / down,
        )


class Flicker:
    """What the cells have done so far, and what a frame would make them do.

    `field` is the share (0..1] of width and height that a 10 degree field takes up, `slack_s`
    how much longer than a second, or five, to remember.
    """

    def __init__(self, field: tuple[float, float], slack_s: float, first: Measure) -> None:
        self._boxes = tuple(
            (max(1, round(across * field[0])), max(1, round(down * field[1])))
            for across, down in GRIDS
        )
        shape = first[0].shape
        self._windows = tuple(
            _Window(span_s + slack_s, flashes, np.zeros(shape, np.int16))
            for span_s, flashes in ((1.0, FLASHES), (5.0, SUSTAINED))
        )
        self._track = _Track.at(*first)

    def forget(self, at_s: float) -> None:
        """Let go of what happened too long before `at_s` to count."""
        for window in self._windows:
            window.forget(at_s)

    def look(self, measure: Measure) -> Step:
        """What a frame would do."""
        track, up, down = self._track.follow(*measure)
        turned = up | down
        events = np.zeros((len(_KINDS), len(GRIDS)), np.bool_)
        any_turned = bool(turned.any())
        if any_turned:
            for kind in range(len(_KINDS)):
                for scale in range(len(GRIDS)):
                    events[kind, scale] = self._is_wide(up, kind, scale) or self._is_wide(
                        down, kind, scale
                    )
        return Step(track, turned, any_turned, events)

    def is_safe(self, step: Step, *, calm: bool) -> bool:
        """True when the step keeps within every limit."""
        if not step.any_turned:
            return True
        for window in self._windows:
            turns = 2 * (window.flashes // 2 if calm else window.flashes)
            if (step.events & (window.events >= turns)).any():
                return False
            if window.past and (step.turned & (window.cells >= turns)).any():
                over = window.cells + step.turned > turns
                for kind in range(len(_KINDS)):
                    if any(self._is_wide(over, kind, scale) for scale in range(len(GRIDS))):
                        return False
        return True

    def take(self, step: Step, at_s: float) -> None:
        """The step was shown."""
        self._track = step.track
        if step.any_turned:
            for window in self._windows:
                window.add(at_s, step.turned, step.events)

    def _is_wide(self, cells: Mask, kind: int, scale: int) -> bool:
        """True when these cells cover too large a share of any field."""
        mine, grid, box = cells[kind, _SLICES[scale]], GRIDS[scale], self._boxes[scale]
        count = np.count_nonzero(mine)
        if box == grid:
            return bool(count >= _AREA * mine.size)
        if count < _AREA * box[0] * box[1]:
            return False
        image = mine.reshape(grid[1], grid[0]).astype(np.float32)
        return bool(cv2.blur(image, box, borderType=cv2.BORDER_ISOLATED).max() >= _AREA)
