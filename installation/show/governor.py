"""The flash governor: no picture leaves the house that flashes more than WCAG 2.3.1 allows.

WCAG 2.2, success criterion 2.3.1 and its definition of "general flash and red flash
thresholds": a *general flash* is a pair of opposing changes in relative luminance of 10 % of
the maximum or more, where the darker is below 0.80. A *red flash* is a pair of opposing
transitions involving a saturated red: R / (R + G + B) >= 0.8 on either side, and a change of
(R - G - B) * 320, negative values taken as 0, of more than 20, of linear R, G and B. At most
three of either in any one second, unless their area is below a quarter of any 10 degree
field. Where the viewing distance is unknown the field is the whole frame.

Flashes at two or three a second that go on for five seconds also fail stricter analysers
(ITU-R BT.1702), so there is a second limit over five seconds.

How it works: the frame is reduced to a grid of cells; in every cell the turning points of
luminance and of red are followed. A frame that would make too many cells turn too often, or
the picture as a whole, is blended towards the last shown frame, just enough. The last resort
is the last shown frame itself, which cannot turn anything: it fails towards stillness.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from installation.vocabulary import Frame, as_frame

FLASHES = 3
"""General, and red, flashes allowed in any one second. CALM allows half as many, one."""

SUSTAINED = 9
"""Flashes allowed in any five seconds: fewer than two a second."""

GRIDS = ((160, 90), (48, 27), (16, 9))
"""Cells across and down, at three scales. The fine ones are 12 pixels a side at 1080p: about 0.1
degrees on a large screen seen from a few metres, below which WCAG exempts fine patterns. The
coarse ones see what moving patterns do on average, which no fine cell may do by itself."""

_LUMINANCE = np.array([[0.2126, 0.7152, 0.0722]], np.float32)
_RED = np.array([[1.0, -1.0, -1.0]], np.float32)
_SUM = np.array([[1.0, 1.0, 1.0]], np.float32)

# A little stricter than the letter, since cells and rounding blur what a ruler would read.
_CHANGE = 0.085
_RED_CHANGE = 17.0 / 320.0
_DARK = 0.82
_SATURATED = 0.76
_AREA = 0.18

_SHARES = (1.0, 0.5, 0.2, 0.06)
"""How much of the new frame is tried, until one is safe."""

_Cells: TypeAlias = npt.NDArray[np.float32]
_Mask: TypeAlias = npt.NDArray[np.bool_]
_Small: TypeAlias = npt.NDArray[np.uint8]
_Measure: TypeAlias = "tuple[_Cells, _Cells, _Mask]"
"""Relative luminance 0..1, redness 0..1 and where red is saturated, in every cell."""


def _to_linear() -> _Cells:
    c = np.arange(256) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _to_linear()


@dataclass(frozen=True, slots=True)
class _Track:
    """A value in every cell, and its last turning point: +1 it last rose, -1 it last fell.

    A turn counts once the swing that made it has been *marked*: dark enough for a general
    flash, red enough for a red one. `marked` tells so of the swing under way; `due` are
    turns that will count should their swing still become marked.
    """

    direction: npt.NDArray[np.int8]
    high: _Cells
    low: _Cells
    marked: _Mask
    due: _Mask

    @classmethod
    def at(cls, value: _Cells, mark: _Mask) -> _Track:
        return cls(np.zeros(value.shape, np.int8), value, value, mark, np.zeros_like(mark))

    def follow(self, value: _Cells, change: float, mark: _Mask) -> tuple[_Track, _Mask, _Mask]:
        """The track after a new value, and where a rise and a fall of `change` count."""
        high = np.where(self.direction < 0, value, np.maximum(self.high, value))
        low = np.where(self.direction > 0, value, np.minimum(self.low, value))
        marked = self.marked | mark
        late = self.due & mark
        fell = high - value >= change
        rose = (value - low >= change) & ~fell
        turned = fell | rose
        if not turned.any():
            track = _Track(self.direction, high, low, marked, self.due & ~late)
            return track, late & (self.direction > 0), late & (self.direction < 0)
        direction = self.direction.copy()
        direction[fell] = -1
        direction[rose] = 1
        high[turned] = value[turned]
        low[turned] = value[turned]
        late &= ~turned
        due = np.where(turned, ~marked, self.due & ~late)
        track = _Track(direction, high, low, np.where(turned, mark, marked), due)
        up = (rose & marked) | (late & (direction > 0))
        down = (fell & marked) | (late & (direction < 0))
        return track, up, down


@dataclass(slots=True)
class _Window:
    """How often every cell, and the whole picture, turned within the last `span_s`."""

    span_s: float
    cells: npt.NDArray[np.int16]
    whole: int = 0
    past: deque[tuple[float, _Mask, bool]] = field(default_factory=deque)

    def forget(self, at_s: float) -> None:
        while self.past and self.past[0][0] <= at_s - self.span_s:
            _, turned, event = self.past.popleft()
            self.cells -= turned
            self.whole -= event

    def add(self, at_s: float, turned: _Mask, event: bool) -> None:
        self.past.append((at_s, turned, event))
        self.cells += turned
        self.whole += event


@dataclass(frozen=True, slots=True)
class _Step:
    """What a frame would do: the tracks after it, and what turned, by kind of flash."""

    tracks: tuple[_Track, _Track]
    turned: tuple[_Mask, ...]
    events: tuple[bool, ...]


class _Scale:
    """The picture at one scale: what its cells have done, and what a frame would make them do."""

    def __init__(
        self, grid: tuple[int, int], field: tuple[float, float], slack_s: float, first: _Measure
    ) -> None:
        self._grid = grid
        across, down = (max(1, round(g * s)) for g, s in zip(grid, field, strict=True))
        self._box = (across, down)
        shape = (grid[1], grid[0])
        self._windows = tuple(
            (
                _Window(1.0 + slack_s, np.zeros(shape, np.int16)),
                _Window(5.0 + slack_s, np.zeros(shape, np.int16)),
            )
            for _ in ("general", "red")
        )
        luminance, red, saturated = first
        self._tracks = (_Track.at(luminance, luminance < _DARK), _Track.at(red, saturated))

    def forget(self, at_s: float) -> None:
        """Let go of what happened too long before `at_s` to count."""
        for windows in self._windows:
            for window in windows:
                window.forget(at_s)

    def look(self, measure: _Measure) -> _Step:
        """What a frame would do here."""
        luminance, red, saturated = measure
        general, saturated_red = self._tracks
        one, rose, fell = general.follow(luminance, _CHANGE, luminance < _DARK)
        two, redder, paler = saturated_red.follow(red, _RED_CHANGE, saturated)
        events = tuple(
            max(self._share(up), self._share(down)) >= _AREA
            for up, down in ((rose, fell), (redder, paler))
        )
        return _Step((one, two), (rose | fell, redder | paler), events)

    def is_safe(self, step: _Step, *, calm: bool) -> bool:
        """True when the step keeps within every limit."""
        flashes = (FLASHES, SUSTAINED)
        for windows, turned, event in zip(self._windows, step.turned, step.events, strict=True):
            for window, limit in zip(windows, flashes, strict=True):
                turns = 2 * (limit // 2 if calm else limit)
                if event and window.whole + 1 > turns:
                    return False
                if window.past and (turned & (window.cells >= turns)).any():
                    over = window.cells + turned > turns
                    if self._share(over) >= _AREA:
                        return False
        return True

    def take(self, step: _Step, at_s: float) -> None:
        """The step was shown."""
        self._tracks = step.tracks
        for windows, turned, event in zip(self._windows, step.turned, step.events, strict=True):
            if turned.any():
                for window in windows:
                    window.add(at_s, turned, event)

    def _share(self, cells: _Mask) -> float:
        """The largest share of any field that these cells cover."""
        if self._box == self._grid:
            return float(np.count_nonzero(cells)) / cells.size
        if not cells.any():
            return 0.0
        mean = cv2.blur(cells.astype(np.float32), self._box, borderType=cv2.BORDER_ISOLATED)
        return float(mean.max())


class Governor:
    """Passes frames on, and holds back what would flash too much.

    `fps` is the rate at which frames usually come, above 0. `calm` halves the limits and may
    be set at any time. `field` is the share (0..1] of the frame's width and height that a
    10 degree field takes up; (1, 1), for an unknown distance, judges the whole frame. Latency:
    none. Deterministic. The caller may reuse a frame's memory once `pass_on` has returned.

    Raises:
        ValueError: if `fps` or `field` is out of range.
    """

    def __init__(
        self, fps: float = 60.0, *, calm: bool = False, field: tuple[float, float] = (1.0, 1.0)
    ) -> None:
        if not fps > 0:
            raise ValueError(f"fps is above 0, not {fps}")
        if not all(0 < share <= 1 for share in field):
            raise ValueError(f"a field's shares are above 0, at most 1, not {field}")
        self.calm = calm
        self.held = 0
        """How many frames were held back so far."""
        self.holding = False
        """True while what was shown last is not what was asked for: call `pass_on` again, even
        with the same frame, until it has caught up."""
        self._field = field
        self._slack_s = 0.5 / fps
        self._scales: tuple[_Scale, ...] = ()
        self._shown: _Small = np.zeros((1, 1, 3), np.uint8)
        self._at_s = 0.0

    def pass_on(self, frame: Frame, at_s: float) -> Frame:
        """Return the frame to show at `at_s` (seconds; time never runs back): `frame` itself
        when that is safe, else a blend with the last one shown."""
        after = _small(frame)
        if not self._scales:
            self._scales = tuple(
                _Scale(grid, self._field, self._slack_s, first)
                for grid, first in zip(GRIDS, _measured(after), strict=True)
            )
            self._shown = frame.copy()
            self._at_s = at_s
            return frame
        self._at_s = at_s = max(self._at_s, at_s)
        for scale in self._scales:
            scale.forget(at_s)
        if self._shown.shape != frame.shape:  # a window was resized: an event like any other
            size = (frame.shape[1], frame.shape[0])
            self._shown = np.asarray(cv2.resize(self._shown, size), np.uint8)
        before: _Small | None = None
        for share in _SHARES:
            small = after
            if share < 1.0:
                if before is None:
                    before = _small(self._shown)
                small = _blend(before, after, share)
            measures = zip(self._scales, _measured(small), strict=True)
            steps = [scale.look(measure) for scale, measure in measures]
            if all(
                scale.is_safe(step, calm=self.calm)
                for scale, step in zip(self._scales, steps, strict=True)
            ):
                for scale, step in zip(self._scales, steps, strict=True):
                    scale.take(step, at_s)
                return self._show(frame, share)
        return self._show(frame, 0.0)

    def _show(self, frame: Frame, share: float) -> Frame:
        self.holding = share < 1.0
        if not self.holding:
            np.copyto(self._shown, frame)
            return frame
        self.held += 1
        if share > 0.0:
            self._shown = _blend(self._shown, frame, share)
        return as_frame(self._shown.copy())


def _small(frame: _Small) -> _Small:
    """Halve a frame while it stays well above the grid: exact halves are averaged fast."""
    across, down = GRIDS[0]
    while frame.shape[1] >= 3 * across and frame.shape[0] >= 3 * down:
        if frame.shape[1] % 2 or frame.shape[0] % 2:
            frame = frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2]
        size = (frame.shape[1] // 2, frame.shape[0] // 2)
        frame = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    return frame


def _measured(small: _Small) -> list[_Measure]:
    """What the cells of every scale show."""
    linear = np.asarray(cv2.LUT(small, _LINEAR), np.float32)
    measures = []
    for grid in GRIDS:
        # A picture of fewer pixels than cells is judged pixel by pixel, not blurred.
        larger = linear.shape[1] >= grid[0] and linear.shape[0] >= grid[1]
        way = cv2.INTER_AREA if larger else cv2.INTER_NEAREST
        cells = np.asarray(cv2.resize(linear, grid, interpolation=way), np.float32)
        if larger:  # coarser cells are means of finer ones
            linear = cells
        luminance = np.asarray(cv2.transform(cells, _LUMINANCE), np.float32)
        redness = np.asarray(np.maximum(cv2.transform(cells, _RED), 0.0), np.float32)
        saturated = cells[:, :, 0] >= _SATURATED * np.maximum(cv2.transform(cells, _SUM), 1e-3)
        measures.append((luminance, redness, saturated))
    return measures


def _blend(before: _Small, after: _Small, share: float) -> _Small:
    """`after` laid over `before` with that share."""
    return np.asarray(cv2.addWeighted(before, 1.0 - share, after, share, 0.0), np.uint8)


def field_of(screen_m: tuple[float, float], distance_m: float) -> tuple[float, float]:
    """The share of a screen's width and height that a 10 degree field takes up, for somebody
    at `distance_m` from a screen of `screen_m` (width, height), all in metres, above 0.

    Raises:
        ValueError: if a length is not above 0.
    """
    if not (distance_m > 0 and all(side > 0 for side in screen_m)):
        raise ValueError(f"a screen and a distance are above 0 m, not {screen_m}, {distance_m}")
    field_m = 2 * distance_m * math.tan(math.radians(5))
    width, height = (min(1.0, field_m / side) for side in screen_m)
    return width, height


def seen_field(
    screen_m: tuple[float, float] | None, distance_m: float | None
) -> tuple[float, float]:
    """`field_of`, or the whole frame where the screen's size or the distance is unknown."""
    if screen_m is None or distance_m is None:
        return (1.0, 1.0)
    return field_of(screen_m, distance_m)


def governed(frames: Iterator[Frame], fps: float, *, calm: bool = False) -> Iterator[Frame]:
    """A film's frames, made safe one by one."""
    governor = Governor(fps, calm=calm)
    for number, frame in enumerate(frames):
        yield governor.pass_on(frame, number / fps)
