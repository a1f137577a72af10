"""The main loop: one thread, one window, one tick after another at the screen's pace."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from installation.app.booth import Booth
from installation.app.devices import Devices
from installation.app.needs import words_of
from installation.app.pace import Lateness, Metronome
from installation.experience import Phase
from installation.panel.onscreen import OnScreenPanel
from installation.panel.simulated.simulated import SimulatedPanel
from installation.settings import ScreenSettings, Settings
from installation.show.audio.drone import energies
from installation.show.audio.loudspeaker import Loudspeaker
from installation.show.flash_safety.governor import Governor, seen_field
from installation.show.flash_safety.patterns import Softener
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import ScreenLayout, arrange
from installation.show.view_model import View
from installation.show.window.keymap import (
    LANGUAGE_KEY,
    SCREENSHOT_KEY,
    SERVICE_KEY,
    SORT_KEYS,
    ButtonDown,
    ButtonUp,
    Input,
    Key,
    KnobDragged,
    KnobSelected,
    Quit,
)
from installation.show.window.screen import Screen
from installation.show.words import Words
from installation.vocabulary import Carve, UglyError

_log = logging.getLogger(__name__)

BY_POINTER = (OnScreenPanel, SimulatedPanel)
"""Panels without hardware of their own: the screen draws them, mouse and keys turn them."""


SWITCH_S = 0.0005
"""How long another thread may keep the interpreter from a tick, in seconds; Python's own 0.005
is a third of a tick."""


@dataclass
class Stop:
    """Whether somebody has asked the program to end. Plain, so that a signal may set it."""

    asked: bool = False

    def ask(self) -> None:
        self.asked = True


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
    """A booth with a screen in front of it; ends once `stop` is asked for. `shown_on` is a screen
    that is open already."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        booth: Booth,
        *,
        clock: Callable[[], float] = time.monotonic,
        size_px: tuple[int, int] | None = None,
        stop: Stop | None = None,
        shown_on: Screen | None = None,
    ) -> None:
        screen = settings.screen
        self.words: dict[str, Words] = words_of(screen)
        self.screen = shown_on or open_screen(screen, size_px)
        self.booth, self._settings, self._devices, self._clock = booth, settings, devices, clock
        self._governor = Governor(
            screen.fps,
            calm=settings.flash.governor == "calm",
            field=seen_field(screen.size_m, screen.distance_m),
        )
        self._softener, self._softened = Softener(), False
        self.loudspeaker: Loudspeaker | None = None
        if settings.sound.drone:
            voices = len(devices.interpolator.sites)
            self.loudspeaker = Loudspeaker(max(1, voices), settings.sound.level_db)
        self.lateness: Lateness | None = None
        self.view: View | None = None
        self.stop = stop or Stop()

    @property
    def layout(self) -> ScreenLayout:
        """Where everything stands now."""
        shape = self._devices.panel.shape
        shown = self._settings.screen.panel and isinstance(self._devices.panel, BY_POINTER)
        return arrange(*self.screen.size_px, panel=shown, knobs=shape.knobs, buttons=shape.buttons)

    def run(self, each_tick: Callable[[float, View], bool] | None = None) -> None:
        """Tick until somebody quits, or `each_tick` (called after every picture) returns False."""
        metronome = Metronome(1 / self._settings.screen.fps, self._clock())
        with undisturbed():
            while not self.stop.asked:
                now_s = self._clock()
                late_s = metronome.begin(now_s)
                if self.lateness is not None:
                    self.lateness.begins(late_s)
                if self._devices.door is not None:
                    self._devices.door.sight.tick(late_s)
                view = self.tick(now_s)
                if each_tick is not None and not each_tick(now_s, view):
                    return
                rest_s = metronome.due_s - self._clock()
                if rest_s > 0:
                    time.sleep(rest_s)

    def tick(self, now_s: float) -> View:
        """Read the hands, move the booth on, draw what there is to see."""
        began_s, began_cpu_s = time.perf_counter(), time.thread_time()
        shape, buttons = self._devices.panel.shape, self._devices.layout.buttons
        for event in self.screen.events(self.layout, shape.knobs, buttons):
            self._hear(event, now_s)
        view = self.booth.tick(now_s)
        if self.loudspeaker is not None:
            view = self._sound(self.loudspeaker, view)
        self.view = view
        fallback = self.words["en"]
        words = self.words.get(view.language, fallback)
        changed = self.screen.draw(scene(view, self.layout, words))
        frame = self.screen.as_frame()
        flash = self._settings.flash.governor
        # A picture that stands still needs no judge, unless something is still held back.
        composed_s = time.perf_counter()
        held = self._governor.holding or self._softener.softening
        if flash != "off" and (changed or held):
            self._governor.calm = flash == "calm" or view.calm
            soft = frame
            if self._settings.flash.patterns or self._governor.calm or self._softener.softening:
                soft = self._softener.pass_on(frame, now_s)
            touched = soft is not frame or self._softened
            self._softened = soft is not frame
            frame = self._governor.pass_on(soft, now_s, None if touched else changed)
        drawn_s, drawn_cpu_s = time.perf_counter(), time.thread_time()
        self.screen.present(frame)
        if self._devices.door is not None:
            self._devices.door.sight.see(view, frame, self.booth.frames_made, now_s)
        if self.lateness is not None:
            self.lateness.worked_s.append(drawn_s - began_s)
            self.lateness.cpu_s.append(drawn_cpu_s - began_cpu_s)
            self.lateness.judged_s.append(drawn_s - composed_s)
            self.lateness.flipped_s.append(time.perf_counter() - drawn_s)
        return view

    def _sound(self, loudspeaker: Loudspeaker, view: View) -> View:
        """Let the drone follow the visitor's net; the view with its health."""
        names = tuple(site.name for site in view.sites)
        carving = view.experience.phase in (Phase.INVITE, Phase.CARVE, Phase.DECIDE)
        carve = view.net.carve if carving else Carve()
        if names:
            loudspeaker.follow(energies(carve, names, view.xray))
        return replace(view, health=(*view.health, loudspeaker.health()))

    def _hear(self, event: Input, now_s: float) -> None:
        panel = self._devices.panel
        self.booth.touch_service(now_s)
        if isinstance(event, Quit):
            if self._operated:
                self.stop.ask()
        elif isinstance(event, KnobSelected):
            self.booth.selected = event.knob
        elif isinstance(event, KnobDragged):
            self.booth.selected = event.knob
            if isinstance(panel, BY_POINTER):
                panel.turn_by(event.knob, event.delta)
        elif isinstance(event, (ButtonDown, ButtonUp)):
            down = isinstance(event, ButtonDown)
            pressed = panel if isinstance(panel, BY_POINTER) else self.booth
            (pressed.press if down else pressed.release)(event.button)
        elif isinstance(event, Key) and event.down:
            self._key(event.name, now_s)

    @property
    def _operated(self) -> bool:
        """Whether keys may end the show or write a file: in a window, or while the operator's
        page is open. On a full screen a visitor's stray key does neither."""
        return not self._settings.screen.fullscreen or self.booth.service

    def _key(self, name: str, now_s: float) -> None:
        if name == SERVICE_KEY:
            self.booth.toggle_service(now_s)
        elif name == LANGUAGE_KEY:
            self.booth.next_language()
        elif name in SORT_KEYS:
            self.booth.sort(SORT_KEYS[name], now_s)
        elif name == SCREENSHOT_KEY and self._operated:
            try:
                self.screen.screenshot(Path(f"uglynet-{time.strftime('%Y%m%d-%H%M%S')}.png"))
            except UglyError as error:  # a key must not end the show
                _log.warning("no screenshot: %s", error)

    def close(self) -> None:
        if self.loudspeaker is not None:
            self.loudspeaker.close()
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
