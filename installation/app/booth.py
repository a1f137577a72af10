"""The booth: one tick of the installation, without a window.

It asks every device for what is newest, moves the visit on and carries its orders out; what
there is to see is said in `sight`. Nothing in a tick waits.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import MappingProxyType

from installation import __version__
from installation.app.devices import Devices
from installation.app.gesture import HeldTogether
from installation.app.journal import HealthJournal, VisitJournal
from installation.app.keys import Keys
from installation.app.service_page import ServicePage
from installation.app.stills import HeldKeep, named
from installation.app.tally import Tally
from installation.app.view_builder import ViewBuilder
from installation.carve.mapping import (
    ButtonPressed,
    ButtonReleased,
    Gesture,
    Hand,
    KnobTurned,
    hand_of_net,
    net_of_hand,
    turn,
)
from installation.carve.panel_layout import SOURCE_TARGETS
from installation.carve.random_nets import roll
from installation.experience import (
    ClipFilmed,
    Event,
    Experience,
    FilmClip,
    FilmFailed,
    Forget,
    Heal,
    KeepFailed,
    KeepTake,
    Notice,
    Order,
    Pace,
    Phase,
    Pressed,
    Released,
    RollSurprise,
    TakeKept,
    Tick,
    Touched,
    Welcome,
    step,
)
from installation.gallery.archive import Keeping, Kept, StillNotKept
from installation.interpolator.player import Playing
from installation.settings import Settings
from installation.show.view_model import View
from installation.vocabulary import Button, Clip, DeviceHealth, Net, Take

DREAM_TURN = 4
"""Every so many turns of the attract loop are nobody's: networks nobody trained, carved."""

UNDECIDED = (Phase.CARVE, Phase.DECIDE)
"""The phases in which a visitor may still take a still."""

_log = logging.getLogger(__name__)


SORT_STEP = 0.25
"""How much of a turn one press of an arrow key sorts."""


def _is_calm(gesture: Gesture) -> bool:
    return isinstance(gesture, (ButtonPressed, ButtonReleased)) and gesture.button is Button.CALM


def chance_seeds() -> Iterator[int]:
    """A seed for every surprise, never twice the same row of them."""
    while True:
        yield secrets.randbelow(2**31)


