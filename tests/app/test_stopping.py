"""However it is stopped: what is kept is safe, native calls are broken off, nobody waits long."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from installation.app.assemble import open_interpolator, patiently
from installation.app.devices import Devices
from installation.app.loading import Loading
from installation.app.needs import words_of
from installation.app.splash import wait_for_devices
from installation.app.window import Stop, open_screen
from installation.carve.random_nets import roll
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.sessions import Cancel
from installation.settings import ScreenSettings, Settings
from installation.supervision import stragglers, trouble
from installation.vocabulary import Clip, UglyError, as_frame
from installation.worker import Worker

SETTINGS = Settings()

pytestmark = pytest.mark.own_sessions


def noise(width: int, height: int) -> Clip:
    rng = np.random.default_rng(1)
    frames = (rng.integers(0, 255, (height, width, 3), dtype=np.uint8) for _ in range(2))
    return Clip(tuple(as_frame(frame) for frame in frames), 25)


def test_a_running_net_is_broken_off_and_makes_no_frame_any_more():
    interpolator = open_interpolator(SETTINGS, threads=1)
    net = roll(interpolator.sites, interpolator.model, 1)
    clip = noise(7680, 4320)  # takes the best part of a minute, if nobody breaks it off
    told: list[BaseException] = []
    running = threading.Event()

    def make() -> None:
        running.set()
        try:
            interpolator.frame_at(clip, 0.5, net)
        except RunCancelledError as error:
            told.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    assert running.wait(60)
    interpolator.cancel()
    thread.join(120)
    assert not thread.is_alive()
    assert len(told) == 1
    with pytest.raises(RunCancelledError):
        interpolator.frame_at(noise(64, 48), 0.5, net)


def test_a_load_that_was_broken_off_opens_nothing():
    cancel = Cancel()
    cancel.ask()
    with pytest.raises(RunCancelledError):
        open_interpolator(SETTINGS, threads=1, cancel=cancel)


def test_who_waits_for_a_rendered_frame_does_not_hang_but_a_disk_that_never_answers_does():
    now, asked, go_on, wrote = [0.0], threading.Event(), threading.Event(), threading.Event()
    let_go = threading.Event()

    def frames():
        asked.set()
        go_on.wait(60)
        yield noise(16, 16).frames[0]

    def work(stop: threading.Event) -> None:
        for _ in patiently(frames()):
            wrote.set()
            let_go.wait(60)  # the disk

    worker = Worker("archive", work, within_s=30, clock=lambda: now[0])
    assert asked.wait(20)
    now[0] = 60.0
    assert not trouble(worker.state())[1]
    go_on.set()
    assert wrote.wait(20)
    now[0] += 31.0
    assert "not moved" in trouble(worker.state())[1]
    let_go.set()
    assert worker.close(20)


class Part:
    """A device that notes when it is closed, and may fail at that."""

    def __init__(self, name: str, closed: list[str], *, fails: bool = False) -> None:
        self._name, self._closed, self._fails = name, closed, fails

    def play(self, playing: object) -> None:
        assert playing is None

    show = play

    def close(self, timeout_s: float = 0.0) -> bool:
        self._closed.append(self._name)
        if self._fails:
            raise OSError("gone")
        return True


class Endless(Part):
    """An archive that never finishes by itself."""

    def __init__(self, closed: list[str]) -> None:
        super().__init__("archive", closed)
        self.cancelled = False

    def close(self, timeout_s: float = 120.0) -> bool:
        super().close()
        return self.cancelled

    def cancel(self) -> None:
        self.cancelled = True


def devices(closed: list[str], **parts: object) -> Devices:
    names = ("panel", "source", "player", "archive", "loop")
    made = {name: Part(name, closed) for name in names}
    rest = {"layout": None, "interpolator": None, "demo": None, "preview_px": (64, 48)}
    return Devices(**{**made, **rest, **parts})  # type: ignore[arg-type]


def test_the_archive_is_closed_first_and_the_others_whatever_fails():
    closed: list[str] = []
    devices(
        closed,
        player=Part("player", closed, fails=True),
        source=Part("source", closed, fails=True),
    ).close()
    assert closed == ["archive", "player", "loop", "source", "panel"]


def test_an_archive_that_does_not_finish_is_broken_off(caplog: pytest.LogCaptureFixture):
    closed: list[str] = []
    archive = Endless(closed)
    devices(closed, archive=archive, cancel_rendering=archive.cancel).close()
    assert archive.cancelled
    assert closed[:2] == ["archive", "archive"]
    assert "given up" in caplog.text


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    return replace(Settings(), screen=ScreenSettings(size_px=(320, 240)))


def wait(settings: Settings, loading: Loading, stop: Stop, rest) -> Devices | None:
    screen = open_screen(settings.screen)
    try:
        words = words_of(settings.screen)["en"]
        return wait_for_devices(settings, screen, words, loading, stop, rest=rest)
    finally:
        screen.close()


def test_the_screen_ticks_while_the_devices_are_opened(settings: Settings):
    opening, ticks, opened = threading.Event(), [0], devices([])

    def open_them(cancel: Cancel) -> Devices:
        assert opening.wait(60)
        return opened

    def rest(seconds: float) -> None:
        ticks[0] += 1
        if ticks[0] == 5:
            opening.set()

    assert wait(settings, Loading(settings, open_them), Stop(), rest) is opened
    assert ticks[0] >= 5


def test_a_fault_while_loading_ends_with_its_one_line(settings: Settings):
    def open_them(cancel: Cancel) -> Devices:
        raise UglyError("models/small: manifest.json is missing")

    loading = Loading(settings, open_them)
    with pytest.raises(UglyError, match=r"manifest\.json is missing"):
        wait(settings, loading, Stop(), lambda seconds: None)
    loading.give_up()


def test_a_stop_while_loading_breaks_it_off_and_closes_what_came(settings: Settings):
    closed: list[str] = []
    stop = Stop()

    def open_them(cancel: Cancel) -> Devices:
        stop.ask()
        while not cancel.asked:
            threading.Event().wait(0.001)
        return devices(closed)  # it was all but done

    loading = Loading(settings, open_them)
    assert wait(settings, loading, stop, lambda seconds: None) is None
    loading.give_up()
    assert closed[0] == "archive"
    assert "panel" in closed
    assert "loading" not in stragglers()
