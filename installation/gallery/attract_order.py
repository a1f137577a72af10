"""Which past take the attract loop plays next. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload
from zlib import crc32

from installation.vocabulary import Take, UglyError

NEWEST = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A take as far as the loop must know it to choose; `load` gives the take itself, and raises
    UglyError if its net is damaged. Times are seconds since the epoch."""

    id: str
    kept_at_s: float
    expires_at_s: float
    shown: bool
    load: Callable[[], Take] = field(repr=False, compare=False)
    pinned: bool = False
    likes: int = 0

    @classmethod
    def of(cls, take: Take) -> Entry:
        return cls(take.id, take.kept_at_s, take.expires_at_s, take.in_gallery, lambda: take)


class Takes(Sequence[Take]):
    """All takes, the newest first; a net is parsed when somebody looks at its take.

    `known_s` is a time (seconds since the epoch) that has surely come: a clock that was set back
    shows nothing that has expired.
    """

    def __init__(self, entries: Iterable[Entry] = (), known_s: float = 0.0) -> None:
        self.known_s = known_s
        self._entries = sorted(entries, key=lambda entry: (-entry.kept_at_s, entry.id))
        shown = [entry for entry in self._entries if entry.shown]
        pinned: list[Entry] = []
        rest: list[Entry] = []
        for entry in shown:
            (pinned if entry.pinned else rest).append(entry)
        self._newest, older = pinned + rest[:NEWEST], rest[NEWEST:]
        liked = [(entry, f"{entry.id} again") for entry in older if entry.likes]
        turns = [(entry, entry.id) for entry in older] + liked
        mixed = sorted(turns, key=lambda turn: (crc32(turn[1].encode()), turn[1]))
        self._mixed = [entry for entry, _ in mixed]

    def at(self, known_s: float) -> Takes:
        """The same takes when it is later."""
        later = Takes.__new__(Takes)
        later.__dict__.update(self.__dict__)
        later.known_s = known_s
        return later

    def without(self, ids: Collection[str]) -> Takes:
        """The same takes but for these."""
        if not ids:
            return self
        return Takes((entry for entry in self._entries if entry.id not in ids), self.known_s)

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, number: int) -> Take: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Take]: ...
    def __getitem__(self, number: int | slice) -> Take | Sequence[Take]:
        if isinstance(number, slice):
            return tuple(entry.load() for entry in self._entries[number])
        return self._entries[number].load()

    def next(self, turn: int, now_s: float) -> Take | None:
        """The take of turn 0, 1, 2, ...: every other one of the newest few and those that are
        pinned, else one of the older; one that was liked comes twice as often.

        The newest come round often, so that who has just kept one sees it; the older ones in an
        order that looks like chance and leaves none out. Who has expired at `now_s`, or is
        damaged, is left out. None if nothing may be shown.
        """
        now_s = max(now_s, self.known_s)
        if not self._mixed:
            return _first(self._newest, turn, now_s)
        first, second = self._newest, self._mixed
        if turn % 2:
            first, second = second, first
        return _first(first, turn // 2, now_s) or _first(second, turn // 2, now_s)


def _first(entries: Sequence[Entry], start: int, now_s: float) -> Take | None:
    """The first, from `start` on and round, that may be shown at `now_s`."""
    for number in range(len(entries)):
        entry = entries[(start + number) % len(entries)]
        if entry.expires_at_s > now_s:
            try:
                return entry.load()
            except UglyError:  # one damaged take must not hide the others
                continue
    return None
