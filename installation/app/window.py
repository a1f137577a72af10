"""The main loop: one thread, one window, one tick after another at the screen's pace."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from installation.alerts.post import Post
from installation.alerts.ways import messengers
from installation.app.alerting import Alerting
from installation.app.devices import Devices
from installation.app.door_sight import DoorSight
from installation.app.fleet_beats import Beats, OverTheFleet
from installation.app.pace import Lateness, Metronome
from installation.app.prompts import Prompter
from installation.app.screen_switch import ScreenSwitch
from installation.app.show import Show, Wish
from installation.app.sound import Sound
from installation.app.watchdog import Watchdog
from installation.gallery.store import Clocks
from installation.settings import ScreenSettings, Settings
from installation.show.audio.voice import open_voice
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.view_model import View
from installation.show.window.screen import Screen
from installation.vocabulary import DeviceHealth, UglyError

_log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""How long another thread may keep the interpreter from a tick, in seconds; Python's own 0.005
is a third of a tick."""


@dataclass
class Stop:
    """Whether somebody has asked the program to end. Plain, so that a signal may set it."""

    asked: bool = False
    again: bool = False
    """Whether it is to begin anew then."""

    def ask(self) -> None:
        self.asked = True

    def ask_again(self) -> None:
        """End, and begin anew."""
        self.again = self.asked = True


def open_screen(settings: ScreenSettings, size_px: tuple[int, int] | None = None) -> Screen:
    """The screen of the settings, or one of `size_px` (width, height).

    Raises:
        UglyError: if there is none.
    """
    return Screen(
        size_px or (None if settings.fullscreen else settings.size_px),
        fullscreen=settings.fullscreen,
        title=settings.title,
        fonts=[settings.words] if settings.words else [],
    )


class Window:
    """The show with a screen in front of it; ends once `stop` is asked for. `shown_on` is a screen
    that is open already; else one of `size_px`, or of the settings, is opened."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        *,
        clocks: Clocks | None = None,
        size_px: tuple[int, int] | None = None,
        stop: Stop | None = None,
        shown_on: Screen | None = None,
    ) -> None:
        clocks = clocks or Clocks()
        self.screen = shown_on or open_screen(settings.screen, size_px)
        self.sound: Sound | None = None
        if settings.sound.drone:
            self.sound = Sound(settings.sound, devices.interpolator.sites)
        self.show = Show(settings, devices, self.screen, clocks=clocks, sound=self.sound)
        if (voice := open_voice(settings.access.voice)) is not None:
            self.show.prompter = Prompter(voice)
        words, ways = self.show.words[settings.screen.languages[0]], messengers(settings.alerts)
        self._sights: tuple[DoorSight, ...] = (devices.door.sight,) if devices.door else ()
        if settings.fleet.broker:
            beats = self.show.beats = Beats(settings, words)
            beats.orders.change = self.show.change
            self._sights += (beats.sight,)
            ways += (OverTheFleet(beats),)
        if ways:
            self.show.alerting = Alerting(settings.alerts, Post(ways), words)
        self._settings, self._devices, self._clock = settings, devices, clocks.steady
        self.lateness: Lateness | None = None
        self.watchdog: Watchdog | None = None
        self._switch = ScreenSwitch(
            settings.hours.command, begins_unknown=settings.hours.screen_off
        )
        self.stop = stop or Stop()

    @property
    def layout(self) -> ScreenLayout:
        """Where everything stands now."""
        return self.show.layout(self.screen.size_px)

    def run(self, each_tick: Callable[[float, View], bool] | None = None) -> None:
        """Tick until somebody quits, or `each_tick` (called after every picture) returns False."""
        metronome = Metronome(1 / self._settings.screen.fps, self._clock())
        with undisturbed():
            while not self.stop.asked:
                now_s = self._clock()
                late_s = metronome.begin(now_s)
                if self.lateness is not None:
                    self.lateness.begins(late_s)
                for sight in self._sights:
                    sight.tick(late_s)
                view = self.tick()
                if each_tick is not None and not each_tick(now_s, view):
                    return
                rest_s = metronome.due_s - self._clock()
                if rest_s > 0:
                    time.sleep(rest_s)

    def tick(self) -> View:
        """One tick of the show, on the screen."""
        began_s, began_cpu_s = time.perf_counter(), time.thread_time()
        shape, buttons = self._devices.panel.shape, self._devices.layout.buttons
        ticked = self.show.tick(self.screen.events(self.layout, shape.knobs, buttons))
        drawn_s, drawn_cpu_s = time.perf_counter(), time.thread_time()
        self.screen.present(ticked.frame)
        dark = ticked.view.closed is not None and ticked.view.service is None
        self._switch.tell(on=not (dark and self.show.screen_off))
        if self.watchdog is not None:
            self.watchdog.shown(ticked.view.health)
        if ticked.frame is not None:
            made, now_s = self.show.booth.frames_made, self._clock()
            for sight in self._sights:
                sight.see(ticked.view, ticked.frame, made, now_s)
        if self.lateness is not None:
            self.lateness.worked_s.append(drawn_s - began_s)
            self.lateness.cpu_s.append(drawn_cpu_s - began_cpu_s)
            self.lateness.judged_s.append(ticked.judged_s)
            self.lateness.flipped_s.append(time.perf_counter() - drawn_s)
        if Wish.QUIT in ticked.wishes:
            self.stop.ask()
        if Wish.SCREENSHOT in ticked.wishes:
            self._screenshot()
        return ticked.view

    def _screenshot(self) -> None:
        try:
            self.screen.screenshot(Path(f"uglynet-{time.strftime('%Y%m%d-%H%M%S')}.png"))
        except UglyError as error:  # a key must not end the show
            _log.warning("no screenshot: %s", error)

    def health(self) -> tuple[DeviceHealth, ...]:
        """Every device's health."""
        return self._devices.health()

    def close(self) -> None:
        self._switch.close()
        if self.sound is not None:
            self.sound.close()
        if self.show.prompter is not None:
            self.show.prompter.close()
        if self.show.alerting is not None:
            self.show.alerting.close()
        if self.show.beats is not None:
            self.show.beats.close()
        self.screen.close()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """While ticks run, no other Python thread keeps the interpreter for long, and what is there
    already is never again looked through for garbage."""
    kept_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(kept_s)


@contextlib.contextmanager
def stopping_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP ask the loop to end after its tick, so that nothing is lost.

    SIGHUP is what a session that ends sends to what runs in it.
    """
    kept = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        kept[number] = signal.signal(number, lambda *_: stop())
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
