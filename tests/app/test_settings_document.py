"""A settings file with some values changed: whoever wrote in it finds it again."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.app.settings_document import with_values
from installation.settings import HOUSE, parse_settings
from installation.vocabulary import UglyError

EXAMPLE = (HOUSE / "kiosk_config" / "uglynet.toml").read_text(encoding="utf-8")
VALUES: dict[str, Any] = {
    "screen.languages": ("ko", "de"),
    "screen.size_m": (1.21, 0.68),
    "screen.fullscreen": True,
    "hours.open": ("Tue-Sun 10:00-18:00", "Thu 10:00-21:00"),
    "gallery.keep_days": 7.0,
    "panel.layout": "uno6",
}


def value_of(text: str, key: str) -> Any:
    section, name = key.split(".")
    return getattr(getattr(parse_settings(text, "mine", Path("/")), section), name)


@given(st.sets(st.sampled_from(sorted(VALUES))))
def test_what_is_changed_is_and_all_else_stays_to_the_letter(keys: set[str]):
    text = with_values(EXAMPLE, {key: VALUES[key] for key in keys}, "mine")
    for key, value in VALUES.items():
        assert (value_of(text, key) == value) == (key in keys)
    changed = [
        line[2:] for line in difflib.ndiff(EXAMPLE.splitlines(), text.splitlines())
        if line[0] == "-"
    ]  # fmt: skip
    assert len(changed) == len(keys - {"screen.size_m"}), "that one was only a comment"
    comments = [line.partition("#")[2] for line in EXAMPLE.splitlines()]
    assert all(comment in text for comment in comments)


def test_nothing_changed_is_the_same_file():
    same = {"screen.fps": 60, "screen.languages": ("en", "de", "fr", "ko")}
    assert with_values(EXAMPLE, same, "mine") == EXAMPLE
    assert with_values("", {}, "mine") == ""


def test_a_section_that_is_missing_is_added_and_none_takes_a_setting_away():
    text = with_values("[screen]\nfps = 30 # mine\n", {"hours.zone": "UTC"}, "mine")
    assert text.startswith("[screen]\nfps = 30 # mine\n")
    assert value_of(text, "hours.zone") == "UTC"
    gone = with_values(text, {"screen.fps": None, "door.port": None}, "mine")
    assert value_of(gone, "screen.fps") == 60
    assert "door" not in gone


@pytest.mark.parametrize(
    "text",
    [
        "screen = { fps = 30, title = 'x' }\n",
        "screen.fps = 30\nscreen.title = 'x' # mine\n",
        "[ screen ]\ntitle='x'\nfps=30",
        "[screen]\r\nfps = 30\r\ntitle = 'x'\r\n",
        "[door]\nport = 80\n[screen]\ntitle = 'x'\n\n\n[visit]\n",
    ],
)
def test_however_it_is_written(text: str):
    values = {"screen.fps": 20, "screen.languages": ("de",), "visit.idle_s": 9.0}
    changed = with_values(text, values, "mine")
    assert {key: value_of(changed, key) for key in values} == values
    assert value_of(changed, "screen.title") == "x"
    assert ("# mine" in changed) == ("# mine" in text)


def test_what_is_no_toml_is_told_by_its_line():
    with pytest.raises(UglyError, match="mine: line 2"):
        with_values("[screen]\nfps = = 3\n", {}, "mine")
