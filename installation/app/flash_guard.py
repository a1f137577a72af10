"""The last step before the screen: the composed picture softened, governed, or passed on as it is.

What `[flash]` says and whether the visitor asked for CALM may change from one picture to the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from installation.settings import FlashSettings, ScreenSettings
from installation.show.flash_safety.governor import Governor, seen_field
from installation.show.flash_safety.patterns import Softener
from installation.show.paint.shapes import Rect
from installation.vocabulary import Frame


class FlashGuard:
    """Passes a screen's pictures on, one after another. Times are seconds that never run back."""

    def __init__(self, screen: ScreenSettings) -> None:
        self._fps = float(screen.fps)
        self._field = seen_field(screen.size_m, screen.distance_m)
        self._governor: Governor | None = None
        self._softener, self._softened = Softener(), False
        self._held = 0

    @property
    def held(self) -> int:
        """How many pictures were held back so far."""
        return self._held + (self._governor.held if self._governor else 0)

    def pass_on(
        self, frame: Frame, changed: Sequence[Rect], now_s: float, flash: FlashSettings, calm: bool
    ) -> Frame:
        """The picture to show at `now_s`, where `changed` tells in whole pixels what was painted
        since the last one. A picture that stands still is judged only while something is still
        held back."""
        if flash.governor == "off":
            self._held, self._governor = self.held, None
            return frame
        if self._governor is None:  # at the start, or on again
            self._governor = Governor(self._fps, field=self._field)
        governor, softener = self._governor, self._softener
        if not (changed or governor.holding or softener.softening):
            return frame
        governor.calm = flash.governor == "calm" or calm
        soft = frame
        if flash.patterns or governor.calm or softener.softening:
            soft = softener.pass_on(frame, now_s)
        touched = soft is not frame or self._softened
        self._softened = soft is not frame
        return governor.pass_on(soft, now_s, None if touched else changed)
