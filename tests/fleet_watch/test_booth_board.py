"""What the hub makes of what it hears: how each booth is, whoever says what, by its own clock."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.door.words import LANGUAGES, texts_in
from installation.fleet_watch.board import AT_LEAST_S, Board
from installation.fleet_watch.cards import _DO, SHAPES, age, cards
from installation.fleet_watch.commands import DOES
from installation.fleet_watch.line import Heard
from installation.fleet_watch.told import LOST, State
from installation.fleet_watch.topics import Topics
from installation.fleet_watch.watch_pages import HERE, watch_words
from installation.show.words import languages
from installation.vocabulary import Health, Reason

ONE = Topics("halle-1")
SHOW = languages()


def told(board: Board, topic: str, document: object, now_s: float = 0.0, **more: bool) -> None:
    payload = b"" if document is None else json.dumps(document).encode()
    board.hear(Heard(topic, payload, more.get("retained", False)), now_s, 1.8e9 + now_s)


def open_booth(now_s: float = 0.0) -> Board:
    board = Board(listening_s=0.0)
    told(board, ONE.state, {"state": "open", "since": 1.7e9, "version": "1.2"}, now_s)
    told(board, ONE.beat, {"every_s": 10, "fps": 29.5, "visits_today": 7}, now_s)
    return board


def state(board: Board, now_s: float) -> State | None:
    (booth,) = board.booths(now_s)
    return booth.state


def test_a_booth_that_beats_is_as_it_says():
    board = open_booth()
    (booth,) = board.booths(5.0)
    assert (booth.state, booth.version, booth.numbers["fps"]) == (State.OPEN, "1.2", 29.5)
    assert booth.since_s == 1.8e9, "what was heard live is dated by the hub"


@pytest.mark.parametrize("said", ["open", "closed", "out of service"])
def test_one_that_goes_silent_is_told_apart_from_closed_lost_and_stopped(said: str):
    board = open_booth()
    told(board, ONE.state, {"state": said, "since": 1.7e9})
    assert state(board, AT_LEAST_S) is State(said)
    assert state(board, AT_LEAST_S + 0.1) is State.SILENT
    told(board, ONE.state, LOST)
    assert state(board, 999.0) is State.LOST
    told(board, ONE.state, {"state": "stopped", "since": 1.7e9})
    assert state(board, 9999.0) is State.STOPPED


def test_while_the_broker_is_away_nobody_is_called_silent_and_after_it_everybody_has_time():
    board = open_booth()
    board.listening_s = None
    assert state(board, 9999.0) is State.OPEN
    board.listening_s = 9999.0
    assert state(board, 9999.0 + AT_LEAST_S) is State.OPEN
    assert state(board, 9999.0 + AT_LEAST_S + 1) is State.SILENT


def test_what_lay_there_before_is_dated_by_the_booth_and_a_will_by_nobody():
    board = Board(listening_s=0.0)
    told(board, ONE.state, {"state": "open", "since": 1.7e9}, retained=True)
    assert board.booths(0.0)[0].since_s == 1.7e9
    told(board, ONE.state, LOST, retained=True)
    assert board.booths(0.0)[0].since_s is None


def test_those_that_need_somebody_come_first():
    board = Board(listening_s=0.0)
    said = ("closed", "open", "lost", "open", "stopped", "out of service")
    for name, state_ in zip("abcdef", said, strict=True):
        told(board, Topics(name).state, {"state": state_})
    told(board, Topics("d").health("camera"), {"health": "failing", "reason": "black"})
    assert [booth.name for booth in board.booths(1.0)] == ["c", "d", "e", "f", "b", "a"]


def test_what_is_cleared_is_gone():
    board = open_booth()
    told(board, ONE.health("camera"), {"health": "failing", "reason": "black"})
    told(board, ONE.challenge, {"challenge": "x", "allow": ["restart"]})
    assert board.booths(0.0)[0].allow == {"restart"}
    told(board, ONE.health("camera"), None)
    told(board, ONE.challenge, None)
    assert (board.booths(0.0)[0].troubles, board.booths(0.0)[0].challenge) == ((), "")
    told(board, ONE.state, None)
    assert board.booths(0.0) == ()


def test_a_booth_that_does_not_run_has_no_devices_in_trouble():
    board = open_booth()
    told(board, ONE.health("camera"), {"health": "failing", "reason": "black"})
    told(board, ONE.state, LOST)
    assert board.booths(0.0)[0].troubles == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
)
FIELDS = st.dictionaries(
    st.sampled_from(["state", "since", "version", "every_s", "fps", "phase", "health", "reason",
                     "challenge", "allow", "by", "count", "well", "line"]),
    JSON | st.sampled_from(["open", "lost", "silent", "failing", "black", 10**400]),
)  # fmt: skip
TOPICS = st.sampled_from([
    ONE.state, ONE.beat, ONE.health("camera"), ONE.challenge, ONE.answer, ONE.event, ONE.command,
    "uglynet/HALLE/state", "uglynet/alerts", "x",
])  # fmt: skip


@given(st.lists(st.tuples(TOPICS, FIELDS | JSON, st.booleans()), max_size=12))
def test_whatever_is_said_under_whatever_topic_the_page_can_show_it(messages):
    board = Board(listening_s=0.0)
    for number, (topic, document, retained) in enumerate(messages):
        told(board, topic, document, float(number), retained=retained)
    booths = [(booth, 1.0) for booth in board.booths(50.0)]
    for language in LANGUAGES:
        json.dumps(cards(booths, watch_words(language), SHOW[language], may=True))
    assert all(booth.state is not State.SILENT or booth.every_s for booth, _ in booths)


def test_a_thousand_names_are_not_a_thousand_booths():
    board = Board(listening_s=0.0)
    for number in range(1000):
        told(board, Topics(f"b{number}").state, {"state": "open"})
    assert len(board.booths(0.0)) == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_every_reason_has_words_and_something_to_do(language: str):
    words = watch_words(language)
    texts = texts_in(HERE / "words", language)
    english = texts_in(HERE / "words", "en")
    assert set(texts) == set(english)
    for key, text in texts.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key])), key
    for each in State:
        assert words(f"state.{each.value}")
    assert set(SHAPES) == set(State)
    assert len(set(SHAPES.values())) == len(SHAPES)
    for reason in Reason:
        assert words(f"do.{_DO.get(reason, 'again')}")
    board = open_booth()
    told(board, ONE.health("camera"), {"health": "missing", "reason": "unplugged"})
    told(board, ONE.challenge, {"challenge": "x", "allow": list(DOES)})
    (card,) = cards([(board.booths(0.0)[0], 3.0)], words, SHOW[language], may=True)
    assert words("do.plug") == card["troubles"][0]["do"]
    assert [button["do"] for button in card["buttons"]] == list(DOES)
    assert "halle-1" in card["buttons"][0]["sure"]
    (card,) = cards([(board.booths(0.0)[0], None)], words, SHOW[language], may=False)
    assert card["buttons"] == []
    told(board, ONE.state, LOST)
    (card,) = cards([(board.booths(0.0)[0], None)], words, SHOW[language], may=True)
    assert card["buttons"] == [], "who is gone hears nothing"


def test_ages_are_said_roughly():
    words = watch_words("en")
    said = [age(s, words) for s in (0, 119, 120, 7199, 7200, 172799, 172800)]
    assert said == ["0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 d"]


def test_a_health_that_nobody_knows_is_none():
    board = open_booth()
    told(board, ONE.health("camera"), {"health": "sad", "reason": "black"})
    told(board, ONE.health("net"), {"health": Health.FINE.value, "reason": "unheard of"})
    assert board.booths(0.0)[0].devices == {}
