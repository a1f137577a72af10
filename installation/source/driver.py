"""The seam of every source of clips: webcam and file are equals."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from installation.settings import SourceSettings
from installation.vocabulary import Clip, DeviceHealth, Frame, SourceKind


@dataclass(frozen=True, slots=True)
class Filmed:
    """The answer to `film`: the clip, or None and one plain line why there is none."""

    visit: int
    clip: Clip | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ClipForm:
    """What clips a source films: (width, height) in pixels, frames a second, length in seconds."""

    size_px: tuple[int, int]
    fps: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source is asked to be. `clock` is in seconds that only run forwards; `own` are the
    driver's own settings, if it has any."""

    settings: SourceSettings
    clock: Callable[[], float] = time.monotonic
    own: Any = None

    @property
    def form(self) -> ClipForm:
        """What clips the settings want."""
        return ClipForm(self.settings.size_px, self.settings.fps, self.settings.seconds)


class Source(Protocol):
    """Something that shows a live picture and films short clips of it. Nothing here waits."""

    @property
    def kind(self) -> SourceKind:
        """What its pictures are, now: the words on the screen go by it."""

    def latest(self) -> Frame | None:
        """The newest live picture, of the size it films in; None before the first."""

    def film(self, visit: int) -> None:
        """Start filming for this visit; the answer comes by `filmed`."""

    def filmed(self) -> Filmed | None:
        """An answer that has not been taken yet, once."""

    def progress(self) -> float:
        """How much of the clip is filmed, 0..1; 0 when none is being filmed."""

    def steer(self, knobs: tuple[float, ...]) -> None:
        """Knobs (each 0..1) for a source that is made rather than filmed; others leave them."""

    def health(self) -> DeviceHealth:
        """How the device is, with one plain line for the operator."""

    def close(self) -> None:
        """Let go of the device; may be called twice."""


@runtime_checkable
class SeesLarge(Source, Protocol):
    """A source that may see more than it films."""

    def large(self) -> Frame | None:
        """The newest picture as the device gives it, not mirrored; None where it is no camera,
        or before the first."""
