"""From a voltage on a pin to a changed pixel and a lit lamp: the firmware that ships, in the
simulator, its serial line, the booth, the net and the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest
from display import display
from staging import stage, started, surroundings
from waiting import eventually

from installation.app.assemble import open_devices
from installation.app.window import Window
from installation.experience import Phase
from installation.gallery.store import Clocks
from installation.panel.simulated.simulated import SimulatedPanel
from installation.settings import load_settings
from installation.show.view_model import View
from installation.vocabulary import Button, DeviceHealth, Health

TICK_S = 1 / 60


class Rig:
    """The installation in this process, with a hand on the board's pins. The visit's clock moves
    by a tick when one is done, however long it took; the board and its line live on the wall's."""

    def __init__(self, folder: Path) -> None:
        # Nothing moves in the clip: what changes in its place, a hand has changed.
        settings = load_settings(stage(folder, moving=False))
        self.now_s = 1000.0
        opened = open_devices(settings, clock=lambda: self.now_s)
        opened.panel.close()
        panel = SimulatedPanel(opened.panel.shape)
        self.devices = replace(opened, panel=panel)
        self.board = panel.board
        self.window = Window(settings, self.devices, clocks=Clocks(steady=lambda: self.now_s))
        self.booth = self.window.show.booth
        self.ticks = 0
        self.view = self.tick()

    def tick(self) -> View:
        self.ticks += 1
        self.now_s += TICK_S
        self.view = self.window.tick()
        return self.view

    def until(self, what: Callable[[View], object]) -> View:
        """Tick until it is so."""
        eventually(
            lambda: what(self.tick()),
            lambda: (self.view.experience, self.view.health),
            look_s=TICK_S,
        )
        return self.view

    def button(self, button: Button) -> int:
        return self.devices.layout.buttons.index(button)

    def panel_health(self, view: View) -> DeviceHealth:
        return next(health for health in view.health if health.device == "panel")

    def clip(self) -> np.ndarray:
        """The clip's place in the window, as the window now shows it."""
        x, y, w, h = (int(v) for v in self.window.layout.clip.inset(12))
        surface = pygame.display.get_surface()
        assert surface is not None
        return pygame.surfarray.array3d(surface)[x : x + w, y : y + h].astype(float)

    def rest(self) -> np.ndarray:
        """Wait until the clip's place shows the net as it stands, and no longer changes."""
        last = [self.clip()]

        def rests(view: View) -> bool:
            before, last[0] = last[0], self.clip()
            shown = view.frame is not None and self.booth.shows_newest
            return shown and last[0].std() > 20 and far(before, last[0]) < 0.2

        self.until(rests)
        return last[0]

    def close(self) -> None:
        self.window.close()
        self.devices.close()


def far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    opened = Rig(tmp_path)
    yield opened
    opened.close()


def test_from_a_voltage_to_a_pixel_and_a_lamp(rig: Rig):
    board, record, discard = rig.board, rig.button(Button.RECORD), rig.button(Button.DISCARD)
    rig.until(lambda view: rig.panel_health(view).health is Health.FINE)
    assert rig.booth.experience.phase is Phase.ATTRACT
    rig.until(lambda view: board.lamps() == {record, rig.button(Button.SURPRISE)})
    board.press(record, bounces=3)
    rig.until(lambda view: view.experience.phase is Phase.RECORD)
    rig.until(lambda view: board.lamps() == {discard})
    board.release(record)
    rig.until(lambda view: view.experience.phase is Phase.CARVE)
    rig.until(lambda view: rig.button(Button.KEEP) in board.lamps())
    plain = rig.rest()
    assert rig.booth.net.is_untouched

    board.turn_to(0, 0.9, noise_v=0.02)
    rig.until(lambda view: [cut.site for cut in view.net.carve.cuts] == ["flow/enc1"])
    rig.until(lambda view: far(rig.clip(), plain) > 2)

    # The plug is pulled: the show goes on, and says so.
    board.unplug()
    rig.until(lambda view: rig.panel_health(view).health is Health.MISSING)
    carved, ticks = rig.booth.net, rig.ticks
    rig.until(lambda view: rig.ticks > ticks + 20)
    assert rig.booth.experience.phase is Phase.CARVE
    assert rig.booth.net == carved
    assert rig.view.frame is not None

    # It is put back, and the knob works again.
    board.plug()
    rig.until(lambda view: rig.panel_health(view).health is Health.FINE)
    assert rig.booth.experience.phase is Phase.CARVE
    assert rig.booth.net.carve.cuts[0].site == "flow/enc1"
    broken = rig.rest()
    board.turn_to(0, 0.0)
    rig.until(lambda view: view.net.is_untouched)
    rig.until(lambda view: far(rig.clip(), plain) < 1)
    assert far(rig.clip(), broken) > 2
    rig.until(lambda view: rig.button(Button.KEEP) in board.lamps())


def test_the_program_runs_on_a_simulated_panel(tmp_path: Path):
    """`uglynet run --panel simulated`: keys move the pins, the firmware tells of it."""
    settings = stage(tmp_path, net=False)
    words = ("--verbose", "--config", settings, "run", "--panel", "simulated")
    with display(tmp_path) as screen:
        environment = surroundings(DISPLAY=screen.name)
        with started(tmp_path, *words, environment=environment) as program:

            def turned() -> bool:
                assert program.process.poll() is None, program.told()
                screen.key("Prior")
                return program.has_said("visit 1:")

            eventually(turned, program.told, look_s=0.2)  # the board boots first
            program.hears("visit 1: invite")
            screen.key("r")
            program.hears("visit 1: carve")
            screen.key("Escape")
            assert program.status() == 0, program.told()
