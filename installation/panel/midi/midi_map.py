"""Which MIDI message is which knob or button: the [midi] table of a layout. Pure.

Messages are mido's, as they come (`mido.Message`; MIDI 1.0 Detailed Specification); numbers and
values are 0..127, their channels 0..15, one less than people count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, ConfigDict, Field, StrictInt, StrictStr, model_validator
from pydantic.dataclasses import dataclass as checked

from installation.carve.tables import MistakeAtError, TomlText, checked_table, within
from installation.documents import parse_toml
from installation.mistakes import did_you_mean
from installation.panel.driver import PanelShape
from installation.vocabulary import UglyError

if TYPE_CHECKING:  # an optional library: a table can be read without it
    from mido import Message

_KINDS = {"control_change": "cc", "note_on": "note", "note_off": "note"}
_FULL = 127


@dataclass(frozen=True, slots=True)
class Control:
    """One knob or button of the controller: `kind` is "cc" or "note"."""

    kind: str
    number: int


def _control_of(*kinds: str) -> BeforeValidator:
    """Reads a control of one of these kinds as it is written: { cc = 7 }."""
    wanted = "expected " + " or ".join(f"{{ {kind} = 0..{_FULL} }}" for kind in kinds)

    def read(entry: object) -> Control:
        if not isinstance(entry, dict) or len(entry) != 1:
            raise MistakeAtError(wanted)
        ((kind, number),) = entry.items()
        if kind not in kinds or type(number) is not int or not 0 <= number <= _FULL:
            near = "" if kind in kinds else did_you_mean(kind, kinds)
            raise MistakeAtError(
                f"{wanted}, not {kind} = {number!r}{near}", sought=f"{kind} = {number!r}"
            )
        return Control(kind, number)

    return BeforeValidator(read)


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class _MidiTable:
    """The [midi] table as it may be written."""

    knobs: list[Annotated[Control, _control_of("cc")]]
    buttons: list[Annotated[Control, _control_of("cc", "note")]]
    ports: list[StrictStr] = Field(default_factory=list)
    channel: Annotated[StrictInt, within(1, 16)] | None = None

    @model_validator(mode="after")
    def _each_once(self) -> _MidiTable:
        controls = [*self.knobs, *self.buttons]
        for control in controls:
            if controls.count(control) > 1:
                name = f"{control.kind} {control.number}"
                sought = f"{control.kind} = {control.number}"
                raise MistakeAtError(f"{name} is there twice", sought=sought)
        return self


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
        written = TomlText(text, where)
        found = checked_table(_MidiTable, table, written, "midi")
        for key, controls, count in (
            ("knobs", found.knobs, shape.knobs),
            ("buttons", found.buttons, shape.buttons),
        ):
            if len(controls) != count:
                problem = f"expected a list of {count}, as the layout has, not {len(controls)}"
                raise written.mistake(f"midi.{key}", problem)
        return cls(tuple(found.ports), found.channel, tuple(found.knobs), tuple(found.buttons))

    def knob_of(self, message: Message) -> tuple[int, float] | None:
        """The knob a message turns and where to, 0..1; None if it turns none."""
        control = self._control(message)
        if control is None or control not in self.knobs:
            return None
        return self.knobs.index(control), message.value / _FULL

    def button_of(self, message: Message) -> tuple[int, bool] | None:
        """The button a message moves and whether down; None if it moves none."""
        control = self._control(message)
        if control is None or control not in self.buttons:
            return None
        if control.kind == "cc":  # a switch: on from the middle up
            return self.buttons.index(control), message.value > 63
        # A note may be struck softly; one that is struck with 0 ends.
        return self.buttons.index(control), message.type == "note_on" and message.velocity > 0

    def lamp(self, button: int, lit: bool) -> Message:
        """The message that lights or darkens a button's lamp: its own, sent back."""
        from mido import Message

        control, channel = self.buttons[button], (self.channel or 1) - 1
        value = _FULL if lit else 0
        if control.kind == "cc":
            return Message("control_change", channel=channel, control=control.number, value=value)
        return Message("note_on", channel=channel, note=control.number, velocity=value)

    def _control(self, message: Message) -> Control | None:
        kind = _KINDS.get(message.type)
        if kind is None or (self.channel is not None and message.channel + 1 != self.channel):
            return None
        return Control(kind, message.control if kind == "cc" else message.note)
