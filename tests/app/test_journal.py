"""Few lines, each worth reading: one at the start, one a visit, one when a device changes."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from installation.app import journal
from installation.app.journal import MOST, SETTLED_S, WITHIN_S, HealthJournal, VisitJournal
from installation.experience import Experience, Phase
from installation.vocabulary import DeviceHealth, Health

PANEL = DeviceHealth("panel", Health.FINE, "Uno on /dev/ttyACM0")
CAMERA = DeviceHealth("camera", Health.FINE, "camera 0, 448 x 256")
GONE = DeviceHealth("camera", Health.FAILING, "camera 0 is not plugged in")


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, journal.__name__)
    return lambda: [record.getMessage() for record in caplog.records]


def test_one_line_at_the_start_once_all_are_there(lines):
    told = HealthJournal("UGly-Net 1.0")
    told.look([PANEL, replace(CAMERA, health=Health.MISSING, note="opening")], 10.0)
    assert lines() == []
    told.look([PANEL, CAMERA], 10.5)
    (line,) = lines()
    assert line.startswith("UGly-Net 1.0; panel fine: Uno on /dev/ttyACM0; camera fine")


def test_what_does_not_come_is_told_after_a_while(lines):
    told = HealthJournal("UGly-Net 1.0")
    for second in range(100):
        told.look([PANEL, GONE], float(second))
    (line,) = lines()
    assert "camera failing: camera 0 is not plugged in" in line
    assert SETTLED_S < 100


def test_one_line_when_a_device_changes_and_none_while_it_stays_so(lines):
    told = HealthJournal("x")
    told.look([PANEL, CAMERA], 0.0)
    for tick in range(1000):
        note = f"{GONE.note} (failed once, last at 10:00:{tick % 60:02}: {GONE.note})"
        told.look([PANEL, replace(GONE, note=note)], 1.0 + tick / 60)
    told.look([PANEL, CAMERA], 60.0)
    assert len(lines()) == 3
    assert lines()[1].startswith("camera failing: camera 0 is not plugged in")
    assert lines()[2].startswith("camera fine: camera 0")


def test_an_age_that_grows_is_no_change_but_another_fault_is(lines):
    told = HealthJournal("x")
    told.look([CAMERA], 0.0)
    for seconds in range(16, 90):
        told.look([replace(GONE, note=f"has not moved for {seconds} s")], float(seconds))
    told.look([replace(GONE, note="its pictures are black")], 100.0)
    assert len(lines()) == 3


def test_a_loose_cable_does_not_flood_the_journal_and_is_counted(lines):
    told = HealthJournal("x")
    told.look([CAMERA], 0.0)
    for flip in range(400):
        told.look([GONE if flip % 2 == 0 else CAMERA], 1.0 + flip)
    assert len(lines()) == 1 + MOST
    told.look([GONE], 500 + WITHIN_S)
    assert f"and {400 - MOST} changes that were not told" in lines()[-1]


def visit(*phases: tuple[Phase, float]) -> VisitJournal:
    """A visit through these phases, each begun at its time."""
    told, before = VisitJournal(), Experience()
    for phase, at_s in phases:
        began = before.phase is Phase.ATTRACT
        after = replace(before, phase=phase, visit=before.visit + began)
        told.see(before, after, at_s)
        before = after
    return told


def test_a_visit_is_one_line(lines):
    visit(
        (Phase.INVITE, 10), (Phase.RECORD, 15), (Phase.CARVE, 20), (Phase.ATTRACT, 80)
    )  # fmt: skip
    assert lines() == ["visit 1: 70 s, carved 60 s, left in carve"]


def test_a_kept_take_is_in_the_visits_line(lines):
    told, before = VisitJournal(), Experience(phase=Phase.GALLERY, visit=3)
    told.kept(3, 3, "20261127-101500-Bofi")
    told.see(before, replace(before, phase=Phase.ATTRACT), 50.0)
    (line,) = lines()
    assert line.startswith("visit 3")
    assert line.endswith("kept 20261127-101500-Bofi")


def test_what_comes_late_or_fails_has_a_line_of_its_own(lines):
    told = VisitJournal()
    told.kept(3, 4, "late")
    told.not_kept(4, 4, "no space left")
    told.not_filmed(4, "camera 0 is not plugged in")
    assert lines() == [
        "visit 3: kept late",
        "visit 4: not kept: no space left",
        "visit 4: not filmed: camera 0 is not plugged in",
    ]


def test_whoever_takes_over_from_the_gallery_ends_the_visit_before(lines):
    told = VisitJournal()
    gallery = Experience(phase=Phase.GALLERY, visit=1)
    told.see(gallery, replace(gallery, phase=Phase.RECORD, visit=2), 30.0)
    assert len(lines()) == 1
    assert lines()[0].startswith("visit 1")
