"""What the door knows of takes, and what it asks of whoever keeps them.

The rooms do not know each other: `app` fits the gallery to these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from installation.door.messages import Act


@dataclass(frozen=True, slots=True)
class SeenTake:
    """A take as a page shows it. Times are seconds since the epoch; `net` is the net's document
    (`carve.nets`); `files` say where each of its files lies, by name."""

    id: str
    token: str = field(repr=False)
    name: str
    kept_at_s: float
    expires_at_s: float
    show: bool
    moderation: str
    net: Mapping[str, Any]
    files: Mapping[str, Path]
    sizes: Mapping[str, int]
    pinned: bool = False
    likes: int = 0


@dataclass(frozen=True, slots=True)
class Relative:
    """A take of the family that others may see: `generation` before (above 0) or after (below 0)
    it. Nothing here lets anybody change it."""

    generation: int
    id: str
    name: str
    net: Mapping[str, Any]
    portrait: Path | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: `line` is for an operator where it went wrong; `facts` are what a
    receipt tells."""

    well: bool
    line: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Shelf(Protocol):
    """The takes, to be looked at. Methods may wait for a disk, and are called by one thread."""

    def with_token(self, token: str) -> SeenTake | None:
        """The take whose link ends in `token`."""

    def with_id(self, take_id: str) -> SeenTake | None:
        """The take with this id."""

    def family(self, take: SeenTake) -> tuple[Relative, ...]:
        """The takes that its net grew from, the oldest first, then those that grew from it."""

    def page(
        self, limit: int, skip: int, text: str, moderation: str
    ) -> tuple[int, tuple[SeenTake, ...]]:
        """How many takes there are so, and `limit` of them, the newest first, after `skip`."""


class Keeper(Protocol):
    """Who may change takes: the show, or, where the door runs alone, the gallery."""

    async def do(self, act: Act, take_id: str) -> Outcome:
        """Do this to a take, and say what became of it."""
