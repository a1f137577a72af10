"""`make flash`: one line says how it ended, and it always ends."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.panel.simulated.simulated import FIRMWARE

NO_BOARD = "no board: "


def flash(*words: str) -> tuple[int, str]:
    """The exit status and the last line of what it said."""
    command = ["make", "-s", "--no-print-directory", "-C", str(FIRMWARE), "flash", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.returncode, done.stdout.strip().splitlines()[-1]


@pytest.fixture
def port() -> Iterator[str]:
    """A serial port behind which nobody answers."""
    ours, theirs = pty.openpty()
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


@pytest.fixture
def tool(tmp_path: Path):
    """What stands in for avrdude, as a shell script."""

    def write(script: str) -> str:
        path = tmp_path / "avrdude"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return f"AVRDUDE={path}"

    return write


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "which board?"),
        (("BOARD=due",), "which board?"),
        (("BOARD=uno", "PORTS=/dev/nothing-*"), NO_BOARD + "nothing is plugged in"),
        (("BOARD=uno", "PORT=/dev/ttyACM99"), NO_BOARD + "there is no /dev/ttyACM99"),
        (("BOARD=uno", f"PORT={__file__}"), NO_BOARD),
    ],
)
def test_without_a_board_it_says_so(words: tuple[str, ...], says: str):
    status, line = flash(*words)
    assert status != 0
    assert line.startswith(says)


def test_a_board_is_found_and_written(port: str, tool):
    assert flash("BOARD=uno", f"PORTS={port}", tool("exit 0")) == (
        0,
        f"done: the uno on {port} has the newest firmware",
    )


def test_of_several_boards_one_is_to_be_chosen(port: str, tool):
    status, line = flash("BOARD=uno", f"PORTS={port} /dev/null", tool("exit 0"))
    assert status != 0
    assert line == f"several boards: choose one with PORT=, of {port} /dev/null"


def test_what_the_tool_complained_of_is_told(port: str, tool):
    script = 'echo "avrdude: ser_open(): permission denied" >&2; echo "avrdude done." >&2; exit 1'
    status, line = flash("BOARD=uno", f"PORT={port}", tool(script))
    assert status != 0
    assert line.startswith("not written: avrdude: ser_open(): permission denied")


def test_a_board_that_never_answers_is_given_up(port: str, tool):
    status, line = flash("BOARD=uno", f"PORT={port}", tool("exec sleep 600"), "FLASH_S=1")
    assert status != 0
    assert line.startswith(f"no board answered on {port}")
