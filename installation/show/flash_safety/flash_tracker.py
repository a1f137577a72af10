"""How often the cells of a moving picture turned, and whether one turn more is safe. Pure.

The governor's memory: of every cell (`cells`), how often it swung (`swings`) within the last
second and the last five; and how much of these five seconds it spent flashing twice a second.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from installation.show.flash_safety.cells import GRIDS, KINDS, SLICES, Cells, Mask, Measure
from installation.show.flash_safety.swings import Swings

FLASHES = 3
"""General, and red, flashes allowed in any one second. CALM allows half as many, one."""

SECOND_S = 1.2
"""The second they are counted in: a fifth longer, since players and screens are not on time."""

SUSTAINED = 8
"""Flashes allowed in any five seconds: a fifth fewer than the two a second that harm."""

LONG_S = 5.0

OFTEN = 4
"""Turns in a second, two flashes, from which on a stricter analyser (ITU-R BT.1702, by the
letter of its extended rule) counts the time."""

OFTEN_S = 3.2
"""Seconds of any five that may be spent so: a fifth below the four that it allows."""

_AREA = 0.18

_STARTS = np.array([part.start for part in SLICES])
"""Where the cells of each scale begin."""

_A_LOT = 0.3
"""The share of a coarse cell's fine ones that must turn for it to flicker as a whole."""

Counts: TypeAlias = npt.NDArray[np.int16]
Times: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Turns:
    """What a frame did: which cells turned (2, cells), and of which kind and scale (2, 4) so
    many did at once that the picture as a whole flickers."""

    cells: Mask
    events: Mask


@dataclass(slots=True)
class Reserve:
    """How many turns, of every cell and of the picture as a whole, are kept free in a window."""

    cells: Counts | int = 0
    events: Counts | int = 0


@dataclass(slots=True)
class Reserves:
    """What is kept free for what follows: in the second, in the five, and of the time spent
    flashing often, in seconds."""

    second: Reserve = field(default_factory=Reserve)
    long: Reserve = field(default_factory=Reserve)
    often_cells_s: Times | float = 0.0
    often_events_s: Times | float = 0.0


