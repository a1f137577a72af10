"""One tick of the whole show: what hands did goes in, what may be shown comes out.

The same tick serves the window, simulated visits, the tour, the bench, and devices without
threads on a clock that is stepped (`simulation.stepped`). Nothing in it waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Protocol

from installation.app.alerting import Alerting
from installation.app.booth import Booth
from installation.app.devices import Devices
from installation.app.flash_guard import FlashGuard
from installation.app.fleet_beats import Beats
from installation.app.in_use import InUse
from installation.app.journal import settings_changed
from installation.app.needs import no_words, words_of
from installation.app.opening import House
from installation.app.prompts import Prompter
from installation.app.sound import Sound
from installation.experience import Phase
from installation.gallery.store import Clocks
from installation.live_settings.change import Refused, SettingsChanged, change, difference
from installation.panel.driver import ByPointer
from installation.settings import Settings
from installation.show.paint.shapes import Rect, Scene
from installation.show.scenes.closed import closed as closed_scene
from installation.show.scenes.outage import outage
from installation.show.scenes.phases import scene
from installation.show.scenes.scanning import STRIP, with_strip
from installation.show.scenes.screen_layout import SMALLEST_PX, ScreenLayout, arrange
from installation.show.scenes.service import service_sheet
from installation.show.view_model import View
from installation.show.window.keymap import (
    LANGUAGE_KEY,
    PASSWORD_KEY,
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
    in_one_tick,
)
from installation.vocabulary import Frame


class Canvas(Protocol):
    """What scenes are painted on: a window's, or one that nobody sees."""

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""

    @property
    def frame(self) -> Frame:
        """The composed picture: read-only, and good until the next `draw`."""

    def draw(self, scene: Scene) -> tuple[Rect, ...]:
        """Bring the picture to a scene; return where it was painted, in whole pixels."""


_back_soon = lru_cache(maxsize=4)(outage)


