"""The seams of the net: every interpolator (the carved U-Nets and the plain crossfade are equals),
and whatever plays a clip through one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeAlias

from installation.vocabulary import Clip, DeviceHealth, Frame, Net, Site


class RunCancelledError(Exception):
    """The frame that was asked for is not made: nobody wants it any more."""


class Interpolator(Protocol):
    """Makes the frames between frames.

    One thread at a time. The same clip, position and net give the same frame. Memory is
    bounded, however many clips and nets it has seen.
    """

    @property
    def model(self) -> str:
        """The sha256 that nets for it carry; all zeros where nothing can be carved."""

    @property
    def sites(self) -> tuple[Site, ...]:
        """Where it can be carved; empty where it can't."""

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        """The frame at `position` (0 .. frames - 1, in frames of the clip), as carved by `net`.

        Of the clip's own size. With an empty carve a whole position is that very frame.

        Raises:
            ValueError: if the position is outside the clip.
        """

    def xrayed_frame_at(
        self, clip: Clip, position: float, net: Net
    ) -> tuple[Frame, Mapping[str, Frame]]:
        """The same frame, and what the layer at every site was given: small false-colour
        pictures by site name, none where there are no sites.

        Raises:
            ValueError: if the position is outside the clip.
        """

    def expect(self, clip: Clip, position: float, net: Net, *, xrayed: bool) -> None:
        """A frame of there is asked for next, X-rayed or not: what can be made ready beside the
        present ones may be. Returns at once, and changes no frame."""

    def health(self) -> DeviceHealth:
        """What runs it, in one plain line."""

    def cancel(self) -> None:
        """Break off what it is making, from another thread; returns at once. Where making a
        frame takes long, whoever waits for one, or asks for one later, gets
        `RunCancelledError`."""

    def break_off(self) -> None:
        """Give up the frame it is making, from another thread, if it can; returns at once.
        Whoever waits for that frame may get `RunCancelledError`; those asked for later are made."""

    def close(self) -> None:
        """Let go of its memory; may be called twice, and by no one while it makes a frame."""


NO_XRAYS: Mapping[str, Frame] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Playing:
    """What to play: a clip, scaled to `size_px` (width, height), a net, how many times slower.

    `number` grows with every order, so that a picture can be traced to the turn that made it.
    With `blame` it is also found out, between the frames, which of the net's sites does most.
    """

    clip: Clip
    net: Net
    slow: int
    size_px: tuple[int, int]
    number: int = 0
    blame: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """A frame made, what it was made for, and its place in the loop.

    `xrays` are what the layers were given, by site: of this frame or one a little earlier.
    """

    frame: Frame
    untouched: Frame
    playing: Playing
    index: int
    xrays: Mapping[str, Frame] = field(default_factory=lambda: NO_XRAYS)


Ranking: TypeAlias = tuple[tuple[str, float], ...]
"""Sites and their shares of the damage, the worst first. A share is 1 where healing that site
alone brings the whole picture back, and below 0 where it makes things worse."""


@dataclass(frozen=True, slots=True)
class Ablated:
    """A net, and which of its sites did how much to a clip."""

    clip: Clip
    net: Net
    ranking: Ranking


class PreviewPlayer(Protocol):
    """Loops a clip in slow motion through the newest net. Nothing here waits."""

    @property
    def made(self) -> int:
        """How many frames were generated so far."""

    def play(self, playing: Playing | None) -> None:
        """Play this from now on, or nothing; the newest order wins."""

    def latest(self) -> Played | None:
        """The newest frame; at once, from memory."""

    def blamed(self) -> Ablated | None:
        """Which sites did most in the newest net that was asked about; at once, from memory."""

    def close(self) -> None:
        """Stop, and let go of the interpolator."""
