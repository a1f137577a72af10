"""A booth at a real broker: what it tells and clears, whom it obeys, and what it says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from brokers import Eye, Mosquitto, mosquitto
from waiting import eventually

from installation.alerts.driver import Alert, Kind
from installation.app.fleet_beats import Beats, OverTheFleet
from installation.app.fleet_orders import REFUSALS
from installation.door.audit import Audit
from installation.experience import Experience, Phase
from installation.fleet.signing import Key
from installation.fleet_watch.commands import OUT_OF_SERVICE, RESTART, Wanted, command_payload
from installation.fleet_watch.home_assistant import config_topic
from installation.fleet_watch.told import LOST
from installation.fleet_watch.topics import Topics
from installation.live_settings.change import Refused, change
from installation.opening_hours import hours_of
from installation.settings import Settings, changed
from installation.show.view_model import Closed, View
from installation.show.words import languages
from installation.simulation.stepped import SteppedClock
from installation.vocabulary import DeviceHealth, Health, Net, Reason, UglyError

TAKE = "20261127-bofi-7c2a"
TOPICS = Topics("halle-2")
HUB = Key(b"h" * 32)
WELL = DeviceHealth("camera", Health.FINE, "Kamera 0", Reason.TAKES, "12")
ILL = DeviceHealth("gallery", Health.FAILING, f"{TAKE} not kept", Reason.NOT_KEPT, TAKE)
VIEW = View(Experience(), 0.0, Net("m"), health=(WELL, ILL))


class Booth:
    """A booth whose main thread is the test."""

    def __init__(self, folder: Path, there: Mosquitto, **fleet: object) -> None:
        asked = {"name": "halle-2", "broker": there.url, "every_s": 10.0, **fleet}
        settings = changed(Settings(), "fleet", **asked)
        self.settings = changed(settings, "gallery", folder=folder / "gallery")
        self.clock, self.asked, self.restarts = SteppedClock(), self.settings, 0
        self.beats = Beats(
            self.settings,
            languages()["en"],
            clock=self.clock,
            wall_clock=lambda: 1.8e9 + self.clock.now_s,
        )
        self.beats.orders.change = self._change

    def _change(self, changes):
        outcome = change(self.asked, changes)
        if not isinstance(outcome, Refused):
            self.asked = outcome.after
            self.shows(replace(VIEW, out_of_service=self.asked.screen.out_of_service))
        return outcome

    def shows(self, view: View = VIEW, kept: int = 0, not_kept: int = 0) -> None:
        self.beats.follow(self.beats.beside(view), kept, not_kept)

    @property
    def audit(self) -> list[str]:
        return [str(line["what"]) for line in Audit(self.settings.gallery.folder / "door").newest()]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as made:
        yield made


@pytest.fixture
def booths(tmp_path: Path, there: Mosquitto):
    held: list[Booth] = []

    def made(**fleet: object) -> Booth:
        held.append(Booth(tmp_path, there, **fleet))
        return held[-1]

    yield made
    for booth in held:
        booth.beats.close()


def kept_at(there: Mosquitto) -> dict[str, bytes]:
    """What the broker keeps, for who comes now."""
    eye = there.eye("#")
    mark = "mark/of/this/look"
    eye.says(mark, b"x")
    eventually(lambda: any(topic == mark for topic, _, _ in eye.seen))
    return {topic: body for topic, body, retained in eye.seen if retained}


def test_it_tells_its_state_its_devices_and_beats_and_of_a_take_nothing(there, booths):
    eye, booth = there.eye(), booths()
    booth.shows()
    eventually(lambda: eye.last(TOPICS.beat))
    assert eye.last(TOPICS.state)["state"] == "open"
    gallery = eye.last(TOPICS.health("gallery"))
    assert (gallery["health"], gallery["reason"]) == ("failing", "not kept")
    assert "Something could not be kept" in gallery["line"]
    eventually(lambda: booth.beats.health().health is Health.FINE)
    booth.shows(kept=1)
    eventually(lambda: "take kept" in [e["event"] for e in eye.documents(TOPICS.event)])
    booth.clock.now_s += 10
    eventually(lambda: (eye.last(TOPICS.beat) or {}).get("kept_today") == 1)
    assert not any(TAKE.encode() in body or b"bofi" in body for _, body, _ in eye.seen)
    assert {topic for topic, _, _ in eye.seen} <= {
        TOPICS.state, TOPICS.beat, TOPICS.event,
        *(TOPICS.health(each) for each in ("camera", "gallery", "broker")),
    }, "no challenge for who trusts nobody, and no introduction"  # fmt: skip


def test_visits_and_what_an_operator_does_are_told_once(there, booths):
    eye, booth = there.eye(TOPICS.event), booths()
    booth.shows()
    for view in (
        replace(VIEW, experience=Experience(phase=Phase.INVITE, visit=1)),
        replace(VIEW, experience=Experience(phase=Phase.CARVE, visit=1)),
        replace(VIEW, experience=Experience(phase=Phase.INVITE, visit=2)),
        replace(VIEW, experience=Experience(phase=Phase.ATTRACT, visit=2)),
        replace(VIEW, experience=Experience(visit=2), out_of_service=True),
        replace(VIEW, experience=Experience(visit=2)),
    ):
        booth.shows(view)
        eventually(lambda view=view: booth.beats._last and booth.beats._last.view.experience
                   == view.experience and booth.beats._last.view.out_of_service
                   == view.out_of_service)  # fmt: skip
    told = [
        "visit began", "visit ended", "visit began", "visit ended",
        "out of service", "back in service",
    ]  # fmt: skip
    eventually(lambda: [e["event"] for e in eye.documents(TOPICS.event)] == told)
    assert [e["number"] for e in eye.documents(TOPICS.event)] == [1, 2, 3, 4, 5, 6]


def test_closed_and_out_of_service_are_states_of_their_own(there, booths):
    eye, booth = there.eye(TOPICS.state), booths()
    for view, state in (
        (replace(VIEW, closed=Closed(hours_of((), (), ""))), "closed"),
        (replace(VIEW, out_of_service=True), "out of service"),
        (VIEW, "open"),
    ):
        booth.shows(view)
        eventually(lambda state=state: (eye.last(TOPICS.state) or {}).get("state") == state)


def test_a_clean_stop_says_so_and_clears_what_no_longer_holds(there, booths):
    booth = booths(commanders=(HUB.public,), allow=(RESTART,), home_assistant=True)
    booth.shows()
    eventually(lambda: booth.beats._line.settled and config_topic("halle-2") in kept_at(there))
    assert TOPICS.challenge in kept_at(there)
    booth.beats.close()
    left = kept_at(there)
    assert set(left) == {TOPICS.state, config_topic("halle-2")}
    assert json.loads(left[TOPICS.state])["state"] == "stopped"
    again = booths(name="halle-9")
    again.shows()
    eventually(lambda: Topics("halle-9").state in kept_at(there))
    assert not any("halle-2" in topic for topic in kept_at(there)), "what it was called before"


def test_a_broker_that_begins_anew_is_told_all_of_it_again(there, booths):
    booth = booths()
    booth.shows()
    eventually(lambda: booth.beats.health().health is Health.FINE)
    there.kill()
    eventually(lambda: booth.beats.health().reason is Reason.NOT_HEARD)
    with pytest.raises(UglyError, match="broker"):
        OverTheFleet(booth.beats).send(Alert(Kind.TROUBLE, "t", "x"))
    booth.shows(kept=2)
    there.begin()
    eye = there.eye()
    eventually(lambda: len(eye.documents(TOPICS.event)) == 2)
    assert json.loads(kept_at(there)[TOPICS.state])["state"] == "open"
    OverTheFleet(booth.beats).send(Alert(Kind.TROUBLE, "Camera needs you", "x", "camera"))
    eventually(lambda: eye.documents(TOPICS.event)[-1].get("title") == "Camera needs you")


def test_who_is_gone_without_a_word_is_lost(there, booths):
    eye, booth = there.eye(), booths()
    booth.shows()
    eventually(lambda: booth.beats._line.settled and eye.last(TOPICS.state))
    booth.beats._line._client.socket().shutdown(2)
    eventually(lambda: LOST in eye.documents(TOPICS.state))
    eventually(lambda: eye.last(TOPICS.state)["state"] == "open")


class Hub:
    """Who commands: quotes the challenge, and hears the answers."""

    def __init__(self, there: Mosquitto, eye: Eye, key: Key = HUB) -> None:
        self.eye, self.key, self.count = eye, key, 0

    def challenge(self) -> str:
        return eventually(lambda: (self.eye.last(TOPICS.challenge) or {}).get("challenge", ""))

    def sends(self, payload: bytes) -> dict[str, object]:
        before = len(self.eye.documents(TOPICS.answer))
        self.eye.says(TOPICS.command, payload)
        eventually(lambda: len(self.eye.documents(TOPICS.answer)) > before)
        return self.eye.documents(TOPICS.answer)[before]

    def tells(self, wanted: Wanted) -> dict[str, object]:
        self.count += 1
        return self.sends(command_payload(wanted, self.key, self.count, self.challenge()))


def test_who_is_trusted_takes_it_out_of_service_and_all_is_answered_and_written_down(there, booths):
    booth = booths(commanders=(HUB.public,), allow=(OUT_OF_SERVICE,))
    booth.shows()
    eye = there.eye()
    hub = Hub(there, eye)
    answer = hub.tells(Wanted("halle-2", OUT_OF_SERVICE, on=True))
    assert (answer["well"], answer["count"]) == (True, 1)
    assert booth.asked.screen.out_of_service
    eventually(lambda: eye.last(TOPICS.state)["state"] == "out of service")
    again = command_payload(Wanted("halle-2", OUT_OF_SERVICE, on=False), HUB, 2, hub.challenge())
    assert hub.sends(again)["well"]
    assert not booth.asked.screen.out_of_service
    for payload, why in (
        (again, "given before"),
        (b'{"to": "halle-2", "do": "restart"}', "not signed"),
        (b"\xff", "not a command"),
        (command_payload(Wanted("halle-1", OUT_OF_SERVICE), HUB, 9, hub.challenge()), "another"),
        (command_payload(Wanted("halle-2", RESTART), HUB, 9, hub.challenge()), "not allowed"),
        (command_payload(Wanted("halle-2", OUT_OF_SERVICE), HUB, 9, "old"), "too old"),
    ):
        answer = hub.sends(payload)
        assert not answer["well"]
        assert why in str(answer["line"])
    assert not booth.asked.screen.out_of_service
    assert f"fleet out of service on (by {HUB.public[:8]})" in booth.audit
    assert sum("refused" in line for line in booth.audit) == 6
    booth.beats.close()
    after = booths(commanders=(HUB.public,), allow=(OUT_OF_SERVICE,))
    after.shows()
    hub.eye.seen.clear()
    fresh = command_payload(Wanted("halle-2", OUT_OF_SERVICE, on=True), HUB, 2, hub.challenge())
    assert "given before" in str(hub.sends(fresh)["line"]), "counts survive a restart"


def test_a_restart_is_answered_first_and_only_where_there_is_something_to_restart(there, booths):
    booth = booths(commanders=(HUB.public,), allow=(RESTART,))
    booth.shows()
    hub = Hub(there, there.eye())
    assert "cannot be restarted" in str(hub.tells(Wanted("halle-2", RESTART))["line"])
    restarts: list[int] = []
    booth.beats.orders.restart = lambda: restarts.append(1)
    assert hub.tells(Wanted("halle-2", RESTART))["well"]
    eventually(lambda: restarts == [1])


def test_what_cannot_be_remembered_is_not_done(there, booths):
    booth = booths(commanders=(HUB.public,), allow=(OUT_OF_SERVICE,))
    folder = booth.settings.gallery.folder / "beats"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "counts.json").write_text("[")
    booth.shows()
    answer = Hub(there, there.eye()).tells(Wanted("halle-2", OUT_OF_SERVICE, on=True))
    assert "not a list of counts" in str(answer["line"])
    assert not booth.asked.screen.out_of_service


def test_a_command_that_was_left_lying_there_is_none(there, booths):
    eye = there.eye()
    eye.says(TOPICS.command, b"{}", retain=True)
    booth = booths(commanders=(HUB.public,), allow=(OUT_OF_SERVICE,))
    booth.shows()
    hub = Hub(there, eye)
    assert hub.tells(Wanted("halle-2", OUT_OF_SERVICE, on=True))["well"]
    assert len(eye.documents(TOPICS.answer)) == 1


def test_a_flood_of_nonsense_is_answered_a_few_times_and_then_only_counted(there, booths):
    booth = booths(commanders=(HUB.public,), allow=(OUT_OF_SERVICE,))
    booth.shows()
    booth.settings.gallery.folder.mkdir(exist_ok=True)
    said: list[object] = []
    for _ in range(3 * REFUSALS):
        booth.beats.orders.obey(b"nonsense", said.append)
    assert len(said) == len(booth.audit) == REFUSALS


def test_who_trusts_nobody_does_not_even_listen(there, booths):
    booth = booths()
    booth.shows()
    eye = there.eye()
    eventually(lambda: eye.last(TOPICS.state))
    eye.says(TOPICS.command, b"nonsense")
    booth.clock.now_s += 10
    eventually(lambda: len(eye.documents(TOPICS.beat)) > 0)
    assert eye.documents(TOPICS.answer) == []
    assert booth.audit == []


def test_a_broker_without_a_name_for_the_booth_is_refused_in_one_line(tmp_path: Path):
    settings = changed(Settings(), "fleet", broker="mqtt://127.0.0.1:1")
    with pytest.raises(UglyError, match="needs name"):
        Beats(settings, languages()["en"])


def test_what_a_broker_needs_and_is_not_there_is_told_by_its_health(tmp_path: Path, there):
    booth = Booth(tmp_path, there, broker_user="me", broker_password=tmp_path / "none")
    eventually(lambda: "password cannot be read" in booth.beats.health().note)
    booth.beats.close()
