"""The power fails at any moment of sending, taking up, withdrawing; the next start mends it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from booths import Booth, carry, fleet_of

from installation.gallery.changes import change_take, withdraw
from installation.gallery.reading import GalleryReader
from installation.gallery.verify import disagreements

EVERY = int(os.environ.get("POWER_CUTS_EVERY", "3"))
"""Of so many moments one is tried; 1 tries them all, in about two minutes."""

WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}


def killed_at(moment: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process of its own that is killed (9) before its `moment`th change of the
    disk; whether it was."""
    child = os.fork()
    if child == 0:
        left = moment

        def hook(event: str, given: tuple[object, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(given[2], int) and given[2] & os.O_CREAT
            if event in WRITES or writes:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            work()
        except BaseException:
            os._exit(7)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def moments(tmp_path: Path, prepare: Callable[[], None], work: Callable[[], object], check):
    """Kill `work` at each of its moments, from the same beginning, and `check` each time."""
    prepare()
    shutil.copytree(tmp_path / "booths", tmp_path / "before")
    moment = 1 - EVERY
    while True:
        moment += EVERY
        was_killed = killed_at(moment, work)
        check(moment)
        if not was_killed:
            return moment
        shutil.rmtree(tmp_path / "booths")
        shutil.copytree(tmp_path / "before", tmp_path / "booths")


def whole(booth: Booth) -> None:
    reader = GalleryReader(booth.gallery)
    assert list(disagreements(reader)) == []
    reader.close()


@pytest.fixture
def booths(tmp_path: Path) -> tuple[Booth, Booth]:
    (tmp_path / "booths").mkdir()
    hub, home = fleet_of(tmp_path / "booths", "hub", "kassel")
    hub.look()
    home.look()
    return hub, home


def test_killed_while_it_sends(tmp_path: Path, booths: tuple[Booth, Booth]):
    hub, home = booths
    takes = {home.keep(), home.keep()}

    def check(moment: int) -> None:
        for path in (home.place.out / "takes").iterdir():
            assert {*(each.name for each in path.iterdir())} >= {"travelling.json", "video.mp4"}
        home.restart()
        assert home.look().sent == 2
        carry(home, hub)
        hub.restart()
        hub.look()
        assert hub.shown() == takes
        assert not list(home.place.making.iterdir())

    done = moments(tmp_path, home.restart, lambda: Booth.look(home), check)
    assert done > 10


def test_killed_while_it_takes_up(tmp_path: Path, booths: tuple[Booth, Booth]):
    hub, home = booths
    takes = {home.keep(), home.keep()}
    home.look()
    carry(home, hub)

    def check(moment: int) -> None:
        hub.restart()
        looked = hub.look()
        assert looked.held == {"kassel": 2}
        assert hub.shown() == takes
        assert hub.attract() == takes, "after the show has put its index right"
        whole(hub)
        assert not list(hub.gallery.glob("arriving/*"))

    assert moments(tmp_path, hub.restart, hub.look, check) > 10


def test_killed_while_it_deletes_what_was_withdrawn(tmp_path: Path, booths: tuple[Booth, Booth]):
    hub, home = booths
    take, other = home.keep(), home.keep()
    home.look()
    carry(home, hub)
    hub.look()
    change_take(home.gallery, other, lambda held: replace(held, pinned=True))
    withdraw(home.gallery, take)
    home.look()
    carry(home, hub)
    shutil.copytree(home.gallery / "takes" / other, hub.place.inboxes / "kassel/takes" / take)

    def check(moment: int) -> None:
        hub.restart()
        hub.look()
        hub.attract()
        hub.look()
        assert hub.shown() == {other}
        assert hub.record(other).pinned
        assert hub.traces(take) == []
        whole(hub)

    assert moments(tmp_path, hub.restart, hub.look, check) > 5


def test_killed_while_its_own_take_goes(tmp_path: Path, booths: tuple[Booth, Booth]):
    hub, home = booths
    take = home.keep()
    home.look()
    carry(home, hub)
    hub.look()

    def goes() -> None:
        withdraw(home.gallery, take)
        home.look()

    def check(moment: int) -> None:
        home.restart()
        home.attract()
        home.look()
        gone = take not in home.takes()
        carry(home, hub)
        hub.restart()
        hub.look()
        assert hub.shown() == (set() if gone else {take})
        if gone:
            assert hub.traces(take) == home.traces(take) == []

    assert moments(tmp_path, home.restart, goes, check) > 5
