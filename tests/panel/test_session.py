"""The conversation with a panel, byte by byte, on a clock of numbers."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from installation.panel.arduino import protocol
from installation.panel.arduino.protocol import Kind
from installation.panel.arduino.session import DEAF_S, PATIENCE_S, QUIET_S, Session
from installation.panel.driver import PanelShape
from installation.panel.simulated.pins import MEGA, UNO
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import PanelState

SHAPE = PanelShape(2, 3)


def identity(protocol_number: int = 1, knobs: int = 2, buttons: int = 3) -> bytes:
    payload = struct.pack("<8BI", protocol_number, 1, 0, 9, knobs, buttons, 1, 0, 0)
    return protocol.frame(Kind.IDENTITY, 0, payload)


def state(
    knobs: tuple[int, int] = (0, 1023),
    pressed: int = 0,
    presses: tuple[int, int, int] = (0, 0, 0),
    uptime_ms: int = 1000,
) -> bytes:
    head = struct.pack("<IHHH", uptime_ms, 0, pressed, 0)
    return protocol.frame(Kind.STATE, 1, head + bytes(presses) + struct.pack("<2H", *knobs))


def button(number: int, down: bool, presses: int) -> bytes:
    return protocol.frame(Kind.BUTTON, 2, bytes((number, down, presses)))


def knob(number: int, reading: int) -> bytes:
    return protocol.frame(Kind.KNOB, 2, struct.pack("<BH", number, reading))


class Talk:
    def __init__(self) -> None:
        self.memory = TapLatch(SHAPE)
        self.contact = Session(SHAPE, self.memory, 0.0)

    def meet(self) -> None:
        self.contact.hear(identity() + state(), 1.0)

    def said(self, now_s: float) -> list[int]:
        """The types of the frames the host says now."""
        kinds = []
        for part in self.contact.say(now_s).split(b"\0"):
            raw = protocol.unstuff(part) if part else None
            if raw:
                kinds.append(raw[0])
        return kinds


@given(st.lists(st.tuples(st.floats(0, 3), st.binary(max_size=40)), max_size=10))
def test_not_a_byte_is_said_before_a_good_frame_is_heard(noise: list[tuple[float, bytes]]):
    talk = Talk()
    talk.contact.lamps = frozenset({1})
    talk.contact.order(Kind.NAME, bytes(4))
    now_s = 0.0
    for wait_s, data in noise:
        now_s += wait_s
        talk.contact.hear(data, now_s)
        if talk.contact.receiver.frames == 0:
            assert talk.contact.say(now_s) == b""


def test_a_panel_that_already_runs_is_greeted_twice_a_second_until_it_answers():
    talk = Talk()
    talk.contact.hear(state(), 1.0)
    assert talk.said(1.0) == [Kind.HELLO]
    talk.contact.hear(state(uptime_ms=1400), 1.4)
    assert talk.said(1.4) == []
    assert talk.said(1.5) == [Kind.HELLO]
    talk.contact.hear(identity(), 1.6)
    assert talk.said(1.6) == [Kind.LAMPS]


def test_lamps_are_told_at_once_when_changed_and_in_answer_to_every_state():
    talk = Talk()
    talk.meet()
    assert talk.said(1.0) == [Kind.LAMPS]
    assert talk.said(1.1) == []
    talk.contact.lamps = frozenset({2})
    assert talk.contact.say(1.2) == protocol.lamps(2, frozenset({2}))
    assert talk.said(1.4) == []
    talk.contact.hear(state(uptime_ms=1500), 1.5)
    assert talk.said(1.5) == [Kind.LAMPS]
    assert talk.said(1.6) == []


def test_lamps_that_are_to_blink_are_left_to_the_board():
    talk = Talk()
    talk.meet()
    talk.said(1.0)
    talk.contact.blinking = frozenset({1})
    assert talk.contact.say(1.1) == protocol.lamps(2, frozenset(), frozenset({1}))
    assert talk.said(1.2) == [], "said once: the board counts the time"
    talk.contact.lamps, talk.contact.blinking = frozenset({1}), frozenset()
    assert talk.contact.say(1.3) == protocol.lamps(3, frozenset({1}))


def test_a_panel_fallen_silent_is_not_spoken_to_since_it_may_be_booting():
    talk = Talk()
    talk.meet()
    talk.said(1.0)
    talk.contact.order(Kind.NAME, bytes(4))
    talk.contact.lamps = frozenset({1})
    assert talk.said(1.0 + QUIET_S + 0.01) == []
    talk.contact.hear(b"\x17" * 9, 2.0)  # a bootloader's babble
    assert talk.said(2.0) == []
    talk.contact.hear(identity() + state(uptime_ms=3), 2.5)
    assert talk.said(2.5) == [Kind.NAME, Kind.LAMPS]


def test_a_board_that_restarted_is_told_its_lamps_anew():
    talk = Talk()
    talk.contact.lamps = frozenset({0})
    talk.meet()
    talk.said(1.0)
    talk.contact.hear(identity(), 1.1)
    assert talk.said(1.1) == [Kind.LAMPS]


def test_an_order_is_given_once_and_only_to_a_known_panel():
    talk = Talk()
    talk.contact.order(Kind.NAME, bytes(4))
    talk.contact.hear(state(), 1.0)
    assert talk.said(1.0) == [Kind.HELLO]
    talk.contact.hear(identity(), 1.1)
    assert talk.said(1.1) == [Kind.NAME, Kind.LAMPS]
    assert talk.said(1.2) == []


def test_states_and_changes_make_the_panels_state():
    talk = Talk()
    talk.contact.hear(identity() + knob(0, 500), 0.5)
    assert talk.memory.peek().at_s == float("-inf")  # a change of what?
    talk.contact.hear(state(), 1.0)
    assert talk.memory.peek() == PanelState((0.0, 1.0), frozenset(), 1.0)
    talk.contact.hear(knob(0, 1023) + button(2, True, 1), 2.0)
    assert talk.memory.peek() == PanelState((1.0, 1.0), frozenset({2}), 2.0)
    talk.contact.hear(button(2, False, 1), 3.0)
    assert talk.memory.peek() == PanelState((1.0, 1.0), frozenset(), 3.0)


def test_a_press_lost_on_the_line_is_told_by_the_count_once():
    talk = Talk()
    talk.meet()
    talk.contact.hear(state(presses=(0, 1, 0), uptime_ms=1500), 1.5)
    assert talk.memory.read().pressed == {1}
    assert talk.memory.read().pressed == frozenset()
    talk.contact.hear(state(presses=(0, 1, 0), uptime_ms=2000), 2.0)
    assert talk.memory.read().pressed == frozenset()


def test_presses_heard_are_not_told_again_by_the_count():
    talk = Talk()
    talk.meet()
    talk.contact.hear(button(1, True, 1) + button(1, False, 1), 1.2)
    assert talk.memory.read().pressed == {1}
    talk.contact.hear(state(presses=(0, 1, 0), uptime_ms=1500), 1.5)
    assert talk.memory.read().pressed == frozenset()


def test_counts_from_before_a_restart_are_no_presses():
    talk = Talk()
    talk.contact.hear(identity() + state(presses=(5, 5, 5), uptime_ms=9000), 1.0)
    talk.contact.hear(identity() + state(uptime_ms=2), 1.5)
    assert talk.memory.read().pressed == frozenset()
    # Even if the IDENTITY between was damaged: the board's clock went back.
    talk.contact.hear(state(presses=(5, 5, 5), uptime_ms=9000), 2.0)
    talk.memory.read()
    talk.contact.hear(state(uptime_ms=3), 2.5)
    assert talk.memory.read().pressed == frozenset()


def test_a_button_found_held_at_first_contact_is_no_tap():
    talk = Talk()
    talk.contact.hear(identity() + state(pressed=0b100, presses=(0, 0, 1)), 1.0)
    talk.contact.hear(button(2, False, 1), 1.1)
    assert talk.memory.read().pressed == frozenset()


def test_silence_is_given_up_later_at_the_start_than_afterwards():
    talk = Talk()
    assert not talk.contact.is_lost(PATIENCE_S)
    assert talk.contact.is_lost(PATIENCE_S + 0.1)
    talk.contact.hear(b"\x55\x66\x00" * 9, 3.9)  # noise is no sign of life
    assert talk.contact.is_lost(PATIENCE_S + 0.1)
    talk.contact.hear(identity(), 4.0)
    assert not talk.contact.is_lost(4.0 + DEAF_S)
    assert talk.contact.is_lost(4.1 + DEAF_S)


def test_another_protocol_or_shape_is_refused_in_silence():
    for wrong, says in (
        (identity(protocol_number=2), "flash it anew"),
        (identity(knobs=16, buttons=8), "choose another layout"),
    ):
        talk = Talk()
        talk.contact.hear(wrong, 1.0)
        assert says in talk.contact.refusal
        assert talk.said(1.0) == []


def test_a_board_with_older_firmware_is_told_from_the_wrong_board():
    def refusal(board: int, knobs: int, buttons: int) -> str:
        contact = Session(UNO.shape, TapLatch(UNO.shape), 0.0)
        payload = struct.pack("<8BI", 1, 1, 0, board, knobs, buttons, 1, 0, 0)
        contact.hear(protocol.frame(Kind.IDENTITY, 0, payload), 0.1)
        return contact.refusal

    assert refusal(UNO.id, 6, 4).endswith("put our newest firmware on it")
    assert refusal(MEGA.id, 16, 8).endswith("choose another layout")
