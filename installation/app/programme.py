"""What plays: the visitor's clip through the visitor's net, or something for whoever walks past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from installation.app.devices import Devices
from installation.app.in_use import InUse
from installation.carve.random_nets import roll
from installation.experience import Phase
from installation.gallery.baking import Baking
from installation.interpolator.driver import Playing
from installation.vocabulary import Clip, Net, Take

DREAM_TURN = 4
"""Every so many turns of the attract loop play untrained networks, carved, instead of a take."""


@dataclass(frozen=True, slots=True)
class Visitors:
    """What the visitor has made, as far as there is: clip, net, the take that is being made and
    the take that was kept."""

    clip: Clip | None
    net: Net
    baking: Baking | None = None
    take: Take | None = None

    @property
    def kept(self) -> Take | Baking | None:
        """The take, once it was seen whole while it was made."""
        return self.take if self.baking is None or self.baking.seen else self.baking


class Programme:
    """Tells the player and the gallery's loop what to play. Times are seconds of a steady clock."""

    def __init__(self, in_use: InUse, devices: Devices, wall_clock: Callable[[], float]) -> None:
        self._in_use, self._devices, self._wall_clock = in_use, devices, wall_clock
        self._turn, self._turn_since_s = 0, float("-inf")
        self._demo_net: Net | None = None
        self.playing: Playing | None = None
        """What the player was last told to play."""

    @property
    def turn(self) -> int:
        """How many turns the attract loop has had."""
        return self._turn

    def follow(self, phase: Phase, visitors: Visitors, now_s: float) -> None:
        """Play what is due in a phase."""
        if phase is Phase.ATTRACT:
            self._attract(now_s)
        else:
            self._turn_since_s = float("-inf")
            self._devices.loop.show(visitors.kept if phase is Phase.GALLERY else None)
        wanted = self._wanted(phase, visitors.clip, visitors.net)
        if wanted is not self.playing:
            self.playing = wanted
            self._devices.player.play(wanted)

    def _attract(self, now_s: float) -> None:
        if self._in_use.asleep:  # nothing plays; awake, it begins anew
            self._turn_since_s, self._demo_net = float("-inf"), None
            self._devices.loop.show(None)
            return
        if now_s - self._turn_since_s < self._in_use.now.gallery.each_s:
            return
        self._turn_since_s, self._turn = now_s, self._turn + 1
        devices = self._devices
        past = devices.archive.takes().next(self._turn, self._wall_clock())
        devices.loop.show(None if self._dreams else past)
        self._demo_net = roll(devices.interpolator.sites, devices.interpolator.model, self._turn)

    @property
    def _dreams(self) -> bool:
        """Whether this turn of the attract loop is the dream's."""
        return self._devices.dream is not None and self._turn % DREAM_TURN == 0

    def _wanted(self, phase: Phase, clip: Clip | None, net: Net) -> Playing | None:
        held, shown, plays = self.playing, clip, net
        if phase is Phase.INVITE:  # the first turn of a knob must already do something
            shown = self._devices.demo
        elif phase is Phase.ATTRACT:
            if self._devices.loop.latest() is not None or self._demo_net is None:
                return None
            dream = self._devices.dream if self._dreams else None
            shown, plays = dream or self._devices.demo, self._demo_net
        elif phase is Phase.RECORD:
            return None
        if shown is None:
            return None
        # Once the visitor has chosen, there is time to find out which layer did most.
        blame = phase in (Phase.DECIDE, Phase.GALLERY)
        slow = self._in_use.now.play.slow
        number = held.number + 1 if held else 1
        wanted = Playing(shown, plays, slow, self._devices.preview_px, number, blame)
        return held if held is not None and _alike(held, wanted) else wanted


def _alike(held: Playing, wanted: Playing) -> bool:
    """Whether the player is at it already."""
    same = held.clip is wanted.clip and held.net == wanted.net
    return same and held.blame == wanted.blame and held.slow == wanted.slow
