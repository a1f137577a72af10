"""Settings: what is wrong is named; the example shows everything there is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.settings import HOUSE, Settings, changed, load_settings, parse_settings
from installation.vocabulary import UglyError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXAMPLE = HOUSE / "kiosk_config" / "uglynet.toml"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[screen]\nfps = = 3\n", "line 2: not valid TOML"),
        ("[screen]\nfps = 5\n", "screen.fps"),
        ("[screen]\nfsp = 60\n", "screen.fsp: there is no such setting"),
        ("[scren]\nfps = 60\n", "scren: there is no such setting"),
        ("[source]\nsize_px = [640]\n", "source.size_px"),
        ("[source]\nfps = nan\n", "source.fps"),
        ("[play]\nslow = 2.5\n", "play.slow"),
        ('[panel]\ndriver = "theremin"\n', "panel.driver.*theremin"),
        ("[visit]\nidle_s = 0\n", "visit.idle_s"),
        ('[flash]\ngovernor = "never"\n', "flash.governor"),
        ("screen = 3\n", "screen"),
        ("[screen]\nlanguages = []\n", "screen.languages"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(text: str, says: str):
    with pytest.raises(UglyError, match=says) as caught:
        parse_settings(text, "my.toml", Path("/"))
    assert str(caught.value).startswith("my.toml: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[screen]\nfps = 5", "line 2: screen.fps: at least 10, not 5"),
        ("[screen]\nfsp = 60", "line 2: screen.fsp: there is no such setting; did you mean fps?"),
        ("[scren]\nx = 1", "line 1: scren: there is no such setting; did you mean [screen]?"),
        ("fps = 60", "line 1: fps: there is no such setting; it belongs below [screen]"),
        ("[visit]\nfps = 60", "line 2: visit.fps: there is no such setting; it belongs"),
        ("[source]\nsize_px = [640]", "source.size_px: a list of 2 numbers, such as [448, 256]"),
        ('[screen]\nlanguages = "de"', '2: screen.languages: a list, such as ["de"], not "de"'),
        ("[screen]\nlanguages = [1]", 'screen.languages: a text in quotes, such as "1", not 1'),
        ('[model]\nserver = "gpu"', 'an address such as "http://gpu:8000", not "gpu"'),
        ('[alerts]\nsummary_at = "7 pm"', 'summary_at: a time such as "19:00", not "7 pm"'),
        ('[fleet]\nname = "Halle 2"', 'at most 40, such as "hall-2", not "Halle 2"'),
        ("[panel]\ndriver = arduino", 'line 2: driver: quotes are missing: "arduino"'),
        ("[screen]\nlanguages = [\n 'de',\n en\n]", 'line 4: quotes are missing: "en"'),
        ("[gallery]\nfolder = /media/a b", 'line 2: folder: quotes are missing: "/media/a b"'),
        ("[source]\nfile = C:\\a.mp4", "line 2: file: quotes are missing: 'C:\\a.mp4'"),
        ("[screen]\ntitle = \"x", "line 2: title: the closing quote is missing"),
        ("[screen]\ntitle = \u201cx\u201d", "line 2: title: straight quotes are needed, not"),
        ("[screen\nfps = 60", "line 1: [screen: the closing ] is missing"),
        ("[screen]\nfps: 60", "line 2: a = is missing in fps: 60"),
        ("[screen]\nfps =", "line 2: fps: there is nothing after the ="),
        ("[screen]\nfps = 60\nfps = 30", "line 3: fps: it is there twice; keep one"),
        ("[play]\nxray = True", "line 2: xray: true is written in small letters"),
        ("[play]\nfps = 2,5", "line 2: fps: a decimal point is needed, not a comma: 2.5"),
        ("[play]\nfps = 2.5\nslow = 0", "line 2: play.fps: at least 5, not 2.5 (1 more)"),
        ("[play]\nxray = 'maybe'", 'line 2: play.xray: true or false, not "maybe"'),
        ("[panel]\nservice_buttons = ['pag']", 'not "pag"; did you mean page?'),
        ("# [panel]\nscreen = 3", "line 2: screen: this is a section"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words_with_its_line(text: str, says: str):
    with pytest.raises(UglyError) as caught:
        parse_settings(text + "\n", "my.toml", Path("/"))
    assert str(caught.value).startswith("my.toml: line ") or "pag" in says
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('hotspot_password = "s3cret"', "door.hotspot_password: 8 to 63 plain letters"),
        ("hotspot_password = my s3cret pass", "hotspot_password: a text in quotes is needed"),
        ("hotspot_password = s3cret12", "hotspot_password: a text in quotes is needed"),
        ("hotspot_password=s3cret12", "hotspot_password: a text in quotes is needed"),
        ("hotspot_password s3cret", "hotspot_password: a text in quotes is needed"),
        ('hotspot_password = "s3cret', "hotspot_password: a text in quotes is needed"),
        ("broker = mqtt://me:s3cret@hub", "broker: a text in quotes is needed"),
        ("hotspot_password = 1234,5678", "hotspot_password: a text in quotes is needed"),
    ],
)
def test_a_password_that_is_wrong_is_not_told(tmp_path: Path, line: str, says: str):
    path = tmp_path / "uglynet.toml"
    path.write_text(f"[door]\n{line}\n")
    with pytest.raises(UglyError) as said:
        load_settings(path)
    assert f"line 2: {says}" in str(said.value)
    assert "s3cret" not in str(said.value)
    assert "5678" not in str(said.value)


@given(st.data())
def test_a_damaged_settings_file_is_read_or_refused_in_one_line(data: st.DataObject):
    text = EXAMPLE.read_text(encoding="utf-8")
    at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 12))
    put = data.draw(st.sampled_from(["", "3", '"', "[", "]", "=", "true", "-1.5", "x = 1", "\n"]))
    refusal = ""
    try:
        parse_settings(text[:at] + put + text[at + gone :], "my.toml", Path("/"))
    except UglyError as error:
        refusal = str(error)
    assert refusal == "" or refusal.startswith("my.toml: ")
    assert "\n" not in refusal


def test_unreadable_files_are_told(tmp_path: Path):
    with pytest.raises(UglyError, match="cannot be read"):
        load_settings(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b'[screen]\ntitle = "\xe9"\n')
    with pytest.raises(UglyError, match="UTF-8"):
        load_settings(tmp_path / "latin.toml")


def test_the_example_is_the_defaults():
    given, defaults = load_settings(EXAMPLE), load_settings(None)
    assert given == defaults


def test_the_example_names_every_setting_there_is():
    text = EXAMPLE.read_text()
    # What has no default to show stands there as a comment.
    every = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.M))
    for section, values in vars(Settings()).items():
        assert set(every[section]) == set(vars(values)), section


def test_paths_start_from_the_file(tmp_path: Path):
    found = parse_settings('[source]\nfile = "a.mp4"\n[gallery]\nfolder = "g"\n', "x", tmp_path)
    assert found.source.file == tmp_path / "a.mp4"
    assert found.gallery.folder == tmp_path / "g"


def test_a_change_by_command_line_is_checked_too():
    assert changed(Settings(), "panel", driver="arduino").panel.driver == "arduino"
    with pytest.raises(UglyError, match=r"panel\.driver"):
        changed(Settings(), "panel", driver="kazoo")
