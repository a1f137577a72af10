"""KEEP held for a second: a still with its net inside; and the arrow keys that sort."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import gradient
from test_booth import Visit

from installation.app.stills import HOLD_S, MOST, HeldKeep
from installation.carve.stills import net_of_png
from installation.experience import Phase
from installation.interpolator.player import Played, Playing
from installation.vocabulary import Button, Clip, Net, NoiseStep

CLIP = Clip(tuple(gradient(16, 12, k) for k in range(3)), 10.0)
NET = Net("c" * 64, rack=(NoiseStep("blur", 0.123456),))
SHOWN = Played(CLIP.frames[0], CLIP.frames[0], Playing(CLIP, NET, 4, (16, 12)), 6)


def test_a_still_is_taken_once_when_held_long_enough():
    keep = HeldKeep()
    keep.press(CLIP, SHOWN, 10.0, 1.8e9)
    assert not keep.tick(10.0 + HOLD_S - 0.01)
    assert keep.tick(10.0 + HOLD_S)
    assert not keep.tick(99.0)
    (still,) = keep.taken
    # The pair of frames that it lies between, and where: 1.5 frames into the clip.
    assert still.clip.frames == CLIP.frames[1:3]
    assert (still.position, still.since_s, still.taken_at_s) == (0.5, 1 / CLIP.fps, 1.8e9)
    # As it will be read back: amounts at four decimals, and a name of its own.
    assert still.net.rack[0].amount == 0.1235
    assert still.net.name
    assert keep.forget() == (still,)
    assert keep.taken == ()


def test_let_go_early_or_without_a_clip_there_is_no_still():
    keep = HeldKeep()
    keep.press(CLIP, SHOWN, 10.0, 1.8e9)
    keep.release()
    assert not keep.tick(99.0)
    for clip, shown in ((None, SHOWN), (CLIP, None), (Clip(CLIP.frames, 9.0), SHOWN)):
        keep.press(clip, shown, 10.0, 1.8e9)
        assert not keep.tick(99.0)


def test_one_visit_takes_only_so_many():
    keep = HeldKeep()
    for _ in range(MOST + 3):
        keep.press(CLIP, SHOWN, 10.0, 1.8e9)
        keep.tick(99.0)
    assert len(keep.taken) == MOST


@pytest.fixture
def visit(tmp_path: Path, write_clip):
    opened = Visit(tmp_path / "gallery", write_clip(count=30, size=(64, 48)))
    yield opened
    opened.devices.close()


def hold_keep(visit: Visit) -> None:
    """Film, sort a little, and hold KEEP: it asks whether to keep, and a still is taken."""
    visit.push(Button.RECORD)
    if visit.booth.experience.phase is Phase.INVITE:
        visit.push(Button.RECORD)
    visit.until(lambda view: view.experience.phase is Phase.CARVE)
    visit.booth.sort("down", visit.now_s)
    visit.until(lambda view: view.frame is not None and visit.booth.shows_newest, 0.001)
    number = visit.devices.layout.buttons.index(Button.KEEP)
    visit.panel.press(number)
    visit.tick()
    visit.tick(HOLD_S)
    visit.panel.release(number)
    visit.tick()
    assert visit.booth.experience.phase is Phase.DECIDE


def pngs(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.png") if path.name[0] == "2"]


def test_a_visitor_holds_keep_and_finds_the_still_in_the_take(visit: Visit, tmp_path: Path):
    hold_keep(visit)
    assert pngs(tmp_path) == [], "nothing touches the disk before the visit is kept"
    visit.push(Button.KEEP)
    visit.push(Button.DISCARD)
    visit.until(lambda view: visit.booth.outcomes.kept, 0.001)
    (take,) = visit.booth.outcomes.kept
    assert not take.in_gallery
    assert tuple(visit.booth.outcomes.stills) == take.stills
    (still,) = (tmp_path / "gallery" / name for name in take.stills)
    assert pngs(tmp_path) == [still]
    net = net_of_png(still.read_bytes(), "still")
    assert net.rack == (NoiseStep("sort down", 0.25),)
    assert net.name in still.name
    shown = cv2.imdecode(np.frombuffer(still.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape[:2] == visit.settings.gallery.video_px[::-1]


@pytest.mark.parametrize("how", ["discard", "time"])
def test_a_visitor_thrown_away_leaves_no_still(visit: Visit, tmp_path: Path, how: str):
    """KEEP held, then DISCARD, or nobody there any more: the still goes with its visit."""
    hold_keep(visit)
    if how == "discard":
        visit.push(Button.DISCARD)
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    visit.push(Button.RECORD)
    for _ in range(120):
        visit.tick()
    visit.devices.archive.close()
    assert not visit.booth.outcomes.stills
    assert pngs(tmp_path) == []


def test_arrow_keys_sort_further_and_begin_again(visit: Visit):
    amounts = []
    for _ in range(6):
        visit.booth.sort("left", visit.now_s)
        steps = {step.tool: step.amount for step in visit.booth.net.rack}
        amounts.append(steps.get("sort left", 0.0))
    assert amounts == [0.25, 0.5, 0.75, 1.0, 0.0, 0.25]


def test_a_visit_thrown_away_with_keep_in_hand_leaves_no_still(visit: Visit, tmp_path: Path):
    visit.push(Button.RECORD)
    if visit.booth.experience.phase is Phase.INVITE:
        visit.push(Button.RECORD)
    visit.until(lambda view: view.experience.phase is Phase.CARVE)
    visit.until(lambda view: view.frame is not None and visit.booth.shows_newest, 0.001)
    number = visit.devices.layout.buttons.index
    visit.panel.press(number(Button.KEEP))
    visit.tick()
    visit.push(Button.DISCARD)
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT)
    for _ in range(120):
        visit.tick()
    assert not visit.booth.outcomes.stills
    assert not list(tmp_path.glob("gallery/stills/*"))
