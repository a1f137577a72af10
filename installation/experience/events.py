"""What happens to a visit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from installation.vocabulary import Button, Take


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed, nothing else."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A hand moved a knob."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button went down."""

    button: Button


@dataclass(frozen=True, slots=True)
class Released:
    """A button came up."""

    button: Button


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an order of this `visit`; ignored once that visit is over."""

    visit: int


@dataclass(frozen=True, slots=True)
class ClipFilmed(Answer):
    """The clip that `FilmClip` asked for is there."""


@dataclass(frozen=True, slots=True)
class FilmFailed(Answer):
    """No clip could be filmed."""


@dataclass(frozen=True, slots=True)
class TakeKept(Answer):
    """The take that `KeepTake` asked for is on disk, whole and by its name."""

    take: Take


@dataclass(frozen=True, slots=True)
class TakeSeen(Answer):
    """The visitor has seen the take whole, for the first time."""


@dataclass(frozen=True, slots=True)
class TakeNotKept(Answer):
    """The take could not be kept, be it that too many wait already; nothing of it is left."""

    why: str


@dataclass(frozen=True, slots=True)
class StillKept(Answer):
    """A still of the visit is on disk, in its take; `name` is its path within the gallery."""

    name: str


@dataclass(frozen=True, slots=True)
class StillNotKept(Answer):
    """A still could not be made or written; what becomes of its take is another answer."""

    why: str


@dataclass(frozen=True, slots=True)
class CardShown(Answer):
    """A card with a net that can be played here was held up to the camera."""


@dataclass(frozen=True, slots=True)
class CardUnknown(Answer):
    """A card was held up whose net belongs to another model."""


@dataclass(frozen=True, slots=True)
class NetTakenUp(Answer):
    """The net of the take that was on show grows on the visitor's knobs."""


Event: TypeAlias = Tick | Touched | Pressed | Released | Answer
