"""The hub's page over a real broker: who is let in, what is seen, who commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import Mosquitto, mosquitto
from starlette.testclient import TestClient
from waiting import eventually

from installation.app.fleet_beats import Beats
from installation.door.audit import Audit
from installation.door.passwords import remove_password, set_password
from installation.experience import Experience
from installation.fleet_watch.commands import OUT_OF_SERVICE, RESTART, Wanted
from installation.fleet_watch.topics import Topics
from installation.fleet_watch.watch_pages import WatchPages, watch_words
from installation.fleet_watch.watching import Commander, Watching
from installation.live_settings.change import change
from installation.settings import Settings, changed
from installation.show.view_model import View
from installation.show.words import languages
from installation.vocabulary import Net, UglyError

PASSWORD = "four words in a row"
OURS = {"origin": "http://hub:8090", "x-uglynet": "watch"}
SHOW = languages()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as made:
        yield made


@pytest.fixture
def watching(there: Mosquitto) -> Iterator[Watching]:
    made = Watching(there.broker)
    made.begin()
    yield made
    made.close()


@pytest.fixture
def commander(tmp_path: Path) -> Commander:
    return Commander.at(tmp_path / "hub" / "commander.key")


@pytest.fixture
def beats(tmp_path: Path, there: Mosquitto, commander: Commander) -> Iterator[Beats]:
    fleet = {"name": "halle-2", "broker": there.url, "commanders": (commander.key.public,),
             "allow": (OUT_OF_SERVICE,)}  # fmt: skip
    settings = changed(Settings(), "fleet", **fleet)
    settings = changed(settings, "gallery", folder=tmp_path / "gallery")
    made = Beats(settings, SHOW["en"])
    made.orders.change = lambda changes: change(settings, changes)
    made.follow(View(Experience(), 0.0, Net("m")), 0, 0)
    yield made
    made.close()


def browser(pages: WatchPages) -> TestClient:
    return TestClient(pages.site(), base_url="http://hub:8090", raise_server_exceptions=False)


@pytest.fixture
def pages(tmp_path: Path, watching: Watching, commander: Commander) -> WatchPages:
    set_password(tmp_path / "watch", PASSWORD)
    return WatchPages(watching, tmp_path / "watch", SHOW, commander)


def test_nothing_is_shown_or_done_without_the_password(pages: WatchPages):
    visitor = browser(pages)
    page = visitor.get("/")
    assert page.status_code == 200
    assert 'id="login"' in page.text
    assert 'id="booths"' not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert visitor.get("/live").status_code == 401
    asked = {"booth": "halle-2", "do": RESTART}
    assert visitor.post("/tell", json=asked, headers=OURS).status_code == 401
    assert visitor.post("/login", json={"password": "wrong wrong"}, headers=OURS).status_code == 403
    assert visitor.post("/login", json={"password": PASSWORD}).status_code == 403, "no header"
    elsewhere = {**OURS, "origin": "http://evil.example"}
    assert visitor.post("/login", json={"password": PASSWORD}, headers=elsewhere).status_code == 403


def test_logins_are_limited(pages: WatchPages):
    visitor = browser(pages)
    codes = [visitor.post("/login", json={"password": "no"}, headers=OURS).status_code
             for _ in range(30)]  # fmt: skip
    assert codes[-1] == 429
    noted = [line["what"] for line in Audit(pages.folder).newest()]
    assert "watch login refused: too often" in noted


def test_who_is_in_stays_so_until_the_password_goes(pages: WatchPages):
    visitor = inside(pages)
    remove_password(pages.folder)
    assert 'id="login"' in visitor.get("/").text
    assert visitor.get("/live").status_code == 404
    assert visitor.post("/login", json={"password": ""}, headers=OURS).status_code == 404


@pytest.mark.parametrize("language", ["en", "de", "fr", "ko"])
def test_it_speaks_four_languages(pages: WatchPages, language: str):
    page = browser(pages).get(f"/?lang={language}")
    assert watch_words(language)("watch.title") in page.text
    assert f'<html lang="{language}">' in page.text


def inside(pages: WatchPages) -> TestClient:
    visitor = browser(pages)
    assert visitor.post("/login", json={"password": PASSWORD}, headers=OURS).status_code == 200
    assert 'id="booths"' in visitor.get("/").text
    return visitor


def seen(pages: WatchPages) -> dict[str, dict[str, object]]:
    return {booth["name"]: booth for booth in pages.told(watch_words("en"))["booths"]}


def test_who_is_in_sees_every_booth_and_may_command_what_it_allows(pages, beats, commander):
    visitor = inside(pages)
    eventually(lambda: seen(pages).get("halle-2", {}).get("buttons"))
    assert seen(pages)["halle-2"]["state"] == "open"
    told = visitor.post(
        "/tell", json={"booth": "halle-2", "do": OUT_OF_SERVICE, "on": True}, headers=OURS
    )
    assert told.json() == {"well": True, "line": "halle-2: out of service on"}
    told = visitor.post("/tell", json={"booth": "halle-2", "do": RESTART}, headers=OURS)
    assert told.status_code == 409
    assert "does not allow restart" in told.json()["line"]
    for nonsense in ({}, {"booth": 3}, {"booth": "../x", "do": RESTART},
                     {"booth": "halle-2", "do": "sing"}):  # fmt: skip
        assert visitor.post("/tell", json=nonsense, headers=OURS).status_code == 409
    noted = [line["what"] for line in Audit(pages.folder).newest()]
    assert "watch halle-2 out_of_service on" in noted
    visitor.post("/logout", headers=OURS)
    assert visitor.get("/live").status_code == 401


def test_without_a_key_there_is_nothing_to_press(pages: WatchPages, beats):
    pages.commander = None
    eventually(lambda: "halle-2" in seen(pages))
    assert seen(pages)["halle-2"]["buttons"] == []
    asked = {"booth": "halle-2", "do": OUT_OF_SERVICE, "on": True}
    assert inside(pages).post("/tell", json=asked, headers=OURS).status_code == 409


def test_why_a_command_cannot_be_given_is_one_line(watching, beats, there, tmp_path: Path):
    stranger = Commander.at(tmp_path / "stranger.key")
    eventually(lambda: watching.booths() and watching.booths()[0][0].challenge)
    answer = watching.tell(Wanted("halle-2", OUT_OF_SERVICE, True), stranger)
    assert not answer.well
    assert "signed by a stranger" in answer.line
    with pytest.raises(UglyError, match="nobody of that name"):
        watching.tell(Wanted("halle-9", RESTART), stranger, 0.5)
    eye = there.eye()
    eye.says(Topics("halle-3").state, b'{"state": "open"}', retain=True)
    eventually(lambda: len(watching.booths()) == 2)
    with pytest.raises(UglyError, match="hears no commands"):
        watching.tell(Wanted("halle-3", RESTART), stranger, 0.5)
    eye.says(
        Topics("halle-3").challenge, json.dumps({"challenge": "x", "allow": [RESTART]}).encode()
    )
    eventually(lambda: [b for b, _ in watching.booths() if b.name == "halle-3" and b.challenge])
    with pytest.raises(UglyError, match="did not answer"):
        watching.tell(Wanted("halle-3", RESTART), stranger, 0.5)


def test_a_broker_that_is_away_is_said_above_what_is_old(pages, watching, beats, there):
    eventually(lambda: "halle-2" in seen(pages))
    there.kill()
    eventually(lambda: "does not answer" in pages.told(watch_words("en"))["away"])
    assert seen(pages)["halle-2"]["state"] == "open", "not known to be otherwise"
    there.begin()
    eventually(lambda: pages.told(watch_words("en"))["away"] == "")
