"""What a booth must remember of takes, whatever becomes of the folders that told it.

    FLEET/tombstones     a line each: signer, take, when the take expires, the signer's name
    FLEET/imported       the gallery's name first, then a line each: take, when it expires

A tombstone is remembered until `LINGER_S` after its take's own end. A take whose end has come is
taken up nowhere, so whoever comes back later, with whatever on its disk, brings nothing back. The
margin is for clocks: a booth judges by a time that has surely come, which is never too late, but
may be behind by as long as the booth stood without power. The name is for a booth that comes back
with a new key and an old backup: what it had withdrawn by its old one stays withdrawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from installation.fleet.notes import Note
from installation.fleet.place import appended, put_whole

LINGER_S = 90 * 86400.0


class Tombstones:
    """The takes that were withdrawn: who said so, and when they expire. Methods raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: dict[tuple[str, str], float] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._by_name: set[tuple[str, str]] = set()
        self._unwritten: dict[tuple[str, str], float] = {}
        for line in _lines(path):
            by, take, expires, name = [*line.split(), "", "", "", ""][:4]
            with contextlib.suppress(ValueError):
                self._held[by, take] = float(expires)
                self._name(by, take, name)

    def __len__(self) -> int:
        return len({take for _, take in self._held})

    def of(self, take: str, heard: Iterable[str], whose: str = "") -> bool:
        """Whether one of these signers has withdrawn the take, or the booth of the name `whose` by
        whatever key it had."""
        return any((by, take) in self._held for by in heard) or (whose, take) in self._by_name

    def takes(self) -> frozenset[str]:
        """The takes that were withdrawn, by whomever."""
        return frozenset(take for _, take in self._held)

    def remember(self, notes: Iterable[Note], name: str) -> None:
        """Remember these withdrawals by the booth of that name, on the disk before anything is
        done. On a full one they are held in memory, and carried out all the same, and written down
        at the next try."""
        fresh = {
            (note.by, note.take): note.expires_at_s
            for note in notes
            if note.says == "withdraw" and (note.by, note.take) not in self._held
        }
        self._held.update(fresh)
        for by, take in fresh:
            self._name(by, take, name)
        self._unwritten.update(fresh)
        if self._unwritten:
            appended(self._path, [self._line(*each) for each in self._unwritten.items()])
            self._unwritten = {}

    def _name(self, by: str, take: str, name: str) -> None:
        self._names[by, take] = name
        if name:
            self._by_name.add((name, take))

    def _line(self, key: tuple[str, str], expires: float) -> str:
        return f"{key[0]} {key[1]} {expires!r} {self._names.get(key, '')}".rstrip()

    def forget_before(self, now_s: float) -> None:
        """Forget those whose takes have been over for `LINGER_S` at `now_s`."""
        left = {key: end for key, end in self._held.items() if end + LINGER_S > now_s}
        if len(left) < len(self._held):
            text = "".join(f"{self._line(*each)}\n" for each in left.items())
            put_whole(self._path, text.encode())
            self._held = left
            self._names = {key: self._names.get(key, "") for key in left}
            self._by_name = {(name, take) for (_, take), name in self._names.items() if name}


class Imported:
    """The takes that were taken up into the gallery of that name: one that is there no longer was
    deleted there, and stays deleted. Methods raise OSError."""

    def __init__(self, path: Path, gallery: str) -> None:
        self._path = path
        self._held: dict[str, float] = {}
        lines = _lines(path)
        if not lines or lines[0] != f"gallery {gallery}":
            put_whole(path, f"gallery {gallery}\n".encode())
            return
        for line in lines[1:]:
            take, expires = [*line.split(), "", ""][:2]
            with contextlib.suppress(ValueError):
                if expires == "-":
                    self._held.pop(take, None)
                else:
                    self._held[take] = float(expires)

    def __contains__(self, take: str) -> bool:
        return take in self._held

    def add(self, takes: dict[str, float]) -> None:
        """These takes are in the gallery; when they expire."""
        fresh = {take: end for take, end in takes.items() if take not in self._held}
        if fresh:
            appended(self._path, [f"{take} {end!r}" for take, end in fresh.items()])
            self._held.update(fresh)

    def forget(self, takes: Iterable[str]) -> None:
        """These may be taken up again."""
        known = [take for take in takes if take in self._held]
        if known:
            appended(self._path, [f"{take} -" for take in known])
            for take in known:
                del self._held[take]

    def forget_before(self, now_s: float) -> None:
        """Forget those whose takes have been over for `LINGER_S`."""
        self.forget([take for take, end in self._held.items() if end + LINGER_S <= now_s])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