class Wish(str, Enum):
    """What an operator asks of whoever runs the show."""

    QUIT = "quit"
    SCREENSHOT = "screenshot"


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick came to: the view, the picture that may be shown (None without a canvas), what
    an operator asked for, and how many seconds the picture was judged."""

    view: View
    frame: Frame | None = None
    wishes: frozenset[Wish] = frozenset()
    judged_s: float = 0.0


class Show:
    """The installation on a clock and a canvas; without a canvas nothing is drawn.

    `clocks.steady` says when a tick is; the devices go by the same one. `seeds` are those of the
    surprises.

    Raises:
        UglyError: if the words of the settings are wrong.
    """

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        canvas: Canvas | None = None,
        *,
        clocks: Clocks | None = None,
        seeds: Iterator[int] | None = None,
        sound: Sound | None = None,
    ) -> None:
        clocks = clocks or Clocks()
        self.words = words_of(settings.screen)
        if settings.fleet.folder is not None:
            self.words = {name: each.of_fleet() for name, each in self.words.items()}
        self._in_use = devices.in_use or InUse(settings)
        self._in_use.now = self._asked = self._told = self._filed = settings
        self._asking = threading.Lock()
        self.booth = Booth(self._in_use, devices, clocks.wall, seeds)
        self._devices, self._canvas = devices, canvas
        self._now, self._sound = clocks.steady, sound
        self._guard, self._house = FlashGuard(settings.screen), House(self._in_use, clocks.wall)
        panel = devices.panel
        self.prompter: Prompter | None = None
        self.alerting: Alerting | None = None
        self.beats: Beats | None = None
        self._unheard: tuple[Input, ...] = ()
        self._pointed: ByPointer | None = panel if isinstance(panel, ByPointer) else None

    @property
    def held(self) -> int:
        """How many pictures the flash governor held back so far."""
        return self._guard.held

    @property
    def screen_off(self) -> bool:
        """Whether the screen is to be switched off while the house is closed."""
        return self._in_use.now.hours.screen_off

    def layout(self, size_px: tuple[int, int]) -> ScreenLayout:
        """Where everything stands on a picture of (width, height)."""
        shape, (width, height) = self._devices.panel.shape, size_px
        shown = self._in_use.now.screen.panel and self._pointed is not None
        one = self._in_use.now.access.one_button in self._devices.layout.buttons
        strip_px = round(STRIP * min(size_px)) if one and height >= 2 * SMALLEST_PX else 0
        layout = arrange(
            width, height - strip_px, panel=shown, knobs=shape.knobs, buttons=shape.buttons
        )
        return with_strip(layout, strip_px) if strip_px else layout

    def change(self, changes: Mapping[str, object]) -> SettingsChanged | Refused:
        """Change settings (by "section.name") while the show runs, all of them or none; from any
        thread. What may change live is taken on with the next tick; the answer tells the rest."""
        with self._asking:
            changed = change(self._asked, changes)
            return changed if isinstance(changed, Refused) else self._adopt(changed)

    def adopt(self, settings: Settings) -> SettingsChanged | Refused:
        """The settings file says this now: what it says otherwise than before is changed, as by
        `change`. What was changed elsewhere meanwhile (a booth taken out of service) stays so."""
        with self._asking:
            changed = self._adopt(difference(self._filed, settings).onto(self._asked))
            if isinstance(changed, SettingsChanged):
                self._filed = settings
            return changed

    def _adopt(self, changed: SettingsChanged) -> SettingsChanged | Refused:
        screen = changed.after.screen
        if unknown := [each for each in screen.languages if each not in self.words]:
            return Refused({"screen.languages": no_words(unknown[0], self.words)})
        self._asked = changed.after
        return changed

    def _take_changes(self) -> None:
        """Take on what may change while the show runs, if anything was asked for."""
        asked, now = self._asked, self._in_use.now
        if asked is self._told:
            return
        changed, self._told = difference(now, asked).live(), asked
        settings_changed(changed.keys, difference(now, asked).after_restart)
        if not changed.keys:
            return
        self._in_use.now = changed.after
        self.booth.follow(changed)
        self._devices.archive.keep_within(
            changed.after.gallery.keep_days, changed.after.gallery.most
        )
        if self._sound is not None:
            self._sound.set_level(changed.after.sound.level_db)

    def tick(self, inputs: Iterable[Input] = ()) -> Ticked:
        """Read the hands, move the booth on, draw what there is to see."""
        now_s = self._now()
        self._take_changes()
        self._unheard = (*self._unheard, *inputs)
        count = in_one_tick(self._unheard)
        heard, self._unheard = self._unheard[:count], self._unheard[count:]
        wishes = frozenset(wish for event in heard if (wish := self._hear(event, now_s)))
        closed = self._house.closed(idle=self.booth.experience.phase is Phase.ATTRACT)
        self._in_use.asleep = closed is not None
        out = self._in_use.out_of_service
        view = replace(self.booth.tick(now_s), closed=closed, out_of_service=out)
        if self._sound is not None:
            view = self._sound.follow(view)
        if self.prompter is not None:
            silent = view.closed is not None or self._in_use.out_of_service
            words = self.words.get(view.language, self.words["en"])
            view = self.prompter.follow(view, words, self._in_use.now.access, silent=silent)
        view = self._told_elsewhere(view)
        if self._canvas is None:
            return Ticked(view, None, wishes)
        changed = self._canvas.draw(self._scene(view, self._canvas.size_px))
        composed_s = time.perf_counter()
        flash, frame = self._in_use.now.flash, self._canvas.frame
        frame = self._guard.pass_on(frame, changed, now_s, flash, view.calm)
        return Ticked(view, frame, wishes, time.perf_counter() - composed_s)

    def _told_elsewhere(self, view: View) -> View:
        """The view with the health of what tells others of it, which sees it, too."""
        if self.beats is not None:
            view = self.beats.beside(view)
        if self.alerting is not None:
            view = self.alerting.follow(view)
        if self.beats is not None:
            outcomes = self.booth.outcomes
            self.beats.follow(view, outcomes.takes_kept, outcomes.takes_not_kept)
        return view

    def _scene(self, view: View, size_px: tuple[int, int]) -> Scene:
        """What there is to see; while the house is closed, or an operator took it out of service,
        only that, and the operator's page."""
        words = self.words.get(view.language, self.words["en"])
        layout, screen = self.layout(size_px), self._in_use.now.screen
        tongues = tuple(self.words[name] for name in screen.languages)
        if screen.out_of_service:
            page = (service_sheet(view, layout, words),) if view.service is not None else ()
            return (*_back_soon(None, size_px, tongues), *page)
        if view.closed is not None and view.service is None:
            return closed_scene(view.closed, arrange(*size_px), tongues)
        return scene(view, layout, words)

    def _hear(self, event: Input, now_s: float) -> Wish | None:
        """Carry out what mouse or keyboard did; what it asks of whoever runs the show."""
        booth, pointed = self.booth, self._pointed
        booth.touch_service(now_s)
        if isinstance(event, Quit):
            return Wish.QUIT if self._operated else None
        if isinstance(event, (KnobSelected, KnobDragged)):
            booth.select(event.knob)
            if isinstance(event, KnobDragged) and pointed is not None:
                pointed.turn_by(event.knob, event.delta)
        elif isinstance(event, ButtonDown):
            (pointed or booth).press(event.button)
        elif isinstance(event, ButtonUp):
            (pointed or booth).release(event.button)
        elif isinstance(event, Key) and event.down:
            return self._key(event.name, now_s)
        return None

    def _key(self, name: str, now_s: float) -> Wish | None:
        if name == SERVICE_KEY:
            self.booth.toggle_service(now_s)
        elif name == LANGUAGE_KEY:
            self.booth.next_language()
        elif name == PASSWORD_KEY:
            self.booth.views.access.ask()
        elif name in SORT_KEYS:
            self.booth.sort(SORT_KEYS[name], now_s)
        elif name == SCREENSHOT_KEY and self._operated:
            return Wish.SCREENSHOT
        return None

    @property
    def _operated(self) -> bool:
        """Whether keys may end the show or write a file: in a window, or while the operator's
        page is open. On a full screen a visitor's stray key does neither."""
        return not self._in_use.now.screen.fullscreen or self.booth.service
