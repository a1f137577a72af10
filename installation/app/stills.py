"""KEEP held for a moment keeps a still of what was on the screen when it went down."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from installation.carve.nets import net_text, settled
from installation.carve.random_nets import name_of
from installation.gallery.archive import KeepingStill
from installation.interpolator.player import Played
from installation.interpolator.timeline import position_of
from installation.vocabulary import Clip, Net

HOLD_S = 1.0
"""How long KEEP is held for a still, in seconds."""


def named(net: Net) -> Net:
    """The net as it is kept: settled, and with the name that is its own."""
    net = settled(net)
    return replace(net, name=name_of(crc32(net_text(net).encode())))


class HeldKeep:
    """Follows the KEEP button, and says when a still is due."""

    def __init__(self) -> None:
        self._since_s = 0.0
        self._aimed: KeepingStill | None = None

    def press(self, visit: int, clip: Clip | None, played: Played | None, now_s: float) -> None:
        """KEEP went down while `played` was shown; without a visitor's clip there is no still."""
        self._aimed = None
        if clip is not None and played is not None and played.playing.clip is clip:
            position = position_of(played.index, played.playing.slow)
            self._since_s = now_s
            self._aimed = KeepingStill(visit, clip, named(played.playing.net), position)

    def release(self) -> None:
        """KEEP came up."""
        self._aimed = None

    def due(self, now_s: float) -> KeepingStill | None:
        """The still to keep, once, when KEEP has been held long enough."""
        if self._aimed is None or now_s - self._since_s < HOLD_S:
            return None
        due, self._aimed = self._aimed, None
        return due
