"""The show's one tick, on devices without threads and a clock that is stepped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from pictures import gradient

from installation.app.show import Show, Ticked, Wish
from installation.experience import Notice, Phase
from installation.gallery.store import Clocks
from installation.interpolator.crossfade import Crossfade
from installation.interpolator.driver import Interpolator
from installation.interpolator.render import rendered
from installation.interpolator.timeline import frame_count
from installation.live_settings.change import Refused, SettingsChanged
from installation.noise.rack import finished
from installation.settings import Settings
from installation.show.paint.compositor import Compositor
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.gallery import is_first_seen
from installation.show.window.keymap import (
    ButtonDown,
    ButtonUp,
    Input,
    Key,
    KnobDragged,
    KnobSelected,
    Quit,
)
from installation.simulation.stepped import SteppedArchive, SteppedClock, stepped_devices
from installation.vocabulary import Button, Clip, Frame, Net, as_frame

SIZE = (64, 48)
CALM = Clip(tuple(gradient(*SIZE, shift=k) for k in range(30)), 10.0)


def strobe(each: int) -> Clip:
    """Black and white by turns, `each` frames of a tenth of a second long."""
    greys = (255 * (k // each % 2) for k in range(30))
    return Clip(tuple(as_frame(np.full((48, 64, 3), grey, np.uint8)) for grey in greys), 10.0)


class Blend(Crossfade):
    """Mixes frames, and signs nets as a trained model does."""

    model = "b" * 64


class Stage:
    """A show before nobody, ticking ten times a second."""

    def __init__(
        self, clip: Clip = CALM, *, drawn: bool = False, net: Interpolator | None = None,
        **sections: dict,
    ) -> None:  # fmt: skip
        settings = Settings()
        asked = {
            "screen": {"fps": 10},
            "play": {"preview_px": SIZE, "slow": 1, "fps": 10.0},
            "source": {"size_px": SIZE, "seconds": 0.5},
        }
        for name in asked.keys() | sections.keys():
            values = {**asked.get(name, {}), **sections.get(name, {})}
            settings = replace(settings, **{name: replace(getattr(settings, name), **values)})
        self.clock = SteppedClock(100.0)

        def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
            total = frame_count(len(clip.frames), 1)
            made = rendered(iter(clip.frames), clip.fps, 1, net, [Blend()], finished)
            for number, frame in enumerate(made, 1):
                yield number / total, frame

        self.archive = SteppedArchive(render, 10.0, self.clock)
        self.devices = stepped_devices(settings, clip, net or Blend(), self.archive, clip)
        canvas = Compositor(320, 240, TextLayout()) if drawn else None
        clocks = Clocks(wall=lambda: 1.8e9 + self.clock.now_s, steady=self.clock)
        self.show = Show(settings, self.devices, canvas, clocks=clocks, seeds=count(5))
        self.shown: list[Frame] = []
        self.tick()

    def tick(self, *inputs: Input) -> Ticked:
        ticked = self.show.tick(inputs)
        if ticked.frame is not None:
            self.shown.append(as_frame(np.array(ticked.frame)))
        self.clock.now_s += 0.1
        return ticked

    def push(self, button: Button) -> Ticked:
        number = self.devices.layout.buttons.index(button)
        self.tick(ButtonDown(number))
        return self.tick(ButtonUp(number))

    def until(self, phase: Phase) -> Ticked:
        for _ in range(3000):
            ticked = self.tick()
            if ticked.view.experience.phase is phase:
                return ticked
        raise AssertionError(f"it never came to {phase}")


def test_a_whole_visit_needs_no_thread_and_no_time():
    threads = threading.active_count()
    stage = Stage()
    for _ in range(3):
        stage.push(Button.RECORD)
        stage.until(Phase.CARVE)
        for _ in range(3):
            ticked = stage.push(Button.KEEP)
        assert ticked.view.experience.phase is Phase.GALLERY
        while ticked.view.experience.notice is Notice.SAVING:
            ticked = stage.tick()
        assert ticked.view.experience.notice is Notice.SAVED
        stage.until(Phase.ATTRACT)
    assert len(stage.show.booth.outcomes.kept) == 3
    assert threading.active_count() == threads
    assert stage.shown == [], "without a canvas nothing is drawn"


def test_what_hands_did_during_one_slow_frame_counts_in_their_order():
    stage = Stage()
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    layout = stage.devices.layout
    page = layout.buttons.index(Button.PAGE)
    stage.tick(
        KnobSelected(2), KnobDragged(2, 0.6),
        ButtonDown(page), ButtonUp(page), KnobSelected(1), KnobDragged(1, 0.4),
    )  # fmt: skip
    for _ in range(3):
        stage.tick()
    cut = {cut.site for cut in stage.show.booth.net.carve.cuts}
    assert cut == {layout.pages[0].targets[2], layout.pages[1].targets[1]}


def test_a_kept_take_is_seen_whole_before_its_creature_walks_in():
    stage = Stage(drawn=True)
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    for _ in range(3):
        view = stage.push(Button.KEEP).view
    seen: list[Frame] = []
    while view.seen_at_s is None:
        assert view.experience.phase is Phase.GALLERY
        assert is_first_seen(view)
        if view.gallery is not None:
            assert view.gallery.is_made
            if not seen or view.gallery.frame is not seen[-1]:
                seen.append(view.gallery.frame)
        view = stage.tick().view
    take = stage.show.booth.outcomes.kept[-1]
    film = stage.archive.films[take.id]
    assert len(film) - 2 <= len(seen) <= len(film), "once, from its beginning to its end"
    for one, other in zip(seen, film, strict=False):
        assert np.abs(one.astype(int) - other).mean() < 3
    assert not is_first_seen(view)
    view = stage.tick().view
    assert view.gallery is not None
    assert not view.gallery.is_made, "then the take as it was kept"
    stage.until(Phase.ATTRACT)
    view = stage.tick().view
    assert view.seen_at_s is None, "the next visitor's is seen anew"


def test_a_take_that_was_not_kept_ends_what_is_seen_of_it(monkeypatch: pytest.MonkeyPatch):
    stage = Stage()
    monkeypatch.setattr(stage.archive, "keep", lambda order: False)
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    for _ in range(3):
        view = stage.push(Button.KEEP).view
    assert view.experience.notice is Notice.SAVE_FAILED
    assert not is_first_seen(view)


def test_a_full_archive_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    stage = Stage()
    monkeypatch.setattr(stage.archive, "keep", lambda order: False)
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    for _ in range(3):
        ticked = stage.push(Button.KEEP)
    assert ticked.view.experience.phase is Phase.GALLERY
    assert ticked.view.experience.notice is Notice.SAVE_FAILED
    assert "too many" in stage.show.booth.outcomes.not_kept[0]
    stage.until(Phase.ATTRACT)


def carving(clip: Clip, governor: str, *, calm: bool = False) -> Stage:
    """Four seconds of a clip in CARVE."""
    stage = Stage(clip, drawn=True, flash={"governor": governor}, source={"seconds": 2.0})
    if calm:
        stage.push(Button.CALM)
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    stage.shown.clear()
    for _ in range(40):
        stage.tick()
    return stage


def moved(stage: Stage) -> float:
    """How much the pictures' mean grey moved in all."""
    return float(np.abs(np.diff([float(frame.mean()) for frame in stage.shown])).sum())


