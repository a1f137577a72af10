"""What a show that ends leaves for the screen that takes its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.last_words import (
    FILE,
    LastWords,
    Outage,
    blamed_on,
    forget,
    heard,
    leave,
    leaving_last_words,
)
from installation.vocabulary import UglyError

NONE = LastWords(Outage.WITHOUT_A_WORD)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    return tmp_path


def test_the_innermost_blame_is_what_is_left(runtime: Path):
    with (
        pytest.raises(UglyError),
        leaving_last_words(),
        blamed_on(Outage.DEVICES),
        blamed_on(Outage.MODEL),
    ):
        raise UglyError("flow.onnx: damaged")
    words = heard()
    assert (words.outage, words.line) == (Outage.MODEL, "flow.onnx: damaged")
    assert words.at_s > 0
    assert [path.name for path in runtime.iterdir()] == [FILE]


def test_what_nobody_foresaw_and_a_lack_of_memory_have_codes_of_their_own(runtime: Path):
    for error, outage in ((ZeroDivisionError(), Outage.FAULT), (MemoryError(), Outage.MEMORY)):
        with pytest.raises(type(error)), leaving_last_words():
            raise error
        assert heard().outage is outage


def test_a_show_that_ends_well_or_is_killed_says_nothing_old(runtime: Path):
    leave(Outage.SETTINGS, "visit.carve_s: a number")
    with leaving_last_words():
        assert heard() == NONE, "as if it were killed here"
    assert heard() == NONE


def test_a_show_that_hangs_has_said_so_before_it_is_ended(runtime: Path):
    leave(Outage.HANGS, "camera has not moved for 31 s")
    assert heard().outage is Outage.HANGS
    forget()
    forget()
    assert heard() == NONE


@pytest.mark.parametrize("garbage", ["", "{", "[]", '{"code": 11, "line": "", "at_s": 0}', "7"])
def test_garbage_is_nothing(runtime: Path, garbage: str):
    (runtime / FILE).write_text(garbage)
    assert heard() == NONE


def test_without_a_place_for_them_there_are_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    leave(Outage.MODEL, "gone")
    forget()
    assert heard() == NONE
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/nowhere/at/all")
    leave(Outage.MODEL, "gone")
    assert heard() == NONE
