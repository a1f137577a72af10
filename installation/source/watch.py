"""Whether a camera's pictures live: a driver may hand out the last one for ever, or black ones.
Pure; times come from the caller."""

from __future__ import annotations

import numpy as np

from installation.vocabulary import Clip, Frame

STILL_AFTER_S = 4.0
"""No two of a camera's pictures are the same to the bit, for its noise: one that stands for so
long is frozen."""

BLACK_AFTER_S = 5.0
DARK = 24
"""Of 255: where nothing is lighter than this, the picture is black. A sensor's noise in a dark
room stays below it, a room with any light in it does not."""

JUDGED_AFTER_S = max(STILL_AFTER_S, BLACK_AFTER_S) + 1.0
"""A camera whose pictures were well for so long lives."""

_EVERY_PX = 4
"""Brightness is looked at in every so many rows and columns."""


class Watch:
    """Looks at one frame after another, from `since_s` on."""

    def __init__(self, since_s: float) -> None:
        self._last: Frame | None = None
        self._changed_s = self._lit_s = self._seen_s = self._opened_s = since_s

    def opened(self, at_s: float) -> None:
        """The device was opened anew: it has time again to show that it lives."""
        self._opened_s = at_s

    def see(self, frame: Frame, at_s: float) -> None:
        """The next frame, at `at_s`."""
        if self._last is None or not np.array_equal(self._last, frame):
            self._changed_s = at_s
        if not is_black(frame):
            self._lit_s = at_s
        self._last, self._seen_s = frame, at_s

    def trouble(self) -> str:
        """What is wrong with the pictures seen so far; "" if nothing is."""
        if self.is_black:
            return "its pictures are black: is its cap on, or the light off?"
        if self._seen_s - self._changed_s > STILL_AFTER_S:
            return "it gives the same picture again and again: unplug it and plug it in"
        return ""

    @property
    def is_black(self) -> bool:
        """True when its pictures have been black for long."""
        return self._seen_s - self._lit_s > BLACK_AFTER_S

    @property
    def is_frozen(self) -> bool:
        """True when opening the device anew may help: since it was opened nothing has moved."""
        return self._seen_s - max(self._changed_s, self._opened_s) > STILL_AFTER_S


def is_black(frame: Frame) -> bool:
    """Whether nothing can be seen on it."""
    return int(frame[::_EVERY_PX, ::_EVERY_PX].max()) < DARK


def stands_still(clip: Clip) -> bool:
    """Whether all frames of a clip are the same."""
    first = clip.frames[0]
    return all(np.array_equal(first, frame) for frame in clip.frames[1:])
