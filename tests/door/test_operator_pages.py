"""The operators' side: off until there is a password, and then for nobody who does not know it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from doors import NOW_S, Clock, Home, kept, parts
from starlette.testclient import TestClient

from installation.app.door_process import operator_pages
from installation.app.door_spec import DOOR, Spec
from installation.door.doomed import UNDO_S
from installation.door.limits import LOGIN
from installation.door.operator_pages import OperatorPages
from installation.door.passwords import is_password, remove_password, set_password, stored
from installation.door.sessions import IDLE_S, LONGEST_S, Sessions
from installation.door.site import site
from installation.door.statistics import Statistics
from installation.door.takes import Outcome
from installation.gallery.changes import left_of
from installation.gallery.reading import GalleryReader
from installation.gallery.record import Record
from installation.settings import Settings
from installation.vocabulary import UglyError

PASSWORD = "four words in a row"
BASE = "http://10.0.0.7:8080"
OURS = {"x-uglynet": "operator", "origin": BASE}
COOKIE = "uglynet_operator"


class Desk:
    """A door with its operators' side, and a browser before it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock, self.folder = clock, folder
        self.parts = parts(folder, clock)
        self.statistics = Statistics(folder / DOOR, clock)
        spec = self.parts_spec()
        self.pages: OperatorPages = operator_pages(spec, self.parts, self.statistics, clock=clock)
        self.pages.entrance.sessions = Sessions(clock)
        self.app = site(self.parts, self.pages.routes())

    def parts_spec(self):
        return Spec(str(self.folder), 0, settings={"visit": {"carve_s": 170.0}})

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=BASE, raise_server_exceptions=False,
                          follow_redirects=False)  # fmt: skip

    def inside(self) -> TestClient:
        found = self.browser()
        answer = found.post("/operator/login", json={"password": PASSWORD}, headers=OURS)
        assert answer.status_code == 200, answer.text
        return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return kept(tmp_path)


@pytest.fixture
def desk(home: Home):
    set_password(home.folder / DOOR, PASSWORD)
    found = Desk(home.folder, Clock())
    yield found
    found.parts.close()


def record(home: Home) -> Record:
    reader = GalleryReader(home.folder)
    try:
        return reader.record(home.take_id)
    finally:
        reader.close()


GETS = ("/operator/live", "/operator/screen.jpg", "/operator/takes", "/operator/statistics",
        "/operator/openapi.json",
        "/operator/audit", "/operator/settings", "/operator/takes/{id}/poster.png")  # fmt: skip
POSTS = ("/operator/logout", "/operator/takes/{id}/delete", "/operator/takes/{id}/pin")


def test_without_a_password_there_is_no_such_page(home: Home):
    desk = Desk(home.folder, Clock())
    browser = desk.browser()
    for path in ("/operator", *GETS):
        assert browser.get(path.format(id=home.take_id)).status_code == 404
    for path in ("/operator/login", *POSTS):
        asked = browser.post(path.format(id=home.take_id), json={"password": ""}, headers=OURS)
        assert asked.status_code == 404
    desk.parts.close()


def test_a_password_is_kept_as_argon2id_and_for_its_owner_alone(tmp_path: Path):
    for short in ("", "short", "x" * 300):
        with pytest.raises(UglyError):
            set_password(tmp_path / DOOR, short)
    set_password(tmp_path / DOOR, PASSWORD)
    path = tmp_path / DOOR / "password"
    assert path.read_text().startswith("$argon2id$")
    assert PASSWORD not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert is_password(stored(tmp_path / DOOR), PASSWORD)
    assert not is_password(stored(tmp_path / DOOR), PASSWORD + " ")
    assert not is_password("", "")
    assert not is_password("rubbish", PASSWORD)
    assert remove_password(tmp_path / DOOR)
    assert stored(tmp_path / DOOR) == ""


def test_nobody_gets_in_without_it(desk: Desk, home: Home):
    browser = desk.browser()
    assert '<form id="login"' in browser.get("/operator").text
    for path in GETS:
        assert browser.get(path.format(id=home.take_id)).status_code == 401
    for path in POSTS:
        assert browser.post(path.format(id=home.take_id), headers=OURS).status_code == 401
    for wrong in ({"password": "x"}, {"password": None}, {"password": ["a"]}, {}, []):
        answer = browser.post("/operator/login", json=wrong, headers=OURS)
        assert answer.status_code == 403
        assert COOKIE not in browser.cookies
    browser.cookies.set(COOKIE, "guess", path="/operator")
    assert browser.get("/operator/takes").status_code == 401
    assert home.own.is_dir()


