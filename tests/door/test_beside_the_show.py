"""A whole visit with a real net, gallery and door: kept, found by its link while it bakes, played,
taken back, and nothing is left. Then what the show tells its door of itself."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from waiting import PATIENCE_S, eventually

from installation.app.assemble import open_devices, with_door
from installation.app.booth import Booth
from installation.app.door_gallery import done_to
from installation.app.door_sight import DoorSight
from installation.app.in_use import InUse
from installation.app.tally import Tally
from installation.carve.nets import parse_net
from installation.door.messages import Change, Done
from installation.experience import Experience, Notice, Phase
from installation.gallery.archive import Archive, Making
from installation.gallery.driver import TakeToKeep
from installation.gallery.reading import GalleryReader
from installation.gallery.verify import disagreements
from installation.live_settings.change import change
from installation.panel.onscreen import OnScreenPanel
from installation.settings import Settings
from installation.vocabulary import (
    Button,
    Carve,
    Clip,
    Cut,
    Frame,
    Net,
    NoiseStep,
    Operation,
    as_frame,
)


@pytest.fixture
def visit(tmp_path: Path, write_clip) -> Iterator[tuple[Booth, OnScreenPanel]]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    base = Settings()
    settings = replace(
        base,
        play=replace(base.play, preview_px=(64, 48), grow=False, slow=2),
        gallery=replace(base.gallery, folder=tmp_path / "g", video_px=(64, 48)),
        source=replace(base.source, driver="file", file=write_clip(count=12), size_px=(64, 48),
                       seconds=0.4),
        visit=replace(base.visit, countdown_s=0.1, decide_s=900, carve_s=900, idle_s=900),
        door=replace(base.door, port=port),
    )  # fmt: skip
    devices = with_door(settings, open_devices(settings))
    panel = devices.panel
    assert isinstance(panel, OnScreenPanel)
    yield Booth(InUse(settings), devices, time.time, itertools.count(5)), panel
    devices.close()


def push(booth: Booth, panel: OnScreenPanel, button: Button) -> None:
    number = booth._devices.layout.buttons.index(button)
    panel.press(number)
    booth.tick(time.monotonic())
    panel.release(number)
    booth.tick(time.monotonic())


def until(booth: Booth, phase: Phase) -> None:
    def there() -> bool:
        return booth.tick(time.monotonic()).experience.phase is phase

    eventually(there, lambda: booth.experience)


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return bytes(answer.read())


def test_a_visit_goes_home_and_is_taken_back(visit, tmp_path: Path):
    booth, panel = visit
    door = booth._devices.door
    assert door is not None
    eventually(lambda: door.port)
    push(booth, panel, Button.RECORD)
    push(booth, panel, Button.RECORD)
    until(booth, Phase.CARVE)
    panel.turn_to(1, 0.8)
    booth.tick(time.monotonic())
    push(booth, panel, Button.KEEP)
    until(booth, Phase.DECIDE)
    assert door.offered(booth.experience.visit) is None, "nothing before the visitor said yes"
    push(booth, panel, Button.KEEP)
    push(booth, panel, Button.KEEP)
    offer = door.offered(booth.experience.visit)
    assert offer is not None
    home = booth.tick(time.monotonic()).home
    assert home is not None, "it is on the screen at once"
    if door.address:
        assert home.data == f"{door.address}/t/{offer.token}".encode()
        assert home.code == offer.code
    url = f"http://127.0.0.1:{door.port}/t/{offer.token}"

    def kept() -> bool:
        booth.tick(time.monotonic())
        try:
            return bool(json.loads(get(f"{url}/state"))["state"] == "kept")
        except urllib.error.HTTPError:  # the door has not heard of it yet
            return False

    eventually(kept, look_s=0.05)
    eventually(lambda: booth.tick(time.monotonic()) and booth.outcomes.kept)
    (take,) = booth.outcomes.kept
    assert parse_net(get(f"{url}/net.json"), "net") == take.net
    own = tmp_path / "g" / "takes" / take.id
    assert get(f"{url}/video.mp4") == (own / "video.mp4").read_bytes()
    coded = urllib.request.Request(
        f"http://127.0.0.1:{door.port}/code", f"code={offer.code.lower()}".encode(), method="POST"
    )
    with urllib.request.urlopen(coded, timeout=PATIENCE_S) as answer:
        assert answer.url == url
    assert len(booth._devices.archive.takes()) == 1
    asked = urllib.request.Request(f"{url}/delete", b"sure=yes", method="POST")
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
        assert b"SHA-256" in answer.read()
    assert len(booth._devices.archive.takes()) == 0
    assert list((tmp_path / "g" / "takes").iterdir()) == []
    reader = GalleryReader(tmp_path / "g")
    assert list(disagreements(reader)) == []
    reader.close()
    with pytest.raises(urllib.error.HTTPError):
        get(url)


def test_the_door_changes_the_shows_settings_only_as_the_show_lets_it(visit):
    booth, _ = visit
    door, asked = booth._devices.door, Change(1, {"visit.carve_s": 90})
    assert not door.adopt(asked).well, "nobody runs the show yet"
    settings = Settings()
    door.change = lambda changes: change(settings, changes)
    assert door.adopt(asked) == Done(1, True)
    refused = door.adopt(Change(2, {"visit.carve_s": -1}))
    assert (refused.number, refused.well) == (2, False)
    assert "visit.carve_s" in refused.line


def test_what_was_taken_back_while_another_bakes_is_gone_at_once(tmp_path: Path):
    clip, net = Clip((as_frame(np.zeros((48, 64, 3), np.uint8)),) * 2, 10), Net("e" * 64)
    baking, go_on = threading.Event(), threading.Event()

    def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        if net.name == "slow":
            baking.set()
            go_on.wait(PATIENCE_S)
        for number, frame in enumerate(clip.frames, 1):
            yield number / len(clip.frames), frame

    archive = Archive(tmp_path, Making(render, lambda n: ("<svg/>", b"png")), keep_days=1, most=9)
    try:
        archive.keep(TakeToKeep(1, clip, net, True))
        eventually(lambda: len(archive.takes()) == 1)
        (first,) = archive.takes()
        archive.keep(TakeToKeep(2, clip, replace(net, name="slow"), True))
        baking.wait(PATIENCE_S)
        done_to(tmp_path, "hide", first.id)
        archive.unshow(first.id)
        assert len(archive.takes()) == 0, "while the archive's thread is busy"
        go_on.set()
        eventually(lambda: [take.net.name for take in archive.takes()] == ["slow"])
        done_to(tmp_path, "show", first.id)
        archive.changed(first.id)
        eventually(lambda: len(archive.takes()) == 2)
    finally:
        go_on.set()
        archive.close()


def test_the_show_is_seen_without_being_held_up(visit, tmp_path: Path):
    booth, _ = visit
    now_s = [100.0]
    sight = DoorSight(tmp_path, lambda: 1.8e9, lambda: now_s[0])
    assert sight.live() is None
    view = booth.tick(time.monotonic())
    frame = as_frame(np.full((720, 1280, 3), (200, 10, 20), np.uint8))
    sight.tick((0.001, 0.002))
    sight.see(view, frame, 0, 1.0)
    assert sight.picture() is None, "nobody looks"
    sight.watched = True
    sight.see(view, frame, 30, 2.0)
    sight.see(view, frame, 60, 2.5)
    picture = sight.picture()
    assert picture is not None
    assert picture.jpeg.startswith(b"\xff\xd8")
    assert sight.picture() is None, "one a second"
    live = sight.live()
    assert live is not None
    assert live.values["fps"] == 30.0
    assert live.values["late_ms_p99"] == 2.0
    assert live.phase == "attract"
    assert {device.name for device in live.devices} >= {"panel", "camera", "net", "gallery"}
    assert live.values["disk_free_gb"] > 0


def test_the_tally_counts_how_far_visits_come_and_what_they_cut():
    counted: Counter[str] = Counter()

    def count(what: str, much: float) -> None:
        counted[what] += much  # type: ignore[assignment]

    tally = Tally(count)
    net = Net("a" * 64, Carve.of([Cut("flow/enc1", Operation.ADD, 0.5)]),
              rack=(NoiseStep("blur", 0.5), NoiseStep("tile", 0.0)))  # fmt: skip
    steps = [Experience(phase=phase, visit=visit) for phase, visit in (
        (Phase.ATTRACT, 0), (Phase.INVITE, 1), (Phase.RECORD, 1), (Phase.CARVE, 1),
        (Phase.DECIDE, 1), (Phase.GALLERY, 1), (Phase.ATTRACT, 1), (Phase.INVITE, 2),
        (Phase.ATTRACT, 2))]  # fmt: skip
    steps[5] = replace(steps[5], notice=Notice.SAVING)
    for number, (before, after) in enumerate(itertools.pairwise(steps)):
        tally.see(before, after, net, 10.0 * number)
        tally.see(after, after, net, 10.0 * number)
    tally.shared()
    assert counted == {
        "visits": 2, "phase invite": 2, "phase record": 1, "phase carve": 1, "phase decide": 1,
        "phase gallery": 1, "carve seconds": 10.0, "keeps": 1, "shares": 1, "operation add": 1,
        "layer flow/enc1": 1, "tool blur": 1,
    }  # fmt: skip
    Tally(None).see(steps[0], steps[1], net, 0.0)