@dataclass(slots=True)
class _Window:
    """How often every cell, and the whole picture, turned within the last `span_s`."""

    span_s: float
    flashes: int
    cells: Counts
    events: Counts = field(default_factory=lambda: np.zeros((len(KINDS), len(GRIDS)), np.int16))
    past: deque[tuple[float, Turns]] = field(default_factory=deque)

    def turns(self, *, calm: bool) -> int:
        """How many turns are allowed."""
        return 2 * (self.flashes // 2 if calm else self.flashes)

    def forget(self, at_s: float) -> None:
        while self.past and self.past[0][0] <= at_s - self.span_s:
            _, turns = self.past.popleft()
            self.cells -= turns.cells
            self.events -= turns.events

    def add(self, at_s: float, turns: Turns) -> None:
        self.past.append((at_s, turns))
        self.cells += turns.cells
        self.events += turns.events


@dataclass(slots=True)
class _PastOver:
    """Which cells turned within the last `span_s` although they were not to: too few to matter
    each time, but together they may be many."""

    span_s: float
    cells: Counts
    past: deque[tuple[float, Mask]] = field(default_factory=deque)

    def forget(self, at_s: float) -> None:
        while self.past and self.past[0][0] <= at_s - self.span_s:
            self.cells -= self.past.popleft()[1]

    def add(self, at_s: float, over: Mask) -> None:
        self.past.append((at_s, over))
        self.cells += over


@dataclass(slots=True)
class _Often:
    """How many of the last five seconds every cell spent flashing often."""

    cells_s: Times
    events_s: Times = field(default_factory=lambda: np.zeros((len(KINDS), len(GRIDS)), np.float32))
    past: deque[tuple[float, float, Turns]] = field(default_factory=deque)

    def forget(self, at_s: float) -> None:
        while self.past and self.past[0][0] <= at_s - LONG_S:
            _, span_s, turns = self.past.popleft()
            self.cells_s -= np.float32(span_s) * turns.cells
            self.events_s -= np.float32(span_s) * turns.events

    def add(self, at_s: float, span_s: float, turns: Turns) -> None:
        self.past.append((at_s, span_s, turns))
        self.cells_s += np.float32(span_s) * turns.cells
        self.events_s += np.float32(span_s) * turns.events


@dataclass(frozen=True, slots=True)
class Step:
    """What a frame would do: the swings after it, and its turns."""

    swings: Swings
    turns: Turns
    any_turned: bool

    @property
    def is_quiet(self) -> bool:
        """True when the picture as a whole does not turn."""
        return not self.turns.events.any()

    def box(self) -> tuple[float, float, float, float]:
        """What flickers, with a margin: left, top, right, bottom, each 0..1. Little things
        that turn by themselves stay out of it; (1, 1, 0, 0) if there is nothing else."""
        either = self.turns.cells[0] | self.turns.cells[1]
        across, down = GRIDS[-2]
        wide = np.zeros((down, across), np.bool_)
        for grid, part in zip(GRIDS[:-1], SLICES[:-1], strict=True):
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
    how much longer than a second, or five, to remember. `reserves` may be set at any time.
    """

    def __init__(self, field: tuple[float, float], slack_s: float, first: Measure) -> None:
        self.reserves = Reserves()
        self._boxes = tuple(
            (max(1, round(across * field[0])), max(1, round(down * field[1])))
            for across, down in GRIDS
        )
        self._matter = np.array([_AREA * across * down for across, down in self._boxes])
        shape = first[0].shape
        self._windows = tuple(
            _Window(span_s + slack_s, flashes, np.zeros(shape, np.int16))
            for span_s, flashes in ((SECOND_S, FLASHES), (LONG_S, SUSTAINED))
        )
        self._often = _Often(np.zeros(shape, np.float32))
        self._past_over = tuple(
            _PastOver(span_s + slack_s, np.zeros(shape, np.int16))
            for span_s in (SECOND_S, LONG_S, LONG_S)
        )
        self._swings = Swings.at(*first)
        self._at_s: float | None = None
        self._asked: tuple[Step, bool, list[Mask]] | None = None

    def forget(self, at_s: float) -> Turns | None:
        """Go on to `at_s`, and let go of what happened too long before it to count. Return
        where the time since the last frame was spent flashing often; None is nowhere."""
        self._asked = None
        often = self._count_often(at_s)
        for window in self._windows:
            window.forget(at_s)
        for over in self._past_over:
            over.forget(at_s)
        self._often.forget(at_s)
        return often

    def _count_often(self, at_s: float) -> Turns | None:
        second = self._windows[0]
        since_s = 0.0 if self._at_s is None else at_s - self._at_s
        self._at_s = at_s
        if not second.past or since_s <= 0 or not (second.cells >= OFTEN).any():
            return None
        often = Turns(second.cells >= OFTEN, second.events >= OFTEN)
        self._often.add(at_s, min(since_s, SECOND_S), often)
        return often

    def look(self, measure: Measure) -> Step:
        """What a frame would do."""
        swings, up, down = self._swings.follow(*measure)
        turned = up | down
        events = np.zeros((len(KINDS), len(GRIDS)), np.bool_)
        any_turned = bool(turned.any())
        if any_turned:
            ways = [(way, self._may_be_wide(way)) for way in (up, down)]
            for kind in range(len(KINDS)):
                for scale in range(len(GRIDS)):
                    events[kind, scale] = any(
                        enough[kind, scale] and self._is_wide(way, kind, scale)
                        for way, enough in ways
                    )
        return Step(swings, Turns(turned, events), any_turned)

    def bounds(self) -> tuple[Cells, Cells]:
        """Between which values, exclusive, the next frame turns no cell; each (2, cells)."""
        return self._swings.bounds()

    def is_safe(self, step: Step, *, calm: bool) -> bool:
        """True when the step keeps within every limit."""
        if not step.any_turned:
            return True
        for window, reserve in self._kept():
            turns = window.turns(calm=calm)
            if (step.turns.events & (window.events + reserve.events >= turns)).any():
                return False
        if (step.turns.events & self._events_too_often(step)).any():
            return False
        return not any(
            over.any() and self._wide(over | (before.cells > 0))
            for over, before in zip(self._over(step, calm), self._past_over, strict=True)
        )

    def _kept(self) -> tuple[tuple[_Window, Reserve], tuple[_Window, Reserve]]:
        """Both windows, and what each keeps free."""
        return (
            (self._windows[0], self.reserves.second),
            (self._windows[1], self.reserves.long),
        )

    def _over(self, step: Step, calm: bool) -> list[Mask]:
        """Which cells a step would turn that may not turn any more: in a second, in five, and
        where they have flashed often for long."""
        if self._asked is None or self._asked[0] is not step or self._asked[1] != calm:
            found = []
            for window, reserve in self._kept():
                counts = window.cells + step.turns.cells + reserve.cells
                found.append(step.turns.cells & (counts > window.turns(calm=calm)))
            found.append(step.turns.cells & self._cells_too_often(step))
            self._asked = step, calm, found
        return self._asked[2]

    def _cells_too_often(self, step: Step) -> Mask:
        """Which cells would flash twice a second although they have for so long. A fourth turn
        lasts: there may be four for a second to come."""
        kept = self.reserves
        counts = self._windows[0].cells + step.turns.cells + kept.second.cells
        spent_s = self._often.cells_s + kept.often_cells_s
        return (counts >= OFTEN) & (spent_s > OFTEN_S - SECOND_S)

    def _events_too_often(self, step: Step) -> Mask:
        """On which scales the picture as a whole would, (2, 4)."""
        kept = self.reserves
        counts = self._windows[0].events + step.turns.events + kept.second.events
        spent_s = self._often.events_s + kept.often_events_s
        return (counts >= OFTEN) & (spent_s > OFTEN_S - SECOND_S)

    def _wide(self, cells: Mask) -> bool:
        """True when these cells cover too large a share of any field, at any scale."""
        enough = self._may_be_wide(cells)
        return any(
            enough[kind, scale] and self._is_wide(cells, kind, scale)
            for kind in range(len(KINDS))
            for scale in range(len(GRIDS))
        )

    def _may_be_wide(self, cells: Mask) -> Mask:
        """Of which kinds and on which scales there are as many of these cells as matter in one
        field, wherever they are, (2, 4)."""
        counts = np.add.reduceat(cells, _STARTS, axis=1, dtype=np.int32)
        return np.asarray(counts >= self._matter, np.bool_)

    def take(self, step: Step, at_s: float, *, calm: bool) -> None:
        """The step was shown."""
        self._swings = step.swings
        if step.any_turned:
            for over, before in zip(self._over(step, calm), self._past_over, strict=True):
                if over.any():
                    before.add(at_s, over)
            for window in self._windows:
                window.add(at_s, step.turns)
        self._asked = None

    def _is_wide(self, cells: Mask, kind: int, scale: int) -> bool:
        """True when these cells, of whom there are enough, cover too large a share of any field."""
        grid, box = GRIDS[scale], self._boxes[scale]
        if box == grid:
            return True
        image = cells[kind, SLICES[scale]].reshape(grid[1], grid[0]).astype(np.float32)
        return bool(cv2.blur(image, box, borderType=cv2.BORDER_ISOLATED).max() >= _AREA)
