"""A show that ends again and again tells whoever is not there, at its next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.alerts.driver import Alert, Kind
from installation.app import failed_starts
from installation.app.failed_starts import FILE, MOST, WITHIN_S, begins, ended_well, noted
from installation.last_words import LastWords, Outage
from installation.settings import Settings, changed
from installation.show.words import languages

NOON_S = 1.8e9
WORDS = languages()
LAST = LastWords(Outage.MODEL, "flow.onnx: damaged")


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    return tmp_path


def test_bad_ends_within_the_hour_are_told_once_an_hour(runtime: Path):
    told = [begins(NOON_S + minute * 60) for minute in range(0, 140, 5)]
    assert told[:MOST] == [0] * MOST
    assert told[MOST] == MOST
    assert [count for count in told if count] == [MOST, 11, 11]


def test_what_was_asked_for_is_no_bad_end(runtime: Path):
    for minute in range(30):
        assert begins(NOON_S + minute * 60) == 0
        ended_well()


def test_what_is_long_ago_or_to_come_is_none(runtime: Path):
    for _ in range(MOST + 1):
        begins(NOON_S)
    assert begins(NOON_S + 2 * WITHIN_S) == 0
    for _ in range(MOST):
        begins(NOON_S + 400 * 86400)  # a clock that leapt
    assert begins(NOON_S + 3 * WITHIN_S) == 0


@pytest.mark.parametrize("garbage", ["", "[]", '{"began_s": 7}', '{"began_s": ["x"]}'])
def test_garbage_is_nothing(runtime: Path, garbage: str):
    (runtime / FILE).write_text(garbage)
    assert begins(NOON_S) == 0


def test_without_a_place_nothing_is_noted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    assert [begins(NOON_S) for _ in range(9)] == [0] * 9
    ended_well()


def test_where_nobody_gets_alerts_there_is_no_post_to_wait_for(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(failed_starts, "Post", lambda ways: pytest.fail("a post without ways"))
    for _ in range(MOST + 1):
        with pytest.raises(RuntimeError), noted(Settings(), WORDS["en"], LAST):
            raise RuntimeError("it fails as it opens")


@pytest.mark.parametrize("language", sorted(WORDS))
def test_whoever_gets_alerts_hears_of_it_before_anything_is_opened(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, language: str
):
    sent: list[Alert] = []

    class Way:
        name = "way"

        def send(self, alert: Alert) -> None:
            sent.append(alert)

    monkeypatch.setattr(failed_starts, "messengers", lambda asked: (Way(),))
    settings = changed(Settings(), "alerts", name="Hall 2")
    for _ in range(MOST):
        with pytest.raises(RuntimeError), noted(settings, WORDS[language], LAST):
            raise RuntimeError("it fails as it opens")
    assert sent == []
    with pytest.raises(RuntimeError), noted(settings, WORDS[language], LAST):
        raise RuntimeError("it fails as it opens")
    (alert,) = sent
    assert alert.kind is Kind.TROUBLE
    assert alert.title.startswith("Hall 2")
    assert str(MOST) in alert.text
    assert "20" in alert.text, "the code of the handbook's table"
    assert "flow.onnx" not in f"{alert.title}{alert.text}", "a file's name stays here"
