"""The archive's thread: takes come out whole, failures are told, and it lives on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import gradient

from installation.carve.stills import net_of_png
from installation.gallery.archive import (
    ORDERS,
    Answer,
    Archive,
    Keeping,
    KeepingStill,
    Kept,
    NotKept,
    StillKept,
)
from installation.gallery.loop import GalleryLoop, Shown
from installation.gallery.stills import keep_still, sweep_stills
from installation.gallery.store import (
    NET,
    PORTRAIT_PNG,
    PORTRAIT_SVG,
    POSTER,
    VIDEO,
    Gallery,
)
from installation.video import VideoReader
from installation.vocabulary import Clip, Frame, Health, Net, UglyError

CLIP = Clip(tuple(gradient(64, 48, shift=k) for k in range(4)), 10)
NET_ = Net("e" * 64)


def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
    for number, frame in enumerate(clip.frames, 1):
        yield number / len(clip.frames), frame


def portray(net: Net) -> tuple[str, bytes]:
    return "<svg/>", b"png"


@pytest.fixture
def archive(tmp_path: Path):
    opened = Archive(tmp_path, render, portray, keep_days=1, most=10)
    yield opened
    opened.close()


def answer_of(archive: Archive) -> Answer:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if (answer := archive.answer()) is not None:
            return answer
        time.sleep(0.01)
    raise AssertionError("no answer")


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_a_take_comes_out_whole(archive: Archive, tmp_path: Path):
    assert archive.keep(Keeping(3, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, Kept)
    assert answer.visit == 3
    folder = tmp_path / "takes" / answer.take.id
    assert {p.name for p in folder.iterdir()} == {VIDEO, POSTER, PORTRAIT_SVG, PORTRAIT_PNG, NET}
    with VideoReader(folder / VIDEO) as reader:
        assert len(list(reader.frames())) == 4
    while answer.take not in archive.takes():
        time.sleep(0.01)
    assert archive.health().health is Health.FINE
    assert archive.progress() is None


def test_a_render_that_fails_is_told_and_the_next_is_kept(tmp_path: Path):
    def fails_once(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        if not tries:
            tries.append(1)
            yield 0.1, clip.frames[0]
            raise UglyError("the net fell over")
        yield from render(clip, net)

    tries: list[int] = []
    archive = Archive(tmp_path, fails_once, portray, keep_days=1, most=10)
    archive.keep(Keeping(1, CLIP, NET_, True))
    archive.keep(Keeping(2, CLIP, NET_, True))
    first, second = answer_of(archive), answer_of(archive)
    assert isinstance(first, NotKept)
    assert "the net fell over" in first.why
    assert isinstance(second, Kept)
    archive.close()
    assert {p.name for p in (tmp_path / "takes").iterdir()} == {second.take.id}


def test_orders_are_bounded_and_asking_never_waits(tmp_path: Path):
    gate: list[int] = []

    def slow(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        while not gate:
            time.sleep(0.01)
        yield from render(clip, net)

    archive = Archive(tmp_path, slow, portray, keep_days=1, most=50)
    taken = [archive.keep(Keeping(n, CLIP, NET_, True)) for n in range(ORDERS + 8)]
    assert taken.count(False) >= 7
    gate.append(1)
    archive.close()
    answers = []
    while (answer := archive.answer()) is not None:
        answers.append(answer)
    assert len(answers) == taken.count(True), "what was taken on is kept, also on closing"
    assert all(isinstance(answer, Kept) for answer in answers)


def test_a_take_deleted_by_another_program_is_soon_forgotten(tmp_path: Path):
    now = [1.7e9]
    archive = Archive(tmp_path, render, portray, keep_days=1, most=10, wall_clock=lambda: now[0])
    archive.keep(Keeping(1, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, Kept)
    until(lambda: archive.takes() == (answer.take,))
    other = Gallery(tmp_path)
    other.delete(answer.take.id)
    other.close()
    now[0] += 11
    until(lambda: archive.takes() == ())
    archive.close()


def test_past_takes_play_round_and_round(archive: Archive, tmp_path: Path):
    archive.keep(Keeping(1, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, Kept)
    loop = GalleryLoop(tmp_path)
    loop.show(answer.take)
    seen: list[Frame] = []
    end = time.monotonic() + 20
    while len(seen) < 6 and time.monotonic() < end:
        shown = loop.latest()
        if isinstance(shown, Shown) and not (seen and shown.frame is seen[-1]):
            assert shown.take == answer.take
            seen.append(shown.frame)
        time.sleep(0.01)
    assert len(seen) >= 6, "six frames of a video of four: it looped"
    loop.show(None)
    assert loop.latest() is None
    loop.close()


def test_a_still_is_developed_and_carries_its_net(tmp_path: Path):
    def develop(clip: Clip, net: Net, position: float) -> Frame:
        return clip.frames[round(position)]

    archive = Archive(tmp_path, render, portray, keep_days=1, most=10, develop=develop)
    assert archive.keep(KeepingStill(3, CLIP, replace(NET_, name="Otto / 8"), 2.0))
    answer = answer_of(archive)
    archive.close()
    assert isinstance(answer, StillKept)
    assert answer.visit == 3
    assert answer.path.parent == tmp_path / "stills"
    still = answer.path.read_bytes()
    assert net_of_png(still, "still").name == "Otto / 8"
    shown = cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(shown[..., ::-1], CLIP.frames[2])


def test_a_still_that_cannot_be_made_is_told_and_the_archive_lives_on(archive: Archive):
    assert archive.keep(KeepingStill(4, CLIP, NET_, 0.0))
    answer = answer_of(archive)
    assert isinstance(answer, NotKept)
    assert archive.health().health is Health.FAILING
    assert archive.keep(Keeping(5, CLIP, NET_, True))
    assert isinstance(answer_of(archive), Kept)


def test_old_stills_go_and_new_ones_never_share_a_name(tmp_path: Path):
    first = keep_still(tmp_path, CLIP.frames[0], NET_, 1e9)
    second = keep_still(tmp_path, CLIP.frames[1], NET_, 1e9)
    assert first != second
    os.utime(first, (1e9, 1e9))
    half = first.with_name("half.png.partial")
    half.write_bytes(b"half")
    assert sweep_stills(tmp_path, 1e9 + 1) == 2
    assert sorted((tmp_path / "stills").iterdir()) == [second]
