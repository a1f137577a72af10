"""The seam of every interpolator: the carved U-Nets and the plain crossfade are equals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from installation.vocabulary import Clip, DeviceHealth, Frame, Net, Site


class RunCancelledError(Exception):
    """The frame that was asked for is not made: the interpolator is being closed."""


class Interpolator(Protocol):
    """Makes the frames between frames.

    One thread at a time. The same clip, position and net give the same frame. Memory is
    bounded, however many clips and nets it has seen.
    """

    @property
    def model(self) -> str:
        """The sha256 that nets for it carry; empty where nothing can be carved."""

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

    def health(self) -> DeviceHealth:
        """What runs it, in one plain line."""

    def cancel(self) -> None:
        """Break off what it is making, from another thread; returns at once. Where making a
        frame takes long, whoever waits for one, or asks for one later, gets
        `RunCancelledError`."""

    def close(self) -> None:
        """Let go of its memory; may be called twice, and by no one while it makes a frame."""
