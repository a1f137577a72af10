"""MIDI controllers: their tables, their messages, their plug."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Sequence

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import eventually

from installation.panel.driver import PanelShape
from installation.panel.layouts import layout_path
from installation.panel.midi.midi import MidiPanel
from installation.panel.midi.midi_map import MidiMap
from installation.vocabulary import Health, UglyError

SHAPE = PanelShape(2, 2)


def said(*wire: int) -> mido.Message:
    """The message of these bytes: status (kind and channel), number, value."""
    return mido.Message.from_bytes(wire)


TABLE = """
[midi]
ports = ["nano"]
knobs = [{ cc = 7 }, { cc = 16 }]
buttons = [{ cc = 45 }, { note = 36 }]
"""


def test_control_changes_turn_knobs_from_end_to_end():
    midi = MidiMap.parse(TABLE, "x.toml", SHAPE)
    assert midi.knob_of(said(0xB0, 7, 0)) == (0, 0.0)
    assert midi.knob_of(said(0xB5, 16, 127)) == (1, 1.0)
    assert midi.knob_of(said(0xB0, 8, 127)) is None
    assert midi.knob_of(said(0x90, 7, 127)) is None


@pytest.mark.parametrize(
    ("message", "moved"),
    [
        ((0xB0, 45, 127), (0, True)),
        ((0xB0, 45, 63), (0, False)),
        ((0x90, 36, 1), (1, True)),
        ((0x90, 36, 0), (1, False)),
        ((0x80, 36, 64), (1, False)),
        ((0x90, 45, 127), None),
    ],
)
def test_buttons_are_switches_or_notes(message: Sequence[int], moved: tuple[int, bool] | None):
    assert MidiMap.parse(TABLE, "x.toml", SHAPE).button_of(said(*message)) == moved


def test_a_channel_if_given_is_the_only_one_listened_to():
    midi = MidiMap.parse(TABLE + "channel = 3\n", "x.toml", SHAPE)
    assert midi.knob_of(said(0xB0, 7, 1)) is None
    assert midi.knob_of(said(0xB2, 7, 127)) == (0, 1.0)
    assert midi.lamp(1, True) == said(0x92, 36, 127)


@given(st.binary(max_size=12))
def test_whatever_is_on_the_wire_is_understood_or_passed_over(wire: bytes):
    midi, parser = MidiMap.parse(TABLE, "x.toml", SHAPE), mido.Parser()
    parser.feed(b"\xb0\x07\x40" + wire)
    for message in parser:
        turned, moved = midi.knob_of(message), midi.button_of(message)
        assert turned is None or moved is None
        assert turned is None or (turned[0] in (0, 1) and 0 <= turned[1] <= 1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[midi]", "[modi]", "midi is missing"),
        ("cc = 16", "cc = 128", "midi.knobs[1]: expected { cc = 0..127 }, not cc = 128"),
        ("{ cc = 16 }", "{ note = 16 }", "midi.knobs[1]: expected { cc = 0..127 }"),
        ("{ cc = 16 }", "16", "midi.knobs[1]: expected"),
        (", { cc = 16 }", "", "midi.knobs: expected a list of 2"),
        ("cc = 45", "cc = 7", "cc 7 is there twice"),
        ('["nano"]', '"nano"', "midi.ports: expected a list"),
        ('["nano"]', '["nano"]\nchannel = 17', "midi.channel: 17 is outside 1..16"),
        ('["nano"]', '["nano"]\nchanel = 1', "midi.chanel: no such key; did you mean channel?"),
        ("note = 36", "nota = 36", "midi.buttons[1]: expected"),
        ("note = 36", "nota = 36", "not nota = 36; did you mean note?"),
        ('["nano"]', '["nano"]\nchannel = 17', "x.toml: line 4: midi.channel"),
    ],
)
def test_a_mistake_in_the_table_names_its_key(old: str, new: str, says: str):
    with pytest.raises(UglyError) as told:
        MidiMap.parse(TABLE.replace(old, new), "x.toml", SHAPE)
    assert str(told.value).startswith("x.toml: ")
    assert says in str(told.value)


def test_the_shipped_table_names_each_control_once():
    text = layout_path("nanokontrol2").read_text(encoding="utf-8")
    midi = MidiMap.parse(text, "nanokontrol2", PanelShape(16, 8))
    assert len({*midi.knobs, *midi.buttons}) == 24


def test_a_layout_without_the_table_is_refused():
    with pytest.raises(UglyError, match="for no MIDI controller"):
        MidiPanel("mega16")


class Ports:
    """Ports whose controller comes and goes."""

    def __init__(self) -> None:
        self.plugged: list[str] = ["Something else"]
        self.waiting: list[mido.Message] = []
        self.shown: list[mido.Message] = []

    def names(self) -> Sequence[str]:
        return list(self.plugged)

    def open(self, name: str) -> Ports:
        assert name in self.plugged
        return self

    def receive(self) -> Sequence[mido.Message]:
        if "nanoKONTROL2" not in self.plugged:
            raise OSError("gone")
        came, self.waiting = self.waiting, []
        return came

    def send(self, message: mido.Message) -> None:
        self.shown.append(message)

    def close(self) -> None:
        pass


def test_it_is_found_when_it_comes_and_found_again_when_it_comes_back():
    ports = Ports()
    panel = MidiPanel("nanokontrol2", ports=ports)
    assert panel.latest().at_s == float("-inf")
    eventually(lambda: "not plugged in" in panel.health().note)
    ports.plugged.append("nanoKONTROL2")
    eventually(lambda: panel.health().health is Health.FINE)
    panel.light(frozenset({0}))
    eventually(lambda: said(0xB0, 45, 127) in ports.shown)
    ports.waiting = [said(0xB0, 3, 127)]
    eventually(lambda: panel.latest().knobs[3] == 1.0)
    ports.plugged.clear()
    eventually(lambda: panel.health().health is Health.MISSING)
    assert panel.latest().knobs[3] == 1.0
    ports.shown.clear()
    ports.plugged.append("nanoKONTROL2")
    eventually(lambda: said(0xB0, 45, 127) in ports.shown)  # the lamp is lit again
    panel.close()
    assert ports.shown[-1] == said(0xB0, 45, 0)


def test_a_port_in_the_settings_is_the_one_taken_whatever_the_layout_knows():
    ports = Ports()
    ports.plugged.append("nanoKONTROL2")
    panel = MidiPanel("nanokontrol2", ports=ports)
    eventually(lambda: panel.health().note == "nanoKONTROL2")
    panel.close()
    panel = MidiPanel("nanokontrol2", port="something", ports=ports)
    eventually(lambda: panel.health().note == "Something else")
    panel.close()
    panel = MidiPanel("nanokontrol2", port="Other", ports=ports)
    eventually(lambda: "not plugged in: Other" in panel.health().note)
    panel.close()


def test_without_its_libraries_midi_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "mido", None)
    monkeypatch.delitem(sys.modules, "installation.panel.midi.midi_ports", raising=False)
    with pytest.raises(UglyError, match=r"pip install .*\[midi\]"):
        MidiPanel("nanokontrol2")


NOTE, TURN = said(0x90, 1, 2), said(0xB0, 7, 127)


class FakeMido(types.ModuleType):
    """As much of mido as is used."""

    def __init__(self) -> None:
        super().__init__("mido")
        self.sent: list[mido.Message] = []
        self.closed = 0
        self.Message = mido.Message

    def get_input_names(self) -> list[str]:
        return ["a", "b"]

    def get_output_names(self) -> list[str]:
        return ["b"]

    def open_input(self, name: str) -> object:
        if name == "gone":
            raise RuntimeError("ALSA is cross")
        return types.SimpleNamespace(iter_pending=lambda: iter([NOTE]), close=self._close)

    def open_output(self, name: str) -> object:
        return types.SimpleNamespace(send=self.sent.append, close=self._close)

    def _close(self) -> None:
        self.closed += 1


def test_the_computers_ports_are_reached_through_mido(monkeypatch: pytest.MonkeyPatch):
    fake = FakeMido()
    monkeypatch.setitem(sys.modules, "mido", fake)
    monkeypatch.setitem(sys.modules, "rtmidi", types.ModuleType("rtmidi"))
    monkeypatch.delitem(sys.modules, "installation.panel.midi.midi_ports", raising=False)
    ports = importlib.import_module("installation.panel.midi.midi_ports").MidoPorts()
    assert ports.names() == ["a", "b"]
    both, deaf = ports.open("b"), ports.open("a")
    assert both.receive() == [NOTE]
    both.send(TURN)
    deaf.send(TURN)  # it has no lamps: nothing to send to
    assert fake.sent == [TURN]
    both.close()
    deaf.close()
    assert fake.closed == 3
    with pytest.raises(OSError, match="ALSA is cross"):
        ports.open("gone")
    sys.modules.pop("installation.panel.midi.midi_ports")
