"""What Prometheus reads: by token alone, well-formed, and without anybody in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from doors import NOW_S, Clock, Home, kept
from prometheus_client.parser import text_string_to_metric_families
from test_operator_pages import Desk

from installation.app.door_spec import DOOR, Spec
from installation.door.messages import Device, Live
from installation.door.metrics import (
    KIND,
    METRICS,
    Metrics,
    metrics,
    new_metrics_token,
    remove_metrics_token,
)
from installation.door.site import site
from installation.settings import Settings, changed
from installation.vocabulary import UglyError

LIVE = Live(
    NOW_S,
    "carve",
    7,
    (
        Device("camera", "missing", "take 2026-11-27-bofi", NOW_S - 60),
        Device('pa"nel\\\n', "fine", "Mega", 5.0),
    ),
    {"fps": 30.0, "late_ms_p99": 1.25},
    "1.0",
)


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_reads_it_and_no_label_names_a_take():
    text = metrics(LIVE, {"visits": 3.0, "layer flow/enc1": 2.0}, NOW_S + 1)
    seen = samples(text)
    assert seen["uglynet_up", ()] == 1
    assert seen["uglynet_device_fine", (("device", "camera"),)] == 0
    assert seen["uglynet_device_fine", (("device", 'pa"nel\\\n'),)] == 1
    assert seen["uglynet_fps", ()] == 30
    assert seen["uglynet_counted_total", (("what", "visits"),)] == 3
    assert seen["uglynet_phase", (("phase", "carve"),)] == 1
    assert "bofi" not in text
    kinds = {family.name: family.type for family in text_string_to_metric_families(text)}
    assert kinds["uglynet_counted"] == "counter"


def test_a_show_that_is_silent_or_away_is_not_up():
    for live, now_s in ((LIVE, NOW_S + 60), (None, NOW_S)):
        seen = samples(metrics(live, {"visits": 3.0}, now_s))
        assert seen["uglynet_up", ()] == 0
        assert seen["uglynet_counted_total", (("what", "visits"),)] == 3
        assert not [name for name, _ in seen if name.startswith("uglynet_device")]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return kept(tmp_path)


@pytest.fixture
def desk(home: Home):
    found = Desk(home.folder, Clock())
    page = Metrics(
        found.parts, home.folder / DOOR, found.pages.statistics, lambda: LIVE, lambda: NOW_S
    )
    found.app = site(found.parts, page.routes())
    yield found
    found.parts.close()


def test_without_a_token_there_is_no_such_page(desk: Desk):
    answer = desk.browser().get("/metrics", headers={"authorization": "Bearer x"})
    assert answer.status_code == 404


def test_only_who_has_the_token_reads_it(desk: Desk, home: Home):
    token = new_metrics_token(home.folder / DOOR)
    file = home.folder / DOOR / METRICS
    assert token not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    browser = desk.browser()
    for wrong in ("", "Bearer", "Bearer ", f"Basic {token}", f"Bearer {token}x"):
        answer = browser.get("/metrics", headers={"authorization": wrong})
        assert answer.status_code in (401, 429)
    desk.parts.guard = type(desk.parts.guard)()
    answer = browser.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == KIND
    assert samples(answer.text)["uglynet_up", ()] == 1
    assert home.take_id not in answer.text
    assert home.token not in answer.text
    newer = new_metrics_token(home.folder / DOOR)
    answer = browser.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401, "an older token opens nothing"
    assert newer != token
    assert remove_metrics_token(home.folder / DOOR)
    assert not remove_metrics_token(home.folder / DOOR)


def test_guessing_is_slowed_down(desk: Desk, home: Home):
    new_metrics_token(home.folder / DOOR)
    browser = desk.browser()
    answers = [
        browser.get("/metrics", headers={"authorization": f"Bearer {n}"}).status_code
        for n in range(8)
    ]
    assert answers[-1] == 429


def test_a_token_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / DOOR).write_text("a file")
    with pytest.raises(UglyError, match="cannot be written"):
        new_metrics_token(tmp_path / DOOR)


def test_no_secret_of_the_alerts_stands_on_the_door_s_command_line():
    settings = changed(Settings(), "alerts", webhook="https://hooks.example/T0/secret")
    assert "secret" not in " ".join(Spec.of(settings).command())
