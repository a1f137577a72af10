"""The booth with its real devices, on a clock of the test's own: simulated hands, real net,
real gallery."""

from __future__ import annotations

import errno
import gc
import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from waiting import eventually

from installation.app.assemble import open_devices
from installation.app.show import Show
from installation.carve.nets import parse_net, settled
from installation.experience import Notice, Phase
from installation.gallery.record import NET, PORTRAIT_SVG, VIDEO
from installation.gallery.store import Clocks
from installation.gallery.take_folder import read_record
from installation.panel.onscreen import OnScreenPanel
from installation.settings import Settings
from installation.show.view_model import View
from installation.video import VideoReader
from installation.vocabulary import Button, Health


class Visit:
    """A booth, a clock that only the test moves, and hands."""

    def __init__(self, folder: Path, clip: Path, **sections: dict[str, object]) -> None:
        base = Settings()
        small = {
            "visit": {"countdown_s": 0.3},
            "play": {"preview_px": (64, 48), "grow": False, "slow": 2},
            "gallery": {"folder": folder, "video_px": (64, 48)},
            "source": {"driver": "file", "file": clip, "size_px": (64, 48), "seconds": 0.5},
        }
        for name, values in itertools.chain(small.items(), sections.items()):
            base = replace(base, **{name: replace(getattr(base, name), **values)})
        self.now_s, self._camera = 1000.0, (-1.0, 0.0)
        self.settings = base
        self.devices = open_devices(
            base, clock=lambda: self.now_s, wall_clock=lambda: 1.7e9 + self.now_s
        )
        clocks = Clocks(wall=lambda: 1.7e9 + self.now_s, steady=lambda: self.now_s)
        self.show = Show(base, self.devices, clocks=clocks, seeds=itertools.count(5))
        self.booth = self.show.booth
        self.view = self.show.tick().view

    @property
    def panel(self) -> OnScreenPanel:
        assert isinstance(self.devices.panel, OnScreenPanel)
        return self.devices.panel

    def tick(self, seconds: float = 1 / 60) -> View:
        self.now_s += seconds
        self.view = self.show.tick().view
        return self.view

    def until(self, what: Callable[[View], object], seconds: float = 1 / 60) -> View:
        """Tick until the view is so. While a thread owes something, the clock stands still, and
        that thread is given the processor."""

        def so() -> object:
            owed = self.owed()
            if owed:
                time.sleep(0.005)
            return what(self.tick(0 if owed else seconds))

        eventually(so, lambda: self.view.experience, look_s=0)
        return self.view

    def owed(self) -> bool:
        """Whether a thread is at work on what was asked of it: the net, the disk, the camera.

        A camera is given 20 ms of the wall's time a tick, and then taken for dead."""
        if not self.booth.shows_wanted:
            return True
        if self.view.experience.notice is Notice.SAVING:
            return True
        if not self.view.experience.filming:
            self._camera = -1.0, 0.0
            return False
        progress, now_s = self.devices.source.progress(), time.monotonic()
        if progress != self._camera[0]:
            self._camera = progress, now_s
        return now_s - self._camera[1] < 0.02

    def push(self, button: Button) -> None:
        number = self.devices.layout.buttons.index(button)
        self.panel.press(number)
        self.tick()
        self.panel.release(number)
        self.tick()

    def turn(self, knob: int, value: float) -> None:
        for share in (0.5, 1.0):
            self.panel.turn_to(knob, value * share)
            self.tick()

    def phase_is(self, phase: Phase) -> View:
        return self.until(lambda view: view.experience.phase is phase)

    def film(self) -> None:
        self.push(Button.RECORD)
        self.phase_is(Phase.CARVE)

    def close(self) -> None:
        self.devices.close()


@pytest.fixture
def visit(tmp_path: Path, write_clip):
    opened = Visit(tmp_path / "gallery", write_clip(count=40, fps=20))
    yield opened
    opened.close()


