"""The contract that every panel driver keeps: on-screen, replay, simulated Arduino, MIDI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Protocol

import pytest
from fake_midi import FakeMidi
from mido import Message
from waiting import eventually

from installation.panel.driver import Panel, PanelShape
from installation.panel.layouts import layout_path
from installation.panel.midi.midi import MidiPanel
from installation.panel.midi.midi_map import MidiMap
from installation.panel.onscreen import OnScreenPanel
from installation.panel.recording.recording import Recording
from installation.panel.recording.replay import ReplayPanel
from installation.panel.simulated.pins import MEGA, UNO
from installation.panel.simulated.simulated import SimulatedPanel
from installation.vocabulary import Health, PanelState


class Rig(Protocol):
    """A driver, and the hand that moves what is behind it."""

    panel: Panel

    def knob(self, number: int, value: float) -> None: ...

    def press(self, number: int) -> None: ...

    def release(self, number: int) -> None: ...

    def lamps(self) -> frozenset[int]: ...


class OnScreenRig:
    def __init__(self) -> None:
        self.panel = OnScreenPanel(PanelShape(16, 8))
        self.knob = self.panel.turn_to
        self.press = self.panel.press
        self.release = self.panel.release
        self.lamps = self.panel.lamps


class ReplayRig:
    """Moves are written into the recording just before they fall due."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.state = PanelState((0.0,) * 6)
        self.panel = ReplayPanel(Recording(PanelShape(6, 4), (self.state,)), lambda: self.now_s)
        self.lamps = self.panel.lamps

    def _add(self, state: PanelState) -> None:
        self.panel._recording = Recording(self.panel.shape, (*self.panel._recording.states, state))
        self.state = state
        self.now_s = state.at_s

    def knob(self, number: int, value: float) -> None:
        knobs = list(self.state.knobs)
        knobs[number] = value
        self._add(PanelState(tuple(knobs), self.state.pressed, self.now_s + 0.1))

    def press(self, number: int) -> None:
        pressed = self.state.pressed | {number}
        self._add(PanelState(self.state.knobs, pressed, self.now_s + 0.1))

    def release(self, number: int) -> None:
        pressed = self.state.pressed - {number}
        self._add(PanelState(self.state.knobs, pressed, self.now_s + 0.1))


class SimulatedRig:
    """The shipped firmware in the simulator, behind ArduinoPanel and a real serial port."""

    def __init__(self, shape: PanelShape) -> None:
        self.panel = SimulatedPanel(shape)
        self.knob = self.panel.turn_to
        self.lamps = self.panel.lamps
        self.held: set[int] = set()

    def press(self, number: int) -> None:
        self.panel.press(number)
        self.held.add(number)

    def release(self, number: int) -> None:
        self.panel.release(number)
        self.held.discard(number)

    def settle(self) -> None:
        memory = self.panel._driver._memory
        eventually(lambda: memory.peek().pressed == self.held)


class MidiRig:
    """A controller made of lists, laid out as kiosk_config/panels/nanokontrol2.toml says."""

    def __init__(self) -> None:
        self.ports = FakeMidi()
        self.panel = MidiPanel("nanokontrol2", ports=self.ports)
        text = layout_path("nanokontrol2").read_text(encoding="utf-8")
        self.map = MidiMap.parse(text, "nanokontrol2", self.panel.shape)
        self.held: set[int] = set()

    def knob(self, number: int, value: float) -> None:
        control, turned = self.map.knobs[number].number, round(127 * value)
        self.ports.play(Message("control_change", control=control, value=turned))

    def press(self, number: int) -> None:
        self.ports.play(self.map.lamp(number, True))
        self.held.add(number)

    def release(self, number: int) -> None:
        self.ports.play(self.map.lamp(number, False))
        self.held.discard(number)

    def lamps(self) -> frozenset[int]:
        lit = {number for number, message in self.ports.shown.items() if message.value > 0}
        return frozenset(i for i, control in enumerate(self.map.buttons) if control.number in lit)

    def settle(self) -> None:
        eventually(lambda: self.panel._memory.peek().pressed == self.held)


