"""What is told of a booth is about the booth: no visitor, no take, no note; and it is cleared."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from installation.fleet_watch.day import Day
from installation.fleet_watch.retained import Retained
from installation.fleet_watch.told import (
    NUMBERS,
    DayCount,
    Happening,
    State,
    beat_document,
    event_document,
    health_document,
    state_document,
)
from installation.fleet_watch.topics import (
    Address,
    Said,
    Topics,
    address_of,
    document_of,
    is_booth,
    payload_of,
)
from installation.vocabulary import DeviceHealth, Health, Reason

TAKE = "20261127-bofi-7c2a"


@given(st.text(max_size=60) | st.from_regex(r"uglynet/[a-z0-9-]{1,8}/[a-z]{4,9}(/[a-z ]{1,9})?"))
def test_any_topic_is_one_of_ours_or_none(topic: str):
    found = address_of(topic)
    if found is not None:
        assert is_booth(found.booth)
        topics = Topics(found.booth)
        own = topics.health(found.device) if found.kind == "health" else getattr(topics, found.kind)
        assert own == topic


def test_topics_are_what_the_handbook_says():
    assert Topics("halle-2").health("camera") == "uglynet/halle-2/health/camera"
    assert address_of("uglynet/halle-2/health/camera") == Address("halle-2", "health", "camera")
    assert address_of("uglynet/alerts") is None


@given(st.binary(max_size=100))
def test_any_bytes_are_a_document_or_none(data: bytes):
    found = document_of(data)
    assert found is None or isinstance(found, dict)


@given(
    st.dictionaries(
        st.sampled_from([*NUMBERS, "token", "take", TAKE]), st.floats(allow_nan=True), max_size=9
    )
)
def test_a_beat_holds_numbers_that_are_known_to_be_harmless_and_nothing_else(values):
    told = beat_document(values, DayCount(3, 1), "carve", 10.0, 1.8e9)
    assert set(told) <= {*NUMBERS, "visits_today", "kept_today", "phase", "every_s", "at"}
    json.loads(payload_of(told))


def test_a_devices_note_is_never_told():
    ill = DeviceHealth("gallery", Health.FAILING, f"{TAKE}: not kept", Reason.NOT_KEPT, TAKE)
    told = payload_of(health_document(ill, "Gallery: failing", 1.8e9))
    assert TAKE.encode() not in told
    assert json.loads(told)["reason"] == "not kept"


def test_a_state_and_an_event_say_when():
    assert state_document(State.OPEN, 1.8e9, "1.0") == {
        "state": "open", "since": 1800000000, "version": "1.0",
    }  # fmt: skip
    told = event_document(Happening.VISIT_BEGAN, 4, 1.8e9)
    assert told == {"event": "visit began", "number": 4, "at": 1800000000}


class Broker:
    """What it keeps; it takes `most` messages at a time."""

    def __init__(self, most: int = 99) -> None:
        self.kept: dict[str, bytes] = {}
        self.said = 0
        self.most = most

    def say(self, said: Said) -> bool:
        assert said.retain
        if self.most <= 0:
            return False
        self.most -= 1
        self.said += 1
        if said.payload:
            self.kept[said.topic] = said.payload
        else:
            self.kept.pop(said.topic, None)
        return True


WANTED = st.dictionaries(
    st.sampled_from(["state", "a", "b", "c"]), st.sampled_from([b"1", b"2"]), max_size=4
)


@given(st.lists(st.tuples(WANTED, st.integers(0, 6), st.sampled_from(["", "away", "restart"]))))
def test_whatever_fails_or_restarts_the_broker_comes_to_keep_what_holds_and_no_more(
    tmp_path_factory, steps
):
    file = tmp_path_factory.mktemp("booth") / "beats" / "topics.json"
    broker, retained = Broker(), Retained(file)
    for wanted, most, event in steps:
        broker.most = most
        if event == "away":  # it forgot all, as one without persistence does
            broker.kept.clear()
            retained.forget()
        elif event == "restart":
            retained = Retained(file)
        whole = retained.bring(wanted, broker.say)
        if not whole:
            broker.most = 99
            assert retained.bring(wanted, broker.say)
        assert broker.kept == wanted
        said = broker.said
        broker.most = 99
        assert retained.bring(wanted, broker.say)
        assert broker.said == said, "what holds already is not said again"


def test_a_list_that_is_none_costs_nothing(tmp_path: Path):
    for text in ("{", '{"a": 1}', "[1, null]"):
        (tmp_path / "topics.json").write_text(text)
        assert Retained(tmp_path / "topics.json").bring({"state": b"1"}, Broker().say)


def test_a_restart_at_noon_does_not_begin_the_day_anew(tmp_path: Path):
    file = tmp_path / "beats" / "day.json"
    day = Day(file, 1.8e9)
    assert day.count(2, 1, 1.8e9) == DayCount(2, 1)
    day.keep()
    day = Day(file, 1.8e9 + 60)
    assert day.count(1, 0, 1.8e9 + 60) == DayCount(3, 1)
    assert day.count(1, 1, 1.8e9 + 86400) == DayCount(1, 1), "and the next day does"
    day.keep()
    for text in ("", "[]", '{"day": 1}', '{"day": "2027-01-15", "visits": "x", "kept": 0}'):
        file.write_text(text)
        assert Day(file, 1.8e9).count(0, 0, 1.8e9) == DayCount()