def takes_in(visit: Visit) -> list[Path]:
    return sorted((visit.settings.gallery.folder / "takes").iterdir())


def test_a_whole_visit_from_a_turned_knob_to_a_take_in_the_gallery(visit: Visit):
    assert visit.view.experience.phase is Phase.ATTRACT
    visit.turn(1, 0.6)
    assert visit.view.experience.phase is Phase.INVITE
    visit.push(Button.RECORD)
    visit.until(lambda view: view.experience.filming)
    assert visit.view.frame is not None, "the visitor sees themselves"
    visit.phase_is(Phase.CARVE)
    plain = visit.until(lambda view: view.frame is not None and visit.booth.shows_newest)
    visit.turn(10, 0.9)
    carved = visit.until(lambda view: visit.booth.shows_newest)
    assert len(carved.net.carve.cuts) == 2
    assert carved.frame is not None
    assert plain.frame is not None
    assert takes_in(visit) == [], "nothing touches the disk before KEEP"
    net = visit.booth.net
    visit.push(Button.KEEP)
    visit.push(Button.KEEP)
    assert takes_in(visit) == []
    visit.push(Button.KEEP)
    visit.until(lambda view: view.experience.notice is Notice.SAVED)
    (folder,) = takes_in(visit)
    with VideoReader(folder / VIDEO) as reader:
        count = len(list(reader.frames()))
    assert count >= 3
    assert count % 2 == 1, "(frames - 1) * 2 + 1"
    kept = parse_net((folder / NET).read_bytes(), "kept")
    assert kept.carve == settled(net).carve
    assert kept.name
    assert (folder / PORTRAIT_SVG).read_text().startswith("<")
    # Its own take is shown, and later the attract loop shows it to who walks past.
    visit.until(lambda view: view.gallery is not None)
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    view = visit.until(lambda view: view.gallery is not None, 0.2)
    assert view.gallery is not None
    assert view.gallery.net == kept


def test_every_knob_of_both_nets_changes_the_picture_live(visit: Visit):
    visit.film()
    visit.until(lambda view: visit.booth.shows_newest)
    for knob in (0, 5, 15):
        before = visit.booth.net
        visit.turn(knob, 0.8)
        assert visit.booth.net != before
        visit.until(lambda view: visit.booth.shows_newest)
    visit.push(Button.PAGE)
    visit.turn(2, 0.7)
    visit.until(lambda view: visit.booth.shows_newest)
    parts = {cut.site.split("/")[0] for cut in visit.booth.net.carve.cuts}
    assert parts == {"flow", "interp"}


def test_solo_heals_all_but_the_last_and_surprise_rolls(visit: Visit):
    visit.film()
    visit.turn(1, 0.7)
    visit.turn(7, 0.7)
    solo = visit.devices.layout.buttons.index(Button.SOLO)
    visit.panel.press(solo)
    visit.tick()
    assert [cut.site for cut in visit.tick().net.carve.cuts] == ["flow/dec4"]
    visit.panel.release(solo)
    visit.tick()
    assert len(visit.tick().net.carve.cuts) == 2
    visit.push(Button.SURPRISE)
    rolled = visit.booth.net
    assert rolled.carve
    told = rolled.carve.at(visit.view.panel.touched)
    assert told is not None, "the caption tells of a layer that was cut"
    assert told.amount == max(cut.amount for cut in rolled.carve.cuts)
    visit.push(Button.SURPRISE)
    assert visit.booth.net.carve != rolled.carve
    visit.push(Button.DISCARD)
    assert visit.booth.net.is_untouched, "DISCARD while carving heals the net"


def test_the_next_visitor_finds_nothing_of_the_last(visit: Visit):
    visit.film()
    visit.turn(3, 0.9)
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    assert visit.booth.net.is_untouched
    assert takes_in(visit) == []
    visit.push(Button.RECORD)
    visit.until(lambda view: view.experience.phase is Phase.CARVE)
    assert visit.booth.net.is_untouched


