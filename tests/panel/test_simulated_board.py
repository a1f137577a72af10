"""The firmware that ships, in the simulator, spoken to over its serial port; timed promises
are kept in simulated time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import serial
from lockstep import STEP_S, Lockstep

from installation.panel.arduino.protocol import Kind, Receiver, ResetCause
from installation.panel.simulated.pins import BOARDS, MEGA, UNO, Board
from installation.panel.simulated.simulated import SimulatedBoard, SimulatedPanel
from installation.vocabulary import Health, UglyError

COUNT = 1 / 1023
boards = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.key)


@boards
def test_every_knob_reaches_the_host_as_itself(board: Board):
    with Lockstep(board) as rig:
        wanted = [(i + 1) / (board.shape.knobs + 1) for i in range(board.shape.knobs)]
        for knob, value in enumerate(wanted):
            rig.board.turn_to(knob, value)
        rig.meet()
        assert rig.state.knobs == pytest.approx(wanted, abs=2 * COUNT)
        for knob, value in enumerate(reversed(wanted)):
            rig.board.turn_to(knob, value)
        rig.run(0.4)
        assert rig.state.knobs == pytest.approx(wanted[::-1], abs=5 * COUNT)


@boards
def test_every_button_and_lamp_is_its_own(board: Board):
    with Lockstep(board) as rig:
        rig.meet()
        for number in range(board.shape.buttons):
            rig.board.press(number)
            rig.line.lamps = frozenset({number})
            rig.run(0.05)
            assert rig.state.pressed == {number}
            assert rig.board.lamps() == {number}
            rig.board.release(number)
            rig.run(0.05)
        assert rig.presses == [1] * board.shape.buttons


def test_buttons_stay_held_while_lamps_change():
    with Lockstep(MEGA) as rig:
        rig.meet()
        for number in range(8):
            rig.board.press(number)
        for lamps in ({0, 1, 2}, {3, 4, 5, 6, 7}, set()):
            rig.line.lamps = frozenset(lamps)
            rig.run(0.1)
            assert rig.board.lamps() == lamps
            assert rig.state.pressed == set(range(8))
        assert rig.presses == [1] * 8


@boards
def test_ends_are_reached_exactly_with_noise(board: Board):
    with Lockstep(board) as rig:
        for knob in range(board.shape.knobs):
            rig.board.turn_to(knob, knob % 2, noise_v=0.02)
        rig.meet()
        rig.run(0.3)
        assert rig.state.knobs == tuple(float(knob % 2) for knob in range(board.shape.knobs))


def test_resting_knobs_with_20_mv_of_noise_say_at_most_one_change_a_second():
    with Lockstep(MEGA) as rig:
        for knob in range(16):
            rig.board.turn_to(knob, 0.03 + knob / 16.7, noise_v=0.02)
        rig.meet()
        rig.run(1.0)
        changes = 0
        last = rig.state.knobs
        for _ in range(round(10 / STEP_S)):
            rig.run(STEP_S)
            changes += sum(a != b for a, b in zip(rig.state.knobs, last, strict=True))
            last = rig.state.knobs
        assert changes <= 10
        assert rig.line.stats.errors == rig.line.stats.lost == 0


def test_a_slow_turn_with_noise_never_jumps_backwards():
    with Lockstep(UNO) as rig:
        rig.meet()
        seen = []
        for mv in range(0, 5001, 10):
            rig.board.turn_to(2, mv / 5000, noise_v=0.02)
            rig.run(STEP_S)
            seen.append(rig.state.knobs[2])
        rig.run(0.2)
        assert seen == sorted(seen)
        assert rig.state.knobs[2] == 1.0
        assert len(set(seen)) > 300


@boards
def test_a_bouncing_contact_is_one_press(board: Board):
    with Lockstep(board) as rig:
        rig.meet()
        rig.board.press(1, bounces=7, gap_us=900)
        rig.run(0.1)
        assert rig.state.pressed == {1}
        rig.board.release(1, bounces=7, gap_us=900)
        rig.run(0.1)
        assert rig.state.pressed == frozenset()
        assert rig.presses[1] == 1
        assert sum(rig.presses) == 1


@boards
def test_lamps_go_dark_three_seconds_after_the_hosts_last_word(board: Board):
    with Lockstep(board) as rig:
        rig.meet()
        rig.line.lamps = frozenset({0, 2})
        rig.run(5.0)
        assert rig.board.lamps() == {0, 2}
        rig.board.step(2.4)  # the host says nothing; its last word is at most 0.5 s old
        assert rig.board.lamps() == {0, 2}
        rig.board.step(0.7)
        assert rig.board.lamps() == frozenset()
        rig.run(1.0, lambda: rig.board.lamps() == {0, 2})
        assert rig.board.lamps() == {0, 2}


@boards
def test_the_watchdog_restarts_a_stuck_program(board: Board):
    with Lockstep(board) as rig:
        rig.board.turn_to(0, 0.5)
        rig.meet()
        rig.line.lamps = frozenset({1})
        rig.run(0.1)
        contacts = rig.line.stats.contacts
        rig.board.hang()
        assert rig.run(
            1.6,
            lambda: bool(
                rig.line.stats.identity and rig.line.stats.identity.cause & ResetCause.WATCHDOG
            ),
        )
        rig.run(0.2)
        assert rig.is_fine
        assert rig.line.stats.contacts == contacts  # the port stayed open all the time
        assert rig.board.lamps() == {1}
        assert rig.state.knobs[0] == pytest.approx(0.5, abs=2 * COUNT)


@boards
def test_a_serial_number_survives_the_power(board: Board, tmp_path: Path):
    with Lockstep(board, eeprom=tmp_path / "eeprom") as rig:
        rig.meet()
        assert rig.line.stats.identity is not None
        assert rig.line.stats.identity.serial == 0
        rig.line.order(Kind.NAME, (0xC0FFEE).to_bytes(4, "little"))
        rig.run(0.2)
        assert rig.line.stats.identity.serial == 0xC0FFEE
    with Lockstep(board, eeprom=tmp_path / "eeprom", serial_number=0xC0FFEE) as rig:
        rig.meet()
        assert "serial number 12648430" in rig.line.health.note
    with Lockstep(board, eeprom=tmp_path / "eeprom", serial_number=7) as rig:
        assert not rig.run(1.0, lambda: rig.is_fine)
        assert "another panel, serial number 12648430" in rig.line.health.note


def test_the_wrong_speed_yields_nothing_but_damage():
    board = SimulatedBoard(MEGA, held=True)
    with serial.Serial(str(board.port), 115200, timeout=0) as port:
        receiver = Receiver()
        for _ in range(200):
            board.step(0.01)
            receiver.feed(port.read(4096))
        assert receiver.frames == 0
        assert receiver.errors > 0
    board.close()


def test_a_button_held_at_power_up_starts_the_self_test_until_the_host_speaks():
    with Lockstep(MEGA) as rig:
        rig.board.unplug()
        rig.board.press(3)
        rig.board.plug()
        rig.board.step(0.1)
        assert rig.board.lamps() == {3}
        rig.board.release(3)
        seen = set()
        for _ in range(90):
            rig.board.step(0.025)
            lit = rig.board.lamps()
            assert len(lit) <= 1
            seen |= lit
        assert seen == set(range(8))
        rig.board.turn_to(9, 1.0)
        rig.board.step(0.5)
        assert rig.board.lamps() == set(range(8))
        rig.line.lamps = frozenset({5})
        rig.meet()
        rig.run(0.1)
        assert rig.board.lamps() == {5}


def test_a_board_that_opening_does_not_reset_is_greeted():
    with Lockstep(MEGA, dtr_reset=False) as rig:
        rig.board.turn_to(4, 0.25)
        rig.board.step(2.0)  # IDENTITY is long said
        rig.meet()
        assert rig.state.knobs[4] == pytest.approx(0.25, abs=2 * COUNT)


def test_a_layout_for_another_board_is_told_as_a_fault():
    with Lockstep(UNO, shape=MEGA.shape) as rig:
        assert rig.run(2.0, lambda: rig.line.health.health is Health.FAILING)
        assert "6 knobs and 6 buttons" in rig.line.health.note
        assert rig.state.at_s == float("-inf")


def test_no_board_has_the_shape_of_a_strange_layout():
    with pytest.raises(UglyError, match="no board has 3 knobs"):
        SimulatedPanel(type(MEGA.shape)(3, 2))


def test_the_same_orders_give_the_same_bytes_whatever_the_machine_does():
    heard = []
    for _ in range(2):
        board = SimulatedBoard(MEGA, held=True)
        with serial.Serial(str(board.port), 250000, timeout=1.0) as port:
            board.step(0.1)
            board.turn_to(3, 0.5)
            board.step(0.3)
            board.press(2)
            board.step(0.1)
            heard.append(port.read(300))
        board.close()
    assert heard[0] == heard[1]
    assert len(heard[0]) > 100


def test_two_hundred_faults_while_knobs_move():
    """Unplug, replug as another port, reset, hang, garbage: after each the host's state is the
    board's within a second of contact, with no false press."""
    chance = random.Random(4)
    with Lockstep(MEGA) as rig:
        ports = [rig.board.port.with_name(f"tty{i}") for i in range(3)]
        rig.line._ports = lambda: [str(port) for port in (rig.board.port, *ports) if port.exists()]
        truth = [0.0] * 16
        held: set[int] = set()
        made = [0] * 8

        def move() -> None:
            for knob in chance.sample(range(16), 3):
                truth[knob] = chance.random()
                rig.board.turn_to(knob, truth[knob], noise_v=0.01)
            button = chance.randrange(4)  # 4 to 7 are never touched
            if button in held:
                rig.board.release(button, bounces=chance.randrange(4))
            else:
                made[button] += 1
                rig.board.press(button, bounces=chance.randrange(4))
            held.symmetric_difference_update({button})

        def is_equal() -> bool:
            near = all(
                abs(value - true) <= 8 * COUNT  # as far as an end catches
                for value, true in zip(rig.state.knobs, truth, strict=True)
            )
            return rig.is_fine and near and rig.state.pressed == held

        rig.meet()
        for number in range(200):
            fault = chance.choices(("unplug", "reset", "noise", "hang"), (60, 60, 70, 10))[0]
            move()
            rig.run(chance.random() * 0.05)
            if fault == "unplug":
                rig.board.unplug()
                rig.run(chance.random() * 0.1)
                move()
                rig.board.plug(chance.choice(ports))
            elif fault == "reset":
                rig.board.reset()
            elif fault == "noise":
                rig.board.noise(chance.randbytes(chance.randrange(1, 200)))
            else:
                rig.board.hang()
                move()
                rig.board.forget()
                assert rig.run(1.3, lambda: rig.board.has_happened("! restart"))
            rig.run(0.3, lambda: rig.is_fine)
            assert rig.run(1.0, is_equal), (number, fault, rig.line.health.note)
        rig.run(0.6)
        assert is_equal()
        assert rig.presses[4:] == [0] * 4
        assert all(seen <= real for seen, real in zip(rig.presses, made, strict=True))
        assert sum(rig.presses) > 100


@boards
def test_a_tap_that_takes_no_time_at_all_is_one_press(board: Board):
    """As a key's is that goes down and up between two of the board's looks."""
    with Lockstep(board) as rig:
        rig.meet()
        for _ in range(3):
            rig.board.press(1)
            rig.board.let_go(1)
            rig.run(0.2)
            assert rig.state.pressed == frozenset()
        assert rig.presses[1] == 3
        assert sum(rig.presses) == 3
        rig.board.press(1)
        rig.run(0.1)
        rig.board.let_go(1)  # held long enough: at once
        rig.run(0.03)
        assert rig.state.pressed == frozenset()
