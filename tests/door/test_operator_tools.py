"""Plots, the web gallery on a stick and a restart: for operators alone, from our own page alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from doors import NOW_S, Clock, Home, kept
from starlette.testclient import TestClient
from test_operator_pages import OURS, PASSWORD, Desk
from waiting import eventually

from installation.app.door_spec import DOOR
from installation.door.history import SPANS, History
from installation.door.messages import Live
from installation.door.operator_tools import OperatorTools
from installation.door.passwords import set_password
from installation.door.site import site
from installation.door.takes import Outcome


class Sites:
    """One stick, on which everything can be written once."""

    def __init__(self) -> None:
        self.wrote: list[Path] = []

    def places(self) -> tuple[Path, ...]:
        return (Path("/media/stick"),)

    async def write(self, place: Path) -> Outcome:
        self.wrote.append(place)
        return Outcome(True, "3 takes") if len(self.wrote) == 1 else Outcome(False, "full")


class Running:
    """A show that can be restarted."""

    restarted = 0

    async def restart(self) -> Outcome:
        self.restarted += 1
        return Outcome(True)


class Tools:
    """A door with its operators' tools."""

    def __init__(self, folder: Path, show: Running | None) -> None:
        self.clock, self.live = Clock(), [Live(NOW_S, "carve", 1, (), {"fps": 30.0})]
        self.desk = Desk(folder, self.clock)
        self.history = History(folder / DOOR, lambda: self.live[-1], self.clock)
        self.sites, self.show = Sites(), show
        tools = OperatorTools(self.desk.pages.entrance, self.history, self.sites, show)
        self.desk.app = site(self.desk.parts, (*tools.routes(), *self.desk.pages.routes()))

    def inside(self) -> TestClient:
        client = self.desk.inside()
        client.__enter__()  # one loop for what goes on between two requests
        return client

    def seen(self, fps: float, after_s: float) -> None:
        self.clock.now_s += after_s
        self.live.append(Live(self.clock.now_s, "carve", 1, (), {"fps": fps, "load": 1.0}))
        self.history.look()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = kept(tmp_path)
    set_password(tmp_path / DOOR, PASSWORD)
    return found


@pytest.fixture
def tools(home: Home):
    made = Tools(home.folder, Running())
    yield made
    made.desk.parts.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/operator/history"), ("GET", "/operator/web"), ("POST", "/operator/web"),
     ("POST", "/operator/restart")],
)  # fmt: skip
def test_nobody_else_gets_any_of_it(tools: Tools, method: str, path: str):
    assert tools.desk.browser().request(method, path, headers=OURS).status_code == 401
    if method == "POST":
        inside = tools.inside()
        assert inside.post(path, json={}).status_code == 403, "a form of another site"
        assert tools.show is not None
        assert (tools.show.restarted, tools.sites.wrote) == (0, [])
        inside.__exit__(None, None, None)


def test_a_point_is_the_mean_of_its_minute_and_both_spans_survive(tools: Tools, home: Home):
    minute, quarter = SPANS["day"][0], SPANS["week"][0]
    for fps in (20.0, 30.0):
        tools.seen(fps, 10)
    tools.seen(40.0, minute)
    assert tools.history.columns("day")["fps"] == [25.0]
    tools.seen(40.0, quarter)
    day, week = tools.history.columns("day"), tools.history.columns("week")
    assert day["fps"] == [25.0, 40.0]
    assert week["fps"] == [30.0]
    assert len(day["at"]) == len(day["load"]) == 2
    tools.history.write()
    again = History(home.folder / DOOR, lambda: None, tools.clock)
    assert (again.columns("day"), again.columns("week")) == (day, week)
    inside = tools.inside()
    assert inside.get("/operator/history?span=week").json() == week
    assert inside.get("/operator/history?span=aeon").json() == day
    inside.__exit__(None, None, None)


def test_a_day_holds_no_more_than_a_day(tools: Tools):
    every_s, most = SPANS["day"]
    for number in range(most + 50):
        tools.seen(float(number), every_s)
    assert len(tools.history.columns("day")["at"]) == most


@pytest.mark.parametrize(
    "held", [b"", b"[]", b'{"day": 3}', b'{"day": {"at": [1, "x"], "fps": []}}']
)
def test_damaged_notes_are_no_trouble(home: Home, held: bytes):
    (home.folder / DOOR / "history.json").write_bytes(held)
    history = History(home.folder / DOOR, lambda: None, Clock())
    assert history.columns("day")["at"] == []


def test_the_gallery_is_written_to_a_stick_that_is_there(tools: Tools):
    inside = tools.inside()
    assert inside.get("/operator/web").json()["places"] == ["/media/stick"]
    for wrong in ("/etc", "/media/stick/../..", "", 3):
        answer = inside.post("/operator/web", json={"place": wrong}, headers=OURS)
        assert answer.status_code == 409
    assert tools.sites.wrote == []

    def told() -> object:
        return inside.get("/operator/web").json()["told"]

    for well in (True, False):
        answer = inside.post("/operator/web", json={"place": "/media/stick"}, headers=OURS)
        assert answer.status_code == 202
        assert eventually(told)["well"] is well
    inside.__exit__(None, None, None)


def test_a_restart_is_asked_of_the_show_and_noted(tools: Tools, home: Home):
    inside = tools.inside()
    assert inside.post("/operator/restart", json={}, headers=OURS).status_code == 200
    assert tools.show is not None
    assert tools.show.restarted == 1
    lines = inside.get("/operator/audit").json()["lines"]
    assert lines[0]["what"] == "operator restart"
    inside.__exit__(None, None, None)


def test_where_there_is_no_show_none_is_restarted(home: Home):
    alone = Tools(home.folder, None)
    inside = alone.inside()
    answer = inside.post("/operator/restart", json={}, headers=OURS)
    assert (answer.status_code, answer.json()["well"]) == (409, False)
    inside.__exit__(None, None, None)
    alone.desk.parts.close()
