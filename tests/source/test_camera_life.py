"""Cameras over a day: frozen, black, pulled out, back under another number, late; and mirrored
once from the lens to the screen."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from waiting import PATIENCE_S

from installation.experience import Experience, Phase
from installation.settings import Settings, changed
from installation.show.paint.compositor import Compositor
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.view_model import View
from installation.show.words import languages
from installation.source import webcam
from installation.source.cameras import Camera
from installation.source.choice import open_source
from installation.source.driver import ClipForm, Filmed
from installation.source.live import (
    FIRST_PAUSE_S,
    FROZEN_AFTER_S,
    LONGEST_PAUSE_S,
    LiveSource,
    Treatment,
)
from installation.source.watch import BLACK_AFTER_S, STILL_AFTER_S
from installation.source.webcam import WebcamSource
from installation.vocabulary import Frame, Health, Net, Reason, SourceKind, UglyError, as_frame

SIZE, FPS, SECONDS = (64, 48), 20.0, 0.4
FORM = ClipForm(SIZE, FPS, SECONDS)


def until(what: Callable[[], object], seconds: float = PATIENCE_S) -> object:
    """Wait for something to be there; generous, since the machine may be busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := what()) is not None:
            return found
        time.sleep(0.005)
    raise AssertionError("it never came")


