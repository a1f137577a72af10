"""A whole visit by one button: what it could do is pointed at, one thing after the other, and a
press does it. No hold, no chord, no haste: what takes a hold elsewhere lasts here from one press to
the next.

Pure but for what it remembers; times come from the caller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from installation.app.stills import HOLD_S
from installation.carve.mapping import ButtonPressed, ButtonReleased, Gesture
from installation.experience import Experience, Phase, Question
from installation.show.view_model import Choice, Hold, ScanPicture
from installation.vocabulary import Button, PanelState

LISTENS_S = 1.0
"""How long nothing is pointed at when there is something new to choose from: a press that was
meant for what went before answers nothing."""

SPOKEN_S = 6.0
"""The same where prompts are spoken: what is asked is heard first."""


def choices(
    experience: Experience, languages: int, *, more: bool = False, may_breed: bool = False
) -> tuple[Choice, ...]:
    """What there is to choose from, the likeliest first; with `more`, what comes behind it."""
    e = experience
    if e.phase is Phase.INVITE:
        dream = (Button.DISCARD,) if e.may_dream else ()
        tongue = (Button.OPERATION,) if languages > 1 else ()
        return (Button.RECORD, *dream, *tongue, Button.CALM, None)
    if e.phase is Phase.CARVE:
        if more:
            breed = (Hold.BREED,) if may_breed else ()
            still = (Hold.STILL,) if e.keeps else ()
            return (*breed, Hold.SOLO, *still, Hold.BACK)
        # To look at more is to stay a while longer, too.
        first = (Button.SURPRISE, Button.KEEP, Button.DISCARD, Button.RECORD, Button.CALM)
        return (*first, Hold.MORE)
    if e.phase is Phase.DECIDE:
        return (Button.KEEP, Button.DISCARD, Button.CALM, None)
    if e.phase is Phase.GALLERY:
        paper = (Button.KEEP,) if e.may_print else ()
        return (*paper, Button.RECORD, Button.CALM, None)
    return ()


class OneButton:
    """Points at what can be done, and says what a press of the one button does."""

    def __init__(self, listens_s: float = LISTENS_S) -> None:
        self._listens_s = listens_s
        self._offered: tuple[Choice, ...] = ()
        self._held: Button | None = None
        self._let_go_s = math.inf
        self._more = False
        self._moment: tuple[Phase, Question, int] | None = None
        self._since_s = 0.0
        self._was_down = False
        self._tapped: Button | None = None
        self.may_breed = False
        """Whether there is a net to breed the visitor's with."""

    def over(
        self, state: PanelState, meant: Sequence[Button | None], button: Button | None
    ) -> tuple[PanelState, bool]:
        """The panel's state without the one button, and whether that went down just now."""
        if button not in meant or button is None:
            self._was_down = False
            return state, False
        number = meant.index(button)
        down = number in state.pressed
        pressed, self._was_down = down and not self._was_down, down
        return replace(state, pressed=state.pressed - {number}), pressed

    def look(self, experience: Experience, languages: int, now_s: float) -> None:
        """Follow the visit; where there is something new to choose from, begin anew."""
        if experience.phase is not Phase.CARVE and self._held is not Button.KEEP:
            self._let_go_s = -math.inf
        if experience.phase is not Phase.CARVE:
            self._more = False
        more, may_breed = self._more, self.may_breed
        offered = choices(experience, languages, more=more, may_breed=may_breed)
        if self._held is not None:  # while a still is taken, there is nothing to choose
            offered = (Hold.LET_GO,) if self._let_go_s == math.inf else ()
        moment = (experience.phase, experience.question, experience.visit)
        if (offered, moment) != (self._offered, self._moment):
            self._offered, self._moment, self._since_s = offered, moment, now_s

    def at(self, scan_s: float, now_s: float) -> int | None:
        """The number of what is pointed at, None while nothing is."""
        scanned_s = now_s - self._since_s - self._listens_s
        if not self._offered or scanned_s < 0:
            return None
        return int(scanned_s / scan_s) % len(self._offered)

    def gestures(self, pressed: bool, scan_s: float, now_s: float) -> tuple[Gesture, ...]:
        """What the one button does: a tap of the button that is pointed at, over two calls."""
        let_go = (ButtonReleased(self._tapped),) if self._tapped is not None else ()
        self._tapped = None
        at = self.at(scan_s, now_s)
        choice = self._offered[at] if at is not None else None
        if self._held is not None and (now_s >= self._let_go_s or (pressed and choice)):
            let_go = (*let_go, ButtonReleased(self._held))
            self._held, choice = None, None
        if pressed and at is not None:
            # What was done is seen before it goes on.
            self._since_s = now_s - self._listens_s + LISTENS_S / 2
            self._more = choice is Hold.MORE
            if isinstance(choice, Hold):
                return (*let_go, *self._begun(choice, now_s))
            self._tapped = choice
        elif now_s - self._since_s - self._listens_s >= scan_s * len(self._offered):
            self._more = False  # nobody wants any of it
        taps = (ButtonPressed(self._tapped),) if self._tapped is not None else ()
        return (*let_go, *taps)

    def _begun(self, hold: Hold, now_s: float) -> tuple[Gesture, ...]:
        """A hold begins: it lasts until the next press, a still until it is taken."""
        if hold.button is None:
            return ()
        self._held = hold.button
        self._let_go_s = now_s + 1.5 * HOLD_S if hold is Hold.STILL else math.inf
        return (ButtonPressed(self._held),)

    def picture(self, scan_s: float, now_s: float) -> ScanPicture:
        """What the screen shows of it."""
        return ScanPicture(self._offered, self.at(scan_s, now_s))
