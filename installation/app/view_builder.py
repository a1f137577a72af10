"""What there is to see: the booth's state and its devices' newest, as a view for the show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from installation.app.devices import Devices
from installation.app.door_spec import DOOR
from installation.app.in_use import InUse
from installation.app.operator_access import OperatorAccess
from installation.app.service_page import CLOSES_AFTER_S, Vitals
from installation.carve.mapping import Hand
from installation.carve.packing import packed
from installation.door.address import wifi_code
from installation.experience import Experience, Phase
from installation.interpolator.driver import NO_XRAYS, Played, Playing
from installation.show.view_model import (
    Fact,
    GalleryPicture,
    KnobPicture,
    PanelPicture,
    ScanPicture,
    ServicePicture,
    TakeHome,
    View,
)
from installation.source.driver import Source
from installation.vocabulary import Frame, Net, PanelState

LARGEST_CODE = 400
"""Bytes that a QR code on the screen may hold: more, and its modules are too fine to be read from
where visitors stand."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The booth at `now_s` (seconds of a steady clock): `net` is what the hand has made, `playing`
    what the player was last told to play; these lamps are lit, and `selected` is the knob that
    keys turn; `mate` is the name of the net that the visitor's is being bred with."""

    now_s: float
    experience: Experience
    hand: Hand
    net: Net
    playing: Playing | None = None
    lamps: frozenset[int] = frozenset()
    language: str = "en"
    service: bool = False
    selected: int | None = None
    mate: str = ""
    may_breed: bool = False
    scan: ScanPicture | None = None


