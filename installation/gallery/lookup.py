"""Takes looked up one by one in a gallery that somebody else may be changing; only ever read.

The index says where to look; what a take is, its own folder says. Used by one thread.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from installation.gallery.index import Index
from installation.gallery.reading import GalleryReader
from installation.gallery.record import Record
from installation.gallery.take_folder import ID, TAKES, read_record
from installation.vocabulary import UglyError

T = TypeVar("T")


class Lookup:
    """Looks takes up in the gallery in `folder`, which need not be there yet. Without an index
    that can be read every record is looked into, which is slow and as true."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: Index | None = None

    def with_token(self, token: str) -> Record | None:
        """The take whose page's link ends in `token`."""
        found = self._asked(lambda index: index.with_token(token), lambda: self._scanned(token))
        held = None if found is None else self.record(found.id)
        if held is None or not hmac.compare_digest(held.token.encode(), token.encode()):
            return None
        return held

    def record(self, take_id: str) -> Record | None:
        """The take with this id, as its folder tells; None if there is none to be read."""
        if not ID.fullmatch(take_id):
            return None
        try:
            return read_record(self.folder / TAKES / take_id)
        except (OSError, UglyError):
            return None

    def children(self, take_id: str) -> tuple[Record, ...]:
        """The takes whose nets grew from this one's, as their folders tell."""

        def scanned() -> tuple[Record, ...]:
            return tuple(each for each in self._all() if take_id in each.parents)

        found = self._asked(lambda index: index.children(take_id), scanned)
        records = (self.record(each.id) for each in found)
        return tuple(each for each in records if each is not None and take_id in each.parents)

    def page(
        self, limit: int, skip: int = 0, text: str = "", moderation: str = ""
    ) -> tuple[int, tuple[Record, ...]]:
        """How many takes hold `text` in their creature's name or id, moderated so ("": however);
        and `limit` of them, the newest first, after `skip`."""

        def scanned() -> tuple[int, tuple[Record, ...]]:
            word = text.lower()
            found = [
                record
                for record in self._all()
                if (word in record.name.lower() or word in record.id.lower())
                and moderation in ("", record.moderation)
            ]
            return len(found), tuple(found[skip : skip + limit])

        return self._asked(lambda index: index.page(limit, skip, text, moderation), scanned)

    def _asked(self, ask: Callable[[Index], T], scan: Callable[[], T]) -> T:
        """What the index answers, opened anew where it was changed for another; else the scan."""
        for _ in range(2):
            try:
                if self._index is not None and self._index.lost():
                    self.close()
                if self._index is None:
                    self._index = Index(self.folder, read_only=True)
                return ask(self._index)
            except (OSError, sqlite3.Error, UnicodeDecodeError, UglyError):
                self.close()
        return scan()

    def _scanned(self, token: str) -> Record | None:
        same = (one for one in self._all() if hmac.compare_digest(one.token, token) and token)
        return next(same, None)

    def _all(self) -> tuple[Record, ...]:
        reader = GalleryReader(self.folder)
        try:
            return tuple(reader.records())
        finally:
            reader.close()

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None


def room_for(folder: Path, free_bytes: int, sample: int = 20) -> int:
    """About how many more takes fit into `free_bytes`, by what the newest ones take up; -1 while
    there is none to judge by."""
    lookup = Lookup(folder)
    try:
        _, records = lookup.page(sample)
    except UglyError:
        return -1
    finally:
        lookup.close()
    sizes = [sum(held.bytes for held in record.files.values()) for record in records]
    return int(free_bytes / (sum(sizes) / len(sizes))) if sizes and sum(sizes) else -1
