"""The seam of every panel: Arduino, on-screen, MIDI, replay, all equals.

A driver owns its device and, where it needs one, its thread; `latest` never waits. Whoever
builds a driver calls `close`, once or more often.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from installation.vocabulary import DeviceHealth, PanelState


@dataclass(frozen=True, slots=True)
class PanelShape:
    """How many knobs and buttons a panel has."""

    knobs: int
    buttons: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a panel is asked to be: of the shape of `layout` (a name or a path).

    `port` is the Arduino's, or a word of a MIDI port's name; "" to search for it. `serial_number`
    is that of the only Arduino meant, 0 for any; `replay` the recording to play. `clock` is in
    seconds that only run forwards. `own` are the driver's own settings, if it has any.
    """

    shape: PanelShape
    layout: str | Path
    port: str = ""
    serial_number: int = 0
    replay: Path | None = None
    clock: Callable[[], float] = time.monotonic
    own: Any = None


class Panel(Protocol):
    """A panel of knobs and buttons with lamps."""

    @property
    def shape(self) -> PanelShape:
        """Its counts; constant while the driver lives."""

    def latest(self) -> PanelState:
        """The newest state; at once, from memory.

        Before first contact: all knobs 0, nothing pressed, `at_s` -inf, which
        `carve.mapping.turn` takes for silence. While contact is lost: the last state known.
        """

    def health(self) -> DeviceHealth:
        """How the device is, with one plain line for the operator."""

    def light(self, lamps: frozenset[int], blinking: frozenset[int] = frozenset()) -> None:
        """Light these buttons' lamps, let those blink, by itself and at most twice a second, and
        darken the others; returns at once."""

    def close(self) -> None:
        """Let go of the device; may be called twice."""


@runtime_checkable
class ByPointer(Panel, Protocol):
    """A panel without hardware of its own: the screen draws it, mouse and keys turn it."""

    def turn_by(self, knob: int, delta: float) -> None:
        """Turn a knob by -1..1 of its travel; it stops at its ends."""

    def press(self, button: int) -> None:
        """Hold a button down."""

    def release(self, button: int) -> None:
        """Let a button go."""
