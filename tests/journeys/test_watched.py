"""The program itself under a service manager: what it says while it lives, and what it leaves."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest
from display import display
from staging import stage, started, surroundings
from waiting import eventually

from installation.last_words import FILE, Outage


def test_a_real_show_is_up_with_its_picture_is_fed_and_says_that_it_ends(tmp_path: Path):
    settings = stage(tmp_path, net=False)
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.setblocking(False)
    heard: list[str] = []

    def hears(line: str) -> bool:
        try:
            while True:
                heard.extend(manager.recv(4096).decode().split("\n"))
        except BlockingIOError:
            return line in heard

    with display(tmp_path) as screen:
        environment = surroundings(
            DISPLAY=screen.name, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="45000000",
            RUNTIME_DIRECTORY=str(tmp_path),
        )  # fmt: skip
        with started(tmp_path, "--config", settings, "run", environment=environment) as program:
            eventually(lambda: hears("WATCHDOG=1"), program.told)
            assert heard.index("READY=1") < heard.index("WATCHDOG=1")
            heard.clear()
            eventually(lambda: hears("WATCHDOG=1"), program.told)
            program.signal(signal.SIGTERM)
            eventually(lambda: hears("STOPPING=1"), program.told)
            assert program.status() == 0
    manager.close()
    assert not (tmp_path / FILE).exists(), "it ended well"


@pytest.mark.parametrize(
    ("outage", "line"),
    [
        (Outage.SETTINGS, "carve_s = 90,5\n"),
        (Outage.MODEL, 'carve_s = 90.0\n[model]\npath = "nowhere"\n'),
        (Outage.DEVICES, "carve_s = 90.0\n[panel]\nlayout = 'nowhere.toml'\n"),
    ],
)
def test_what_an_operator_can_mend_has_its_code(tmp_path: Path, outage: Outage, line: str):
    settings = tmp_path / "settings.toml"
    settings.write_text("[visit]\n" + line)
    environment = surroundings(SDL_VIDEODRIVER="x11", RUNTIME_DIRECTORY=str(tmp_path))
    with display(tmp_path) as screen:
        environment["DISPLAY"] = screen.name
        with started(tmp_path, "--config", settings, "run", environment=environment) as program:
            assert program.status() == 1
    left = json.loads((tmp_path / FILE).read_text())
    assert left["code"] == outage
    assert left["line"]


def test_a_screen_that_is_not_there_has_its_code(tmp_path: Path):
    environment = surroundings(DISPLAY=":987654", RUNTIME_DIRECTORY=str(tmp_path))
    with started(tmp_path, "--config", stage(tmp_path), "run", environment=environment) as program:
        assert program.status() == 1
    assert json.loads((tmp_path / FILE).read_text())["code"] == Outage.SCREEN