RIGS: dict[str, Callable[[], Rig]] = {
    "onscreen": OnScreenRig,
    "replay": ReplayRig,
    "midi": MidiRig,
    "simulated mega": lambda: SimulatedRig(MEGA.shape),
    "simulated uno": lambda: SimulatedRig(UNO.shape),
}


@pytest.fixture(params=list(RIGS))
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    built = RIGS[request.param]()
    eventually(lambda: built.panel.health().health is Health.FINE)
    yield built
    built.panel.close()


def test_its_states_have_its_shape(rig: Rig):
    shape = rig.panel.shape
    state = rig.panel.latest()
    assert len(state.knobs) == shape.knobs
    assert all(0.0 <= value <= 1.0 for value in state.knobs)
    assert state.pressed == frozenset()
    assert rig.panel.shape == shape


def test_every_knob_is_its_own_and_reaches_both_ends(rig: Rig):
    wanted = {knob: (knob + 1) / rig.panel.shape.knobs for knob in range(rig.panel.shape.knobs)}
    for knob, value in wanted.items():
        rig.knob(knob, value)
    eventually(lambda: all(abs(rig.panel.latest().knobs[k] - v) <= 0.01 for k, v in wanted.items()))
    rig.knob(0, 1.0)
    eventually(lambda: rig.panel.latest().knobs[0] == 1.0)
    rig.knob(0, 0.0)
    eventually(lambda: rig.panel.latest().knobs[0] == 0.0)
    assert rig.panel.latest().knobs[1:] == pytest.approx(list(wanted.values())[1:], abs=0.01)


def test_every_button_is_its_own(rig: Rig):
    held: set[int] = set()
    for button in range(rig.panel.shape.buttons):
        rig.press(button)
        held.add(button)
        eventually(lambda: rig.panel.latest().pressed == held)
    for button in range(rig.panel.shape.buttons):
        rig.release(button)
        held.discard(button)
        eventually(lambda: rig.panel.latest().pressed == held)


def test_a_tap_between_two_readings_is_seen_once(rig: Rig):
    rig.panel.latest()
    rig.press(1)
    settle(rig)
    rig.release(1)
    settle(rig)
    assert rig.panel.latest().pressed == {1}
    assert rig.panel.latest().pressed == frozenset()


def test_two_taps_between_two_readings_are_two_presses(rig: Rig):
    rig.panel.latest()
    for _ in range(2):
        rig.press(1)
        settle(rig)
        rig.release(1)
        settle(rig)
    pressed = [1 in rig.panel.latest().pressed for _ in range(5)]
    assert sum(now and not before for before, now in pairwise([False, *pressed])) == 2
    assert not pressed[-1]


def settle(rig: Rig) -> None:
    """Wait until the driver knows what was done to the device, without reading it."""
    wait = getattr(rig, "settle", None)
    if wait:
        wait()


def test_states_are_stamped_in_order(rig: Rig):
    before_s = rig.panel.latest().at_s
    rig.knob(0, 0.6)
    eventually(lambda: rig.panel.latest().knobs[0] > 0.5)
    assert rig.panel.latest().at_s >= before_s


def test_lamps_are_lit_and_darkened_and_strangers_ignored(rig: Rig):
    rig.panel.light(frozenset({0, 2}))
    eventually(lambda: rig.lamps() == {0, 2})
    rig.panel.light(frozenset({1, 99, -1}))
    eventually(lambda: rig.lamps() == {1})
    rig.panel.light(frozenset({0}), frozenset({1, 99}))
    eventually(lambda: rig.lamps() == {0, 1})  # where it blinks by itself: while it is on
    rig.panel.light(frozenset())
    eventually(lambda: rig.lamps() == frozenset())


def test_its_health_names_the_device_in_one_line(rig: Rig):
    health = rig.panel.health()
    assert health.device == "panel"
    assert health.note
    assert "\n" not in health.note


def test_closed_twice_it_still_answers(rig: Rig):
    rig.knob(0, 0.7)
    eventually(lambda: rig.panel.latest().knobs[0] > 0.6)
    rig.panel.close()
    last = rig.panel.latest().knobs
    rig.panel.close()
    rig.panel.light(frozenset({0}))
    assert rig.panel.latest().knobs == last
    assert "\n" not in rig.panel.health().note
