"""The hands at the panel, whichever way they come: the panel's own knobs and buttons, keys that
stand for buttons, one button that does for all.

Pure but for what it remembers; times come from the caller.
"""

from __future__ import annotations

from dataclasses import replace

from installation.app.gesture import HeldTogether
from installation.app.in_use import InUse
from installation.app.keys import Keys
from installation.app.one_button import LISTENS_S, SPOKEN_S, OneButton
from installation.carve.mapping import Gesture, Hand, turn
from installation.carve.panel_layout import PanelLayout
from installation.experience import Experience
from installation.settings import PanelSettings
from installation.show.view_model import ScanPicture
from installation.vocabulary import Button, PanelState


class Hands:
    """What hands do at a panel of this layout."""

    def __init__(self, in_use: InUse, layout: PanelLayout) -> None:
        self._in_use, self._layout = in_use, layout
        self.keys = Keys()
        self.one = OneButton(LISTENS_S if in_use.now.access.voice == "off" else SPOKEN_S)
        self._gesture = self._gesture_of(in_use.now.panel)
        self._pressed: frozenset[int] = frozenset()

    @staticmethod
    def _gesture_of(panel: PanelSettings) -> HeldTogether:
        return HeldTogether(panel.service_buttons, panel.service_hold_s)

    def follow(self, panel: PanelSettings) -> None:
        """The operator's gesture is another from now on."""
        self._gesture = self._gesture_of(panel)

    @property
    def _button(self) -> Button | None:
        """The one button, if there is one on this panel."""
        button = self._in_use.now.access.one_button
        return button if button in self._layout.buttons else None

    def folded(
        self, hand: Hand, panel: PanelState, experience: Experience, now_s: float
    ) -> tuple[Hand, tuple[Gesture, ...]]:
        """The panel's newest state folded into the hand, and what was done."""
        access, screen = self._in_use.now.access, self._in_use.now.screen
        hand, state = self.keys.over(hand, self._layout, panel, now_s)
        self._pressed = state.pressed
        if self._button is None:
            return turn(hand, self._layout, state)
        state, pressed = self.one.over(state, self._layout.buttons, self._button)
        hand, gestures = turn(hand, self._layout, state)
        self.one.look(experience, len(screen.languages), now_s)
        gestures += self.one.gestures(pressed, access.scan_s, now_s)
        if pressed:
            hand = replace(hand, moved_at_s=max(now_s, hand.moved_at_s + 1e-3))
        return hand, gestures

    def scanned(self, experience: Experience, now_s: float) -> ScanPicture | None:
        """What one button could do now; None where every button does for itself."""
        if self._button is None:
            return None
        access, screen = self._in_use.now.access, self._in_use.now.screen
        self.one.look(experience, len(screen.languages), now_s)
        return self.one.picture(access.scan_s, now_s)

    def calls_operator(self, now_s: float) -> bool:
        """Whether the operator's gesture was just made."""
        return self._gesture.due(self._pressed, self._layout.buttons, now_s)
