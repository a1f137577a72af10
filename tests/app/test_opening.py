"""The show and the hours of the house: closed, nothing begins or plays; it wakes on time."""

from __future__ import annotations

import logging
import subprocess
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from test_show import Stage
from waiting import eventually

import installation.app.screen_switch as screen_switch
from installation.app.in_use import InUse
from installation.app.opening import House
from installation.app.screen_switch import ScreenSwitch, lines_for
from installation.experience import Phase
from installation.settings import HoursSettings, Settings
from installation.show.window.keymap import ButtonDown, Key
from installation.vocabulary import Button

OPEN = {"open": ("daily 10:00-18:00",), "zone": "UTC"}
CLOSES_S = datetime(2026, 11, 27, 18, 0, tzinfo=timezone.utc).timestamp()


class Wall:
    def __init__(self, now_s: float) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


def house(wall: Wall, **hours: Any) -> tuple[House, InUse]:
    in_use = InUse(Settings(hours=HoursSettings(**(hours or OPEN))))
    return House(in_use, wall), in_use


def test_it_closes_once_nobody_is_there_and_opens_on_time(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    wall = Wall(CLOSES_S - 1)
    door, _ = house(wall)
    assert door.closed(idle=True) is None
    wall.now_s = CLOSES_S
    assert door.closed(idle=False) is None, "a visit is not cut short"
    told = door.closed(idle=True)
    assert told is not None
    assert told.opens is not None
    assert (told.opens.hour, told.ahead_days) == (10, 1)
    wall.now_s = CLOSES_S + 6 * 3600
    told = door.closed(idle=True)
    assert told is not None
    assert told.ahead_days == 0, "after midnight it is today"
    wall.now_s = CLOSES_S + 16 * 3600 - 0.5
    assert door.closed(idle=True) is not None
    wall.now_s += 0.5
    assert door.closed(idle=True) is None
    assert caplog.messages == ["closed until Saturday, 2026-11-28 10:00", "open"]


def test_hours_that_are_changed_while_it_runs_are_in_use_at_once():
    door, in_use = house(Wall(CLOSES_S))
    assert door.closed(idle=True) is not None
    in_use.now = Settings(hours=HoursSettings(open=("daily 10:00-19:00",), zone="UTC"))
    assert door.closed(idle=True) is None


@pytest.fixture
def stage() -> Stage:
    """Closed at all times but on a Monday's last minute: what the stage's clock shows is Friday."""
    return Stage(drawn=True, hours={"open": ("Mon 23:58-23:59",), "zone": "UTC"})


def test_closed_no_hand_begins_a_visit_and_nothing_plays(stage: Stage):
    buttons = stage.devices.layout.buttons
    record = buttons.index(Button.RECORD)
    for _ in range(20):
        ticked = stage.tick(ButtonDown(record), Key("left", True))
        assert ticked.view.closed is not None
        assert ticked.view.experience.phase is Phase.ATTRACT
        assert ticked.view.panel.lamps == frozenset()
    assert stage.show.booth.shows_wanted
    assert stage.devices.loop.latest() is None


def test_closed_the_operators_page_opens_all_the_same(stage: Stage):
    dark = stage.tick().frame
    assert dark is not None
    before = dark.mean()
    ticked = stage.tick(Key("f1", True))
    assert ticked.view.service is not None
    assert ticked.frame is not None
    for _ in range(10):
        ticked = stage.tick()
    assert ticked.frame is not None
    assert ticked.frame.mean() > before


def test_opened_by_a_change_of_settings_it_plays_again(stage: Stage):
    assert stage.tick().view.closed is not None
    stage.show.change({"hours.open": []})
    assert stage.tick().view.closed is None
    record = stage.devices.layout.buttons.index(Button.RECORD)
    stage.tick(ButtonDown(record))
    phases = {stage.tick().view.experience.phase for _ in range(5)}
    assert phases - {Phase.ATTRACT}


# The screen's switch.


class Programs:
    """Programs that are noted, not run."""

    def __init__(self, says: str = "", fails: bool = False) -> None:
        self.ran: list[list[str]] = []
        self.says, self.fails = says, fails
        self.broken: set[str] = set()

    def __call__(self, line: list[str]) -> str:
        self.ran.append(line)
        if self.fails or line[-1] in self.broken:
            raise subprocess.CalledProcessError(1, line)
        return self.says


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_switch.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_under_x_and_under_wayland_it_is_switched_by_what_is_there():
    assert lines_for(False, None, {"DISPLAY": ":0"})[-1] == ["xset", "dpms", "force", "off"]
    back = lines_for(True, None, {"DISPLAY": ":0"})
    assert back[0] == ["xset", "dpms", "force", "on"]
    assert "-dpms" in back[-1], "and it never blanks by itself"
    outputs = Programs('HDMI-A-1 "A screen"\n  Enabled: yes\nDP-1 "Another"\n')
    wayland = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert lines_for(False, None, wayland, outputs) == [
        ["wlr-randr", "--output", "HDMI-A-1", "--off"],
        ["wlr-randr", "--output", "DP-1", "--off"],
    ]
    assert lines_for(True, Path("/opt/tv"), {}) == [["/opt/tv", "on"]]
    assert lines_for(True, None, {}) == []


def test_it_is_switched_off_on_a_thread_of_its_own_and_left_on():
    programs = Programs()
    switch = ScreenSwitch(Path("/tv"), {}, programs)
    switch.tell(on=True)
    assert programs.ran == []
    assert not [t for t in threading.enumerate() if t.name == "screen switch"], "not before it must"
    switch.tell(on=False)
    eventually(lambda: programs.ran == [["/tv", "off"]])
    switch.tell(on=True)
    eventually(lambda: programs.ran[1:] == [["/tv", "on"]])
    switch.tell(on=False)
    eventually(lambda: len(programs.ran) == 3)
    switch.close()
    assert programs.ran[-1] == ["/tv", "on"], "whoever ends the show finds a screen"


def test_an_on_that_failed_is_said_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(screen_switch, "AGAIN_S", 0.5)
    programs = Programs()
    programs.broken = {"on"}
    switch = ScreenSwitch(Path("/tv"), {}, programs)
    switch.tell(on=False)
    eventually(lambda: programs.ran.count(["/tv", "off"]) >= 2)
    switch.tell(on=True)
    eventually(lambda: programs.ran.count(["/tv", "on"]) >= 2)
    programs.broken = set()
    tried = programs.ran.count(["/tv", "on"])
    eventually(lambda: programs.ran.count(["/tv", "on"]) > tried)
    switch.close()


def test_a_show_that_begins_while_the_house_is_open_switches_the_screen_on():
    """It was switched off at night, and then the power went."""
    programs = Programs()
    switch = ScreenSwitch(Path("/tv"), {}, programs, begins_unknown=True)
    switch.tell(on=True)
    eventually(lambda: programs.ran == [["/tv", "on"]])
    switch.tell(on=True)
    switch.close()
    assert programs.ran == [["/tv", "on"]]


def test_one_output_that_fails_keeps_no_other_off():
    outputs = Programs("A 1\nB 2\n")
    outputs.broken = {"--on"}
    switch = ScreenSwitch(None, {"WAYLAND_DISPLAY": "wayland-0"}, outputs)
    switch.switch()
    assert [line[2] for line in outputs.ran if "--on" in line] == ["A", "B"]


def test_a_screen_that_cannot_be_switched_is_told_once(caplog: pytest.LogCaptureFixture):
    switch = ScreenSwitch(Path("/tv"), {}, Programs(fails=True))
    switch.switch()
    switch.switch()
    assert len(caplog.messages) == 1
    assert "cannot be switched on" in caplog.messages[0]