def test_a_private_take_is_not_shown_to_others(visit: Visit):
    visit.film()
    visit.push(Button.KEEP)
    visit.push(Button.KEEP)
    visit.push(Button.DISCARD)
    visit.until(lambda view: view.experience.notice is Notice.SAVED)
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    for _ in range(200):
        assert visit.tick(0.5).gallery is None


def kept(visit: Visit) -> None:
    """Keep what is carved, for all to see, and go."""
    for _ in range(3):
        visit.push(Button.KEEP)
    visit.until(lambda view: view.experience.notice is Notice.SAVED, 0.05)
    visit.tick(60)
    assert visit.phase_is(Phase.ATTRACT)


def test_the_net_on_show_is_taken_up_by_one_button_and_remembered(visit: Visit):
    visit.film()
    visit.turn(1, 0.6)
    visit.turn(9, 0.8)
    kept(visit)
    # Before its first frame from the gallery the last one of its making is shown.
    visit.until(lambda view: view.gallery is not None and not view.gallery.is_made, 0.05)
    (first,) = visit.booth.outcomes.kept
    visit.push(Button.SURPRISE)
    assert visit.view.experience.phase is Phase.INVITE
    assert visit.view.experience.notice is Notice.TAKEN_UP
    visit.until(lambda view: visit.booth.net.carve == first.net.carve, 0.05)
    visit.film()
    assert visit.booth.net.carve == first.net.carve, "it is carved on from there"
    visit.turn(4, 0.5)
    kept(visit)
    records = {take.name: read_record(take) for take in takes_in(visit)}
    assert records.pop(first.id).parents == ()
    (second,) = records.values()
    assert second.parents == (first.id,)


def test_what_is_rolled_or_healed_grew_from_nobodys_net(visit: Visit):
    visit.film()
    visit.turn(1, 0.6)
    kept(visit)
    # Before its first frame from the gallery the last one of its making is shown.
    visit.until(lambda view: view.gallery is not None and not view.gallery.is_made, 0.05)
    (first,) = visit.booth.outcomes.kept
    visit.push(Button.SURPRISE)
    visit.until(lambda view: visit.booth.net.carve == first.net.carve, 0.05)
    visit.film()
    visit.push(Button.SURPRISE)
    kept(visit)
    assert all(read_record(take).parents == () for take in takes_in(visit))


def test_in_an_empty_gallery_the_button_begins_a_visit_as_any_does(visit: Visit):
    visit.push(Button.SURPRISE)
    assert visit.view.experience.phase is Phase.INVITE
    assert visit.view.experience.notice is Notice.NONE
    assert visit.booth.net.is_untouched


def test_a_dead_camera_is_told_and_the_show_goes_on(tmp_path: Path, write_clip):
    visit = Visit(tmp_path / "gallery", write_clip(count=40, fps=20))
    visit.devices.source.close()  # it gives no picture from here on
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT)
    visit.push(Button.RECORD)
    view = visit.until(lambda view: view.experience.notice is Notice.CAMERA_FAILED, 0.1)
    assert view.experience.phase is Phase.INVITE
    states = {health.device: health.health for health in view.health}
    assert states["camera"] is Health.FAILING
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    visit.close()


def test_a_full_disk_is_told_and_the_show_goes_on(visit: Visit, monkeypatch):
    visit.film()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("installation.files.os.fsync", full)
    visit.push(Button.KEEP)
    visit.push(Button.KEEP)
    visit.push(Button.KEEP)
    view = visit.until(lambda view: view.experience.notice is Notice.SAVE_FAILED)
    assert takes_in(visit) == []
    assert any("No space left" in health.note for health in visit.tick().health), view.health
    monkeypatch.undo()
    visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    visit.film()


