"""The conversation with one panel, from opening its port to losing it. No I/O, no clock.

The host speaks only when spoken to: bytes sent while a board boots keep its bootloader busy
for seconds (a Mega's for five instead of one), and a board may start anew at any time. So
nothing is said before a good frame was heard, nor when the last one is too long ago. To a
stranger the host says HELLO; from IDENTITY on it answers each STATE, twice a second, with the
lamps, which is also its heartbeat, and tells changed lamps at once.
"""

from __future__ import annotations

import math
from dataclasses import replace

from installation.panel.arduino import protocol
from installation.panel.arduino.protocol import (
    FULL_TURN,
    PROTOCOL,
    ButtonMoved,
    Event,
    Identity,
    KnobMoved,
    Receiver,
    State,
)
from installation.panel.driver import PanelShape
from installation.panel.simulated.pins import board_with_id
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import PanelState

HELLO_EVERY_S = 0.5
QUIET_S = 0.75
"""How long after the panel's last word the host still speaks; it says STATE every 0.5 s."""

PATIENCE_S = 4.0
"""How long a freshly opened port may be silent: an Uno's bootloader takes 1.4 s, a Mega's 0.9."""

DEAF_S = 2.5
"""Silence after which a panel that spoke is given up: it speaks twice a second, and its
watchdog needs a second and a boot to restart it."""


class Session:
    """One conversation; bytes in by `hear`, bytes out by `say`, states into a Memory.

    Times are of any one clock, in seconds.
    """

    def __init__(self, shape: PanelShape, memory: TapLatch, opened_at_s: float) -> None:
        self.receiver = Receiver()
        self.lamps: frozenset[int] = frozenset()
        self.blinking: frozenset[int] = frozenset()
        self.settled = False
        """True once a whole STATE was heard."""
        self.board_errors = 0
        """Damaged frames the board has received, by its own count."""
        self._shape = shape
        self._memory = memory
        self._heard_at_s = opened_at_s
        self._sequence = 0
        self._hello_at_s = -math.inf
        self._answer_due = False
        self._sent_lamps: tuple[frozenset[int], frozenset[int]] | None = None
        self._orders: list[tuple[int, bytes]] = []
        self._presses: list[int] | None = None
        self._uptime_ms = 0

    @property
    def identity(self) -> Identity | None:
        return self.receiver.identity

    @property
    def refusal(self) -> str:
        """Why this panel cannot be used, or "" if it can."""
        who = self.identity
        if who is None:
            return ""
        if who.protocol != PROTOCOL:
            return f"its firmware speaks protocol {who.protocol}, not {PROTOCOL}: flash it anew"
        if (who.knobs, who.buttons) != (self._shape.knobs, self._shape.buttons):
            ours = board_with_id(who.board)
            grown = ours is not None and ours.shape == self._shape
            mend = "put our newest firmware on it" if grown else "choose another layout"
            return (
                f"it has {who.knobs} knobs and {who.buttons} buttons, the layout "
                f"{self._shape.knobs} and {self._shape.buttons}: {mend}"
            )
        return ""

    def is_lost(self, now_s: float) -> bool:
        """True when the other end was silent for too long."""
        patience_s = DEAF_S if self.receiver.frames else PATIENCE_S
        return now_s - self._heard_at_s > patience_s

    def order(self, kind: int, payload: bytes) -> None:
        """Send this once, as soon as the panel may be spoken to."""
        self._orders.append((kind, payload))

    def hear(self, data: bytes, now_s: float) -> tuple[Event, ...]:
        """Take bytes from the port; what they say goes into the memory, and is returned."""
        before = self.receiver.frames
        events = self.receiver.feed(data)
        if self.receiver.frames > before:
            self._heard_at_s = now_s
        for event in events:
            self._take(event, now_s)
        return events

    def say(self, now_s: float) -> bytes:
        """What to write to the port now; often nothing."""
        if not self.receiver.frames or self.refusal or now_s - self._heard_at_s > QUIET_S:
            return b""
        out = b""
        if self.identity is None:
            if now_s - self._hello_at_s >= HELLO_EVERY_S:
                self._hello_at_s = now_s
                out += protocol.hello(self._next())
            return out
        for kind, payload in self._orders:
            out += protocol.frame(kind, self._next(), payload)
        self._orders.clear()
        if (self.lamps, self.blinking) != self._sent_lamps or self._answer_due:
            self._answer_due = False
            self._sent_lamps = (self.lamps, self.blinking)
            out += protocol.lamps(self._next(), self.lamps, self.blinking)
        return out

    def _next(self) -> int:
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    def _take(self, event: Event, now_s: float) -> None:
        if isinstance(event, Identity):
            self._presses = None
            self._sent_lamps = None  # a board that started is dark
        elif self.refusal:
            return
        elif isinstance(event, State):
            self._take_state(event, now_s)
        elif isinstance(event, KnobMoved) and self.settled:
            state = self._memory.peek()
            knobs = list(state.knobs)
            knobs[event.knob] = event.reading / FULL_TURN
            self._memory.put(PanelState(tuple(knobs), state.pressed, now_s))
        elif isinstance(event, ButtonMoved) and self.settled:
            state = self._memory.peek()
            one = frozenset({event.button})
            pressed = state.pressed | one if event.pressed else state.pressed - one
            if self._presses:
                self._presses[event.button] = event.presses
            self._memory.put(replace(state, pressed=pressed, at_s=now_s))

    def _take_state(self, event: State, now_s: float) -> None:
        self._answer_due = True
        knobs = tuple(reading / FULL_TURN for reading in event.readings)
        known = self._presses if event.uptime_ms >= self._uptime_ms else None
        if known is not None:
            # A press whose frames were damaged still shows in the board's count: a true tap,
            # told late.
            missed = (
                frozenset(
                    button
                    for button, count in enumerate(event.presses)
                    if count != known[button] and button not in event.pressed
                )
                - self._memory.peek().pressed
            )
            if missed:
                self._memory.put(PanelState(knobs, event.pressed | missed, now_s))
        self._memory.put(PanelState(knobs, event.pressed, now_s))
        self._presses = list(event.presses)
        self._uptime_ms = event.uptime_ms
        self.board_errors = event.errors
        self.settled = True
