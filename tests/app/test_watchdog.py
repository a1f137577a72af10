"""What the service manager hears of the show: the test holds systemd's end of the socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pictures import gradient

from installation.app.watchdog import HANGS_S, Notifier, Watchdog
from installation.app.window import Window
from installation.gallery.store import Clocks
from installation.interpolator.crossfade import Crossfade
from installation.settings import Settings
from installation.show.window.screen import Screen
from installation.simulation.stepped import SteppedArchive, SteppedClock, stepped_devices
from installation.vocabulary import Clip, DeviceHealth, Frame, Health
from installation.worker import Worker

FINE = (DeviceHealth("camera", Health.FINE, "camera 0"),)


class Manager:
    """systemd's end: a datagram socket, in a folder or in no folder at all."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        """Every line since the last call."""
        lines: list[str] = []
        while True:
            try:
                lines += self._socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                return lines

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["folder", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = str(tmp_path / "notify") if request.param == "folder" else f"@uglynet{tmp_path.name}"
    there = Manager(name)
    yield there
    there.close()


class Hands:
    """A clock that is moved by hand, and a worker that hangs while it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.in_call, self.go_on, self.moved = (threading.Event() for _ in range(3))
        self.worker = Worker("camera", self._work, clock=lambda: self.now_s, within_s=10.0)
        assert self.in_call.wait(60)

    def _work(self, stop: threading.Event) -> None:
        self.in_call.set()  # in a native call that does not come back
        self.go_on.wait()
        stop.is_set()  # it moves again, and rests
        self.moved.set()
        stop.wait()

    def watch(self, manager: Manager, told: list[str]) -> Watchdog:
        return Watchdog(
            Notifier(manager.name), 40.0, clock=lambda: self.now_s,
            look=lambda: [self.worker.state()], on_hang=told.append,
        )  # fmt: skip

    def close(self) -> None:
        self.go_on.set()
        self.worker.close()


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands()
    yield made
    made.close()


def test_it_is_up_with_the_first_picture_and_fed_with_those_that_follow(
    manager: Manager, hands: Hands
):
    watchdog = hands.watch(manager, [])
    watchdog.begins("opening")
    assert manager.heard() == ["STATUS=opening"]
    watchdog.shown(FINE)
    assert manager.heard() == ["READY=1", "WATCHDOG=1", "STATUS=every device is fine"]
    watchdog.shown(FINE)
    assert manager.heard() == [], "not with every picture"
    hands.now_s += 2
    watchdog.shown((DeviceHealth("camera", Health.MISSING, "none found\nyet"),))
    assert manager.heard() == ["WATCHDOG=1", "STATUS=camera missing: none found yet"]
    watchdog.ends()
    assert manager.heard()[0] == "STOPPING=1"
    watchdog.ends()
    watchdog.shown(FINE)
    assert manager.heard() == []


def test_without_pictures_nobody_feeds_it(manager: Manager, hands: Hands):
    watchdog = hands.watch(manager, [])
    watchdog.shown(FINE)
    manager.heard()
    hands.now_s += 1000
    assert manager.heard() == []


def test_a_worker_that_hangs_stops_the_feeding_and_for_long_asks_for_a_restart(
    manager: Manager, hands: Hands
):
    told: list[str] = []
    watchdog = hands.watch(manager, told)
    watchdog.shown(FINE)
    manager.heard()
    hands.now_s += hands.worker.within_s + 1
    watchdog.shown(FINE)
    assert manager.heard() == []
    hands.now_s += HANGS_S
    watchdog.shown(FINE)
    assert manager.heard()[0] == "WATCHDOG=trigger"
    assert len(told) == 1
    assert "camera has not moved for 31 s" in told[0]
    hands.now_s += 5
    watchdog.shown(FINE)
    assert manager.heard() == [], "once is enough"


def test_somebody_elses_server_that_hangs_ends_no_visit(manager: Manager, hands: Hands):
    told: list[str] = []
    late = replace(hands.worker.state(), device="alerts", age_s=500.0)
    watchdog = Watchdog(
        Notifier(manager.name), 40.0, clock=lambda: hands.now_s,
        look=lambda: [late], on_hang=told.append,
    )  # fmt: skip
    watchdog.shown(FINE)
    hands.now_s += 500
    watchdog.shown(FINE)
    assert manager.heard().count("WATCHDOG=1") == 2
    assert told == []


def test_a_worker_that_moves_again_in_time_is_forgiven(manager: Manager, hands: Hands):
    watchdog = hands.watch(manager, [])
    hands.now_s += hands.worker.within_s + 1
    watchdog.shown(FINE)
    assert "WATCHDOG=1" not in manager.heard()
    hands.go_on.set()
    assert hands.moved.wait(60)
    hands.now_s += 2
    watchdog.shown(FINE)
    assert manager.heard()[0] == "WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "no socket", "/nowhere/at/all", "@nobody"])
def test_without_a_service_manager_nothing_is_said_and_nothing_breaks(address: str):
    watchdog = Watchdog.of({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "many"})
    watchdog.begins("opening")
    watchdog.shown(FINE)
    watchdog.ends()


def test_a_service_manager_that_does_not_listen_is_not_waited_for(manager: Manager, hands: Hands):
    """Its queue is full after a few messages: a send that waits would never come back."""
    watchdog = hands.watch(manager, [])
    for _ in range(2000):
        hands.now_s += 2
        watchdog.shown(FINE)
    assert "READY=1" in manager.heard()


class LostScreen(Screen):
    """A screen that can be lost: then no picture reaches it."""

    lost = False

    def present(self, frame: Frame | None = None) -> None:
        if self.lost:
            raise RuntimeError("the screen is gone")
        super().present(frame)


def test_a_window_feeds_it_only_after_its_picture_was_presented(manager: Manager, hands: Hands):
    clip = Clip(tuple(gradient(64, 48, shift=k) for k in range(10)), 10.0)
    net, settings, clock = Crossfade(), Settings(), SteppedClock(100.0)
    settings = replace(settings, play=replace(settings.play, preview_px=(64, 48)))
    archive = SteppedArchive(lambda clip, net: iter(()), 10.0, clock)
    devices = stepped_devices(settings, clip, net, archive, clip)
    screen = LostScreen((320, 240))
    window = Window(settings, devices, clocks=Clocks(clock, clock), shown_on=screen)
    window.watchdog = hands.watch(manager, [])
    try:
        window.tick()
        assert "WATCHDOG=1" in manager.heard()
        screen.lost = True
        hands.now_s += 5
        with pytest.raises(RuntimeError):
            window.tick()
        assert manager.heard() == []
    finally:
        window.close()
        devices.close()
