"""The registry of drivers: whoever asks by a name finds it, whole."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic.dataclasses import is_pydantic_dataclass

from installation.app.assemble import open_interpolator
from installation.app.stills import named
from installation.carve.random_nets import roll
from installation.commands.setup_questions import QUESTIONS
from installation.drivers import INTERPOLATORS, PANELS, PRINTERS, SOURCES, Driver, opened
from installation.live_settings.change import Refused, SettingsChanged, change
from installation.live_settings.rows import live_keys, rows
from installation.panel.factory import panel_of
from installation.printer.choice import open_press
from installation.settings import HOUSE, Settings, changed, load_settings
from installation.source.choice import open_source
from installation.source.made import MADE

ROOMS = {"panel": PANELS, "source": SOURCES, "model": INTERPOLATORS, "printer": PRINTERS}
DRIVERS = [(section, driver) for section, drivers in ROOMS.items() for driver in drivers]


@pytest.mark.parametrize(("section", "driver"), DRIVERS, ids=lambda one: getattr(one, "name", one))
def test_every_driver_can_be_asked_for_and_has_what_opens_it(section: str, driver: Driver):
    assert callable(driver.opener())
    asked = change(Settings(), {f"{section}.driver": driver.name})
    assert isinstance(asked, SettingsChanged)
    (row,) = (row for row in rows() if row.key == f"{section}.driver")
    assert driver.name in row.allowed.split(", ")


@pytest.mark.parametrize("section", ROOMS)
def test_a_driver_that_is_none_is_refused_with_those_there_are(section: str):
    refused = change(Settings(), {f"{section}.driver": "theremin"})
    assert isinstance(refused, Refused)
    line = refused.errors[f"{section}.driver"]
    assert all(driver.name in line for driver in ROOMS[section])
    with pytest.raises(ValueError, match="theremin"):
        opened(ROOMS[section], "theremin", None)


@pytest.mark.parametrize("section", ROOMS)
def test_the_example_names_every_driver(section: str):
    """Beside `driver`, in the comment that an operator reads."""
    lines = (HOUSE / "kiosk_config" / "uglynet.toml").read_text(encoding="utf-8").splitlines()
    at = next(n for n in range(lines.index(f"[{section}]"), len(lines)) if "driver =" in lines[n])
    told = lines[at].partition("#")[2]
    for line in lines[at + 1 :]:
        if not line.strip().startswith("#"):
            break
        told += line.strip()
    assert {driver.name for driver in ROOMS[section]} <= set(re.findall(r"[a-z_]+", told))


def test_settings_that_only_one_driver_has_are_a_section_called_as_it_is():
    settings = Settings()
    for _, driver in DRIVERS:
        kind = driver.own_settings()
        assert (kind is None) == (settings.own(driver.name) is None)
        if kind is not None:
            assert isinstance(settings.own(driver.name), kind)
            assert is_pydantic_dataclass(kind), "else the wizard takes anything"
            assert str(kind()) != repr(kind()), "what names it to an operator"
            keys = {row.key for row in rows() if row.key.startswith(f"{driver.name}.")}
            assert keys == {f"{driver.name}.{each.name}" for each in fields(kind)}
            assert not keys & live_keys(), "an open driver hears of no change"
            assert keys <= {question.key for question in QUESTIONS}, "the wizard asks"
            assert [each.name for _, each in DRIVERS].count(driver.name) == 1
            assert driver.name not in ROOMS


def test_own_settings_are_read_from_the_file_and_reach_the_driver(tmp_path: Path, monkeypatch):
    """For every kind of driver, by a driver that only keeps what it is asked to be."""
    asked: list[Any] = []
    monkeypatch.setattr(Driver, "opener", lambda driver: asked.append)
    monkeypatch.setattr(Settings, "own", lambda settings, driver: settings.network_camera)
    file = tmp_path / "own.toml"
    file.write_text('[network_camera]\naddress = "rtsp://camera/1"\npassword = "camera.secret"\n')
    settings = load_settings(file)
    open_source(settings)
    open_interpolator(settings)
    panel_of(settings)
    open_press(changed(settings, "printer", driver="cups"))
    assert [each.own.address for each in asked] == 4 * ["rtsp://camera/1"]
    assert asked[0].own.password == tmp_path / "camera.secret"


def test_what_is_made_here_is_registered():
    assert set(MADE) <= {driver.name for driver in SOURCES}


def test_a_show_without_a_model_can_keep_what_it_plays():
    interpolator = open_interpolator(changed(Settings(), "model", driver="crossfade"))
    net = named(roll(interpolator.sites, interpolator.model, 3))
    assert net.model == interpolator.model
    assert net.name