def test_whoever_ticks_the_show_keeps_what_flash_says():
    off, on = carving(strobe(1), "off"), carving(strobe(1), "on")
    assert off.show.held == 0
    assert on.show.held > 0
    assert moved(on) < moved(off) / 4
    # Slow enough for the rule, and too fast for half of it.
    assert carving(strobe(5), "on").show.held == 0
    assert carving(strobe(5), "calm").show.held > 0


def test_whoever_ticks_the_show_keeps_what_calm_asks():
    assert carving(strobe(5), "on", calm=True).show.held > 0


def test_on_a_full_screen_a_stray_key_ends_nothing_and_the_operator_may():
    stage = Stage(screen={"fps": 10, "fullscreen": True})
    assert stage.tick(Quit(), Key("f12", True)).wishes == frozenset()
    stage.tick(Key("f1", True))
    assert stage.tick(Quit(), Key("f12", True)).wishes == {Wish.QUIT, Wish.SCREENSHOT}


def test_the_knob_that_was_chosen_is_pointed_out():
    stage = Stage()
    assert stage.tick(KnobSelected(3)).view.panel.selected == 3


def test_settings_that_change_while_it_runs_take_effect_with_the_next_tick():
    stage = Stage()
    assert stage.tick().view.language == "en"
    asked = {
        "screen.languages": ["ko", "en"],
        "screen.title": "Otto",
        "screen.panel": False,
        "visit.invite_s": 3,
        "gallery.keep_days": 2,
        "gallery.most": 1,
        "screen.fps": 30,
    }
    changed = stage.show.change(asked)
    assert isinstance(changed, SettingsChanged)
    assert changed.after_restart == {"screen.fps"}
    view = stage.tick().view
    assert (view.language, view.title) == ("ko", "Otto")
    assert stage.show.layout((320, 240)).panel is None
    stage.devices.panel.turn_to(2, 0.5)
    stage.tick()
    ticks = 0
    while stage.tick().view.experience.phase is Phase.INVITE:
        ticks += 1
    assert 25 <= ticks <= 31, "three seconds"
    for _ in range(2):
        stage.push(Button.RECORD)
        stage.until(Phase.CARVE)
        for _ in range(3):
            stage.push(Button.KEEP)
        stage.until(Phase.ATTRACT)
    (take,) = stage.archive.kept
    assert take.expires_at_s - take.kept_at_s == 2 * 86400