def test_the_cookie_is_for_this_page_alone(desk: Desk):
    answer = desk.browser().post("/operator/login", json={"password": PASSWORD}, headers=OURS)
    cookie = answer.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=strict", "path=/operator"):
        assert word in cookie


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": BASE}, {"x-uglynet": "operator"},
     {"x-uglynet": "operator", "origin": "http://evil.example"},
     {"x-uglynet": "operator", "origin": "null"},
     {**OURS, "sec-fetch-site": "cross-site"}],
)  # fmt: skip
def test_another_site_can_change_nothing_in_an_operators_name(
    desk: Desk, home: Home, headers: dict[str, str]
):
    inside = desk.inside()
    answer = inside.post(f"/operator/takes/{home.take_id}/delete", headers=headers)
    assert answer.status_code == 403
    assert record(home).moderation == "unseen"


def test_logins_are_limited_also_for_the_right_password(desk: Desk):
    browser = desk.browser()
    tries = [browser.post("/operator/login", json={"password": "no"}, headers=OURS).status_code
             for _ in range(int(LOGIN[0].split("/")[0]) + 1)]  # fmt: skip
    assert tries[-1] == 429
    right = browser.post("/operator/login", json={"password": PASSWORD}, headers=OURS)
    assert right.status_code == 429
    assert "operator login refused: too often" in [
        line["what"] for line in desk.parts.audit.newest()
    ]


def test_sessions_end_by_themselves_by_logging_out_and_with_the_password(desk: Desk):
    clock, inside = desk.clock, desk.inside()
    assert inside.get("/operator/takes").status_code == 200
    clock.now_s += IDLE_S + 1
    assert inside.get("/operator/takes").status_code == 401
    inside = desk.inside()
    inside.post("/operator/logout", headers=OURS)
    assert inside.get("/operator/takes").status_code == 401
    inside = desk.inside()
    set_password(desk.folder / DOOR, "another four words")
    assert inside.get("/operator/takes").status_code == 401
    sessions = Sessions(clock)
    key = sessions.open("hash")
    began_s = clock.now_s
    while clock.now_s - began_s < LONGEST_S:
        assert sessions.lives(key, "hash")
        clock.now_s += IDLE_S / 2
    clock.now_s += 1
    assert not sessions.lives(key, "hash"), "however often it is used"


def test_takes_are_looked_through_and_moderated(desk: Desk, home: Home):
    inside = desk.inside()
    kept(home.folder, at_s=NOW_S + 1, token="")
    found = inside.get("/operator/takes?most=1").json()
    assert found["count"] == 2
    assert len(found["takes"]) == 1
    assert inside.get("/operator/takes?text=wofi").json()["count"] == 2
    assert inside.get("/operator/takes?text=%25").json()["count"] == 0
    assert inside.get(f"/operator/takes?text={home.take_id[:9]}").json()["count"] == 1
    for act, moderation in (("moderate", "hidden"), ("approve", "approved")):
        assert inside.post(f"/operator/takes/{home.take_id}/{act}", headers=OURS).json()["well"]
        assert record(home).moderation == moderation
        count = inside.get(f"/operator/takes?moderation={moderation}").json()["count"]
        assert count == 1
    for act in ("pin", "like", "like", "unpin", "pin"):
        inside.post(f"/operator/takes/{home.take_id}/{act}", headers=OURS)
    assert (record(home).pinned, record(home).likes) == (True, 2)
    for act in ("burn", "show", "hide"):  # the visitor's own word is not an operator's
        path = f"/operator/takes/{home.take_id}/{act}"
        assert inside.post(path, headers=OURS).status_code == 404
    assert inside.post("/operator/takes/nobody/pin", headers=OURS).status_code == 404
    assert inside.get("/operator/takes?moderation=odd").status_code == 404
    poster = inside.get(f"/operator/takes/{home.take_id}/poster.png")
    assert poster.content == (home.own / "poster.png").read_bytes()
    assert inside.get(f"/operator/takes/{home.take_id}/take.json").status_code == 404


def test_no_page_tells_an_operator_a_visitors_link_unasked(desk: Desk, home: Home):
    inside = desk.inside()
    assert home.token not in inside.get("/operator/takes").text
    answer = inside.post(f"/operator/takes/{home.take_id}/link", headers=OURS).json()
    assert answer["link"] == f"/t/{home.token}"


def test_deleting_can_be_undone_for_ten_minutes_then_nothing_is_left(desk: Desk, home: Home):
    inside, path = desk.inside(), f"/operator/takes/{home.take_id}"
    assert inside.post(f"{path}/delete", headers=OURS).json()["well"]
    assert not record(home).shown, "hidden at once"
    asyncio.run(desk.pages.doomed.sweep())
    assert home.own.is_dir()
    assert inside.post(f"{path}/pin", headers=OURS).status_code == 409
    assert inside.post(f"{path}/undo", headers=OURS).json()["well"]
    assert record(home).shown
    assert inside.post(f"{path}/undo", headers=OURS).status_code == 409
    inside.post(f"{path}/delete", headers=OURS)
    desk.clock.now_s += UNDO_S + 1
    again = Desk(home.folder, desk.clock)  # the door died meanwhile
    asyncio.run(again.pages.doomed.sweep())
    assert left_of(home.folder, home.take_id) == ()
    assert again.pages.doomed.due() == {}
    again.parts.close()


