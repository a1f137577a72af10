"""Buttons pressed by keys beside a panel of hardware: they go the same way as the panel's own.

Pure but for what it remembers; times come from the caller.
"""

from __future__ import annotations

import math
from dataclasses import replace

from installation.carve.mapping import Hand, met, turn
from installation.carve.panel_layout import PanelLayout
from installation.panel.driver import PanelShape
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import PanelState

SORT_STEP = 0.25
"""How much of a turn one press of an arrow key sorts."""


class Keys:
    """The keys' buttons, by number, laid over what the panel says.

    So a key's DISCARD, SOLO or KEEP held does all that the button on the panel does, also while
    the panel is unplugged or has never spoken.
    """

    def __init__(self) -> None:
        self._held: frozenset[int] = frozenset()
        self._latch = TapLatch(PanelShape(0, 0))
        self._put()
        self._last: frozenset[int] = frozenset()
        self._used = self._alone = False

    def press(self, number: int) -> None:
        """A button's key went down."""
        self._held |= {number}
        self._put()
        self._used = True

    def release(self, number: int) -> None:
        """A button's key came up."""
        self._held -= {number}
        self._put()

    def _put(self) -> None:
        self._latch.put(PanelState((), self._held))

    def over(
        self, hand: Hand, layout: PanelLayout, panel: PanelState, now_s: float
    ) -> tuple[Hand, PanelState]:
        """The panel's newest state with the keys' buttons held down too, and the hand that this
        state is to be folded into. A key that came up again since the last call counts as often as
        it went down: once a call."""
        if not self._used:
            return hand, panel
        pressed = self._latch.read().pressed
        silent = panel.at_s == -math.inf
        if silent:  # the panel never spoke: the keys alone say that time goes on
            panel = replace(panel, at_s=now_s)
        elif self._alone:  # it speaks at last: its knobs are where they are, nobody turned them
            hand = met(hand, panel)
        self._alone = silent
        if hand.state is None:
            hand, _ = turn(hand, layout, panel)
        moved = pressed != self._last
        self._last = pressed
        at_s = max(panel.at_s, now_s) if moved else panel.at_s
        return hand, replace(panel, pressed=panel.pressed | pressed, at_s=at_s)
