"""Changing settings: all or nothing, a line for each key that is wrong, and what waits is known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.live_settings.change import Refused, SettingsChanged, change, difference
from installation.live_settings.rows import live_keys, rows
from installation.settings import HOUSE, Settings, load_settings
from installation.vocabulary import Button

WAITING = {
    "screen.fps": 30,
    "panel.driver": "midi",
    "gallery.folder": "/tmp/elsewhere",
    "sound.drone": True,
}
LIVE = {
    "screen.languages": ["ko", "en"],
    "panel.service_buttons": ["keep", "calm"],
    "visit.carve_s": 90,
    "gallery.video_px": [640, 360],
    "flash.governor": "calm",
    "sound.level_db": -30.5,
}


def done(changes: dict[str, object], before: Settings | None = None) -> SettingsChanged:
    changed = change(before or Settings(), changes)
    assert isinstance(changed, SettingsChanged), changed
    return changed


def test_what_may_change_live_does_and_the_rest_waits():
    changed = done({**WAITING, **LIVE})
    assert changed.keys == WAITING.keys() | LIVE.keys()
    assert changed.after_restart == WAITING.keys()
    live = changed.live()
    assert live.keys == LIVE.keys()
    assert live.after.screen.languages == ("ko", "en")
    assert live.after.panel.service_buttons == (Button.KEEP, Button.CALM)
    assert live.after.gallery.video_px == (640, 360)
    assert live.after.gallery.folder == Settings().gallery.folder
    assert (live.after.screen.fps, changed.after.screen.fps) == (60, 30)


def test_what_json_brought_is_what_toml_would_have():
    through = json.loads(json.dumps({**WAITING, **LIVE}))
    assert done(through).after == done({**WAITING, **LIVE}).after


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("visit.carve_s", -3, "above 0, not -3"),
        ("visit.carve_s", "soon", 'a number, such as 180.0, not "soon"'),
        ("visit.carve", 3, "there is no such setting; did you mean carve_s?"),
        ("visits.carve_s", 3, "there is no section visits"),
        ("visit", 3, "there is no"),
        ("flash.governor", "never", "one of on, calm, off"),
        ("gallery.folder", "takes", "takes: give the whole path, from / or ~ on"),
        ("screen.size_px", [640], "a list of 2 numbers"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(key: str, value: object, says: str):
    refused = change(Settings(), {key: value, "visit.idle_s": 30})
    assert isinstance(refused, Refused)
    ((told, line),) = ((k, v) for k, v in refused.errors.items() if k != "visit.idle_s")
    assert told.rstrip(".") == key
    assert says in line
    assert "\n" not in line


def test_every_wrong_key_has_its_line_and_nothing_is_changed():
    refused = change(Settings(), {"visit.carve_s": 0, "visit.idle_s": 0, "flash.governor": ""})
    assert isinstance(refused, Refused)
    assert refused.errors.keys() == {"visit.carve_s", "visit.idle_s", "flash.governor"}


@given(st.dictionaries(st.sampled_from(sorted(LIVE.keys() | WAITING.keys())), st.none()))
def test_a_change_and_its_way_back_are_one_circle(picked: dict[str, None]):
    changes = {key: {**LIVE, **WAITING}[key] for key in picked}
    changed = done(changes)
    assert changed.keys == changes.keys()
    back = difference(changed.after, changed.before)
    assert (back.after, back.keys) == (Settings(), changed.keys)
    assert done({}, changed.after).keys == frozenset()


def test_every_setting_says_what_it_is_and_when_it_takes_effect():
    keys = [row.key for row in rows()]
    assert len(keys) == len(set(keys)) > 40
    assert all(row.means and row.allowed for row in rows())
    assert {"flash.governor", "visit.idle_s"} <= live_keys() < set(keys)
    by_key = {row.key: row for row in rows()}
    assert by_key["screen.fps"].allowed == "a whole number, at least 10 and at most 240"
    assert by_key["flash.governor"].allowed == "on, calm, off"
    assert by_key["gallery.folder"].default.startswith('"~/')


def test_a_file_s_settings_and_their_defaults_differ_in_what_was_written(tmp_path: Path):
    file = tmp_path / "my.toml"
    file.write_text("[visit]\ncarve_s = 60\n")
    changed = difference(load_settings(None), load_settings(file))
    assert changed.keys == {"visit.carve_s"}


def test_the_table_in_the_documentation_is_fresh():
    made = [sys.executable, str(HOUSE / "docs" / "settings.py"), "--check"]
    subprocess.run(made, check=True)
