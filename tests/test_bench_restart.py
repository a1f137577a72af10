"""From kill -9 to ATTRACT: the measure starts what the kiosk starts, and touches nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_commands import uglynet

from installation.reports import bench_restart
from installation.reports.bench_restart import measure_restart, pause_s
from installation.settings import Settings, load_settings
from installation.vocabulary import UglyError


def test_it_waits_as_long_as_the_kiosk_s_unit_does(tmp_path: Path):
    assert pause_s() == 3
    unit = tmp_path / "other.service"
    unit.write_text("[Service]\nRestartSec=250ms\n")
    with pytest.raises(UglyError, match="no RestartSec"):
        pause_s(unit)


def test_its_settings_are_the_operator_s_but_for_the_gallery_and_who_hears(tmp_path: Path):
    house = tmp_path / "etc"
    house.mkdir()
    (house / "mine.toml").write_text(
        '[source]\nfile = "clip.mp4"\n[gallery]\nfolder = "takes"\n[visit]\ninvite_s = 7.0\n'
        '[alerts]\nwebhook = "https://hooks.example/x"\n'
    )
    settings = load_settings(house / "mine.toml")
    own = load_settings(bench_restart._own_settings(tmp_path, house / "mine.toml", settings))
    assert own.source.file == house / "clip.mp4"
    assert own.gallery.folder == tmp_path / "gallery"
    assert own.visit == settings.visit
    assert own.alerts == Settings().alerts
    assert own.model.path == settings.model.path


def test_a_show_that_does_not_start_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench_restart, "pause_s", lambda: 0.0)
    (tmp_path / "mine.toml").write_text('[model]\npath = "/nowhere"\n')
    settings = load_settings(tmp_path / "mine.toml")
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen-no-such")
    with pytest.raises(UglyError, match="the show does not start: ") as told:
        measure_restart(settings, tmp_path / "mine.toml", 1)
    assert "\n" not in str(told.value)


def test_without_a_screen_it_says_how_to_give_it_one(monkeypatch: pytest.MonkeyPatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    said = uglynet("bench", "restart", ok=False)
    assert said.stderr.strip().endswith("xvfb-run uglynet bench restart")
