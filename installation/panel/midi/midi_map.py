"""Which MIDI message is which knob or button: the [midi] table of a layout. Pure.

Messages are raw bytes as in the MIDI 1.0 Detailed Specification: status (kind and channel),
number, value; numbers and values are 0..127.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from installation.documents import parse_toml
from installation.panel.driver import PanelShape
from installation.vocabulary import UglyError

NOTE_OFF, NOTE_ON, CONTROL_CHANGE = 0x80, 0x90, 0xB0
_FULL = 127


@dataclass(frozen=True, slots=True)
class Control:
    """One knob or button of the controller: `kind` is "cc" or "note"."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class MidiMap:
    """A controller's knobs and buttons. `ports` are words its port's name may hold; `channel`
    is 1..16, or None for any."""

    ports: tuple[str, ...]
    channel: int | None
    knobs: tuple[Control, ...]
    buttons: tuple[Control, ...]

    @classmethod
    def parse(cls, text: str, where: str, shape: PanelShape) -> MidiMap:
        """Read the [midi] table of a layout's TOML; `shape` is the layout's.

        Raises:
            UglyError: one line naming `where` and the key.
        """
        table = parse_toml(text, where).get("midi")
        if not isinstance(table, dict):
            raise UglyError(f"{where}: midi is missing: this layout is for no MIDI controller")
        for key in table:
            if key not in ("ports", "channel", "knobs", "buttons"):
                raise UglyError(f"{where}: midi.{key}: no such key")
        ports = table.get("ports", [])
        if not isinstance(ports, list) or not all(isinstance(word, str) for word in ports):
            raise UglyError(f"{where}: midi.ports: expected a list of words")
        channel = table.get("channel")
        if channel is not None and (type(channel) is not int or not 1 <= channel <= 16):
            raise UglyError(f"{where}: midi.channel: {channel!r} is outside 1..16")
        knobs = _controls(table, "knobs", ("cc",), shape.knobs, where)
        buttons = _controls(table, "buttons", ("cc", "note"), shape.buttons, where)
        both = knobs + buttons
        for control in both:
            if both.count(control) > 1:
                raise UglyError(f"{where}: midi: {control.kind} {control.number} is there twice")
        return cls(tuple(ports), channel, knobs, buttons)

    def knob_of(self, message: bytes) -> tuple[int, float] | None:
        """The knob a message turns and where to, 0..1; None if it turns none."""
        control = self._control(message)
        if control is None or control not in self.knobs:
            return None
        return self.knobs.index(control), message[2] / _FULL

    def button_of(self, message: bytes) -> tuple[int, bool] | None:
        """The button a message moves and whether down; None if it moves none."""
        control = self._control(message)
        if control is None or control not in self.buttons:
            return None
        off = message[0] & 0xF0 == NOTE_OFF
        # A note may be struck softly; a control is a switch, on from the middle up (MIDI 1.0).
        down = message[2] > (0 if control.kind == "note" else 63)
        return self.buttons.index(control), down and not off

    def lamp(self, button: int, lit: bool) -> bytes:
        """The message that lights or darkens a button's lamp: its own, sent back."""
        control = self.buttons[button]
        status = CONTROL_CHANGE if control.kind == "cc" else NOTE_ON
        return bytes((status | ((self.channel or 1) - 1), control.number, _FULL if lit else 0))

    def _control(self, message: bytes) -> Control | None:
        if len(message) != 3 or not 0x80 <= message[0] < 0xF0:
            return None
        if self.channel is not None and (message[0] & 0x0F) + 1 != self.channel:
            return None
        kinds = {CONTROL_CHANGE: "cc", NOTE_ON: "note", NOTE_OFF: "note"}
        kind = kinds.get(message[0] & 0xF0)
        return Control(kind, message[1]) if kind else None


def _controls(
    table: Mapping[str, Any], key: str, kinds: tuple[str, ...], count: int, where: str
) -> tuple[Control, ...]:
    entries = table.get(key)
    if not isinstance(entries, list) or len(entries) != count:
        raise UglyError(f"{where}: midi.{key}: expected a list of {count}, as the layout has")
    return tuple(
        _control(entry, kinds, f"{where}: midi.{key}[{i}]") for i, entry in enumerate(entries)
    )


def _control(entry: object, kinds: tuple[str, ...], at: str) -> Control:
    wanted = " or ".join(f"{{ {kind} = 0..127 }}" for kind in kinds)
    if not isinstance(entry, dict) or len(entry) != 1:
        raise UglyError(f"{at}: expected {wanted}")
    ((kind, number),) = entry.items()
    if kind not in kinds or type(number) is not int or not 0 <= number <= _FULL:
        raise UglyError(f"{at}: expected {wanted}, not {kind} = {number!r}")
    return Control(kind, number)
