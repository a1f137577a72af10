"""The archive's thread: takes come out whole, failures are told, and it lives on."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import gradient
from waiting import eventually

from installation.carve.stills import net_of_png
from installation.experience import StillKept, StillNotKept, TakeKept, TakeNotKept
from installation.gallery.archive import ORDERS, Archive, Making
from installation.gallery.deletion import delete_take
from installation.gallery.driver import Answer, Shown, Still, TakeToKeep
from installation.gallery.loop import GalleryLoop
from installation.gallery.record import (
    NET,
    PORTRAIT_PNG,
    PORTRAIT_SVG,
    POSTER,
    TAKE,
    VIDEO,
)
from installation.gallery.store import TRIED_OUT, Clocks
from installation.video import VideoReader
from installation.vocabulary import Clip, Frame, Health, Net, Reason, UglyError

CLIP = Clip(tuple(gradient(64, 48, shift=k) for k in range(4)), 10)
NET_ = Net("e" * 64)


def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
    for number, frame in enumerate(clip.frames, 1):
        yield number / len(clip.frames), frame


def portray(net: Net) -> tuple[str, bytes]:
    return "<svg/>", b"png"


@pytest.fixture
def archive(tmp_path: Path):
    opened = Archive(tmp_path, Making(render, portray), keep_days=1, most=10)
    yield opened
    opened.close()


def answer_of(archive: Archive) -> Answer:
    return eventually(archive.answer)  # type: ignore[return-value]


def test_a_take_comes_out_whole(archive: Archive, tmp_path: Path):
    assert archive.keep(TakeToKeep(3, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, TakeKept)
    assert answer.visit == 3
    folder = tmp_path / "takes" / answer.take.id
    assert {p.name for p in folder.iterdir()} == {
        VIDEO,
        POSTER,
        PORTRAIT_SVG,
        PORTRAIT_PNG,
        NET,
        TAKE,
    }
    with VideoReader(folder / VIDEO) as reader:
        assert len(list(reader.frames())) == 4
    eventually(lambda: answer.take in archive.takes())
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
    archive = Archive(tmp_path, Making(fails_once, portray), keep_days=1, most=10)
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    archive.keep(TakeToKeep(2, CLIP, NET_, True))
    first, second = answer_of(archive), answer_of(archive)
    assert isinstance(first, TakeNotKept)
    assert "the net fell over" in first.why
    assert isinstance(second, TakeKept)
    archive.close()
    assert {p.name for p in (tmp_path / "takes").iterdir()} == {second.take.id}


def test_an_order_is_answered_though_the_clock_cannot_be_looked_at(tmp_path: Path):
    broken: list[int] = []

    def synced() -> bool:
        if broken:
            raise RuntimeError("the time server's driver crashed")
        return True

    looks = Clocks(time.time, time.monotonic, synced)
    archive = Archive(tmp_path, Making(render, portray), keep_days=1, most=10, clocks=looks)
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    assert isinstance(answer_of(archive), TakeKept)
    broken.append(1)
    archive.keep(TakeToKeep(2, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, TakeNotKept)
    assert answer.visit == 2
    assert archive.progress() is None
    archive.close()


def test_once_a_take_could_be_kept_again_the_gallery_is_well_though_nobody_brings_one(
    tmp_path: Path,
):
    now = [0.0]

    def onto_a_full_disk(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield 1.0, clip.frames[0]

    making = Making(onto_a_full_disk, portray)
    archive = Archive(tmp_path, making, keep_days=1, most=10, clocks=clocks(now))
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    assert isinstance(answer_of(archive), TakeNotKept)
    assert archive.health().reason is Reason.DISK_FULL
    (tmp_path / TRIED_OUT).mkdir()  # in the way, so that nothing can be written there
    now[0] += 61
    eventually(lambda: "nothing can be kept" in archive.health().note)
    assert archive.health().health is Health.FAILING, "it was tried out, in vain"
    (tmp_path / TRIED_OUT).rmdir()
    now[0] += 61
    eventually(lambda: archive.health().health is Health.FINE)
    archive.close()
    assert not (tmp_path / TRIED_OUT).exists()


def test_orders_are_bounded_and_asking_never_waits(tmp_path: Path):
    gate: list[int] = []

    def slow(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        while not gate:
            time.sleep(0.01)
        yield from render(clip, net)

    archive = Archive(tmp_path, Making(slow, portray), keep_days=1, most=50)
    taken = [archive.keep(TakeToKeep(n, CLIP, NET_, True)) for n in range(ORDERS + 8)]
    assert taken.count(False) >= 7
    gate.append(1)
    archive.close()
    answers = []
    while (answer := archive.answer()) is not None:
        answers.append(answer)
    assert len(answers) == taken.count(True), "what was taken on is kept, also on closing"
    assert all(isinstance(answer, TakeKept) for answer in answers)


def clocks(now: list[float]) -> Clocks:
    return Clocks(lambda: 1.8e9 + now[0], lambda: now[0], lambda: True)


def test_a_take_deleted_by_another_program_is_soon_forgotten(tmp_path: Path):
    now = [0.0]
    making = Making(render, portray)
    archive = Archive(tmp_path, making, keep_days=1, most=10, clocks=clocks(now))
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, TakeKept)
    eventually(lambda: tuple(archive.takes()) == (answer.take,))
    delete_take(tmp_path, answer.take.id)
    now[0] += 11
    eventually(lambda: len(archive.takes()) == 0)
    archive.close()


def test_a_doubted_clock_is_said_and_empties_nothing(tmp_path: Path):
    now, off = [0.0], [0.0]
    seen, looks = (0.0, 0.0), set[tuple[float, float]]()

    def steady_s() -> float:  # both clocks in one look, whatever the test does meanwhile
        nonlocal seen
        seen = now[0], off[0]
        return seen[0]

    def wall_s() -> float:
        looks.add(seen)
        return 1.8e9 + sum(seen)

    watched = Clocks(wall_s, steady_s, lambda: True)
    archive = Archive(tmp_path, Making(render, portray), keep_days=30, most=10, clocks=watched)

    def pass_time(hours: int) -> None:
        for _ in range(hours):
            now[0] += 3600.0
            eventually(lambda: (now[0], off[0]) in looks)

    def says(text: str) -> bool:
        return text in archive.health().note

    pass_time(3)
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, TakeKept)
    off[0] = 40 * 86400.0
    pass_time(1)
    eventually(lambda: says("the clock says 2027"))
    assert archive.health().health is Health.FAILING
    off[0] = -1.8e9
    pass_time(1)
    eventually(lambda: says("the clock says 1970"))
    off[0] = 0.0
    pass_time(3)
    eventually(lambda: archive.health().health is Health.FINE)
    assert [take.id for take in archive.takes()] == [answer.take.id]
    archive.close()


def test_where_there_is_no_gallery_visitors_are_told_at_once_and_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("installation.gallery.archive.TRY_AGAIN_S", 0.01)
    folder = tmp_path / "gallery"
    folder.write_text("in the way")
    archive = Archive(folder, Making(render, portray), keep_days=1, most=10)
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, TakeNotKept)
    assert "cannot be used" in answer.why
    assert archive.health().health is Health.FAILING
    folder.unlink()
    eventually(lambda: archive.health().health is Health.FINE)
    archive.keep(TakeToKeep(2, CLIP, NET_, True))
    assert isinstance(answer_of(archive), TakeKept)
    archive.close()


def test_past_takes_play_round_and_round(archive: Archive, tmp_path: Path):
    archive.keep(TakeToKeep(1, CLIP, NET_, True))
    answer = answer_of(archive)
    assert isinstance(answer, TakeKept)
    loop = GalleryLoop(tmp_path)
    loop.show(answer.take)
    seen: list[Frame] = []

    def looped() -> bool:
        """Six frames of a video of four."""
        shown = loop.latest()
        if isinstance(shown, Shown) and not (seen and shown.frame is seen[-1]):
            assert (shown.take_id, shown.net) == (answer.take.id, answer.take.net)
            seen.append(shown.frame)
        return len(seen) >= 6

    eventually(looped)
    loop.show(None)
    assert loop.latest() is None
    loop.close()


def test_a_still_is_kept_in_its_take_and_carries_its_net(tmp_path: Path):
    def develop(still: Still) -> Frame:
        return still.clip.frames[round(still.position)]

    archive = Archive(tmp_path, Making(render, portray, develop), keep_days=1, most=10)
    first = Still(CLIP, replace(NET_, name="Otto / 8"), 2.0, taken_at_s=1.8e9)
    stills = (first, replace(first, position=1.0))
    assert archive.keep(TakeToKeep(3, CLIP, NET_, True, stills))
    one, other, answer = answer_of(archive), answer_of(archive), answer_of(archive)
    archive.close()
    assert isinstance(answer, TakeKept)
    assert (one, other) == tuple(StillKept(3, name) for name in answer.take.stills)
    assert len(set(answer.take.stills)) == 2, "two of one second never share a name"
    path = tmp_path / answer.take.stills[0]
    assert path.parent == tmp_path / "takes" / answer.take.id
    assert path.name.endswith("-Otto-8.png")
    still = path.read_bytes()
    assert net_of_png(still, "still").name == "Otto / 8"
    shown = cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(shown[..., ::-1], CLIP.frames[2])


def test_a_still_that_cannot_be_made_costs_no_take_and_is_told_for_itself(tmp_path: Path):
    def develop(still: Still) -> Frame:
        raise UglyError("the net fell over")

    archive = Archive(tmp_path, Making(render, portray, develop), keep_days=1, most=10)
    archive.keep(TakeToKeep(4, CLIP, NET_, True, (Still(CLIP, NET_, 0.0),)))
    first, second = answer_of(archive), answer_of(archive)
    assert first == StillNotKept(4, "the still could not be kept: the net fell over")
    assert isinstance(second, TakeKept)
    assert second.take.stills == ()
    assert archive.health().health is Health.FINE
    archive.close()
