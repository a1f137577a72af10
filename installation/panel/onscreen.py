"""A panel without hardware: knobs and buttons that a screen, a mouse or a test moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from installation.panel.driver import Asked, PanelShape
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import DeviceHealth, Health, PanelState, Reason


class OnScreenPanel:
    """A panel drawn on the screen. Numbers outside its shape are ignored, values clamped."""

    def __init__(self, shape: PanelShape, clock: Callable[[], float] = time.monotonic) -> None:
        self._shape = shape
        self._clock = clock
        self._lock = threading.Lock()
        self._knobs = [0.0] * shape.knobs
        self._pressed: set[int] = set()
        self._lamps: frozenset[int] = frozenset()
        self._memory = TapLatch(shape)
        self._publish()

    @property
    def shape(self) -> PanelShape:
        return self._shape

    def turn_to(self, knob: int, value: float) -> None:
        """Set a knob to 0..1."""
        if 0 <= knob < self._shape.knobs:
            with self._lock:
                self._knobs[knob] = min(1.0, max(0.0, value))
                self._publish()

    def turn_by(self, knob: int, delta: float) -> None:
        """Turn a knob by -1..1, as a mouse wheel does; it stops at its ends."""
        if 0 <= knob < self._shape.knobs:
            self.turn_to(knob, self._knobs[knob] + delta)

    def press(self, button: int) -> None:
        """Hold a button down."""
        if 0 <= button < self._shape.buttons:
            with self._lock:
                self._pressed.add(button)
                self._publish()

    def release(self, button: int) -> None:
        """Let a button go."""
        with self._lock:
            self._pressed.discard(button)
            self._publish()

    def lamps(self) -> frozenset[int]:
        """The lamps that are lit or blink."""
        return self._lamps

    def latest(self) -> PanelState:
        return self._memory.read()

    def health(self) -> DeviceHealth:
        return DeviceHealth("panel", Health.FINE, "on the screen", Reason.ON_SCREEN)

    def light(self, lamps: frozenset[int], blinking: frozenset[int] = frozenset()) -> None:
        self._lamps = frozenset(
            lamp for lamp in lamps | blinking if 0 <= lamp < self._shape.buttons
        )

    def close(self) -> None:
        self._lamps = frozenset()

    def _publish(self) -> None:
        state = PanelState(tuple(self._knobs), frozenset(self._pressed), self._clock())
        self._memory.put(state)


def open_panel(asked: Asked) -> OnScreenPanel:
    """The panel that was asked for."""
    return OnScreenPanel(asked.shape, asked.clock)
