"""One contract for every source. A webcam is driven by the same OpenCV calls on a video file,
which is what there is of a camera on a machine without one."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from network_cameras import mjpeg_camera
from waiting import eventually

from installation.settings import Settings, SourceSettings, changed
from installation.source import network_camera
from installation.source.choice import open_source
from installation.source.dreams import DREAMS, Dream
from installation.source.driver import Asked, ClipForm, Filmed, Source
from installation.source.file import FileSource
from installation.source.live import FROZEN_AFTER_S, LiveSource
from installation.source.made import MADE, MadeSource
from installation.source.network_camera_settings import NetworkCameraSettings
from installation.source.networks import Networks
from installation.source.webcam import WebcamSource
from installation.vocabulary import Frame, Health, SourceKind, UglyError

SIZE, FPS, SECONDS = (64, 48), 20.0, 0.4
FORM = ClipForm(SIZE, FPS, SECONDS)

MAKERS: dict[str, Callable[[Path], Source]] = {
    "file": lambda path: FileSource(path, FORM),
    "webcam": lambda path: WebcamSource(str(path), FORM, mirror=False),
    "networks": lambda path: MadeSource(Networks(3), FORM),
    "one network": lambda path: MadeSource(Networks(3, cell=5), FORM),
    **{name: lambda path, name=name: MadeSource(Dream(name, 1), FORM) for name in DREAMS},
}


@pytest.fixture(params=[*sorted(MAKERS), "network camera"])
def source(request: pytest.FixtureRequest, write_clip):
    with contextlib.ExitStack() as there:
        if request.param == "network camera":
            _, address = there.enter_context(mjpeg_camera())
            own = NetworkCameraSettings(address=address)
            asked = Asked(SourceSettings(size_px=SIZE, fps=FPS, seconds=SECONDS), own=own)
            opened: Source = network_camera.open_source(asked)
        else:
            opened = MAKERS[request.param](write_clip(count=60, fps=30))
        yield opened
        opened.close()
        opened.close()


def until(what: Callable[[], object]) -> object:
    """Wait for something to be there."""
    return eventually(lambda: (found,) if (found := what()) is not None else ())[0]


def test_it_shows_a_live_picture(source: Source):
    frame = until(source.latest)
    assert isinstance(frame, np.ndarray)
    assert frame.shape == (SIZE[1], SIZE[0], 3)
    assert not frame.flags.writeable
    assert source.health().health is Health.FINE
    until(lambda: True if source.latest() is not frame else None)


def test_it_films_when_asked_and_answers_once(source: Source):
    assert source.filmed() is None
    assert source.progress() == 0
    source.film(7)
    answer = until(source.filmed)
    assert isinstance(answer, Filmed)
    assert answer.visit == 7
    assert answer.clip is not None
    assert answer.clip.size_px == SIZE
    assert 2 <= len(answer.clip.frames) <= round(SECONDS * FPS)
    assert source.filmed() is None
    assert source.progress() == 0


def test_the_newest_order_wins(source: Source):
    source.film(1)
    source.film(2)
    answer = until(source.filmed)
    assert isinstance(answer, Filmed)
    assert answer.visit == 2
    assert source.filmed() is None


def test_an_absent_camera_is_a_flag_and_an_answer(tmp_path: Path):
    now = [0.0]
    camera = WebcamSource(str(tmp_path / "video9"), FORM, clock=lambda: now[0])
    assert camera.latest() is None
    camera.film(1)
    now[0] = FROZEN_AFTER_S + SECONDS + 1
    until(lambda: True if "cannot be opened" in camera.health().note else None)
    answer = camera.filmed()
    assert answer is not None
    assert answer.clip is None
    assert "cannot be opened" in answer.why_not
    assert camera.health().health is Health.FAILING
    camera.close()


class Cable:
    """A camera on a cable that can be pulled, or that hangs."""

    def __init__(self) -> None:
        self.plugged, self.hangs = True, False

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        if not self.plugged:
            raise UglyError("the cable is out")
        shade = 0
        while self.plugged and not stop.is_set():
            while self.hangs and not stop.is_set():
                stop.wait(0.01)
            shade = (shade + 1) % 256
            yield np.full((48, 64, 3), shade, np.uint8)
            stop.wait(0.01)
        raise UglyError("the cable fell out")


def test_a_camera_that_comes_back_is_picked_up():
    cable, now = Cable(), [0.0]
    source = LiveSource("cable", cable.frames, FORM, clock=lambda: now[0])
    until(source.latest)
    assert source.health().health is Health.FINE
    cable.plugged = False
    until(lambda: True if "cable" in source._trouble.get() else None)
    now[0] += FROZEN_AFTER_S + 1
    assert source.health().health is Health.FAILING
    cable.plugged = True
    until(lambda: True if source.health().health is Health.FINE else None)
    source.close()


def test_a_frozen_camera_is_told_from_a_working_one():
    cable, now = Cable(), [0.0]
    source = LiveSource("cable", cable.frames, FORM, clock=lambda: now[0])
    until(source.latest)
    cable.hangs = True
    time.sleep(0.1)
    source.film(3)
    now[0] += SECONDS + FROZEN_AFTER_S + 1
    answer = until(source.filmed)
    assert isinstance(answer, Filmed)
    assert answer.clip is None
    assert "no picture" in answer.why_not
    assert source.health().health is Health.FAILING
    source.close()


def test_a_file_that_cannot_be_read_is_told_at_once(tmp_path: Path):
    with pytest.raises(UglyError, match="no such file"):
        open_source(changed(Settings(), "source", driver="file", file=tmp_path / "absent.mp4"))


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_here_is_opened_by_name(name: str):
    source = open_source(changed(Settings(), "source", driver=name, size_px=SIZE, seed=2))
    assert isinstance(source, MadeSource)
    until(source.latest)
    assert name in source.health().note
    source.close()


def test_every_source_says_what_its_pictures_are(source: Source, request):
    name = request.node.callspec.params["source"]
    kinds = {"file": SourceKind.FILM, "webcam": SourceKind.CAMERA,
             "network camera": SourceKind.CAMERA}  # fmt: skip
    assert source.kind is kinds.get(name, SourceKind.MADE)


def test_without_a_camera_the_bundled_clip_plays(monkeypatch):
    monkeypatch.setattr("installation.source.auto.cameras", list)
    source = open_source(Settings())
    until(source.latest)
    # Visitors would take the clip for theirs: the words go by its kind, and the operator is told.
    assert source.kind is SourceKind.FILM
    assert source.health().health is Health.MISSING
    assert "hello.mp4 plays" in source.health().note
    source.close()
