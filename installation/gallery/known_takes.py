"""The takes as the show last knew them: what changed is read, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

from installation.gallery.attract_order import Entry, Takes
from installation.gallery.index import Index

TICK_NS = 1_000_000_000


class KnownTakes:
    """Follows an index and the folder `folder` of the takes. Methods raise OSError and
    sqlite3.Error."""

    def __init__(self, folder: Path, index: Index) -> None:
        self._folder, self._index = folder, index
        self._entries: dict[str, Entry] = {}
        self._seq = 0
        self.takes = Takes()
        self._modified_ns, self._surely = 0, False
        self.folders_seen()
        self.refresh(gone_too=True)

    def changed(self) -> bool:
        """Whether folders may have come or gone since they were last seen, or another program has
        changed the index."""
        modified = self._folder.stat().st_mtime_ns != self._modified_ns
        return self._index.changed() or modified or not self._surely

    def folders_seen(self) -> None:
        """The folders are as this program has left them. What was changed just now may be changed
        again within the same tick of the disk's clock; then they are looked at once more."""
        self._modified_ns = self._folder.stat().st_mtime_ns
        self._surely = abs(time.time_ns() - self._modified_ns) > TICK_NS

    def refresh(self, *, gone_too: bool = False) -> bool:
        """Read what was added or changed in the index, with `gone_too` also what is gone; whether
        anything was."""
        self._seq, entries = self._index.since(self._seq)
        gone = set(self._entries) - self._index.ids() if gone_too else set()
        if not entries and not gone:
            return False
        self._entries.update((entry.id, entry) for entry in entries)
        for take_id in gone:
            del self._entries[take_id]
        self.takes = Takes(self._entries.values())
        return True

    def forget(self, take_id: str) -> None:
        """A take was deleted."""
        if self._entries.pop(take_id, None) is not None:
            self.takes = Takes(self._entries.values())
