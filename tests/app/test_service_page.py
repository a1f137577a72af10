"""The operator's page: it closes by itself, and knows the vital signs."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from waiting import eventually

from installation.app.service_page import CLOSES_AFTER_S, ServicePage, Vitals
from installation.vocabulary import DeviceHealth, Health, Reason

FINE = DeviceHealth("camera", Health.FINE, "camera 0")
GONE = DeviceHealth("camera", Health.MISSING, "gone", Reason.NOT_OPENED)
OPENING = DeviceHealth("camera", Health.MISSING, "opening", Reason.OPENING)
FULL = DeviceHealth("gallery", Health.FAILING, "No space left", Reason.DISK_FULL)


def test_without_a_hand_it_closes_and_a_hand_keeps_it_open():
    page = ServicePage()
    page.toggle(100.0)
    page.tick(100.0 + CLOSES_AFTER_S - 0.1)
    assert page.open
    page.touch(100.0 + CLOSES_AFTER_S - 0.1)
    page.tick(100.0 + 2 * CLOSES_AFTER_S - 0.2)
    assert page.open
    page.tick(100.0 + 2 * CLOSES_AFTER_S)
    assert not page.open
    page.toggle(1000.0)
    page.tick(1000.0)
    assert page.open, "opened anew it has its whole time again"
    page.toggle(1001.0)
    assert not page.open


def test_the_last_trouble_stays_told_after_it_is_over():
    vitals = Vitals(Path("/"))
    vitals.note((OPENING,), 0.0, 0.0)
    assert vitals.trouble is None, "whoever is only beginning is not ill"
    noon_s = time.mktime((2026, 5, 4, 12, 0, 0, 0, 0, -1))
    for wall_s in (noon_s, noon_s + 60):
        vitals.note((GONE, FULL.__class__("net", Health.FINE)), 1.0, wall_s)
    assert vitals.trouble is not None
    assert (vitals.trouble.at, vitals.trouble.device, vitals.trouble.count) == ("12:00", GONE, 1)
    vitals.note((FINE,), 2.0, noon_s + 120)
    assert vitals.trouble.device is GONE
    vitals.note((GONE,), 3.0, noon_s + 180)
    assert (vitals.trouble.at, vitals.trouble.count) == ("12:03", 2)
    vitals.note((GONE, FULL), 4.0, noon_s + 240)
    assert (vitals.trouble.device, vitals.trouble.count) == (FULL, 3)


def test_time_since_the_start_and_a_disk_that_hangs():
    asked, answer = threading.Event(), threading.Event()

    def hanging(folder: Path) -> int:
        asked.set()
        assert answer.wait(60)
        return 3 * 2**30

    vitals = Vitals(Path("/gallery"), hanging)
    vitals.note((FINE,), 50.0, 0.0)
    (running,) = vitals.facts(50.0 + 3600 * 26 + 150)
    assert dict(running.names) | {"hours": "26", "minutes": "2"} == dict(running.names)
    assert asked.wait(60)
    assert len(vitals.facts(1e6)) == 1, "nobody waits for it"
    answer.set()
    eventually(lambda: len(vitals.facts(1e6)) > 1)
    assert dict(vitals.facts(1e6)[1].names) == {"free": "3.0", "folder": "/gallery"}


def test_a_disk_that_is_gone_is_not_told_of():
    def gone(folder: Path) -> int:
        raise FileNotFoundError

    vitals = Vitals(Path("/gone"), gone)
    assert len(vitals.facts(0.0)) == 1
