"""The operator's keys, on a window that runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest
from staging import stage

from installation.app.assemble import open_devices
from installation.app.booth import Booth
from installation.app.window import Window
from installation.settings import load_settings
from installation.show.view import View


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    settings = load_settings(stage(tmp_path))
    devices = open_devices(settings)
    opened = Window(settings, devices, Booth(settings, devices, time.time))
    yield opened
    opened.close()
    devices.close()


def tap(window: Window, key: int) -> View:
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=key, scancode=key & 0xFFFF, mod=0))
    return window.tick(time.monotonic())


def test_f1_tells_of_every_device_and_goes_again(window: Window):
    view = tap(window, pygame.K_F1)
    assert view.service
    assert {health.device for health in view.health} == {"panel", "camera", "net", "gallery"}
    assert any("takes in" in fact for fact in view.facts)
    assert not tap(window, pygame.K_F1).service


def test_f12_leaves_a_picture(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    tap(window, pygame.K_F12)
    (shot,) = tmp_path.glob("uglynet-*.png")
    assert pygame.image.load(shot).get_size() == (640, 360)


def test_f12_where_nothing_can_be_written_does_not_end_the_show(
    window: Window,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with caplog.at_level(logging.WARNING):
        tap(window, pygame.K_F12)
    assert not window.stop.asked
    assert "no screenshot" in caplog.text
    assert tap(window, pygame.K_F1).service, "the show goes on"


def test_escape_asks_it_to_stop(window: Window):
    tap(window, pygame.K_ESCAPE)
    assert window.stop.asked
