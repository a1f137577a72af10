"""The operator's gesture: buttons held together open the service page, from the panel alone.

Pure; times come from the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from installation.carve.mapping import ButtonPressed, ButtonReleased, Gesture
from installation.vocabulary import Button


def is_calm(gesture: Gesture) -> bool:
    """Whether it is CALM, which alone is no sign that somebody wants to play."""
    return isinstance(gesture, (ButtonPressed, ButtonReleased)) and gesture.button is Button.CALM


class HeldTogether:
    """Says, once each time, when all of `buttons` have been held for `hold_s` seconds.

    Buttons are told by what they do. Without any, or on a panel that lacks one of them, the
    gesture never comes.
    """

    def __init__(self, buttons: Iterable[Button], hold_s: float) -> None:
        self._buttons, self._hold_s = frozenset(buttons), hold_s
        self._since_s: float | None = None
        self._done = False

    def due(self, pressed: Iterable[int], meant: Sequence[Button | None], now_s: float) -> bool:
        """True at the moment the gesture is complete; `pressed` are button numbers, `meant`
        says what each does."""
        held = {meant[number] for number in pressed if 0 <= number < len(meant)}
        if not self._buttons or not self._buttons <= held:
            self._since_s, self._done = None, False
            return False
        if self._since_s is None:
            self._since_s = now_s
        if self._done or now_s - self._since_s < self._hold_s:
            return False
        self._done = True
        return True
