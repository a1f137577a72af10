"""KEEP held for a second: a still with its net inside; and the arrow keys that sort."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import gradient
from test_booth import Visit

from installation.app.stills import HOLD_S, HeldKeep
from installation.carve.stills import net_of_png
from installation.experience import Phase
from installation.interpolator.player import Played, Playing
from installation.vocabulary import Button, Clip, Net, NoiseStep

CLIP = Clip(tuple(gradient(16, 12, k) for k in range(3)), 10.0)
NET = Net("c" * 64, rack=(NoiseStep("blur", 0.123456),))
SHOWN = Played(CLIP.frames[0], CLIP.frames[0], Playing(CLIP, NET, 4, (16, 12)), 6, 0.0)


def test_a_still_is_due_once_when_held_long_enough():
    keep = HeldKeep()
    keep.press(3, CLIP, SHOWN, 10.0)
    assert keep.due(10.0 + HOLD_S - 0.01) is None
    due = keep.due(10.0 + HOLD_S)
    assert due is not None
    assert (due.visit, due.clip, due.position) == (3, CLIP, 1.5)
    # As it will be read back: amounts at four decimals, and a name of its own.
    assert due.net.rack[0].amount == 0.1235
    assert due.net.name
    assert keep.due(99.0) is None


def test_let_go_early_or_without_a_clip_there_is_no_still():
    keep = HeldKeep()
    keep.press(3, CLIP, SHOWN, 10.0)
    keep.release()
    assert keep.due(99.0) is None
    for clip, shown in ((None, SHOWN), (CLIP, None), (Clip(CLIP.frames, 9.0), SHOWN)):
        keep.press(3, clip, shown, 10.0)
        assert keep.due(99.0) is None


@pytest.fixture
def visit(tmp_path: Path, write_clip):
    opened = Visit(tmp_path / "gallery", write_clip(count=30, size=(64, 48)))
    yield opened
    opened.devices.close()


def test_a_visitor_holds_keep_and_finds_the_still(visit: Visit, tmp_path: Path):
    visit.push(Button.RECORD)
    if visit.booth.experience.phase is Phase.INVITE:
        visit.push(Button.RECORD)
    visit.until(lambda view: view.experience.phase is Phase.CARVE)
    visit.booth.sort("down", visit.now_s)
    visit.until(lambda view: view.clip is not None and visit.booth.shows_newest)
    visit.panel.press(visit.devices.layout.buttons.index(Button.KEEP))
    visit.until(lambda view: visit.booth.stills)
    (still,) = (tmp_path / "gallery" / "stills").iterdir()
    assert visit.booth.stills == [still]
    net = net_of_png(still.read_bytes(), "still")
    assert net.rack == (NoiseStep("sort down", 0.25),)
    assert net.name in still.name
    shown = cv2.imdecode(np.frombuffer(still.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape[:2] == visit.settings.gallery.video_px[::-1]


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
    visit.until(lambda view: view.clip is not None and visit.booth.shows_newest)
    number = visit.devices.layout.buttons.index
    visit.panel.press(number(Button.KEEP))
    visit.tick()
    visit.push(Button.DISCARD)
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT)
    for _ in range(120):
        visit.tick()
    assert visit.booth.stills == []
    assert not list(tmp_path.glob("gallery/stills/*"))
