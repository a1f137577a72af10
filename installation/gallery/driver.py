"""The seams of the gallery: whatever keeps takes, and whatever plays them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from installation.experience import StillKept, StillNotKept, TakeKept, TakeNotKept
from installation.gallery.attract_order import Takes
from installation.gallery.baking import Baking
from installation.vocabulary import Clip, DeviceHealth, Frame, Net, Take


@dataclass(frozen=True, slots=True)
class Still:
    """One moment that a visitor held KEEP for, as carved by `net`.

    `position` is in frames of the clip, 0 .. frames - 1; the clip may be a part of what was filmed
    and began `since_s` seconds into it. `net.name` is the still's own, `taken_at_s` is since the
    epoch. Nothing of it touches the disk unless its visit is kept.
    """

    clip: Clip
    net: Net
    position: float
    since_s: float = 0.0
    taken_at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TakeToKeep:
    """A take to be made and kept: this clip as carved by this net, with the visit's stills; the
    clip itself only `with_clip`. With a `token` its visitor takes it home: the link to its page
    ends in it. `parents` are the ids of the takes whose nets it grew from; `baking` is told its
    frames while they are made."""

    visit: int
    clip: Clip
    net: Net
    in_gallery: bool
    stills: tuple[Still, ...] = ()
    token: str = field(default="", repr=False)
    parents: tuple[str, ...] = ()
    baking: Baking | None = field(default=None, repr=False, compare=False)
    with_clip: bool = False


Answer: TypeAlias = TakeKept | TakeNotKept | StillKept | StillNotKept
"""What comes of a take, and of each of its stills: events of the visit. Those of the stills come
before that of their take."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame of a take and the take's net; `take_id` is "" while it is still being made."""

    frame: Frame
    net: Net
    take_id: str = ""


class TakeArchive(Protocol):
    """Keeps takes. Nothing here waits but `close`."""

    def keep(self, order: TakeToKeep) -> bool:
        """Take an order; False, at once, if too many wait already."""

    def answer(self) -> Answer | None:
        """The next answer, if there is one."""

    def keep_within(self, keep_days: float, most: int) -> None:
        """From now on a take is kept for so many days, and at most so many takes are."""

    def takes(self) -> Takes:
        """All takes, newest first, as last known."""

    def progress(self) -> float | None:
        """How far the take being kept is, 0..1; None when there is none."""

    def health(self) -> DeviceHealth:
        """How keeping goes, with one plain line for the operator."""

    def close(self, timeout_s: float = 120.0) -> bool:
        """Finish what was ordered, then stop. False if that was not done in time."""


class TakeLoop(Protocol):
    """Plays one past take after another, and once through what is being made. Nothing waits."""

    def show(self, what: Take | Baking | None) -> None:
        """Show this from now on, or none."""

    def latest(self) -> Shown | None:
        """The newest frame of what is shown; None where there is none."""

    def close(self) -> None:
        """Let go of it; may be called twice."""
