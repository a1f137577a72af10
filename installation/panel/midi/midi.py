"""Any MIDI controller as a panel: knobs and faders by control change, buttons by control
change or note, as its layout's [midi] table says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from installation.carve.panel_layout import PanelLayout
from installation.documents import read_text
from installation.installed import extra_hint
from installation.panel.driver import Asked, PanelShape
from installation.panel.layouts import layout_path
from installation.panel.midi.midi_map import MidiMap
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import DeviceHealth, Health, PanelState, Reason, UglyError
from installation.worker import Worker

if TYPE_CHECKING:
    from mido import Message

_POLL_S = 0.004
_LOOK_S = 0.5
"""How often to look whether the controller is (still) plugged in."""


class MidiPort(Protocol):
    """One open controller. Both raise OSError when it is gone."""

    def receive(self) -> Sequence[Message]:
        """The messages that came since the last call; at once."""

    def send(self, message: Message) -> None:
        """Send one message."""

    def close(self) -> None:
        """Let go of it."""


class MidiPorts(Protocol):
    """The computer's MIDI ports."""

    def names(self) -> Sequence[str]:
        """The names of the controllers that are plugged in."""

    def open(self, name: str) -> MidiPort:
        """Open one. Raises OSError if it cannot be."""


class MidiPanel:
    """A MIDI controller with the layout at `path_or_name`.

    `port` is a word of its port's name, instead of those the layout knows. A controller does
    not tell where its knobs stand, so each is 0 until it is turned; soft takeover does the rest.
    """

    def __init__(
        self,
        path_or_name: str | Path,
        *,
        port: str = "",
        ports: MidiPorts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start looking for the controller.

        Raises:
            UglyError: if the layout has no [midi] table or something in it is wrong, or if
                the MIDI libraries are not installed.
        """
        path = layout_path(path_or_name)
        text = read_text(path)
        layout = PanelLayout.parse(text, path.name)
        self._shape = PanelShape(layout.knobs, len(layout.buttons))
        self._map = MidiMap.parse(text, path.name, self._shape)
        self._words = (port,) if port else self._map.ports
        self._ports = ports or _installed_ports()
        self._clock = clock
        self._memory = TapLatch(self._shape)
        self._lamps: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
        self._shown: frozenset[int] | None = None
        self._health = self._missing(self._sought("looking for"), Reason.SOUGHT)
        self._worker = Worker("panel", self._run, prompt=True, device="panel", within_s=5.0)

    @property
    def shape(self) -> PanelShape:
        return self._shape

    def latest(self) -> PanelState:
        return self._memory.read()

    def health(self) -> DeviceHealth:
        return self._health

    def light(self, lamps: frozenset[int], blinking: frozenset[int] = frozenset()) -> None:
        there = frozenset(range(self._shape.buttons))
        self._lamps = (lamps - blinking) & there, blinking & there

    def close(self) -> None:
        self._worker.close()
        self._health = DeviceHealth("panel", Health.MISSING, "closed", Reason.CLOSED)

    def _sought(self, how: str) -> str:
        words = " or ".join(self._words) or "any MIDI controller"
        return f"{how} {words}"

    def _missing(self, note: str, reason: Reason) -> DeviceHealth:
        return DeviceHealth("panel", Health.MISSING, note, reason, " / ".join(self._map.ports))

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                name = self._find()
                if name:
                    self._play(name, stop)
                gone = self._missing(self._sought("not plugged in:"), Reason.UNPLUGGED)
            except OSError as error:
                gone = self._missing(f"{self._sought('lost')}: {error}", Reason.LOST)
            self._health = gone
            stop.wait(_LOOK_S)

    def _find(self) -> str | None:
        words = [word.lower() for word in self._words]
        for name in self._ports.names():
            if not words or any(word in name.lower() for word in words):
                return name
        return None

    def _play(self, name: str, stop: threading.Event) -> None:
        """Listen to one controller until it is gone."""
        port = self._ports.open(name)
        try:
            last = self._memory.peek()
            self._memory.put(PanelState(last.knobs, frozenset(), self._clock()))
            self._shown = None
            self._health = DeviceHealth("panel", Health.FINE, name)
            looked_s = self._clock()
            while not stop.is_set():
                for message in port.receive():
                    self._take(message)
                lit, blinking = self._lamps
                # A controller cannot blink by itself; as quick as the Arduino's, twice a second.
                self._show_lamps(port, lit | blinking if self._clock() % 0.5 >= 0.25 else lit)
                if self._clock() - looked_s >= _LOOK_S:
                    looked_s = self._clock()
                    if name not in self._ports.names():
                        return
                stop.wait(_POLL_S)
            self._show_lamps(port, frozenset())
        finally:
            port.close()

    def _take(self, message: Message) -> None:
        state = self._memory.peek()
        if turned := self._map.knob_of(message):
            knob, value = turned
            knobs = (*state.knobs[:knob], value, *state.knobs[knob + 1 :])
            self._memory.put(PanelState(knobs, state.pressed, self._clock()))
        elif moved := self._map.button_of(message):
            button, down = moved
            one = frozenset({button})
            pressed = state.pressed | one if down else state.pressed - one
            self._memory.put(PanelState(state.knobs, pressed, self._clock()))

    def _show_lamps(self, port: MidiPort, lamps: frozenset[int]) -> None:
        if lamps == self._shown:
            return
        for button in range(self._shape.buttons):
            if self._shown is None or (button in lamps) != (button in self._shown):
                port.send(self._map.lamp(button, button in lamps))
        self._shown = lamps


def _installed_ports() -> MidiPorts:
    try:
        from installation.panel.midi.midi_ports import MidoPorts
    except ImportError:
        raise UglyError(f"MIDI needs its libraries: {extra_hint('midi')}") from None
    return MidoPorts()


def open_panel(asked: Asked) -> MidiPanel:
    """The panel that was asked for.

    Raises:
        UglyError: if its layout is for no MIDI controller, or the MIDI libraries are absent.
    """
    return MidiPanel(asked.layout, port=asked.port, clock=asked.clock)