def test_what_was_done_is_in_the_audit_log_without_an_address(desk: Desk, home: Home):
    inside = desk.inside()
    inside.post(f"/operator/takes/{home.take_id}/pin", headers=OURS)
    desk.browser().post("/operator/login", json={"password": "no"}, headers=OURS)
    lines = inside.get("/operator/audit").json()["lines"]
    assert [(line["what"], line["well"]) for line in lines] == [
        ("operator login", False), ("operator pin", True), ("operator login", True),
    ]  # fmt: skip
    text = (home.folder / DOOR / "audit.jsonl").read_text()
    assert "testclient" not in text
    assert home.take_id not in text
    assert PASSWORD not in text


def test_numbers_are_counted_by_hour_and_day_and_survive(desk: Desk):
    inside = desk.inside()
    for what, much in (("visits", 1), ("visits", 1), ("carve seconds", 12.5)):
        desk.statistics.count(what, much)
    desk.clock.now_s += 3600
    desk.statistics.count("visits")
    desk.statistics.write()
    hours = Statistics(desk.folder / DOOR, desk.clock).by("hour")
    assert sorted(counts["visits"] for counts in hours.values()) == [1, 2]
    days = inside.get("/operator/statistics").json()
    assert sum(counts["visits"] for counts in days.values()) == 3
    text = inside.get("/operator/statistics?by=hour&as=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(float(row["visits"]) for row in rows) == 3
    assert sum(float(row["carve seconds"]) for row in rows) == 12.5


def log_out(desk: Desk, inside: TestClient) -> None:
    inside.post("/operator/logout", headers=OURS)


def close_the_page(desk: Desk, inside: TestClient) -> None:
    remove_password(desk.folder / DOOR)


@pytest.mark.parametrize("end", [log_out, close_the_page])
def test_live_values_come_as_events_and_end_with_the_session(
    desk: Desk, end: Callable[[Desk, TestClient], None]
):
    pages, inside = desk.pages, desk.inside()
    pages.events.every_s = 0.0

    async def some() -> list[str]:
        class Request:
            cookies = {COOKIE: inside.cookies[COOKIE]}  # noqa: RUF012

        heard = []
        async for event in pages.events.told(Request(), pages.values):  # type: ignore[arg-type]
            heard.append(event)
            if len(heard) == 3:
                end(desk, inside)
        return heard

    heard = asyncio.run(some())
    assert json.loads(heard[0].removeprefix("data: "))["alone"] is True
    assert len(heard) == 4
    assert heard[-1].startswith("event: over")


def test_settings_are_shown(desk: Desk):
    found = {row["key"]: row for row in desk.inside().get("/operator/settings").json()["settings"]}
    every = {f"{name}.{key}" for name, part in vars(Settings()).items() for key in vars(part)}
    assert set(found) == {key for key in every if not key.startswith("alerts.")}
    carve = found["visit.carve_s"]
    assert (carve["value"], carve["default"], carve["live"]) == (170.0, "180.0", True)
    assert not found["door.port"]["live"]
    assert all(row["means"] and row["allowed"] for row in found.values())


class Running:
    """A show whose settings can be changed."""

    live = None
    picture = b""

    def __init__(self) -> None:
        self.changed: dict[str, object] = {}

    async def change(self, changes):
        if changes.get("visit.carve_s") == -1:
            return Outcome(False, "visit.carve_s: above 0")
        self.changed.update(changes)
        return Outcome(True)


def test_what_may_change_live_is_changed_and_nothing_else(desk: Desk):
    inside = desk.inside()
    asked = {"visit.carve_s": 90}
    assert inside.post("/operator/settings", json=asked, headers=OURS).status_code == 409
    desk.pages.showing = Running()
    assert inside.post("/operator/settings", json=asked).status_code == 403
    assert inside.post("/operator/settings", json=asked, headers=OURS).json()["well"]
    rows = inside.get("/operator/settings").json()["settings"]
    assert [row["value"] for row in rows if row["key"] == "visit.carve_s"] == [90]
    for wrong in ({"visit.carve_s": -1}, {"gallery.folder": "/tmp"}, {"a": 1}, {}, []):
        answer = inside.post("/operator/settings", json=wrong, headers=OURS)
        assert answer.status_code == 409
        assert answer.json()["line"]


@pytest.mark.parametrize("name", ["doomed.json", "statistics.json", "audit.jsonl", "password"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff\x00", b"[" * 5000, b'{"a": 1, "b": [1, {}]}', b"null"]
)
def test_damaged_notes_keep_nobody_out(home: Home, name: str, data: bytes):
    set_password(home.folder / DOOR, PASSWORD)
    (home.folder / DOOR / name).write_bytes(data)
    desk = Desk(home.folder, Clock())
    assert desk.browser().get("/operator").status_code in (200, 404)
    if name != "password":
        inside = desk.inside()
        for path in ("/operator/takes", "/operator/statistics", "/operator/audit"):
            assert inside.get(path).status_code == 200
    desk.parts.close()
