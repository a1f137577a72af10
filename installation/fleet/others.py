"""What the others say: who belongs, whose notes are heard, what was withdrawn, which takes came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from installation.fleet.inbox import Arrival, Inbox, refusals
from installation.fleet.looked import Looked
from installation.fleet.members import MOST_LIST_BYTES, Members, parse_members
from installation.fleet.memory import Tombstones
from installation.fleet.notes import Note, Notes, Standing
from installation.fleet.place import LIST, TAKES, Joined, Place, removed
from installation.fleet.safe_folder import SafeFolder


class Others:
    """The other booths, as their outboxes came here. Methods raise OSError; what is wrong with one
    booth's is noted in the look, and hinders no other's."""

    def __init__(self, place: Place, joined: Joined, alive: Callable[[], object]) -> None:
        self._place, self._joined, self._alive = place, joined, alive
        self.members: Members | None = place.members(joined)
        self.tombstones = Tombstones(place.root / "tombstones")
        self.notes = Notes()
        self._inboxes: dict[str, Inbox] = {}

    # Who belongs.

    def read_list(self, looked: Looked) -> None:
        """Take up a newer list of who belongs; who does no longer has nothing here any more."""
        with looked.trying("the hub's list"):
            self._take_up_list()
        if self.members is None:  # before the first list came
            return
        others = self.members.others(self._joined.name)
        for name in set(self._inboxes) - set(others):
            self._forget(name)
        for name, member in others.items():
            if name in self._inboxes and self._inboxes[name].key != member.key:
                self._forget(name)
            if name not in self._inboxes:
                self._inboxes[name] = Inbox(self._place.inboxes / name, name, member.key)
        self._dismiss({*others, self._joined.hub}, looked)

    def _take_up_list(self) -> None:
        is_hub = self._joined.role == "hub"
        path = self._place.out if is_hub else self._place.inboxes / self._joined.hub
        try:
            with SafeFolder.at(path) as folder:
                data = folder.read(LIST, MOST_LIST_BYTES)
        except FileNotFoundError:
            return
        found = parse_members(data, f"{self._joined.hub}/{LIST}", self._joined.hub_key)
        if self.members is None or found.counter > self.members.counter:
            self._place.write_members(data)
            self.members = found

    def _forget(self, name: str) -> None:
        for note in self._inboxes.pop(name).notes.values():
            self.notes.drop(note)

    def _dismiss(self, known: Collection[str], looked: Looked) -> None:
        for path in sorted(self._place.inboxes.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                with looked.trying(f"{path.name}: dismissed, but not removed"):
                    removed(path, self._place.making / f"dismissed-{path.name}")

    def belongs(self, whose: str) -> bool:
        """Whether a booth belongs, as far as anybody knows."""
        return self.members is None or whose in self.members.booths

    def heard(self, whose: str) -> tuple[str, ...]:
        """The keys of those whose word on a take of that booth counts: it, and the hub. This
        booth's own takes ("") are the hub's and its operators' business."""
        owner = self.members.key_of(whose) if self.members is not None and whose else None
        return tuple(key for key in (owner, self._joined.hub_key) if key)

    # What they say.

    def read_notes(self, looked: Looked, own: tuple[Note, ...]) -> bool:
        """Take up the others' notes, and this booth's `own` withdrawals; whether any of theirs came
        or went."""
        heard = False
        for inbox in self._inboxes.values():
            with looked.trying(inbox.name):
                fresh, gone = inbox.read_notes(self._alive)
                for note in gone:
                    self.notes.drop(note)
                for note in fresh:
                    self.notes.add(note)
                heard = heard or bool(fresh or gone)
                self.tombstones.remember(fresh, inbox.name)
            self._alive()
        with looked.trying("withdrawals are carried out, but not written down"):
            self.tombstones.remember(own, self._joined.name)
        return heard

    def is_withdrawn(self, take: str, whose: str) -> bool:
        """Whether a take of that booth was withdrawn by somebody who may."""
        return self.tombstones.of(take, self.heard(whose), whose)

    def standing(self, take: str, whose: str) -> Standing:
        """What holds of a take of that booth by the others' notes."""
        return self.notes.standing(take, self.heard(whose))

    def ends_said(self) -> dict[str, float]:
        """When the takes expire that the others say something of."""
        notes = (note for inbox in self._inboxes.values() for note in inbox.notes.values())
        return {note.take: note.expires_at_s for note in notes}

    # What came.

    def read_takes(self, looked: Looked) -> bool:
        """Take up what takes came, and remove the withdrawn; whether any came or went."""
        withdrawn, came = self.tombstones.takes(), False
        for inbox in self._inboxes.values():
            with looked.trying(inbox.name):
                came |= inbox.read_takes(self._alive)
                for take in sorted(withdrawn & (set(inbox.arrived) | inbox.pending)):
                    if self.is_withdrawn(take, inbox.name):
                        self._clear(inbox.path, take)
                        inbox.forget(take)
            self._alive()
        return came

    def _clear(self, path: Path, take: str) -> None:
        removed(path / TAKES / take, self._place.making / f"withdrawn-{take}")

    def arrivals(self) -> Iterator[Arrival]:
        """All that came whole, and is not withdrawn."""
        for inbox in self._inboxes.values():
            yield from inbox.arrived.values()

    def inbox(self, name: str) -> Inbox:
        """What came from that booth. Raises KeyError."""
        return self._inboxes[name]

    def count(self, looked: Looked) -> None:
        """Note in the look how many there are."""
        looked.withdrawn = len(self.tombstones)
        for name, inbox in self._inboxes.items():
            looked.pending[name] = len(inbox.pending)
            looked.offered[name] = len(inbox.arrived)
        looked.refused = refusals(iter(self._inboxes.values()))