class ViewBuilder:
    """Makes the views; all it remembers is which past net was shown before this one, and since
    when the visitor has seen the take."""

    def __init__(self, in_use: InUse, devices: Devices, wall_clock: Callable[[], float]) -> None:
        self._in_use, self._devices, self._wall_clock = in_use, devices, wall_clock
        self._vitals = Vitals(in_use.now.gallery.folder)
        self.access = OperatorAccess(in_use.now.gallery.folder / DOOR)
        self._past: tuple[Net | None, Net, float] | None = None
        self._seen_at_s: float | None = None
        self._showing = False
        self._knobs: tuple[Hand, tuple[KnobPicture, ...]] | None = None

    def view(self, moment: Moment) -> View:
        """What there is to see at a moment."""
        experience, net, playing = moment.experience, moment.net, moment.playing
        now_s = moment.now_s
        phase, screen = experience.phase, self._in_use.now.screen
        source = self._devices.source_of(experience.dreams)
        played, frame, untouched = self._pictures(phase, playing, source)
        shown = self._devices.loop.latest()
        gallery = None
        if shown is not None and phase in (Phase.ATTRACT, Phase.GALLERY):
            is_made = not shown.take_id
            gallery = GalleryPicture(shown.frame, shown.net, shown.net.name, is_made=is_made)
        if phase is Phase.ATTRACT and played is not None:
            net = played.playing.net
        elif phase is Phase.ATTRACT and gallery is not None:
            net = gallery.net
        before, turned_at_s = self._turned(phase, gallery.net if gallery else net, now_s)
        self.access.follow(moment.service)
        health = self._devices.health()
        self._vitals.note(health, now_s, self._wall_clock())
        progress = self._devices.archive.progress()
        if phase is Phase.RECORD:
            progress = source.progress()
        return View(
            experience=experience,
            now_s=now_s,
            net=net,
            sites=self._devices.interpolator.sites,
            panel=self._panel_picture(moment),
            frame=frame,
            untouched=untouched,
            gallery=gallery,
            progress=progress,
            source=source.kind,
            language=moment.language,
            title=screen.title,
            credits=screen.credits,
            health=health,
            service=self._service(now_s) if moment.service else None,
            xray=played.xrays if played is not None else NO_XRAYS,
            top_site=self._top_site(net, playing),
            before=before,
            turned_at_s=turned_at_s,
            seen_at_s=self._seen(phase, gallery, now_s),
            home=self._home(experience, net),
            mate=moment.mate,
            may_breed=moment.may_breed,
            scan=moment.scan,
            keep_days=self._in_use.now.gallery.keep_days,
            by_link=self._devices.door is not None and bool(self._devices.door.address),
        )

    def _home(self, experience: Experience, net: Net) -> TakeHome | None:
        """How the take that was just kept is taken home; without a network, as the net itself."""
        door = self._devices.door
        if experience.nothing_kept:
            return self._net_alone(net, alone=True)
        if door is None or experience.phase is not Phase.GALLERY:
            return None
        offer = door.offered(experience.visit)
        if offer is None:
            return None
        if address := door.address:
            link = f"{address}/t/{offer.token}".encode()
            told = self._in_use.now.door
            wifi = wifi_code(told.hotspot, told.hotspot_password) if told.hotspot else b""
            return TakeHome(link, address.partition("://")[2], offer.code, wifi=wifi)
        return self._net_alone(net)

    def _net_alone(self, net: Net, *, alone: bool = False) -> TakeHome | None:
        """The net itself as a code, if it is not too large for one."""
        data = packed(net, self._devices.interpolator.model)
        return TakeHome(data, alone=alone) if len(data) <= LARGEST_CODE else None

    def _top_site(self, net: Net, playing: Playing | None) -> str:
        """The layer that did most to what plays, "" while that isn't known."""
        blamed = self._devices.player.blamed()
        if blamed is None or playing is None or not blamed.ranking:
            return ""
        if blamed.net != net or blamed.clip is not playing.clip:
            return ""
        site, share = blamed.ranking[0]
        return site if share > 0 else ""

    def _turned(self, phase: Phase, net: Net, now_s: float) -> tuple[Net | None, float]:
        """The net that ATTRACT showed before this one, and since when this one is shown."""
        if phase is Phase.ATTRACT and (self._past is None or self._past[1] != net):
            self._past = (self._past[1] if self._past else None, net, now_s)
        before, _, turned_at_s = self._past or (None, net, now_s)
        return before, turned_at_s

    def _seen(self, phase: Phase, gallery: GalleryPicture | None, now_s: float) -> float | None:
        """Since when the visitor has seen the take that was being made; None before."""
        shows = phase is Phase.GALLERY and gallery is not None and gallery.is_made
        if phase is not Phase.GALLERY:
            self._seen_at_s = None
        elif self._showing and not shows:
            self._seen_at_s = now_s
        self._showing = shows
        return self._seen_at_s

    def _pictures(
        self, phase: Phase, playing: Playing | None, source: Source
    ) -> tuple[Played | None, Frame | None, Frame | None]:
        """What the player last made for what plays now; while filming, the live picture."""
        if phase is Phase.RECORD:
            return None, source.latest(), None
        played = self._devices.player.latest()
        if played is None or playing is None or played.playing.clip is not playing.clip:
            return None, None, None
        return played, played.frame, played.untouched

    def _knob_pictures(self, hand: Hand) -> tuple[KnobPicture, ...]:
        """How the page's knobs are; made anew when one was turned, or means something else."""
        if self._knobs is None or not _knobs_alike(self._knobs[0], hand):
            self._knobs = hand, self._knobs_of(hand)
        return self._knobs[1]

    def _knobs_of(self, hand: Hand) -> tuple[KnobPicture, ...]:
        layout, state = self._devices.layout, hand.state or PanelState(())
        waiting = {knob for knob, *_ in hand.waiting(layout)}
        return tuple(
            KnobPicture(
                target,
                hand.amount(target) if target else 0.0,
                layout.amount(number, target, state.knobs[number])
                if number < len(state.knobs)
                else 0.0,
                number in waiting,
            )
            for number, target in enumerate(layout.pages[hand.page].targets)
        )

    def _panel_picture(self, moment: Moment) -> PanelPicture:
        hand, layout = moment.hand, self._devices.layout
        state = hand.state or PanelState(())
        touched = hand.touched or ""
        manner = hand.manner_of(layout, touched).name if touched else ""
        return PanelPicture(
            page=layout.pages[hand.page].name,
            knobs=self._knob_pictures(hand),
            buttons=layout.buttons,
            lamps=moment.lamps,
            pressed=state.pressed,
            touched=touched,
            manner=manner,
            selected=moment.selected,
        )

    def _service(self, now_s: float) -> ServicePicture:
        devices, settings = self._devices, self._in_use.now
        play, panel = settings.play, settings.panel
        width, height = devices.preview_px
        takes = str(len(devices.archive.takes()))
        facts = (
            *self._vitals.facts(now_s),
            Fact.of("takes", count=takes, folder=str(settings.gallery.folder)),
            *(self.access.facts(devices.door.address) if devices.door is not None else ()),
            Fact.of("model", model=devices.interpolator.model[:12] or "-"),
            Fact.of(
                "preview",
                size=f"{width} x {height}",
                slow=str(play.slow),
                made=str(devices.player.made),
            ),
        )
        there = set(panel.service_buttons) <= set(devices.layout.buttons)
        buttons = panel.service_buttons if there else ()
        return ServicePicture(
            facts, self._vitals.trouble, buttons, panel.service_hold_s, CLOSES_AFTER_S
        )


def _knobs_alike(one: Hand, other: Hand) -> bool:
    """Whether the knobs look the same: amounts and grips are replaced only where they change."""
    return (
        one.page == other.page
        and one.amounts is other.amounts
        and one.grips is other.grips
        and (one.state or PanelState(())).knobs == (other.state or PanelState(())).knobs
    )
