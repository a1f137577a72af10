"""ArduinoPanel's thread: finding its port among others, losing it, finding it elsewhere."""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import eventually

from installation.panel.arduino.arduino import ArduinoPanel
from installation.panel.simulated.pins import MEGA, UNO
from installation.panel.simulated.simulated import SimulatedBoard
from installation.vocabulary import Health


@pytest.fixture
def board() -> Iterator[SimulatedBoard]:
    simulated = SimulatedBoard(UNO)
    yield simulated
    simulated.close()


def fine(panel: ArduinoPanel) -> Callable[[], bool]:
    return lambda: panel.health().health is Health.FINE


def test_it_is_found_by_its_identity_among_other_ports(board: SimulatedBoard, tmp_path: Path):
    master, slave = pty.openpty()  # something that talks, but is no panel
    tty.setraw(master)
    os.write(master, b"+CREG: 0,1\r\nOK\r\n\0")
    stranger = os.ttyname(slave)
    os.close(slave)
    ports = [str(tmp_path / "absent"), stranger, str(board.port)]
    panel = ArduinoPanel(UNO.shape, ports=lambda: ports)
    assert panel.latest().at_s == float("-inf")
    eventually(fine(panel))
    assert f"Arduino Uno on {board.port}" in panel.health().note
    board.turn_to(5, 1.0)
    eventually(lambda: panel.latest().knobs[5] == 1.0)
    panel.close()
    os.close(master)


def test_an_unplugged_board_is_told_and_found_again_under_another_name(board: SimulatedBoard):
    second = board.port.with_name("ttyB")
    panel = ArduinoPanel(
        UNO.shape, ports=lambda: [str(p) for p in (board.port, second) if p.exists()]
    )
    eventually(fine(panel))
    board.turn_to(0, 1.0)
    eventually(lambda: panel.latest().knobs[0] == 1.0)
    panel.light(frozenset({2}))
    eventually(lambda: board.lamps() == {2})
    board.unplug()
    eventually(lambda: panel.health().health is Health.MISSING)
    assert panel.latest().knobs[0] == 1.0  # the last state known
    assert board.lamps() == frozenset()
    board.turn_to(0, 0.0)
    board.plug(second)
    eventually(fine(panel))
    eventually(lambda: panel.latest().knobs[0] == 0.0)
    eventually(lambda: board.lamps() == {2})  # lit again without being asked
    assert panel.stats().contacts == 2
    panel.close()


def test_closing_leaves_dark_lamps_and_frees_the_port(board: SimulatedBoard):
    for _ in range(2):
        panel = ArduinoPanel(UNO.shape, str(board.port))
        eventually(fine(panel))
        panel.light(frozenset({0, 1}))
        eventually(lambda: board.lamps() == {0, 1})
        panel.close()
        eventually(lambda: board.lamps() == frozenset())
        assert panel.health().note == "closed"


def test_two_programs_cannot_share_a_board_and_the_second_says_so(board: SimulatedBoard):
    one = ArduinoPanel(UNO.shape, str(board.port))
    eventually(fine(one))
    other = ArduinoPanel(UNO.shape, str(board.port))
    eventually(lambda: "in use by another program" in other.health().note)
    one.close()
    eventually(fine(other))
    other.close()


def test_a_missing_port_is_told_in_words(tmp_path: Path):
    panel = ArduinoPanel(MEGA.shape, str(tmp_path / "ttyACM0"))
    eventually(lambda: "not plugged in" in panel.health().note)
    assert panel.health().health is Health.MISSING
    panel.light(frozenset({1}))
    panel.close()


def test_a_given_serial_number_is_kept_and_told(board: SimulatedBoard):
    panel = ArduinoPanel(UNO.shape, str(board.port))
    eventually(fine(panel))
    panel.give_serial(42)
    eventually(lambda: "serial number 42" in panel.health().note)
    panel.close()


def test_a_fault_of_our_own_is_told_and_tried_again(board: SimulatedBoard):
    faults = iter([RuntimeError("a bug")])

    def ports() -> list[str]:
        for fault in faults:
            raise fault
        return [str(board.port)]

    panel = ArduinoPanel(UNO.shape, ports=ports)
    eventually(lambda: panel.health().health is Health.FAILING)
    assert "RuntimeError: a bug" in panel.health().note
    eventually(fine(panel))
    panel.close()
