"""What another booth says, as its outbox arrived here: read, and believed only where it is signed.

Files arrive in any order, by halves, late, or never; what is not whole yet is looked at again.
What cannot be believed is told once, and looked at again when it changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from installation.documents import parse_json
from installation.fleet.notes import MOST_NOTE_BYTES, Note, parse_note
from installation.fleet.place import NOTES, TAKES
from installation.fleet.safe_folder import SafeFolder
from installation.fleet.travelling import MOST_RECORD_BYTES, TRAVELLING, parse_travelling
from installation.gallery.record import Record
from installation.gallery.take_folder import FILES, ID
from installation.gallery.traces import TICK_NS
from installation.vocabulary import UglyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A take of another booth, as far as its booth must be known to choose it."""

    id: str
    booth: str
    key: str
    kept_at_s: float
    expires_at_s: float


class Inbox:
    """The outbox of the booth `name`, whose key is `key`, in the folder `path`."""

    def __init__(self, path: Path, name: str, key: str) -> None:
        self.path, self.name, self.key = path, name, key
        self.arrived: dict[str, Arrival] = {}
        self.pending: set[str] = set()
        self.refused: dict[str, str] = {}
        self.notes: dict[str, Note] = {}
        self._seen_ns: dict[str, int] = {}
        self._notes_late: set[str] = set()
        self._signatures: dict[str, object] = {}

    def read_notes(
        self, alive: Callable[[], object] = lambda: None
    ) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
        """Take up the notes that came, and those that were taken back. `alive` is called now and
        then. Raises OSError."""
        names = self._names(NOTES)
        if names is None and not self._notes_late:
            return (), ()
        if names is not None:
            self._notes_late |= names - set(self.notes) - set(self.refused)
            self._forget_refused(NOTES, names)
        fresh, gone = [], []
        with self._opened(NOTES) as folder:
            for name in sorted(self._notes_late):
                alive()
                note = self._tried(NOTES, folder, name, self._note)
                if note is not None:
                    self.notes[name] = note
                    fresh.append(note)
            self._notes_late = {name for name in self._notes_late if self._may_grow(name)}
        if names is not None:
            gone = [self.notes.pop(name) for name in set(self.notes) - names]
        return tuple(fresh), tuple(gone)

    def _may_grow(self, name: str) -> bool:
        """Whether a note that was not to be read may be one that has not come whole."""
        return name not in self.notes and f"{NOTES}/{name}" in self.refused

    def read_takes(self, alive: Callable[[], object] = lambda: None) -> bool:
        """Take up the takes that came, and forget those that went; whether any did. `alive` is
        called now and then. Raises OSError."""
        names, before = self._names(TAKES), set(self.arrived)
        if names is not None:
            for gone in set(self.arrived) - names:
                del self.arrived[gone]
            self._forget_refused(TAKES, names)
            refused = {path.split("/")[1] for path in self.refused if path.startswith(TAKES)}
            self.pending = {name for name in names if name not in self.arrived} - refused
        if not self.pending and not self._signatures:
            return set(self.arrived) != before
        with self._opened(TAKES) as folder:
            self.pending |= {
                name for name in tuple(self._signatures) if self._changed(folder, name)
            }
            for name in sorted(self.pending):
                alive()
                record = self._tried(TAKES, folder, name, self._whole)
                if record is not None:
                    self.arrived[name] = Arrival(
                        name, self.name, self.key, record.kept_at_s, record.expires_at_s
                    )
                if f"{TAKES}/{name}" in self.refused:
                    self._signatures[name] = _signature(folder, name)
                elif record is None:
                    continue
                self.pending.discard(name)
        return set(self.arrived) != before

    def _changed(self, folder: SafeFolder, name: str) -> bool:
        """Whether a take that was refused is not as it was then."""
        if _signature(folder, name) == self._signatures[name]:
            return False
        del self._signatures[name]
        self.refused.pop(f"{TAKES}/{name}", None)
        return True

    def record(self, take: str) -> Record | None:
        """The record of a take, if all of it is there. Raises OSError, UglyError."""
        try:
            with self._opened(TAKES) as folder:
                return self._whole(folder, take)
        except FileNotFoundError:
            return None

    def files(self, take: str) -> SafeFolder:
        """The open folder of a take. Raises OSError, UglyError."""
        with self._opened(TAKES) as folder:
            return folder.below(take)

    def refuse(self, take: str, why: str) -> None:
        """This take is not to be believed."""
        self.arrived.pop(take, None)
        self.refused[f"{TAKES}/{take}"] = why
        with self._opened(TAKES) as folder:
            self._signatures[take] = _signature(folder, take)

    def forget(self, take: str) -> None:
        """Nothing is left of this take here."""
        self.arrived.pop(take, None)
        self.pending.discard(take)

    def _opened(self, what: str) -> SafeFolder:
        with SafeFolder.at(self.path) as own:
            return own.below(what)

    def _names(self, what: str) -> frozenset[str] | None:
        """The names in one of its folders; None if nothing came or went since the last look."""
        try:
            with self._opened(what) as folder:
                changed_ns = folder.changed_ns
                if changed_ns == self._seen_ns.get(what):
                    return None
                surely = abs(time.time_ns() - changed_ns) > TICK_NS
                self._seen_ns[what] = changed_ns if surely else -1
                return folder.names()
        except FileNotFoundError:
            return None

    def _forget_refused(self, what: str, names: frozenset[str]) -> None:
        gone = [
            p for p in self.refused if p.startswith(f"{what}/") and p.split("/")[1] not in names
        ]
        for path in gone:
            del self.refused[path]
            if what == TAKES:
                self._signatures.pop(path.split("/")[1], None)

    def _note(self, folder: SafeFolder, name: str) -> Note | None:
        data = folder.read(name, MOST_NOTE_BYTES)
        note = parse_note(data, name, (self.key,))
        if note.name != name:
            raise UglyError(f"{name}: another note's name")
        return note

    def _whole(self, folder: SafeFolder, name: str) -> Record | None:
        """The record of a take whose files are all there in their lengths; None while they are
        not."""
        if not ID.fullmatch(name):
            raise UglyError(f"{name[:80]!r}: no take's name")
        with folder.below(name) as own:
            data = own.read(TRAVELLING, MOST_RECORD_BYTES)
            record = parse_travelling(data, name, self.name, self.key)
            if record.id != name:
                raise UglyError(f"{name}: another take ({record.id})")
            for file, held in record.files.items():
                if own.size(file) != held.bytes:
                    return None
        return record

    def _tried(
        self, what: str, folder: SafeFolder, name: str, read: Callable[[SafeFolder, str], T | None]
    ) -> T | None:
        """What is read, or None; why it was refused is noted."""
        path = f"{what}/{name}"
        try:
            found = read(folder, name)
        except FileNotFoundError:
            return None
        except UglyError as error:
            self.refused[path] = str(error)
            return None
        self.refused.pop(path, None)
        return found


def _signature(folder: SafeFolder, name: str) -> object:
    """What changes when somebody changes a take's files; None where there is none to look into."""
    try:
        with folder.below(name) as own:
            return own.changed_ns, own.signature()
    except (OSError, UglyError):
        return None


def is_half(path: Path) -> bool:
    """Whether a take's folder is not all that its own record names; whose it is doesn't matter."""
    try:
        with SafeFolder.at(path) as own:
            document = parse_json(own.read(TRAVELLING, MOST_RECORD_BYTES), TRAVELLING)
            files = document["take"]["files"].items()
            return not all(own.size(name) == held["bytes"] for name, held in files if name in FILES)
    except (OSError, UglyError, KeyError, TypeError, AttributeError):
        return True


def refusals(inboxes: Iterator[Inbox]) -> dict[str, str]:
    """All that was refused, and why, by what it is."""
    return {f"{inbox.name}/{path}": why for inbox in inboxes for path, why in inbox.refused.items()}
