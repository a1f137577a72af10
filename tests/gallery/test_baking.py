"""A take is seen while it is made: in order, once, no faster than it is made, and then let go."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from waiting import eventually

from installation.experience import TakeKept, TakeNotKept
from installation.gallery.archive import Archive, Making
from installation.gallery.baking import Baking
from installation.gallery.driver import TakeToKeep
from installation.gallery.loop import GalleryLoop
from installation.vocabulary import Clip, Frame, Net, UglyError, as_frame

NET = Net("e" * 64, name="Otto")


def grey(level: int) -> Frame:
    return as_frame(np.full((48, 64, 3), level, np.uint8))


CLIP = Clip(tuple(grey(10 * k) for k in range(12)), 50.0)


class Watched(Baking):
    """Remembers which frames were asked for."""

    def __init__(self, net: Net, fps: float) -> None:
        super().__init__(net, fps)
        self.shown: list[int] = []

    def frame(self, number: int) -> Frame:
        self.shown.append(number)
        return super().frame(number)


@pytest.fixture
def loop(tmp_path: Path):
    opened = GalleryLoop(tmp_path)
    yield opened
    opened.close()


def test_a_film_is_shown_once_in_order_from_its_first_second_on(loop: GalleryLoop):
    baking = Watched(NET, 4.0)
    loop.show(baking)
    for level in (10, 20, 30):
        baking.add(grey(level))
    assert not baking.begins
    assert loop.latest() is None, "three quarters of a second are too little"
    baking.add(grey(40))
    eventually(lambda: len(baking.shown) == 4)
    shown = loop.latest()
    assert shown is not None
    assert (shown.net, shown.take_id) == (NET, "")
    assert abs(int(shown.frame[0, 0, 0]) - 40) <= 3, "as far as it is made, and no further"
    assert not baking.seen
    baking.add(grey(50))
    baking.end()
    eventually(lambda: baking.seen)
    assert baking.shown == [0, 1, 2, 3, 4]
    rests = loop.latest()
    assert rests is not None
    assert abs(int(rests.frame[0, 0, 0]) - 50) <= 3, "it rests on its last frame"
    assert not baking.has(0), "what was seen is no longer held"


def test_a_film_of_less_than_a_second_is_shown_once_it_is_whole(loop: GalleryLoop):
    baking = Watched(NET, 25.0)
    loop.show(baking)
    baking.add(grey(10))
    baking.add(grey(20))
    baking.end()
    eventually(lambda: baking.seen)
    assert baking.shown == [0, 1]


def test_what_is_shown_instead_is_shown_at_once(loop: GalleryLoop):
    stuck, other = Watched(NET, 25.0), Watched(NET, 25.0)
    loop.show(stuck)
    loop.show(other)
    other.add(grey(10))
    other.end()
    eventually(lambda: other.seen)
    assert not stuck.seen
    loop.show(None)
    assert loop.latest() is None


def test_the_archive_tells_every_frame_while_it_makes_them(tmp_path: Path):
    goes_on = threading.Event()

    def render(clip: Clip, net: Net):
        for number, frame in enumerate(clip.frames, 1):
            if number == 7:
                goes_on.wait(60)
            yield number / len(clip.frames), frame

    archive = Archive(tmp_path, Making(render, lambda net: ("<svg/>", b"png")), keep_days=1, most=9)
    try:
        baking = Baking(NET, CLIP.fps)
        archive.keep(TakeToKeep(1, CLIP, NET, True, baking=baking))
        eventually(lambda: baking.has(5))
        assert not baking.has(6)
        assert not baking.is_past(6), "it is still to come"
        goes_on.set()
        assert isinstance(eventually(archive.answer), TakeKept)
        assert baking.has(11)
        assert baking.is_past(12)
    finally:
        goes_on.set()
        archive.close()


def test_what_fails_has_an_end_too(tmp_path: Path, loop: GalleryLoop):
    def render(clip: Clip, net: Net):
        yield 0.1, clip.frames[0]
        raise UglyError("the net broke")

    archive = Archive(tmp_path, Making(render, lambda net: ("<svg/>", b"png")), keep_days=1, most=9)
    try:
        baking = Baking(NET, CLIP.fps)
        loop.show(baking)
        archive.keep(TakeToKeep(1, CLIP, NET, True, baking=baking))
        assert isinstance(eventually(archive.answer), TakeNotKept)
        eventually(lambda: baking.seen)
    finally:
        archive.close()


def test_where_there_is_no_gallery_nobody_waits_for_the_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("installation.gallery.archive.TRY_AGAIN_S", 0.01)
    folder = tmp_path / "gallery"
    folder.write_text("in the way")
    archive = Archive(folder, Making(lambda clip, net: iter(()), lambda net: ("", b"")),
                      keep_days=1, most=9)  # fmt: skip
    try:
        baking = Baking(NET, CLIP.fps)
        archive.keep(TakeToKeep(1, CLIP, NET, True, baking=baking))
        assert isinstance(eventually(archive.answer), TakeNotKept)
        assert baking.is_past(0)
    finally:
        archive.close()