def test_what_an_operator_changed_outlives_another_line_of_the_saved_file():
    stage = Stage()
    file = stage.show._in_use.now
    stage.show.change({"screen.out_of_service": True, "visit.invite_s": 7})
    stage.tick()
    saved = replace(file, screen=replace(file.screen, title="Otto"))
    answer = stage.show.adopt(saved)
    assert isinstance(answer, SettingsChanged)
    assert answer.keys == {"screen.title"}
    view = stage.tick().view
    assert (view.title, view.out_of_service) == ("Otto", True)
    again = stage.show.adopt(replace(saved, visit=replace(saved.visit, invite_s=9)))
    assert isinstance(again, SettingsChanged)
    assert again.after.visit.invite_s == 9, "what the file says anew holds"
    assert again.after.screen.out_of_service


def test_the_governor_changes_while_it_runs():
    stage = carving(strobe(1), "off")
    assert stage.show.held == 0
    stage.show.change({"flash.governor": "on"})
    for _ in range(20):
        stage.tick()
    held = stage.show.held
    assert held > 0
    stage.show.change({"flash.governor": "off"})
    for _ in range(20):
        stage.tick()
    assert stage.show.held == held


def test_a_language_without_words_is_refused_and_nothing_changes():
    stage = Stage()
    refused = stage.show.change({"screen.languages": ["xx"], "screen.title": "Otto"})
    assert isinstance(refused, Refused)
    assert 'no words for "xx"' in refused.errors["screen.languages"]
    assert stage.tick().view.title == "UGly-Net"


def test_the_operator_s_gesture_follows_its_settings():
    stage = Stage()
    stage.show.change({"panel.service_buttons": ["keep"], "panel.service_hold_s": 1})
    keep = stage.devices.layout.buttons.index(Button.KEEP)
    stage.tick(ButtonDown(keep))
    assert stage.tick().view.service is None
    for _ in range(10):
        ticked = stage.tick()
    assert ticked.view.service is not None


def test_the_same_clip_plays_slower_when_that_is_asked():
    stage = carving(CALM, "on")
    stage.show.change({"play.slow": 8})
    stage.tick()
    played = stage.devices.player.latest()
    assert played is not None
    assert played.playing.slow == 8
