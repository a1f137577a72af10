"""KEEP held for a moment takes a still of what was on the screen when it went down.

It is held in memory, and kept or forgotten with its visit.
"""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from installation.carve.nets import net_text, settled
from installation.carve.random_nets import name_of
from installation.gallery.driver import Still
from installation.interpolator.driver import Played
from installation.interpolator.timeline import position_of
from installation.vocabulary import Clip, Net

HOLD_S = 1.0
"""How long KEEP is held for a still, in seconds."""

MOST = 12
"""Stills of one visit; further ones are not taken."""


def named(net: Net) -> Net:
    """The net as it is kept: settled, and with the name that is its own."""
    net = settled(net)
    return replace(net, name=name_of(crc32(net_text(net).encode())))


def excerpt(clip: Clip, position: float) -> tuple[Clip, float, float]:
    """The one or two frames that a position (in frames) lies between, as a clip of their own: that,
    the position in it, and how many seconds into the whole it begins."""
    first = min(int(position), max(0, len(clip.frames) - 2))
    return Clip(clip.frames[first : first + 2], clip.fps), position - first, first / clip.fps


class HeldKeep:
    """Follows the KEEP button, and holds the stills of the visit.

    Times are seconds of a steady clock, `wall_s` seconds since the epoch.
    """

    def __init__(self) -> None:
        self._since_s = 0.0
        self._aimed: Still | None = None
        self.taken: tuple[Still, ...] = ()

    def press(self, clip: Clip | None, played: Played | None, now_s: float, wall_s: float) -> None:
        """KEEP went down while `played` was shown; without a visitor's clip there is no still."""
        self._aimed = None
        if clip is not None and played is not None and played.playing.clip is clip:
            part, within, since_s = excerpt(clip, position_of(played.index, played.playing.slow))
            self._since_s = now_s
            self._aimed = Still(part, named(played.playing.net), within, since_s, wall_s)

    def release(self) -> None:
        """KEEP came up."""
        self._aimed = None

    def tick(self, now_s: float) -> bool:
        """Take the still, once, when KEEP has been held long enough; whether one was taken."""
        if self._aimed is None or now_s - self._since_s < HOLD_S:
            return False
        taken, self._aimed = self._aimed, None
        if len(self.taken) >= MOST:
            return False
        self.taken = (*self.taken, taken)
        return True

    def forget(self) -> tuple[Still, ...]:
        """Let go of the visit's stills, and of one in the making; returns those taken."""
        taken, self.taken, self._aimed = self.taken, (), None
        return taken
