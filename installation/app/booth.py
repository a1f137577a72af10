"""The booth: one tick of the visit.

It asks every device for what is newest, moves the visit on and carries its orders out; what
there is to see is said in a view. Nothing in a tick waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from installation import __version__
from installation.app.card_desk import CardDesk
from installation.app.devices import Devices
from installation.app.gesture import is_calm
from installation.app.hand_net import HandNet
from installation.app.hands import Hands
from installation.app.in_use import InUse
from installation.app.journal import HealthJournal, VisitJournal
from installation.app.keys import SORT_STEP
from installation.app.lamps import lamps
from installation.app.mates import Lineage
from installation.app.outcomes import Outcomes
from installation.app.programme import Programme, Visitors
from installation.app.rules import allowed, chance_seeds, pace_of
from installation.app.service_page import ServicePage
from installation.app.stills import HeldKeep, named
from installation.app.tally import Tally
from installation.app.view_builder import Moment, ViewBuilder
from installation.carve.mapping import (
    ButtonPressed,
    ButtonReleased,
    Hand,
    KnobTurned,
    hand_of_net,
    nudged,
)
from installation.carve.panel_layout import SOURCE_TARGETS
from installation.carve.random_nets import roll
from installation.experience import (
    BreedNet,
    ClipFilmed,
    Event,
    Experience,
    FilmClip,
    FilmFailed,
    Forget,
    Heal,
    KeepTake,
    NetTakenUp,
    NextLanguage,
    Order,
    Phase,
    Pressed,
    PrintTake,
    Released,
    RollSurprise,
    ShowNet,
    TakeKept,
    TakeNotKept,
    TakeSeen,
    TakeUpCard,
    TakeUpShown,
    Tick,
    Touched,
    Welcome,
    step,
)
from installation.gallery.baking import Baking
from installation.gallery.driver import Answer, TakeToKeep
from installation.live_settings.change import SettingsChanged
from installation.show.view_model import View
from installation.vocabulary import Button, Clip, Net, Take

UNDECIDED = (Phase.CARVE, Phase.DECIDE)
"""The phases in which a visitor may still take a still."""

_log = logging.getLogger(__name__)


class Booth:
    """The installation between two ticks of the clock. `wall_clock` is in seconds since the
    epoch, `seeds` are those of the surprises."""

    def __init__(
        self,
        in_use: InUse,
        devices: Devices,
        wall_clock: Callable[[], float],
        seeds: Iterator[int] | None = None,
    ) -> None:
        settings = in_use.now
        self._cards = CardDesk(settings, devices)
        self.experience = Experience(pace=pace_of(settings), prints=self._cards.prints_when_asked)
        self.hand = Hand.fresh(devices.layout)
        self.language = settings.screen.languages[0]
        self._page, self._panel = ServicePage(), Hands(in_use, devices.layout)
        self._selected: int | None = None
        self._in_use, self._devices, self._wall_clock = in_use, devices, wall_clock
        self._seeds = seeds or chance_seeds()
        self._clip: Clip | None = None
        self._take: Take | None = None
        self._baking: Baking | None = None
        self._lineage = Lineage(devices.interpolator.model)
        self._programme = Programme(in_use, devices, wall_clock)
        self.views = ViewBuilder(in_use, devices, wall_clock)
        self._held_keep = HeldKeep()
        self._hand_net = HandNet(devices.layout, devices.interpolator.model)
        model, folder = devices.interpolator.model[:12] or "none", settings.gallery.folder
        intro = f"UGly-Net {__version__}, model {model}, gallery {folder}"
        self._health_journal = HealthJournal(intro)
        self._visit_journal = VisitJournal()
        self.outcomes = Outcomes(self._visit_journal)
        self._tally = Tally(devices.door.count if devices.door is not None else None)

    @property
    def net(self) -> Net:
        """The net the visitor's hand has made, with SOLO as it is held."""
        return self._hand_net.of(self.hand, self.hand.touched if self.experience.solo else None)

    @property
    def frames_made(self) -> int:
        """How many frames the net has made so far."""
        return self._devices.player.made

    @property
    def shows_newest(self) -> bool:
        """Whether the picture is what the net as it now stands makes of the clip."""
        played = self._devices.player.latest()
        return played is not None and played.playing.net == self.net

    @property
    def shows_wanted(self) -> bool:
        """Whether a picture is there of what the player was last told to play, if anything."""
        wanted, played = self._programme.playing, self._devices.player.latest()
        return wanted is None or (played is not None and played.playing is wanted)

    def tick(self, now_s: float) -> View:
        """Move on to `now_s` (seconds of a steady clock) and say what there is to see."""
        self.experience = allowed(self.experience, self._in_use.now, self._devices)
        hands = tuple(self._hands(now_s))
        for event in (
            *(() if self._in_use.out_of_service else hands),
            *self._answers(now_s),
            Tick(),
        ):
            self._happen(event, now_s)
        self.hand = self._cards.grown(self.hand, now_s)
        self._page.tick(now_s)
        self._devices.source.steer(tuple(self.hand.amount(t) for t in SOURCE_TARGETS))
        self._held_keep.tick(now_s)
        turns, phase = self._programme.turn, self.experience.phase
        visitors = Visitors(self._clip, self.net, self._baking, self._take)
        self._programme.follow(phase, visitors, now_s)
        languages = len(self._in_use.now.screen.languages)
        if self._programme.turn != turns and self._programme.turn % languages == 0:
            self.next_language()
        deaf = self._in_use.asleep or self._in_use.out_of_service
        scan = None if deaf else self._panel.scanned(self.experience, now_s)
        lit = lamps(self.experience, () if deaf else self._devices.layout.buttons, scan)
        self._devices.panel.light(lit.lit, lit.blinking)
        mate = self._lineage.mate
        view = self.views.view(
            Moment(
                now_s=now_s,
                experience=self.experience,
                hand=self.hand,
                net=self.net,
                playing=self._programme.playing,
                lamps=lit.drawn(now_s),
                language=self.language,
                service=self.service,
                selected=self._selected,
                mate=mate.net.name if mate and self.experience.breeding else "",
                may_breed=self._lineage.may_breed,
                scan=scan,
            )
        )
        self._health_journal.look(view.health, now_s)
        return view

    def follow(self, changed: SettingsChanged) -> None:
        """Settings changed, and are in use from now on."""
        now = changed.after
        self.experience = replace(self.experience, pace=pace_of(now))
        if "screen.languages" in changed.keys:
            self.language = now.screen.languages[0]
        if changed.keys & {"panel.service_buttons", "panel.service_hold_s"}:
            self._panel.follow(now.panel)

    def select(self, knob: int) -> None:
        """The knob that keys and pointer turn from now on, by its number."""
        self._selected = knob

    def press(self, number: int) -> None:
        """A button of the panel by another way than the panel: its key went down."""
        self._panel.keys.press(number)

    def release(self, number: int) -> None:
        """A button's key came up."""
        self._panel.keys.release(number)

    def sort(self, direction: str, now_s: float) -> None:
        """Sort the pixels a step further that way ("left", "right", "up", "down"), as the arrow
        keys of Roidl's noise tool did; past the full turn it begins again."""
        if self._in_use.out_of_service:
            return
        self._happen(Touched(), now_s)
        self.hand = nudged(self.hand, f"noise/sort {direction}", SORT_STEP)

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
        languages = self._in_use.now.screen.languages
        at = languages.index(self.language) if self.language in languages else -1
        self.language = languages[(at + 1) % len(languages)]

    # What happened.

    def _hands(self, now_s: float) -> Iterator[Event]:
        before = self.hand.moved_at_s
        panel = self._devices.panel.latest()
        self._panel.one.may_breed = self._lineage.may_breed
        self.hand, gestures = self._panel.folded(self.hand, panel, self.experience, now_s)
        for gesture in gestures:
            if isinstance(gesture, ButtonPressed):
                if gesture.button is Button.KEEP and self.experience.phase in UNDECIDED:
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
            if not gestures or not all(map(is_calm, gestures)):  # CALM alone starts no visit
                yield Touched()
        if self._panel.calls_operator(now_s):
            self.toggle_service(now_s)

    def _answers(self, now_s: float) -> Iterator[Event]:
        filmed = self._devices.source_of(self.experience.dreams).filmed()
        if filmed is not None:
            if filmed.visit == self.experience.visit and filmed.clip is not None:
                self._clip = filmed.clip
                yield ClipFilmed(filmed.visit)
            else:
                if filmed.clip is None:
                    self._visit_journal.not_filmed(filmed.visit, filmed.why_not)
                yield FilmFailed(filmed.visit)
        card = self._cards.look(self.experience.phase, self.experience.visit)
        if card is not None:
            yield card
        if self._baking is not None and self._baking.seen:
            self._baking = None
            yield TakeSeen(self.experience.visit)
        while (answer := self._devices.archive.answer()) is not None:
            self._note(answer)
            yield answer

    def _note(self, answer: Answer) -> None:
        """Remember what became of a take or a still, be it of a visit that is over."""
        visit, door = self.experience.visit, self._devices.door
        _log.info("visit %d: %s", answer.visit, type(answer).__name__)
        if door is not None and isinstance(answer, (TakeKept, TakeNotKept)):
            door.answered(answer.visit, kept=isinstance(answer, TakeKept))
        self.outcomes.note(answer, visit)
        if isinstance(answer, TakeKept) and answer.visit == visit:
            self._take = answer.take
            if self._cards.prints_always:
                self._print(answer.take)

    def _happen(self, event: Event, now_s: float) -> None:
        if self._in_use.asleep and isinstance(event, (Touched, Pressed)):
            return
        before = self.experience
        self.experience, orders = step(self.experience, event, now_s)
        self._visit_journal.see(before, self.experience, now_s)
        if before.breeding and not self.experience.breeding:
            self._cards.stay()
        if self.experience.phase is Phase.CARVE and before.phase is not Phase.CARVE:
            self._lineage.look(self._devices.archive.takes(), self._wall_clock())
        self._tally.see(before, self.experience, self.net, now_s)
        if self.experience.phase is not before.phase:
            _log.info("visit %d: %s", self.experience.visit, self.experience.phase.value)
        for order in orders:
            if (at_once := self._carry_out(order, now_s)) is not None:
                self._happen(at_once, now_s)

    # What is to be done.

    def _carry_out(self, order: Order, now_s: float) -> Event | None:
        """Do what was ordered; what comes of it, if that is known at once."""
        if isinstance(order, (Welcome, Forget)):  # of a visit that is over, nothing more is kept
            self._held_keep.forget()
            self._cards.forget()
            self._clip = self._take = self._baking = None
            self._fresh_hand()
        elif isinstance(order, FilmClip):
            self._devices.source_of(self.experience.dreams).film(order.visit)
        elif isinstance(order, RollSurprise):
            self._roll()
        elif isinstance(order, BreedNet):
            self._breed(now_s)
        elif isinstance(order, Heal):
            self._fresh_hand()
        elif isinstance(order, NextLanguage):
            self.next_language()
        elif isinstance(order, TakeUpCard):
            self._cards.take_up(now_s)
            self._lineage.begin()
        elif isinstance(order, TakeUpShown):
            return self._take_up(order.visit, now_s)
        elif isinstance(order, PrintTake):
            self._print(self._take)
        elif isinstance(order, ShowNet):
            self._held_keep.forget()  # only the net may leave: as a code, or on paper
            if self._cards.prints_always:
                self._print(None)
        elif isinstance(order, KeepTake):
            return self._keep(order)
        return None

    def _print(self, take: Take | None) -> None:
        net, at_s = (
            (named(self.net), self._wall_clock()) if take is None else (take.net, take.kept_at_s)
        )
        self._cards.print_net(net, at_s, self.language)

    def _take_up(self, visit: int, now_s: float) -> Event | None:
        """Let the net of the take on show grow on the knobs, if it can be played here."""
        shown = self._devices.loop.latest()
        if shown is None or shown.net.model != self._devices.interpolator.model:
            return None
        self._cards.grow(shown.net, now_s)
        self._lineage.begin(shown.take_id)
        return NetTakenUp(visit)

    def _roll(self) -> None:
        net = self._devices.interpolator
        rolled = roll(net.sites, net.model, next(self._seeds))
        self._lineage.begin()
        self.hand = hand_of_net(self._devices.layout, rolled, self.hand)

    def _breed(self, now_s: float) -> None:
        """Let the visitor's net turn into its child with a stranger's; a surprise where there is
        no stranger."""
        own, seed, takes = self.net, next(self._seeds), self._devices.archive.takes()
        child = self._lineage.bred(own, takes, seed, self._wall_clock())
        if child is None:
            self._roll()
        else:
            self._cards.turn_into(child, own, now_s)

    def _fresh_hand(self) -> None:
        self._lineage.begin()
        self.hand = Hand.fresh(self._devices.layout, self.hand)

    def _keep(self, order: KeepTake) -> Event | None:
        assert self._clip is not None
        stills = self._held_keep.forget()
        if order.in_gallery:
            self._tally.shared()
        net, door = named(self.net), self._devices.door
        token = door.offer(order.visit, net).token if door is not None else ""
        baking = Baking(net, self._clip.fps)
        wanted = TakeToKeep(
            order.visit,
            self._clip,
            net,
            order.in_gallery,
            stills,
            token,
            self._lineage.parents,
            baking,
            order.with_clip,
        )
        if self._devices.archive.keep(wanted):
            self._baking = baking
            return None
        full = TakeNotKept(order.visit, "too many takes wait to be kept already")
        self._note(full)
        return full
