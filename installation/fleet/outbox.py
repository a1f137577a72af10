"""What this booth says to the others: its own takes that may be shown, and its notes.

A take lives in the fleet for as long as in its own booth's gallery, and as others may see it: one
that is hidden leaves the outbox, and comes back when it is shown again. Whatever has taken it away
there (its visitor, an operator, `uglynet gallery delete`, a power cut in between), the next look
finds it in the outbox and not in the gallery, writes its tombstone, and only then removes it here.
One whose days are over needs none: nobody takes it up any more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from installation.fleet.notes import (
    ABOUT,
    MOST_NOTE_BYTES,
    NEVER_S,
    Note,
    Notes,
    Says,
    note_document,
    parse_note,
)
from installation.fleet.obedience import Obedience
from installation.fleet.place import FILE_MODE, NOTES, TAKES, Place, put_whole, removed
from installation.fleet.safe_folder import SafeFolder
from installation.fleet.signing import Key, canonical
from installation.fleet.travelling import (
    MOST_RECORD_BYTES,
    TRAVELLING,
    outward,
    parse_travelling,
    travelling_text,
)
from installation.gallery.index import Trace
from installation.gallery.record import Record
from installation.gallery.take_folder import flush_folder, read_record
from installation.gallery.traces import Traces
from installation.gallery.trusted_time import BEHIND_S
from installation.vocabulary import UglyError


class Outbox:
    """The outbox of the booth of that name and key; `touched` are the paths in it that were
    changed, for whoever carries it, and takes them from there. The `hub` has notes on takes that
    are not its own. `alive` is called now and then. Methods raise OSError."""

    def __init__(
        self,
        place: Place,
        name: str,
        key: Key,
        *,
        hub: bool,
        alive: Callable[[], object] = lambda: None,
    ) -> None:
        self._place, self._name, self._key, self._alive = place, name, key, alive
        self._takes, self._notes = place.out / TAKES, place.out / NOTES
        self._ends: dict[str, float] = {}
        self.said = Notes()
        self._counter = 0
        self.waiting: set[str] = set()
        self.touched: set[str] = set()
        shutil.rmtree(place.making, ignore_errors=True)
        place.made()
        self._read()
        # Hidden takes of this booth, which others may hold still: their end is to be told, too.
        self._hidden: set[str] = set() if hub else self._said_hidden()

    def _read(self) -> None:
        """Find out what was said so far; what is not this key's own is said anew."""
        with SafeFolder.at(self._notes) as folder:
            for name in sorted(folder.names()):
                self._alive()
                where = f"{folder.where}/{name}"
                try:
                    data = folder.read(name, MOST_NOTE_BYTES)
                    note = parse_note(data, where, (self._key.public,))
                    if note.name != name:
                        raise UglyError(f"{where}: another note's name")
                except UglyError:
                    (self._notes / name).unlink(missing_ok=True)
                    continue
                self._counter = max(self._counter, note.counter)
                self.said.add(note)
        with SafeFolder.at(self._takes) as folder:
            for name in sorted(folder.names()):
                self._alive()
                try:
                    with folder.below(name) as own:
                        data = own.read(TRAVELLING, MOST_RECORD_BYTES)
                    record = parse_travelling(data, name, self._name, self._key.public)
                    self._ends[name] = record.expires_at_s
                except (FileNotFoundError, UglyError):
                    self._drop(name)

    @property
    def takes(self) -> frozenset[str]:
        """The takes that travel."""
        return frozenset(self._ends)

    def follow(self, gallery: Traces, now_s: float, obeyed: Obedience) -> None:
        """Say what has changed in the gallery. `now_s` is a time that has surely come; what is so
        because others said so (`obeyed`) is not said again.

        Raises:
            UglyError: if the gallery's disk is not there.
        """
        for take in sorted((set(self._ends) | self._hidden) - set(gallery.known)):
            if gallery.is_gone(take):
                self._gone(take, now_s)
        for trace in gallery.known.values():
            self._alive()
            if trace.whose:
                continue
            if trace.id in self._ends:
                self._say_standing(trace, obeyed)
                if not trace.shown:
                    self._hidden.add(trace.id)
                    self._drop(trace.id)
            elif trace.shown and trace.expires_at_s > now_s and not self._is_withdrawn(trace.id):
                self._send(gallery.folder, trace, obeyed)
            else:
                self.waiting.discard(trace.id)
        self.waiting &= set(gallery.known)

    def say(self, take: str, says: Says, expires_at_s: float = NEVER_S) -> Note | None:
        """Write a note, whole and on the disk; what it outdates is removed. None if that holds
        already."""
        note = Note(self._key.public, self._counter + 1, take, says, expires_at_s)
        before = self.said.newest(take, self._key.public, note.about)
        if before is not None and before.says == says:
            return None
        document = self._key.signed(note_document(note))
        put_whole(self._notes / note.name, canonical(document) + b"\n", self._place.making)
        self._counter += 1
        self.said.add(note)
        self.touched.add(NOTES)
        outdated = [before] if before is not None else []
        if says == "withdraw":
            found = (self.said.newest(take, note.by, about) for about in ("hidden", "pinned"))
            outdated += [each for each in found if each is not None]
        for each in outdated:
            self.said.drop(each)
            (self._notes / each.name).unlink(missing_ok=True)
        return note

    def forget_before(self, now_s: float) -> None:
        """Take back the notes on takes whose end came before `now_s`; never the newest, by which
        the next one's number is known after a start."""
        for take in self.said.takes():
            for about in ("hidden", "pinned", "withdrawn"):
                note = self.said.newest(take, self._key.public, about)
                if note is not None and note.expires_at_s < now_s and note.counter < self._counter:
                    self.said.drop(note)
                    (self._notes / note.name).unlink(missing_ok=True)
                    self.touched.add(NOTES)

    def withdrawals(self) -> tuple[Note, ...]:
        """All that this booth has withdrawn, and still says so."""
        found = (
            self.said.newest(take, self._key.public, "withdrawn") for take in self.said.takes()
        )
        return tuple(note for note in found if note is not None)

    def end_said_of(self, take: str) -> float:
        """When a take expires that something was said of."""
        about = (self.said.newest(take, self._key.public, what) for what in set(ABOUT.values()))
        return max((note.expires_at_s for note in about if note is not None), default=NEVER_S)

    def _is_withdrawn(self, take: str) -> bool:
        return self.said.newest(take, self._key.public, "withdrawn") is not None

    def _said_hidden(self) -> set[str]:
        """The takes that are hidden by this booth's word, and not withdrawn."""
        about = (self.said.newest(take, self._key.public, "hidden") for take in self.said.takes())
        hidden = {note.take for note in about if note is not None and note.says == "hide"}
        return {take for take in hidden if not self._is_withdrawn(take)}

    def _say_standing(self, trace: Trace, obeyed: Obedience) -> None:
        """Say whether a take is hidden and pinned, where others believe something else, and it is
        not so for their sake."""

        def holds(about: str, says: Says) -> bool:
            note = self.said.newest(trace.id, self._key.public, about)
            return note is not None and note.says == says

        if trace.id not in obeyed.hidden and holds("hidden", "hide") == trace.shown:
            self.say(trace.id, "unhide" if trace.shown else "hide", trace.expires_at_s)
        if trace.id not in obeyed.pinned and holds("pinned", "pin") != trace.pinned:
            self.say(trace.id, "pin" if trace.pinned else "unpin", trace.expires_at_s)

    def _gone(self, take: str, now_s: float) -> None:
        """A take is in the gallery no longer."""
        ends_s = self._ends[take] if take in self._ends else self.end_said_of(take)
        if ends_s > now_s:
            self.say(take, "withdraw", ends_s)
        self._hidden.discard(take)
        if take in self._ends:
            self._drop(take)

    def _drop(self, take: str) -> None:
        removed(self._takes / take, self._place.making / f"gone-{take}")
        self._ends.pop(take, None)
        self.touched.add(f"{TAKES}/{take}")

    def _send(self, gallery: Path, trace: Trace, obeyed: Obedience) -> None:
        """Put a take into the outbox, whole: made beside it, then renamed."""
        own = gallery / TAKES / trace.id
        try:
            record = read_record(own)
        except (FileNotFoundError, UglyError):  # deleted this moment, or damaged: `verify` says so
            return
        if not record.shown or record.whose:
            return
        if _clock_told_nothing(record):
            self.waiting.add(trace.id)
            return
        travels = outward(record, self._name)
        making = self._place.making / trace.id
        try:
            self._filled(making, own, travels)
        except (FileNotFoundError, UglyError):
            shutil.rmtree(making, ignore_errors=True)
            return
        except OSError:
            shutil.rmtree(making, ignore_errors=True)
            raise
        making.replace(self._takes / trace.id)
        self._ends[trace.id] = travels.expires_at_s
        self._hidden.discard(trace.id)
        self.touched.add(f"{TAKES}/{trace.id}")
        self.waiting.discard(trace.id)
        self._say_standing(trace, obeyed)

    def _filled(self, making: Path, own: Path, travels: Record) -> None:
        text = travelling_text(travels, self._key)
        parse_travelling(text.encode(), travels.id, self._name, self._key.public)  # as others do
        if making.exists():
            shutil.rmtree(making)
        making.mkdir(0o700)
        with SafeFolder.at(own) as folder:
            for name, held in travels.files.items():
                folder.give(name, making / name)
                if (making / name).stat().st_size != held.bytes:
                    raise UglyError(f"{own}/{name}: cut short")
        handle = os.open(making / TRAVELLING, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        flush_folder(making)


def _clock_told_nothing(record: Record) -> bool:
    """Whether when it was kept was made up, as no clock told it: it is put right later."""
    return record.told == "doubted" and record.kept_at_s <= record.not_before_s + BEHIND_S
