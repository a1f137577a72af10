"""The settings file while the show runs: what is saved is in use, what is wrong changes nothing."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from waiting import eventually

from installation.app import settings_file
from installation.app.settings_file import SettingsFile
from installation.live_settings.change import Refused, SettingsChanged, difference
from installation.settings import Settings, load_settings


class Adopted:
    """What was adopted, and how it is answered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings: list[Settings] = []
        self.refuses = False

    def read(self) -> Settings:
        return load_settings(self.path)

    def adopt(self, settings: Settings) -> SettingsChanged | Refused:
        if self.refuses:
            return Refused({"screen.languages": "there are no words for it"})
        self.settings.append(settings)
        return difference(Settings(), settings)


@pytest.fixture
def adopted(tmp_path: Path) -> Adopted:
    file = tmp_path / "my.toml"
    file.write_text("[visit]\ncarve_s = 60\n")
    return Adopted(file)


def test_what_is_saved_is_adopted_once(adopted: Adopted, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings_file, "LOOK_EVERY_S", 0.01)
    followed = SettingsFile(adopted.path, adopted.read, adopted.adopt)
    adopted.path.write_text("[visit]\ncarve_s = 90.5\n")
    eventually(lambda: adopted.settings)
    followed.close()
    followed.look()
    assert [each.visit.carve_s for each in adopted.settings] == [90.5]


def test_what_is_wrong_or_gone_changes_nothing_and_is_told_once(
    adopted: Adopted, caplog: pytest.LogCaptureFixture
):
    followed = SettingsFile(adopted.path, adopted.read, adopted.adopt)
    followed.close()
    with caplog.at_level(logging.WARNING):
        adopted.path.write_text("[visit]\ncarve_s = 'long'\n")
        for _ in range(4):
            followed.look()
        adopted.path.unlink()
        followed.look()
        adopted.refuses = True
        adopted.path.write_text("[screen]\nlanguages = ['xx']\n")
        followed.look()
        followed.look()
    assert adopted.settings == []
    first, second = (record.getMessage() for record in caplog.records)
    assert "visit.carve_s" in first
    assert "screen.languages: there are no words" in second


def test_what_an_editor_has_not_written_yet_is_not_adopted(adopted: Adopted):
    followed = SettingsFile(adopted.path, adopted.read, adopted.adopt)
    followed.close()
    adopted.path.write_text("")  # emptied first; on a full disk it stays so
    for _ in range(4):
        followed.look()
    for part in ("[visit]\n", "[visit]\ncarve_s = 90\n", "[visit]\ncarve_s = 90\nidle_s = 80\n"):
        adopted.path.write_text(part)
        followed.look()
    assert adopted.settings == []
    followed.look()
    (settings,) = adopted.settings
    assert (settings.visit.carve_s, settings.visit.idle_s) == (90, 80)
