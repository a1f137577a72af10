"""The flash governor: keeps what leaves the house below what WCAG 2.3.1 allows.

WCAG 2.2, success criterion 2.3.1 and its definition of "general flash and red flash
thresholds": a *general flash* is a pair of opposing changes in relative luminance of 10 % of
the maximum or more, where the darker is below 0.80. A *red flash* is a pair of opposing
transitions involving a saturated red: R / (R + G + B) >= 0.8 on either side, and a change of
(R - G - B) * 320, negative values taken as 0, of more than 20, of linear R, G and B. At most
three of either in any one second, unless their area is below a quarter of any 10 degree
field. Where the viewing distance is unknown the field is the whole frame.

Flashes at two a second that go on also fail stricter analysers (ITU-R BT.1702), so there is a
second limit over five seconds, and one for the time spent so. All are kept with a fifth of margin.

How it works: the frame is reduced to a grid of cells (`cells`); in every cell the turning points of
luminance and of red are followed (`swings`, `flash_tracker`). Where a frame would make too many
cells turn too often, or the picture as a whole, its light is led along its own slow mean while the
rest goes on (`easing`), as coarsely as is enough, until it has been quiet for a second. If that
does not do, it is blended with what was shown last. The last resort is the last shown frame
itself, which turns nothing: it fails towards stillness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from installation.show.flash_safety.cells import (
    GRIDS,
    Cells,
    Small,
    halved,
    halvings,
    is_large,
    linear_cells,
    measured,
    measured_cells,
    small_of,
)
from installation.show.flash_safety.easing import Easing, Veil, veiled
from installation.show.flash_safety.flash_tracker import (
    FLASHES,
    SUSTAINED,
    Flicker,
    Reserves,
    Step,
    Turns,
)
from installation.show.paint.shapes import Rect
from installation.vocabulary import Frame, as_frame

__all__ = [
    "FLASHES", "GRIDS", "SUSTAINED", "Governor", "field_of", "seen_field",
]  # fmt: skip

_SHARES = (0.5, 0.25, 0.12, 0.06, 0.03)
"""How much of the new frame is tried, the most first, until one is safe."""

_EASED_S = 1.0
"""How long after the last flash that was asked for the picture is eased along."""

_MOST = 0.8
"""A box that covers more of the frame than this is the whole frame."""


class _Box(NamedTuple):
    """Pixels: left, top, right, bottom."""

    x0: int
    y0: int
    x1: int
    y1: int


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
        self.reserves = Reserves()
        """What the next frames keep free for what follows a film's end."""
        self.turns: Turns | None = None
        """What the last frame did, as it was shown; None if nothing."""
        self.often: Turns | None = None
        """Where the time up to the last frame was spent at two flashes a second."""
        self._field = field
        self._slack_s = 0.5 / fps
        self._flicker: Flicker | None = None
        self._shown: Small = np.zeros((1, 1, 3), np.uint8)
        self._levels: list[Small] = []
        self._at_s = 0.0
        self._after: Small = self._shown
        self._eased_until_s = -math.inf
        self._eased_at_s = -math.inf
        self._easing: Easing | None = None

    def pass_on(self, frame: Frame, at_s: float, changed: Sequence[Rect] | None = None) -> Frame:
        """Return the frame to show at `at_s` (seconds; time never runs back): `frame` itself
        when that is safe, else a blend with the last one shown.

        `changed` may tell where, in whole pixels, the frame differs from the one that was last
        asked for; None is anywhere. It spares looking at the rest.
        """
        self._after = after = self._looked_at(frame, changed)
        cells = linear_cells(after)
        measure = measured_cells(cells)
        if self._flicker is None:
            self._flicker = Flicker(self._field, self._slack_s, measure)
            self._shown = frame.copy()
            self._at_s = at_s
            return frame
        self._at_s = at_s = max(self._at_s, at_s)
        self.turns = None
        self.often = self._flicker.forget(at_s)
        self._flicker.reserves = self.reserves
        if self._shown.shape != frame.shape:  # a window was resized: an event like any other
            size = (frame.shape[1], frame.shape[0])
            self._shown = np.asarray(cv2.resize(self._shown, size), np.uint8)
            changed = None
        step = self._flicker.look(measure)
        is_safe = self._flicker.is_safe(step, calm=self.calm)
        eased = at_s < self._eased_until_s
        if is_safe and not eased:
            self._easing = None
            self._take(step, at_s)
            self._keep(frame, changed)
            return frame
        if not (is_safe and step.is_quiet):
            self._eased_until_s = at_s + _EASED_S
        return self._ease(frame, cells, step)

    def _looked_at(self, frame: Frame, changed: Sequence[Rect] | None) -> Small:
        """The frame, small; where only parts changed, only they are halved anew."""
        if not is_large(frame):
            return np.asarray(frame, np.uint8)
        levels = self._levels
        shape = (frame.shape[0] // 2, frame.shape[1] // 2, 3)
        if changed is None or not levels or levels[0].shape != shape:
            self._levels = halvings(frame)
            return self._levels[-1]
        boxes = [_Box(int(r.x), int(r.y), int(r.right), int(r.bottom)) for r in changed]
        larger: Small = frame
        for level in levels:
            height, width = level.shape[:2]
            boxes = [
                _Box(x0 // 2, y0 // 2, min(width, -(-x1 // 2)), min(height, -(-y1 // 2)))
                for x0, y0, x1, y1 in boxes
            ]
            for x0, y0, x1, y1 in boxes:
                if x1 > x0 and y1 > y0:
                    level[y0:y1, x0:x1] = halved(larger[2 * y0 : 2 * y1, 2 * x0 : 2 * x1])
            larger = level
        return larger

    def _keep(self, frame: Frame, changed: Sequence[Rect] | None) -> None:
        """Remember a frame that was shown as it is."""
        if self.holding:  # what was shown is its receiver's too
            self._shown = frame.copy()
        elif changed is None:
            np.copyto(self._shown, frame)
        else:
            for rect in changed:
                rows = slice(int(rect.y), int(rect.bottom))
                columns = slice(int(rect.x), int(rect.right))
                self._shown[rows, columns] = frame[rows, columns]
        self.holding = False

    def _take(self, step: Step, at_s: float) -> None:
        """The step was shown."""
        assert self._flicker is not None
        self._flicker.take(step, at_s, calm=self.calm)
        self.turns = step.turns if step.any_turned else None

    def _ease(self, frame: Frame, cells: Cells, step: Step) -> Frame:
        """Show a frame with its luminance led along: as coarsely as is safe."""
        assert self._flicker is not None
        since_s, self._eased_at_s = self._at_s - self._eased_at_s, self._at_s
        if self._easing is None:
            self._easing, since_s = Easing(linear_cells(small_of(self._shown))), self._slack_s * 2
        easing = self._easing
        easing.follow(cells, since_s)
        if not self._may(step, quietly=True):
            easing.spread(step.turns.cells, step.box())
        after = self._after
        for number, (scale, bounded) in enumerate(_ways(easing.scale), -easing.scale - 1):
            bounds = self._flicker.bounds() if bounded else None
            veil = easing.veil(cells, scale, bounds)
            small = after if veil.is_nothing else veiled(after, veil)
            shown = linear_cells(small)
            tried = self._flicker.look(measured_cells(shown))
            if self._may(tried, quietly=scale > 0 or bounded):
                easing.scale = scale
                if bounded:
                    easing.settle(shown)
                return self._lay(frame, veil, tried)
            if bounded:
                easing.spread(tried.turns.cells, _WHOLE)
                if number > 0:
                    easing.pin(tried.turns.cells)
                easing.settle(linear_cells(small_of(self._shown)))
        easing.scale = 0
        return self._hold_back(frame, after, step, self._at_s)

    def _may(self, step: Step, *, quietly: bool) -> bool:
        """Whether a step may be shown."""
        assert self._flicker is not None
        quiet = step.is_quiet or not quietly
        return quiet and self._flicker.is_safe(step, calm=self.calm)

    def _lay(self, frame: Frame, veil: Veil, step: Step) -> Frame:
        """Show a frame with a veil over it."""
        self._take(step, self._at_s)
        if veil.is_nothing:
            self._keep(frame, None)
            return frame
        self._shown = veiled(frame, veil)
        self.held += 1
        self.holding = True
        return as_frame(self._shown)

    def _hold_back(self, frame: Frame, after: Small, step: Step, at_s: float) -> Frame:
        """Show as much of a frame as is safe: without a turn if possible, else gently."""
        assert self._flicker is not None
        before = small_of(self._shown)
        box = step.box()
        tries = [(box, share, True) for share in _SHARES]
        tries += [(box, _SHARES[-2], False), (box, 0.0, True)]
        tries += [(_WHOLE, _SHARES[-1], True), (_WHOLE, _SHARES[-2], False)]
        for box, share, quietly in tries:
            small = _blend(before, after, share, _pixels(box, after))
            tried = self._flicker.look(measured(small))
            if quietly and not tried.is_quiet:
                continue
            if self._flicker.is_safe(tried, calm=self.calm):
                self._take(tried, at_s)
                self._shown = _blend(self._shown, frame, share, _pixels(box, frame))
                break
        self.held += 1
        self.holding = True
        return as_frame(self._shown)


def _ways(scale: int) -> list[tuple[int, bool]]:
    """On which grids to lead a picture, from that scale on, and whether within bounds."""
    return [*((finer, False) for finer in range(scale, -1, -1)), *[(0, True)] * 3]


_WHOLE = (0.0, 0.0, 1.0, 1.0)


def _pixels(box: tuple[float, float, float, float], frame: Small) -> _Box:
    """The pixels of a box of shares; nearly everything is everything."""
    left, top, right, bottom = box
    if (right - left) * (bottom - top) > _MOST or right <= left or bottom <= top:
        left, top, right, bottom = _WHOLE
    height, width = frame.shape[:2]
    return _Box(
        math.floor(left * width), math.floor(top * height),
        math.ceil(right * width), math.ceil(bottom * height),
    )  # fmt: skip


def _blend(before: Small, after: Small, share: float, box: _Box) -> Small:
    """`after`; in the box, laid over `before` with that share."""
    height, width = after.shape[:2]
    if box == (0, 0, width, height):
        return np.asarray(cv2.addWeighted(before, 1.0 - share, after, share, 0.0), np.uint8)
    blended: Small = after.copy()
    rows, columns = slice(box.y0, box.y1), slice(box.x0, box.x1)
    blended[rows, columns] = cv2.addWeighted(
        before[rows, columns], 1.0 - share, after[rows, columns], share, 0.0
    )
    return blended


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
