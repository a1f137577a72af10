"""What goes out of the house: what stays wrong, and the day, in plain words; no take's name."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from test_show import Stage

from installation.alert_settings import AlertSettings
from installation.alerts.driver import Alert, Kind
from installation.alerts.post import Post
from installation.app.alerting import Alerting, plainly
from installation.experience import Experience, Notice, Phase
from installation.show.view_model import View
from installation.show.words import languages
from installation.simulation.stepped import SteppedClock
from installation.vocabulary import Button, DeviceHealth, Health, Net, Reason

TONGUES = languages()
NOON = time.mktime((2026, 11, 27, 12, 0, 0, 0, 0, -1))
LOST = DeviceHealth(
    "gallery", Health.FAILING, "take 2026-11-27-bofi: not kept", Reason.NOT_KEPT, "take bofi"
)


class Box(Post):
    """A post that is only looked into."""

    def __init__(self) -> None:
        self.given: list[Alert] = []

    def give(self, alert: Alert) -> None:
        self.given.append(alert)

    def health(self) -> DeviceHealth:
        return DeviceHealth("alerts", Health.FINE)

    def close(self) -> None:
        """Nothing to let go of."""


class Evening:
    def __init__(self, language: str = "en", **asked: object) -> None:
        self.clock, self.box = SteppedClock(), Box()
        self.alerting = Alerting(
            AlertSettings(name="Hall 2", **asked),
            self.box,
            TONGUES[language],
            clock=self.clock,
            wall_clock=lambda: NOON + self.clock.now_s,
        )

    def see(self, seconds: float, *healths: DeviceHealth, e: Experience | None = None) -> View:
        self.clock.now_s += seconds
        view = View(e or Experience(), self.clock.now_s, Net("m"), health=healths)
        return self.alerting.follow(view)


@pytest.mark.parametrize("language", TONGUES)
def test_trouble_is_told_in_words_without_what_a_note_may_name(language: str):
    evening = Evening(language, after_min=5)
    for _ in range(62):
        evening.see(5.0, LOST)
    (alert,) = evening.box.given
    words = TONGUES[language]
    assert alert.kind is Kind.TROUBLE
    assert "Hall 2" in alert.title
    assert words("device.gallery") in alert.title
    assert words("reason.not kept") in alert.text
    assert "12:00" in alert.text
    assert "bofi" not in f"{alert.title}{alert.text}{alert.document()}"


def test_every_reason_can_be_told_without_what_it_is_about():
    for words in TONGUES.values():
        for reason in Reason:
            ill = DeviceHealth("gallery", Health.FAILING, "secret", reason, "secret")
            assert "secret" not in plainly(ill, words)
            assert "{" not in plainly(ill, words)


def test_the_day_is_summed_up_once_at_its_hour_with_what_still_needs_a_hand():
    evening = Evening(summary_at="19:00", after_min=60)
    visit = Experience(phase=Phase.CARVE, visit=1)
    evening.see(3600.0, LOST, e=visit)
    for notice in (Notice.SAVING, Notice.SAVED, Notice.SAVED):
        evening.see(5.0, LOST, e=replace(visit, phase=Phase.GALLERY, notice=notice))
    evening.see(5.0, LOST, e=replace(visit, visit=3))
    failed = replace(visit, visit=3, phase=Phase.GALLERY, notice=Notice.SAVE_FAILED)
    evening.see(3600.0, LOST, e=failed)
    for _ in range(400):
        evening.see(60.0, LOST, e=replace(visit, visit=3))
    trouble, summary = evening.box.given
    assert (trouble.kind, summary.kind) == (Kind.TROUBLE, Kind.SUMMARY)
    assert "Visits: 3. Kept: 1. Could not be kept: 1. Stayed wrong: 1." in summary.text
    assert "It still needs you: Gallery: " in summary.text
    for _ in range(24 * 60):
        evening.see(60.0, DeviceHealth("gallery", Health.FINE), e=replace(visit, visit=3))
    well, second = evening.box.given[2:]
    assert (well.kind, second.kind) == (Kind.WELL, Kind.SUMMARY)
    assert "Visits: 0. Kept: 0." in second.text
    assert "Every device is well." in second.text


@pytest.mark.parametrize("at", ["00:00", "00:01", "23:59"])
def test_any_minute_of_the_day_may_be_its_hour(at: str):
    evening = Evening(summary_at=at)
    for _ in range(7 * 24 * 60):
        evening.see(60.0)
    assert len(evening.box.given) == 7


def test_started_after_its_hour_the_day_is_not_summed_up_till_the_next():
    evening = Evening(summary_at="11:00")
    for _ in range(60):
        evening.see(60.0)
    assert evening.box.given == []
    never = Evening(summary_at="")
    for _ in range(48):
        never.see(3600.0)
    assert never.box.given == []


def test_a_visit_in_the_show_is_counted_and_the_page_shows_the_post():
    stage, box = Stage(), Box()
    alerting = Alerting(AlertSettings(), box, TONGUES["en"])
    stage.show.alerting = alerting
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    for _ in range(3):
        view = stage.push(Button.KEEP).view
    while view.experience.notice is Notice.SAVING:
        view = stage.tick().view
    assert (alerting._day.visits, alerting._day.kept) == (1, 1)
    assert view.health[-1].device == "alerts"
