"""What a visit orders the app to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Welcome:
    """A new visit begins: fresh hand, empty carve."""

    visit: int


@dataclass(frozen=True, slots=True)
class FilmClip:
    """Film a clip now."""

    visit: int


@dataclass(frozen=True, slots=True)
class RollSurprise:
    """Roll a lively net for the visitor."""

    visit: int


@dataclass(frozen=True, slots=True)
class BreedNet:
    """Let the visitor's net turn into a child of itself and a stranger's from the gallery."""

    visit: int


@dataclass(frozen=True, slots=True)
class ShowNet:
    """Nothing is kept: the visitor sees the net alone, to be photographed or printed."""

    visit: int


@dataclass(frozen=True, slots=True)
class Heal:
    """Put every knob of the visitor's net back to untouched."""

    visit: int


@dataclass(frozen=True, slots=True)
class KeepTake:
    """Keep net, video and portrait; show it to others only if `in_gallery`, and keep the film that
    it was made of only if `with_clip`."""

    visit: int
    in_gallery: bool
    with_clip: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """Let go of the visitor's clip and net."""

    visit: int


@dataclass(frozen=True, slots=True)
class NextLanguage:
    """Show the words of the next language."""

    visit: int


@dataclass(frozen=True, slots=True)
class TakeUpCard:
    """Let the net of the card that was shown grow on the visitor's knobs."""

    visit: int


@dataclass(frozen=True, slots=True)
class TakeUpShown:
    """Let the net of the past take on show, if there is one, grow on the visitor's knobs."""

    visit: int


@dataclass(frozen=True, slots=True)
class PrintTake:
    """Print what was kept."""

    visit: int


Order: TypeAlias = (
    Welcome
    | FilmClip
    | RollSurprise
    | BreedNet
    | ShowNet
    | Heal
    | KeepTake
    | Forget
    | NextLanguage
    | TakeUpCard
    | TakeUpShown
    | PrintTake
)
