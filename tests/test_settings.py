"""Settings: what is wrong is named; the example shows everything there is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

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
        ("[screen]\nfps = = 3\n", "not valid TOML.*line 2"),
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
