"""A show that runs takes up the fleet's takes by itself, and lets go of what is withdrawn."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from waiting import eventually

sys.path.insert(0, str(Path(__file__).parents[1] / "fleet"))

from booths import Booth, carry, fleet_of

from installation.app import travel
from installation.app.travel import Travel
from installation.fleet.alone import show_runs
from installation.gallery import archive as archives
from installation.gallery.archive import Archive, Making
from installation.gallery.changes import withdraw
from installation.settings import Settings


def settings_of(booth: Booth) -> Settings:
    settings = Settings()
    gallery = replace(settings.gallery, folder=booth.gallery)
    fleet = replace(settings.fleet, folder=booth.place.root, name=booth.name)
    return replace(settings, gallery=gallery, fleet=fleet)


asking: list[Path] = []
"""The galleries of which was asked whether a show runs."""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(gallery: Path) -> bool:
        asking.append(gallery)
        return show_runs(gallery)

    monkeypatch.setattr(travel, "show_runs", asked)
    monkeypatch.setattr(travel, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(archives, "READ_EVERY_S", 0.05)


def test_a_running_show_has_what_comes_and_no_longer_what_goes(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    take, other = home.keep(), home.keep()
    home.look()
    making = Making(lambda clip, net: iter(()), lambda net: ("", b""))
    archive = Archive(hub.gallery, making, keep_days=30, most=100, clocks=hub.time.clocks())
    gone: list[str] = []

    def forget(take_id: str) -> None:
        gone.append(take_id)
        archive.unshow(take_id)

    looking = Travel(settings_of(hub), forget, archive.changed)
    try:
        eventually(lambda: hub.place.last_look.exists())
        carry(home, hub)
        eventually(lambda: {each.id for each in archive.takes()} == {take, other})
        withdraw(home.gallery, take)
        home.look()
        carry(home, hub)
        eventually(lambda: {each.id for each in archive.takes()} == {other})
        assert gone == [take]
        assert hub.traces(take) == []
    finally:
        looking.close()
        assert archive.close()


def test_a_show_whose_fleet_is_gone_says_so_once_and_plays_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    hub, _ = fleet_of(tmp_path, "hub", "kassel")
    settings = settings_of(hub)
    shutil.rmtree(hub.place.root)
    looking = Travel(settings, lambda take: None, lambda take: None)
    try:
        eventually(lambda: caplog.messages)
        assert looking.look(lambda: None) is None
        assert looking.look(lambda: None) is None
    finally:
        looking.close()
    (line,) = {message for message in caplog.messages if "fleet" in message}
    assert "in no fleet yet" in line
    assert sum("in no fleet yet" in message for message in caplog.messages) == 1


def test_who_carries_looks_while_no_show_runs(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    home.look()
    carry(home, hub)
    show = hub.opened()
    assert show_runs(hub.gallery)
    looking = Travel(settings_of(hub), while_alone=True)
    try:
        asked = len(asking)
        eventually(lambda: len(asking) > asked + 3)
        assert hub.takes() == set()
        show.close()
        assert not show_runs(hub.gallery)
        eventually(lambda: hub.takes() == {take})
    finally:
        looking.close()
    assert not show_runs(tmp_path)
