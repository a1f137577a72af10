"""A visit without a camera, one of which nothing is kept, and one that breeds: real net, real
gallery, a clock of the test's own."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from test_booth import Visit, kept, takes_in, visit  # noqa: F401 - a fixture
from waiting import eventually

from installation.carve.packing import unpacked
from installation.experience import Notice, Phase
from installation.gallery.take_folder import read_record
from installation.source.dreamer import Dreamer
from installation.source.driver import ClipForm
from installation.source.made import MADE
from installation.vocabulary import Button, SourceKind


def hold(visit: Visit, button: Button) -> int:  # noqa: F811
    number = visit.devices.layout.buttons.index(button)
    visit.panel.press(number)
    visit.tick()
    return number


@pytest.fixture
def bred(visit: Visit) -> Visit:  # noqa: F811
    """A visit with one take of a stranger in the gallery, which carves its own."""
    visit.film()
    visit.turn(1, 0.6)
    visit.turn(9, 0.8)
    kept(visit)
    visit.film()
    visit.turn(4, 0.7)
    visit.turn(6, 0.5)
    return visit


def test_surprise_held_breeds_with_a_stranger_and_is_remembered(bred: Visit):
    (stranger,) = bred.booth.outcomes.kept
    own = bred.booth.net
    number = hold(bred, Button.SURPRISE)
    assert bred.booth.net == own, "a held button does nothing by going down"
    bred.until(lambda view: view.mate == stranger.net.name, 0.05)
    seen = [bred.tick(0.05).net for _ in range(40)]
    assert len(set(seen)) > 20, "it turns while one looks"
    bred.panel.release(number)
    bred.tick()
    there = bred.booth.net
    assert there not in (own, stranger.net)
    for _ in range(100):
        assert bred.tick(0.05).net == there, "it stays where it was let go"
    bred.turn(12, 0.9)
    assert bred.booth.net != there, "and is carved on from there"
    kept(bred)
    records = {take.name: read_record(take) for take in takes_in(bred)}
    records.pop(stranger.id)
    (child,) = records.values()
    assert child.parents == (stranger.id,)


def test_a_knob_is_picked_up_where_breeding_left_it(bred: Visit):
    number = hold(bred, Button.SURPRISE)
    bred.until(lambda view: bool(view.mate), 0.05)
    for _ in range(50):  # half way
        bred.tick(0.05)
    bred.panel.release(number)
    bred.tick()
    before = bred.booth.net.carve
    readings, sites = bred.panel.latest().knobs, bred.devices.layout.pages[0].targets
    apart = {
        knob: cut.amount
        for knob, site in enumerate(sites)
        if (cut := before.at(site)) and abs(cut.amount - readings[knob]) > 0.1
    }
    knob, amount = next(iter(apart.items()))
    away = readings[knob] + (0.1 if readings[knob] > amount else -0.1)
    bred.panel.turn_to(knob, min(1.0, max(0.0, away)))
    bred.tick()
    assert bred.booth.net.carve == before, "it waits until the knob has reached its value"
    bred.panel.turn_to(knob, 0.0 if readings[knob] > amount else 1.0)
    bred.tick()
    assert bred.booth.net.carve != before, "it was picked up on the way"


def test_without_a_stranger_a_held_surprise_is_a_surprise(visit: Visit):  # noqa: F811
    visit.film()
    assert not visit.view.may_breed
    number = hold(visit, Button.SURPRISE)
    visit.until(lambda view: bool(view.net.carve), 0.05)
    visit.panel.release(number)
    visit.tick()
    assert visit.booth.net.carve


def test_a_school_group_leaves_nothing_and_sees_its_net(tmp_path: Path, write_clip):
    school = Visit(tmp_path / "gallery", write_clip(count=40, fps=20), privacy={"keeps": False})
    school.film()
    school.turn(1, 0.6)
    school.push(Button.KEEP)
    view = school.view
    assert (view.experience.phase, view.experience.notice) == (Phase.GALLERY, Notice.NET_ALONE)
    assert view.home is not None
    model = school.devices.interpolator.model
    assert unpacked(view.home.data, "code", [model]).carve.at("flow/enc2") is not None
    school.until(lambda view: view.experience.phase is Phase.ATTRACT, 0.5)
    assert takes_in(school) == []
    school.close()


def test_out_of_service_no_hand_is_heard_and_a_visit_under_way_is_forgotten(visit: Visit):  # noqa: F811
    visit.film()
    visit.turn(1, 0.6)
    visit.show.change({"screen.out_of_service": True})
    visit.tick()
    visit.push(Button.KEEP)
    assert visit.view.experience.phase is Phase.CARVE, "nobody sees what would be asked"
    assert not visit.panel.lamps()
    for _ in range(100):
        visit.tick(0.5)
    assert visit.view.experience.phase is Phase.ATTRACT
    visit.turn(3, 0.9)
    visit.push(Button.RECORD)
    assert visit.view.experience.phase is Phase.ATTRACT
    assert takes_in(visit) == []
    visit.show.change({"screen.out_of_service": False})
    visit.tick()
    visit.push(Button.RECORD)
    assert visit.view.experience.phase is Phase.RECORD


def test_no_camera_is_a_dream_of_ones_own_in_place_of_the_film(visit: Visit, monkeypatch):  # noqa: F811
    monkeypatch.setattr(type(visit.devices.source), "kind", SourceKind.CAMERA)
    monkeypatch.setattr(
        visit.devices.source, "film", lambda visit: pytest.fail("the camera was asked to film")
    )
    visit.turn(1, 0.6)
    assert visit.tick().experience.may_dream
    visit.push(Button.DISCARD)
    view = visit.phase_is(Phase.CARVE)
    assert view.experience.dreams
    visit.until(lambda view: view.frame is not None and visit.booth.shows_newest)
    kept(visit)
    assert len(takes_in(visit)) == 1


def test_every_dream_is_another_and_one_that_is_given_up_is_no_clip():
    ticks = itertools.count()
    dreamer = Dreamer(ClipForm((64, 48), 10.0, 0.5), lambda: next(ticks) / 5, itertools.count(3))
    try:
        clips = []
        for number in range(1, len(MADE) + 1):
            dreamer.film(number)
            filmed = eventually(dreamer.filmed)
            assert filmed.visit == number
            assert filmed.clip is not None, filmed.why_not
            assert len(filmed.clip.frames) == 5
            clips.append(filmed.clip)
        apart = [
            np.abs(a.frames[0].astype(int) - b.frames[0]).mean()
            for a, b in itertools.combinations(clips, 2)
        ]
        assert min(apart) > 5
        dreamer.film(70)
        dreamer.film(71)
        assert eventually(dreamer.filmed).visit == 71
    finally:
        dreamer.close()
