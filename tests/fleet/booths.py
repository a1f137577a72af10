"""Booths of a fleet for tests: galleries with small takes, and somebody who carries outboxes."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "gallery"))

from kept_takes import DAY_S, NOON_S, Time, keep, settle

from installation.fleet.joining import admit, found_fleet, join_fleet
from installation.fleet.look import Fleet
from installation.fleet.looked import Looked
from installation.fleet.place import Place
from installation.gallery.record import Record
from installation.gallery.store import Gallery
from installation.gallery.take_folder import read_record

__all__ = ["DAY_S", "NOON_S", "Booth", "carry", "fleet_of"]


@dataclass
class Booth:
    """A booth: its gallery (held by nobody, unless a test opens it) and its part of the fleet."""

    name: str
    root: Path
    most: int = 1000
    time: Time = field(default_factory=Time)
    _fleet: Fleet | None = None

    @property
    def gallery(self) -> Path:
        return self.root / "gallery"

    @property
    def place(self) -> Place:
        return Place(self.root / "fleet")

    def opened(self) -> Gallery:
        return Gallery(self.gallery, clocks=self.time.clocks())

    def begin(self) -> None:
        """The first day: a gallery whose clock has been watched for long enough."""
        gallery = self.opened()
        settle(gallery, self.time)
        gallery.close()

    def keep(self, **how) -> str:
        gallery = self.opened()
        try:
            return keep(gallery, how.pop("at_s", self.time.true_s), **how).id
        finally:
            gallery.close()

    def look(self) -> Looked:
        if self._fleet is None:
            self._fleet = Fleet(self.place, self.gallery, self.most)
        return self._fleet.look()

    @property
    def fleet(self) -> Fleet:
        self.look()
        assert self._fleet is not None
        return self._fleet

    def restart(self) -> None:
        """As after a power cut: nothing is in memory."""
        self._fleet = None

    def takes(self) -> set[str]:
        """All takes in the gallery, by their folders."""
        return {path.name for path in (self.gallery / "takes").iterdir() if path.name[0] != "."}

    def shown(self) -> set[str]:
        return {take for take in self.takes() if self.record(take).shown}

    def attract(self) -> set[str]:
        """What the attract loop has, as the show opens the gallery."""
        gallery = self.opened()
        try:
            takes = gallery.takes()
            turns = (takes.next(turn, self.time.true_s) for turn in range(4 * len(takes) + 4))
            return {take.id for take in turns if take is not None}
        finally:
            gallery.close()

    def record(self, take: str) -> Record:
        return read_record(self.gallery / "takes" / take)

    def traces(self, take: str) -> list[Path]:
        """Every path that still has the take's name in it, but for notes and memories."""
        found = [path for path in self.root.rglob(f"*{take}*") if path.parent.name != "notes"]
        return sorted(found)


def fleet_of(tmp: Path, *names: str) -> tuple[Booth, ...]:
    """Booths that have joined the first, the hub."""
    booths = tuple(Booth(name, tmp / name) for name in names)
    for booth in booths:
        booth.begin()
    hub = booths[0]
    line = found_fleet(hub.place, hub.name).text
    for booth in booths[1:]:
        admit(hub.place, join_fleet(booth.place, booth.name, line).text)
    return booths


def carry(booth: Booth, to: Booth) -> None:
    """Have what `booth` says be at `to` as it is now: also what it takes back."""
    goal = to.place.inboxes / booth.name
    coming = goal.with_name(f".{booth.name}.coming")
    shutil.copytree(booth.place.out, coming, symlinks=True)
    if goal.exists():
        shutil.rmtree(goal)
    coming.rename(goal)


def meet(booths: tuple[Booth, ...], rounds: int = 3) -> None:
    """All look, and everything is carried from everyone to everyone, a few times."""
    for _ in range(rounds):
        for booth in booths:
            booth.look()
        for booth in booths:
            for other in booths:
                if booth is not other:
                    carry(booth, other)
    for booth in booths:
        booth.look()
