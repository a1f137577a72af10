"""The operator's keys, on a window that runs."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest
from staging import stage

from installation.app.assemble import open_devices
from installation.app.window import Window
from installation.settings import changed, load_settings
from installation.show.view_model import View


@contextlib.contextmanager
def opened(folder: Path, *, fullscreen: bool) -> Iterator[Window]:
    settings = changed(load_settings(stage(folder, net=False)), "screen", fullscreen=fullscreen)
    devices = open_devices(settings)
    window = Window(settings, devices, size_px=(640, 360))
    try:
        yield window
    finally:
        window.close()
        devices.close()


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with opened(tmp_path, fullscreen=False) as shown:
        yield shown


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path, fullscreen=True) as shown:
        yield shown


def tap(window: Window, key: int, mod: int = 0) -> View:
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=key, scancode=key & 0xFFFF, mod=mod))
    return window.tick()


def test_f1_tells_of_every_device_and_goes_again(window: Window):
    view = tap(window, pygame.K_F1)
    assert view.service
    assert {health.device for health in view.health} == {"panel", "camera", "net", "gallery"}
    assert {"running", "takes", "model", "preview"} <= {fact.key for fact in view.service.facts}
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


def test_on_a_full_screen_only_the_operators_page_ends_the_show(full: Window, tmp_path: Path):
    for _ in range(3):
        tap(full, pygame.K_ESCAPE)
    pygame.event.post(pygame.event.Event(pygame.QUIT))  # what Alt+F4 becomes
    tap(full, pygame.K_F12)
    assert not full.stop.asked
    assert not list(tmp_path.glob("*.png")), "no visitor's picture is written by a stray key"
    tap(full, pygame.K_F1)
    tap(full, pygame.K_F12)
    assert len(list(tmp_path.glob("uglynet-*.png"))) == 1
    tap(full, pygame.K_ESCAPE)
    assert full.stop.asked


def test_every_key_there_is_leaves_a_full_screen_show_running(full: Window):
    """Typed at random, held with Ctrl, Alt or the Windows key: the visit may move, no more."""
    keys = sorted({value for name, value in vars(pygame).items() if name.startswith("K_")})
    keys.remove(pygame.K_F1)
    for mod in (0, pygame.KMOD_LSHIFT, pygame.KMOD_LCTRL, pygame.KMOD_LALT, pygame.KMOD_LMETA):
        for key in keys:
            for kind in (pygame.KEYDOWN, pygame.KEYUP):
                event = pygame.event.Event(kind, key=key, scancode=key & 0xFFFF, mod=mod)
                pygame.event.post(event)
        view = full.tick()
        assert not view.service
        assert not full.stop.asked


def test_a_key_held_with_ctrl_alt_or_the_windows_key_does_nothing(full: Window):
    still = tap(full, pygame.K_HOME)
    for mod in (pygame.KMOD_LCTRL, pygame.KMOD_LALT, pygame.KMOD_RALT, pygame.KMOD_LMETA):
        for key in (pygame.K_r, pygame.K_s, pygame.K_1, pygame.K_TAB, pygame.K_F1, pygame.K_F2):
            view = tap(full, key, mod)
        assert view.experience.phase is still.experience.phase
        assert (view.panel.page, view.panel.pressed) == (still.panel.page, frozenset())
        assert (view.service, view.language) == (None, still.language)
