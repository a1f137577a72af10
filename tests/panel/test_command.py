"""`uglynet panel`, as typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
import serial
from click.testing import CliRunner, Result

from installation.commands.context import Context
from installation.commands.panel import panel
from installation.panel.arduino.protocol import Receiver
from installation.panel.recording.recording import read_recording
from installation.panel.simulated.pins import BOARDS, MEGA, UNO, Board
from installation.reports.bench_panel import measure_panel
from installation.vocabulary import UglyError


def typed(*words: str, text: str = "", settings: Path | None = None) -> Result:
    return CliRunner().invoke(panel, words, input=text, obj=Context(settings))


@pytest.mark.parametrize("name", sorted(panel.commands))
def test_every_command_says_what_it_does(name: str):
    result = typed(name, "--help")
    assert result.exit_code == 0
    command = panel.commands[name]
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option) and option.name != "help":
            assert option.opts[0] in result.output


def test_the_commands_of_the_issue_are_there():
    assert {"monitor", "simulate", "record", "replay", "wiring"} <= set(panel.commands)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.key)
def test_wiring_tells_every_pin_once(board: Board):
    result = typed("wiring", "--board", board.key, "--json")
    told = json.loads(result.output)
    assert told["board"] == board.name
    pins = [wire["pin"] for wire in told["wires"]]
    parts = [*board.knobs, *board.buttons, *board.lamps]
    assert pins == [pin.name for pin in parts]
    assert len({wire["port"] for wire in told["wires"]}) == len(parts)


def test_wiring_with_a_layout_tells_what_each_part_means():
    lines = typed("wiring", "--layout", "mega16").output.splitlines()
    assert any("A5" in line and "flow/latent" in line for line in lines)
    assert any(line.startswith("lamp 1") and "keep" in line for line in lines)


def test_a_visit_is_recorded_from_the_simulated_board_and_played(tmp_path: Path):
    tape = tmp_path / "visit.jsonl"
    result = typed("record", str(tape), "--panel", "simulated", "--seconds", "0.5", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["states"] >= 1
    recording = read_recording(tape)
    assert recording.shape == MEGA.shape
    played = typed("replay", str(tape), "--json", "--speed", "100")
    states = [json.loads(line) for line in played.output.splitlines()]
    assert states[-1]["knobs"] == [0.0] * 16


def test_replay_shows_the_end_of_a_recording_as_a_table(tmp_path: Path):
    tape = tmp_path / "t.jsonl"
    tape.write_text(
        '{"uglynet": "panel recording", "version": 1, "knobs": 6, "buttons": 4}\n'
        '{"at_s": 0, "knobs": [0, 0, 0, 0, 0, 0], "pressed": []}\n'
        '{"at_s": 5, "knobs": [0, 0.5, 0, 0, 0, 1], "pressed": [1]}\n'
    )
    out = typed("replay", str(tape), "--layout", "uno6", "--speed", "100").output
    assert "knob  1  flow/enc3      |############            | 0.5000       1" in out
    assert "button 1  keep         [#]       1" in out


def test_monitor_of_the_simulated_board_tells_json_a_line():
    out = typed("monitor", "--panel", "simulated", "--layout", "uno6", "--seconds", "0.5", "--json")
    states = [json.loads(line) for line in out.output.splitlines()]
    assert states[0]["at_s"] is None or states[0]["health"] == "fine"
    assert states[-1]["health"] == "fine"
    assert len(states[-1]["knobs"]) == 6


def test_monitor_takes_panel_and_layout_from_the_settings(tmp_path: Path):
    settings = tmp_path / "my.toml"
    settings.write_text('[panel]\ndriver = "simulated"\nlayout = "uno6"\n')
    out = typed("monitor", "--seconds", "0.3", settings=settings)
    assert out.exit_code == 0, out.output
    assert "button 4  discard" in out.output
    assert "knob  6" not in out.output


def test_monitor_of_nothing_ends_with_one_line_that_says_so(tmp_path: Path):
    settings = tmp_path / "my.toml"
    settings.write_text(f'[panel]\nport = "{tmp_path}/ttyACM9"\nlayout = "uno6"\n')
    result = typed("monitor", "--seconds", "0.3", settings=settings)
    assert result.exit_code == 1
    assert isinstance(result.exception, UglyError)
    assert "ttyACM9: not plugged in" in str(result.exception)


def test_recording_nothing_is_an_error_that_says_why(tmp_path: Path):
    port = str(tmp_path / "ttyACM9")
    result = typed("record", str(tmp_path / "r"), "--port", port, "--seconds", "0.3")
    assert isinstance(result.exception, UglyError)
    assert "not plugged in" in str(result.exception)


def test_simulate_prints_a_port_that_speaks_and_takes_orders(tmp_path: Path):
    link = tmp_path / "panel"
    words = [sys.executable, "-c", "from installation.commands.panel import panel; panel()"]
    process = subprocess.Popen(
        [*words, "simulate", "--board", "uno", "--port", str(link)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert str(link) in process.stdout.readline()
    with serial.Serial(str(link), 250000, timeout=5) as port:
        receiver = Receiver()
        while receiver.identity is None:
            data = port.read(1)
            assert data, "the board said nothing"
            receiver.feed(data)
    assert (receiver.identity.knobs, receiver.identity.buttons) == (6, 6)
    _, errors = process.communicate("knob 1 0.5\nlamps\nknob 9 0\nfly\nquit\n", timeout=20)
    assert "9 is outside 0..5" in errors
    assert "unknown order fly" in errors
    assert process.returncode == 0
    assert not link.exists()


@pytest.mark.parametrize("board", [MEGA, UNO], ids=lambda board: board.key)
def test_the_bench_measures_what_the_issue_names(board: Board):
    medians = measure_panel(board, rounds=3)
    assert {"knob_ms", "button_ms", "lamp_ms"} <= set(medians)
    assert all(value > 0 for value in medians.values())