class Lens:
    """A camera whose pictures the test chooses, on a clock only the test moves."""

    def __init__(self) -> None:
        self.now_s, self.opened = 0.0, 0
        self.shade, self.noise = 128, True
        self.given, self.gone = 0, False

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        self.opened += 1
        while not stop.is_set():
            if self.gone:
                raise UglyError("pulled out")
            self.given += 1
            frame = np.full((48, 64, 3), self.shade, np.uint8)
            frame[0, 0] = self.given % 7 if self.noise else 0
            yield frame
            stop.wait(0.005)

    def clock(self) -> float:
        return self.now_s

    def goes_on(self, source: LiveSource, seconds: float) -> None:
        """Let time pass, a little at a time, and pictures come meanwhile."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            before = self.given
            self.now_s = min(end_s, self.now_s + 0.1)
            until(lambda before=before: True if self.given > before + 1 else None)


@pytest.fixture
def lens() -> Lens:
    return Lens()


@pytest.fixture
def watched(lens: Lens) -> Iterator[LiveSource]:
    source = LiveSource("lens", lens.frames, FORM, Treatment(watched=True), clock=lens.clock)
    until(source.latest)
    yield source
    source.close()


def test_a_camera_that_gives_one_picture_for_ever_fails_is_opened_anew_and_recovers(
    lens: Lens, watched: LiveSource
):
    lens.goes_on(watched, 8)
    assert watched.health().health is Health.FINE
    lens.noise = False
    lens.goes_on(watched, STILL_AFTER_S + 2)
    assert watched.health().health is Health.FAILING
    assert "same picture" in watched.health().note
    assert watched.health().reason is Reason.FROZEN
    until(lambda: True if lens.opened > 1 else None)
    assert watched.health().reason is Reason.FROZEN, "also while it is given another try"
    lens.noise = True
    until(lambda: True if watched.health().health is Health.FINE else None)


def test_black_pictures_fail_and_are_no_visitors_clip(lens: Lens, watched: LiveSource):
    lens.shade = 3
    lens.goes_on(watched, BLACK_AFTER_S + 2)
    assert watched.health().health is Health.FAILING
    assert "black" in watched.health().note
    watched.film(4)
    lens.goes_on(watched, SECONDS + FROZEN_AFTER_S + 1)
    answer = until(watched.filmed)
    assert isinstance(answer, Filmed)
    assert answer.clip is None
    assert "black" in answer.why_not


def test_two_seconds_of_one_picture_are_no_clip(lens: Lens, watched: LiveSource):
    lens.noise = False
    lens.goes_on(watched, 0.5)
    watched.film(5)
    lens.goes_on(watched, 1.5)
    answer = until(watched.filmed)
    assert isinstance(answer, Filmed)
    assert answer.clip is None
    assert "nothing moved" in answer.why_not


def test_a_camera_that_goes_away_while_it_films_gives_no_clip(lens: Lens, watched: LiveSource):
    watched.film(6)
    lens.goes_on(watched, 0.4 * SECONDS)
    lens.gone = True
    until(lambda: True if "pulled out" in watched._trouble.get() else None)
    lens.now_s += SECONDS
    answer = until(watched.filmed)
    assert isinstance(answer, Filmed)
    assert answer.clip is None
    assert "pulled out" in answer.why_not


def test_a_camera_that_was_away_already_does_not_keep_the_visitor_waiting(
    lens: Lens, watched: LiveSource
):
    lens.gone = True
    until(lambda: True if "pulled out" in watched._trouble.get() else None)
    lens.now_s += 60
    assert watched.health().health is Health.FAILING
    watched.film(7)
    lens.now_s += FROZEN_AFTER_S + 0.1
    answer = watched.filmed()
    assert answer is not None
    assert answer.clip is None


def pauses_of(treatment: Treatment, frames_of: Callable[[int], Iterator[Frame]]) -> list[float]:
    """How long a source waits between six openings of a device, in seconds; without waiting."""
    waited: list[float] = []

    def frames(stop: threading.Event) -> Iterator[Frame]:
        if not waited:
            stop.wait = lambda seconds: waited.append(seconds) or stop.is_set()  # type: ignore
        return frames_of(len(waited))

    with contextlib.closing(LiveSource("loose", frames, FORM, treatment)):
        until(lambda: True if len(waited) > 5 else None)
    return waited[:6]


def three_pictures(number: int) -> Iterator[Frame]:
    for shade in range(3):
        yield as_frame(np.full((48, 64, 3), 3 * number + shade, np.uint8))


def test_a_camera_that_fails_again_and_again_is_opened_less_and_less_often():
    def frames(number: int) -> Iterator[Frame]:
        yield from three_pictures(number)
        raise UglyError("pulled out")

    longer = [FIRST_PAUSE_S * 2**n for n in range(5)] + [LONGEST_PAUSE_S]
    assert pauses_of(Treatment(watched=True), frames) == pytest.approx(longer)


def test_a_film_that_is_at_its_end_begins_again_at_once_each_time():
    assert pauses_of(Treatment(), three_pictures) == [FIRST_PAUSE_S] * 6


def test_a_film_may_stand_still_and_be_dark(lens: Lens):
    lens.noise, lens.shade = False, 0
    with contextlib.closing(LiveSource("film", lens.frames, FORM, clock=lens.clock)) as film:
        until(film.latest)
        lens.goes_on(film, 10)
        assert film.health().health is Health.FINE


class Socket:
    """Where cameras are plugged in, as files that OpenCV opens."""

    def __init__(self, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there: list[Camera] = []
        self.opened: list[int] = []
        pictures = webcam._pictures

        def opening(device, size_px, fps, stop):
            self.opened.append(device)
            for frame in pictures(str(clip), size_px, fps, stop):
                if device not in [camera.number for camera in self.there]:
                    raise UglyError(f"camera {device} stopped giving pictures")
                yield frame
                stop.wait(0.01)

        monkeypatch.setattr(webcam, "_pictures", opening)

    def look(self) -> list[Camera]:
        return list(self.there)


@pytest.fixture
def socket(write_clip, monkeypatch: pytest.MonkeyPatch) -> Socket:
    return Socket(write_clip(count=60, fps=30), monkeypatch)


def test_a_camera_that_comes_back_under_another_number_is_found(socket: Socket):
    socket.there = [Camera(0, "HD Cam", "/usb/1-2"), Camera(1, "Doorbell", "/usb/1-9")]
    source = WebcamSource(0, FORM, look=socket.look)
    with contextlib.closing(source):
        until(source.latest)
        until(lambda: True if "HD Cam" in source.health().note else None)
        socket.there = [Camera(1, "Doorbell", "/usb/1-9")]
        until(lambda: True if "not plugged in" in source._trouble.get() else None)
        assert 1 not in socket.opened, "another camera is not this one"
        socket.there = [Camera(1, "Doorbell", "/usb/1-9"), Camera(2, "HD Cam", "/usb/1-2")]
        until(lambda: True if 2 in socket.opened else None)
        until(lambda: True if source.health().health is Health.FINE else None)


def test_one_that_is_not_there_is_not_even_tried(socket: Socket, capfd):
    source = WebcamSource(5, FORM, look=socket.look)
    with contextlib.closing(source):
        until(lambda: True if "camera 5 is not plugged in" in source._trouble.get() else None)
    assert not socket.opened
    assert capfd.readouterr().err == ""


def test_opencv_says_nothing_of_its_own_on_stderr(tmp_path: Path, capfd):
    source = WebcamSource(str(tmp_path / "video9"), FORM)
    with contextlib.closing(source):
        until(lambda: True if "cannot be opened" in source._trouble.get() else None)
    assert capfd.readouterr().err == ""


def test_a_camera_that_comes_late_is_taken(socket: Socket, write_clip, monkeypatch):
    monkeypatch.setattr("installation.source.auto.cameras", socket.look)
    monkeypatch.setattr("installation.source.auto.LOOK_EVERY_S", 0.02)
    film = write_clip(count=30, fps=30)
    settings = changed(Settings(), "source", file=film, size_px=SIZE, seconds=SECONDS)
    with contextlib.closing(open_source(settings)) as source:
        until(source.latest)
        assert source.kind is SourceKind.FILM
        source.film(1)
        socket.there = [Camera(3, "HD Cam", "/usb/1-2")]
        until(lambda: True if source._come is not None else None)
        assert source.kind is SourceKind.FILM, "not while somebody is being filmed"
        answer = until(source.filmed)
        assert isinstance(answer, Filmed)
        assert answer.clip is not None
        until(lambda: True if source.kind is SourceKind.CAMERA else None)
        until(lambda: True if source.health().health is Health.FINE else None)
        assert "HD Cam" in source.health().note
        source.film(2)
        answer = until(source.filmed)
        assert isinstance(answer, Filmed)
        assert (answer.visit, answer.clip is not None) == (2, True)


def test_while_auto_has_a_camera_another_stands_in_for_it(socket: Socket, monkeypatch):
    monkeypatch.setattr("installation.source.auto.cameras", socket.look)
    socket.there = [Camera(0, "HD Cam", "/usb/1-2")]
    with contextlib.closing(open_source(changed(Settings(), "source", size_px=SIZE))) as source:
        until(source.latest)
        assert source.kind is SourceKind.CAMERA
        socket.there = [Camera(4, "Spare", "/usb/1-7")]
        until(lambda: True if 4 in socket.opened else None)
        until(lambda: True if "Spare" in source.health().note else None)


def test_a_camera_is_mirrored_once_and_what_is_filmed_is_what_was_seen(tmp_path: Path):
    """Left in the room is left on the screen, as in a mirror, while filming and after."""

    def frames(stop: threading.Event) -> Iterator[Frame]:
        for number in itertools.count():
            if stop.is_set():
                return
            frame = np.zeros((48, 64, 3), np.uint8)
            frame[:, :32] = 200  # the light is on the camera's left: the visitor's right
            frame[0, 40] = number % 7
            yield frame
            stop.wait(0.005)

    source = LiveSource("lens", frames, FORM, Treatment(mirror=True, watched=True))
    with contextlib.closing(source):
        live = until(source.latest)
        source.film(1)
        answer = until(source.filmed)
    assert isinstance(answer, Filmed)
    assert answer.clip is not None
    size, words = (640, 360), languages()["en"]
    for phase, frame in (
        (Phase.RECORD, live),
        (Phase.CARVE, answer.clip.frames[0]),
        (Phase.DECIDE, answer.clip.frames[0]),
    ):
        view = View(Experience(phase=phase), 1.0, Net("m"), frame=frame)
        stage = Compositor(*size, TextLayout())
        layout = arrange(*size)
        stage.draw(scene(view, layout, words))
        hung = {Phase.RECORD: layout.stage, Phase.CARVE: layout.clip}.get(phase, layout.hero)
        middle = stage.frame[int(hung.y + hung.h * 0.4)]
        left, right = (int(hung.x + hung.w * share) for share in (0.3, 0.7))
        assert middle[right].min() > 150, phase
        assert middle[left].max() < 80, phase
