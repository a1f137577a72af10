"""What a driver last saw of its panel, handed between threads without waiting."""

from __future__ import annotations

import math
import threading
from collections import Counter
from dataclasses import replace

from installation.panel.driver import PanelShape
from installation.vocabulary import PanelState


class TapLatch:
    """The newest panel state, written by the driver's thread and read by the main one.

    A button tapped and let go between two readings is shown as pressed in the next one, and one
    tapped again meanwhile as up and down again in those after it, so that a slow frame of the show
    loses no press.
    """

    def __init__(self, shape: PanelShape) -> None:
        self._lock = threading.Lock()
        self._state = PanelState((0.0,) * shape.knobs, frozenset(), -math.inf)
        self._taps: Counter[int] = Counter()  # by button: how often down, not yet shown
        self._shown: frozenset[int] = frozenset()

    def put(self, state: PanelState) -> None:
        """Replace the state; buttons that went down are remembered until read."""
        with self._lock:
            if self._state.at_s != -math.inf:
                self._taps.update(state.pressed - self._state.pressed)
            self._state = state

    def peek(self) -> PanelState:
        """The newest state as it is, without taps already over."""
        with self._lock:
            return self._state

    def read(self) -> PanelState:
        """The newest state, with the taps since the last reading as pressed."""
        with self._lock:
            state = self._state
            owed = frozenset(self._taps)
            down = owed - self._shown
            self._taps -= Counter(down)
            self._shown = pressed = (state.pressed - owed) | down
        return state if pressed == state.pressed else replace(state, pressed=pressed)