class Booth:
    """The installation between two ticks of the clock."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        wall_clock: Callable[[], float],
        seeds: Iterator[int] | None = None,
    ) -> None:
        visit = settings.visit
        pace = Pace(
            invite_s=visit.invite_s,
            countdown_s=visit.countdown_s,
            film_s=settings.source.seconds,
            film_late_s=settings.source.seconds + 6,
            carve_s=visit.carve_s,
            idle_s=visit.idle_s,
            decide_s=visit.decide_s,
            gallery_s=visit.gallery_s,
        )
        self.experience = Experience(pace=pace)
        self.hand = Hand.fresh(devices.layout)
        self.language = settings.screen.languages[0]
        self._page, self._keys = ServicePage(), Keys()
        self.selected: int | None = None
        self._settings, self._devices, self._wall_clock = settings, devices, wall_clock
        self._seeds = seeds or chance_seeds()
        self._clip: Clip | None = None
        self._playing: Playing | None = None
        self._turn, self._turn_since_s = 0, float("-inf")
        self._demo_net: Net | None = None
        self._take: Take | None = None
        self._sight = ViewBuilder(settings, devices, wall_clock)
        self.kept: list[Take] = []
        self.not_kept: list[str] = []
        self.stills: list[str] = []
        self.stills_not_kept: list[str] = []
        self._held_keep = HeldKeep()
        model, folder = devices.interpolator.model[:12] or "none", settings.gallery.folder
        intro = f"UGly-Net {__version__}, model {model}, gallery {folder}"
        self._health_journal = HealthJournal(intro)
        self._visit_journal = VisitJournal()
        self._tally = Tally(devices.door.count if devices.door is not None else None)
        panel = settings.panel
        self._gesture = HeldTogether(panel.service_buttons, panel.service_hold_s)

    @property
    def net(self) -> Net:
        """The net the visitor's hand has made, with SOLO as it is held."""
        solo = self.hand.touched if self.experience.solo else None
        model = self._devices.interpolator.model
        return net_of_hand(self.hand, self._devices.layout, model, solo=solo)

    @property
    def frames_made(self) -> int:
        """How many frames the net has made so far."""
        return self._devices.player.made

    @property
    def shows_newest(self) -> bool:
        """Whether the picture is what the net as it now stands makes of the clip."""
        played = self._devices.player.latest()
        return played is not None and played.playing.net == self.net

    def tick(self, now_s: float) -> View:
        """Move on to `now_s` (seconds of a steady clock) and say what there is to see."""
        for event in (*self._hands(now_s), *self._answers(), Tick()):
            self._happen(event, now_s)
        self._page.tick(now_s)
        self._devices.source.steer(tuple(self.hand.amount(t) for t in SOURCE_TARGETS))
        self._held_keep.tick(now_s)
        self._play(now_s)
        lit, blinking = self._lamps()
        self._devices.panel.light(lit, blinking)
        lamps = lit if now_s % 2 >= 1 else lit | blinking  # as the screen draws them: slower
        view = self._sight.view(
            self.experience,
            self.hand,
            self.net,
            self._playing,
            now_s=now_s,
            lamps=lamps,
            language=self.language,
            service=self.service,
            selected=self.selected,
        )
        self._health_journal.look(view.health, now_s)
        return view

    def press(self, number: int) -> None:
        """A button of the panel by another way than the panel: its key went down."""
        self._keys.press(number)

    def release(self, number: int) -> None:
        """A button's key came up."""
        self._keys.release(number)

    def sort(self, direction: str, now_s: float) -> None:
        """Sort the pixels a step further that way ("left", "right", "up", "down"), as the arrow
        keys of Roidl's noise tool did; past the full turn it begins again."""
        self._happen(Touched(), now_s)
        target = f"noise/sort {direction}"
        amount = self.hand.amount(target) + SORT_STEP
        amounts = {**self.hand.amounts, target: amount if amount <= 1 else 0.0}
        self.hand = replace(self.hand, amounts=MappingProxyType(amounts), touched=target)

    @property
    def service(self) -> bool:
        """Whether the operator's page is open; without a hand it closes by itself."""
        return self._page.open

    def toggle_service(self, now_s: float) -> None:
        """Open the operator's page, or close it."""
        self._page.toggle(now_s)

    def touch_service(self, now_s: float) -> None:
        """A hand that is not the panel's: whoever reads the operator's page is still there."""
        self._page.touch(now_s)

    def next_language(self) -> None:
        """Show the words of the next language."""
        languages = self._settings.screen.languages
        at = languages.index(self.language) if self.language in languages else -1
        self.language = languages[(at + 1) % len(languages)]

    # What happened.

    def _hands(self, now_s: float) -> Iterator[Event]:
        before = self.hand.moved_at_s
        layout = self._devices.layout
        hand, state = self._keys.over(self.hand, layout, self._devices.panel.latest(), now_s)
        self.hand, gestures = turn(hand, layout, state)
        for gesture in gestures:
            if isinstance(gesture, ButtonPressed):
                if gesture.button is Button.OPERATION and self.experience.phase is Phase.INVITE:
                    self.next_language()
                elif gesture.button is Button.KEEP and self.experience.phase in UNDECIDED:
                    shown = self._devices.player.latest()
                    self._held_keep.press(self._clip, shown, now_s, self._wall_clock())
                yield Pressed(gesture.button)
            elif isinstance(gesture, ButtonReleased):
                if gesture.button is Button.KEEP:
                    self._held_keep.release()
                yield Released(gesture.button)
            elif isinstance(gesture, KnobTurned):
                yield Touched()
        if self.hand.moved_at_s > before:
            self.touch_service(now_s)
            if not gestures or not all(map(_is_calm, gestures)):  # CALM wakes nobody
                yield Touched()
        pressed = self.hand.state.pressed if self.hand.state else ()
        if self._gesture.due(pressed, self._devices.layout.buttons, now_s):
            self.toggle_service(now_s)

    def _answers(self) -> Iterator[Event]:
        filmed = self._devices.source.filmed()
        if filmed is not None:
            if filmed.visit == self.experience.visit and filmed.clip is not None:
                self._clip = filmed.clip
                yield ClipFilmed(filmed.visit)
            else:
                if filmed.clip is None:
                    self._visit_journal.not_filmed(filmed.visit, filmed.why_not)
                yield FilmFailed(filmed.visit)
        while (answer := self._devices.archive.answer()) is not None:
            _log.info("visit %d: %s", answer.visit, type(answer).__name__)
            if isinstance(answer, StillNotKept):  # its take has an answer of its own
                self.stills_not_kept = [*self.stills_not_kept[-99:], answer.why]
                continue
            if self._devices.door is not None:
                self._devices.door.answered(answer.visit, kept=isinstance(answer, Kept))
            if isinstance(answer, Kept):
                self.kept = [*self.kept[-99:], answer.take]
                self.stills = [*self.stills[-99:], *answer.take.stills]
                if answer.visit == self.experience.visit:
                    self._take = answer.take
                visit = self.experience.visit
                self._visit_journal.kept(answer.visit, visit, answer.take.id)
                yield TakeKept(answer.visit, answer.take.id)
            else:
                self._visit_journal.not_kept(answer.visit, self.experience.visit, answer.why)
                self.not_kept = [*self.not_kept[-99:], answer.why]
                yield KeepFailed(answer.visit)

    def _happen(self, event: Event, now_s: float) -> None:
        before = self.experience
        self.experience, orders = step(self.experience, event, now_s)
        self._visit_journal.see(before, self.experience, now_s)
        self._tally.see(before, self.experience, self.net, now_s)
        if self.experience.phase is not before.phase:
            _log.info("visit %d: %s", self.experience.visit, self.experience.phase.value)
        for order in orders:
            self._carry_out(order)

    # What is to be done.

    def _carry_out(self, order: Order) -> None:
        devices = self._devices
        if isinstance(order, Welcome):
            self._fresh_hand()
            self._held_keep.forget()  # of a visit that is over, nothing more is kept
            self._clip = self._take = None
        elif isinstance(order, FilmClip):
            devices.source.film(order.visit)
        elif isinstance(order, RollSurprise):
            net = roll(devices.interpolator.sites, devices.interpolator.model, next(self._seeds))
            self.hand = hand_of_net(devices.layout, net, self.hand)
            if net.carve:  # what the caption tells of, and SOLO leaves: its deepest cut
                deepest = max(net.carve.cuts, key=lambda cut: cut.amount)
                self.hand = replace(self.hand, touched=deepest.site)
        elif isinstance(order, Heal):
            self._fresh_hand()
        elif isinstance(order, KeepTake):
            self._keep(order)
        elif isinstance(order, Forget):
            self._held_keep.forget()
            self._clip = self._take = None
            self._fresh_hand()

    def _fresh_hand(self) -> None:
        self.hand = Hand.fresh(self._devices.layout, self.hand)

    def _keep(self, order: KeepTake) -> None:
        assert self._clip is not None
        stills = self._held_keep.forget()
        net, door = named(self.net), self._devices.door
        token = door.offer(order.visit, net).token if door is not None else ""
        keeping = Keeping(order.visit, self._clip, net, order.in_gallery, stills, token)
        if not self._devices.archive.keep(keeping):
            self.experience = replace(self.experience, notice=Notice.SAVE_FAILED)
            if door is not None:
                door.answered(order.visit, kept=False)

    # What plays.

    def _play(self, now_s: float) -> None:
        phase = self.experience.phase
        attract = phase is Phase.ATTRACT
        each_s = self._settings.gallery.each_s
        if attract and now_s - self._turn_since_s >= each_s:
            self._turn_since_s, self._turn = now_s, self._turn + 1
            devices = self._devices
            past = devices.archive.takes().next(self._turn, self._wall_clock())
            devices.loop.show(None if self._dreams else past)
            self._demo_net = roll(
                devices.interpolator.sites, devices.interpolator.model, self._turn
            )
            if self._turn % len(self._settings.screen.languages) == 0:
                self.next_language()
        elif not attract:
            self._turn_since_s = float("-inf")
            self._devices.loop.show(self._take if phase is Phase.GALLERY else None)
        wanted = self._wanted(phase)
        if wanted is not self._playing:
            self._playing = wanted
            self._devices.player.play(wanted)

    @property
    def _dreams(self) -> bool:
        """Whether this turn of the attract loop is the dream's."""
        return self._devices.dream is not None and self._turn % DREAM_TURN == 0

    def _wanted(self, phase: Phase) -> Playing | None:
        play, held = self._settings.play, self._playing
        clip: Clip | None = None
        net: Net | None = None
        if phase in (Phase.CARVE, Phase.DECIDE, Phase.GALLERY):
            clip, net = self._clip, self.net
        elif phase is Phase.INVITE:  # the first turn of a knob must already do something
            clip, net = self._devices.demo, self.net
        elif phase is Phase.ATTRACT and self._devices.loop.latest() is None:
            dream = self._devices.dream if self._dreams else None
            clip, net = dream or self._devices.demo, self._demo_net
        if clip is None or net is None:
            return None
        # Once the visitor has chosen, there is time to find out which layer did most.
        blame = phase in (Phase.DECIDE, Phase.GALLERY)
        if held is not None and held.clip is clip and held.net == net and held.blame == blame:
            return held
        number = held.number + 1 if held else 1
        return Playing(
            clip, net, play.slow, self._devices.preview_px, self.experience.visit, number, blame
        )

    def _lamps(self) -> tuple[frozenset[int], frozenset[int]]:
        """The buttons that do something now, and those of them that are wanted, and blink."""
        lively = {
            Phase.ATTRACT: {Button.RECORD},
            Phase.INVITE: {Button.RECORD},
            Phase.RECORD: {Button.DISCARD},
            Phase.CARVE: set(Button) - {Button.CALM},
            Phase.DECIDE: {Button.KEEP, Button.DISCARD},
            Phase.GALLERY: {Button.RECORD},
        }[self.experience.phase]
        invited = self.experience.phase in (Phase.ATTRACT, Phase.INVITE)
        wanted = {Button.RECORD} if invited else set[Button]()
        if self.experience.calm:
            lively = lively | {Button.CALM}
        buttons = tuple(enumerate(self._devices.layout.buttons))
        lit = frozenset(number for number, button in buttons if button in lively - wanted)
        return lit, frozenset(number for number, button in buttons if button in wanted)

    def health(self) -> tuple[DeviceHealth, ...]:
        """Every device's health."""
        return self._devices.health()
