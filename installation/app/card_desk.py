"""Cards at the booth: shown to the camera, grown on the visitor's knobs, printed."""

from __future__ import annotations

import logging

from installation.app.card import BREEDS_S, Growing, Paper, net_of_code
from installation.app.devices import Devices
from installation.app.needs import words_of
from installation.carve.mapping import Hand
from installation.experience import CardShown, CardUnknown, Event, Phase
from installation.settings import Settings
from installation.vocabulary import Net, UglyError

_log = logging.getLogger(__name__)


class CardDesk:
    """Where cards come in and go out. Nothing here waits."""

    def __init__(self, settings: Settings, devices: Devices) -> None:
        self._settings, self._devices = settings, devices
        self._shown: Net | None = None
        self._growing: Growing | None = None
        net = devices.interpolator
        names = tuple(site.name for site in net.sites)
        self._words = words_of(settings.screen) if devices.printer is not None else {}
        self._paper = Paper(net.model, names, settings.screen.title or "UGly-Net")

    @property
    def prints_when_asked(self) -> bool:
        """Whether a visitor may have what was kept printed."""
        return self._devices.printer is not None and self._settings.printer.prints == "asked"

    @property
    def prints_always(self) -> bool:
        """Whether everything that is kept is printed."""
        return self._devices.printer is not None and self._settings.printer.prints == "always"

    def look(self, phase: Phase, visit: int) -> Event | None:
        """Watch for cards while somebody is invited; what was shown since the last look."""
        cards, net = self._devices.cards, self._devices.interpolator
        if cards is None or not net.sites:
            return None
        cards.watch(phase is Phase.INVITE)
        code = cards.shown() if phase is Phase.INVITE else None
        if code is None:
            return None
        try:
            found = net_of_code(code, net.model, net.sites)
        except UglyError as error:
            _log.info("visit %d: %s", visit, error)
            return CardUnknown(visit)
        if found is None:
            return None
        self._shown = found
        return CardShown(visit)

    def take_up(self, now_s: float) -> None:
        """The net of the card that was shown last grows from now on."""
        if self._shown is not None:
            self.grow(self._shown, now_s)

    def grow(self, net: Net, now_s: float) -> None:
        """A net grows from now on."""
        self._growing = Growing(net, now_s)

    def turn_into(self, net: Net, before: Net, now_s: float) -> None:
        """The visitor's net turns into another from now on."""
        self._growing = Growing(net, now_s, before, BREEDS_S)

    def stay(self) -> None:
        """Nothing grows any further."""
        self._growing = None

    def forget(self) -> None:
        """The visit is over."""
        self._shown = self._growing = None

    def grown(self, hand: Hand, now_s: float) -> Hand:
        """The hand with what has grown so far; the hand itself where nothing grows."""
        if self._growing is None:
            return hand
        hand, whole = self._growing.hand(hand, self._devices.layout, now_s)
        if whole:
            self._growing = None
        return hand

    def print_net(self, net: Net, at_s: float, language: str) -> None:
        """Print a net's card, of that day, with words of that language, unless too many wait
        already."""
        printer = self._devices.printer
        if printer is None:
            return
        job = self._paper.job(net, at_s, self._words[language])
        if not printer.print_out(job):
            _log.warning("a card is not printed: too many wait already")