def test_lamps_show_what_can_be_pressed(visit: Visit):
    def lit() -> set[Button | None]:
        return {visit.devices.layout.buttons[n] for n in visit.panel.lamps()}

    visit.film()
    assert {Button.KEEP, Button.SURPRISE, Button.SOLO} <= lit()
    visit.push(Button.KEEP)
    assert lit() == {Button.KEEP, Button.DISCARD}


def test_what_is_wanted_blinks_by_the_panels_own_clock(visit: Visit, monkeypatch):
    told: list[tuple[frozenset[int], frozenset[int]]] = []
    monkeypatch.setattr(visit.panel, "light", lambda lit, blinking: told.append((lit, blinking)))
    buttons = visit.devices.layout.buttons
    record, take_up = buttons.index(Button.RECORD), buttons.index(Button.SURPRISE)
    for _ in range(120):
        visit.tick()
    alike = {(frozenset({take_up}), frozenset({record}))}
    assert set(told) == alike, "told alike, whatever the time"


def test_a_long_day_does_not_grow(tmp_path: Path, write_clip):
    """Many visits, kept and left, with settings that keep few takes: memory and disk level off."""
    visit = Visit(
        tmp_path / "gallery", write_clip(count=24, fps=20), gallery={"most": 3, "keep_days": 0.01}
    )
    process = psutil.Process()
    sizes: list[int] = []
    for number in range(14):
        visit.film()
        visit.turn(number % 16, 0.3 + 0.05 * number)
        visit.until(lambda view: visit.booth.shows_newest)
        for _ in range(3):
            visit.push(Button.KEEP)
        visit.until(lambda view: view.experience.notice is not Notice.SAVING)
        visit.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
        gc.collect()
        sizes.append(process.memory_info().rss)
        visit.now_s += 300
    # The first visits fill caches; from then on a visit may not cost as much as one clip would.
    growth = np.polyfit(range(8), sizes[6:], 1)[0]
    assert growth < 1.5e6, sizes
    visit.now_s += 1000
    visit.until(lambda view: len(takes_in(visit)) <= 3, 1.0)
    visit.close()


def test_two_buttons_held_open_the_operators_page_and_close_it(visit: Visit):
    buttons = [visit.devices.layout.buttons.index(b) for b in (Button.PAGE, Button.OPERATION)]
    for shown in (True, False):
        for number in buttons:
            visit.panel.press(number)
        visit.tick()
        assert bool(visit.tick(2.9).service) is not shown
        assert bool(visit.tick(0.2).service) is shown
        assert bool(visit.tick(9.0).service) is shown
        for number in buttons:
            visit.panel.release(number)
        visit.tick()


def test_the_operators_page_closes_by_itself_once_nobody_reads_it(visit: Visit):
    visit.booth.toggle_service(visit.now_s)
    for turn in range(1, 5):
        visit.panel.turn_to(0, 0.2 * turn)
        visit.tick()
        assert visit.tick(25.0).service is not None, "a hand keeps it open"
    page = visit.view.service
    assert page is not None
    assert page.buttons == (Button.PAGE, Button.OPERATION)
    assert {"running", "takes"} <= {fact.key for fact in page.facts}
    assert visit.tick(6.0).service is None


def test_between_the_takes_the_attract_loop_dreams(visit: Visit):
    """Every so often nobody's net plays: networks nobody trained, carved by a rolled one."""
    eventually(lambda: visit.devices.dream is not None)  # it is made beside the running show
    dream = visit.devices.dream
    assert dream is not None
    assert len({frame.tobytes() for frame in dream.frames}) > 10, "it moves"
    assert (dream.frames[1] == dream.frames[-1]).all(), "it ends as it began"

    def plays_the_dream(view: View) -> bool:
        played = visit.devices.player.latest()
        return view.gallery is None and played is not None and played.playing.clip is dream

    visit.until(lambda view: plays_the_dream(view) and bool(view.net.carve), 0.1)
    assert visit.view.experience.phase is Phase.ATTRACT
    visit.until(lambda view: not plays_the_dream(view), 0.1)
