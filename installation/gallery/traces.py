"""The takes of a gallery as the fleet follows them: what changed is read, and nothing else.

The gallery may be held by a show meanwhile; its index is only ever read, and opened for no longer
than it takes.
"""

from __future__ import annotations

import time
from pathlib import Path

from installation.gallery.faults import told
from installation.gallery.index import DATABASE, Index, Trace
from installation.gallery.take_folder import DELETING, TAKES
from installation.vocabulary import UglyError

TICK_NS = 2_000_000_000
"""Within so long a disk's clock may give a file that was changed again the same time."""


class Traces:
    """What is known of the takes in the gallery in `folder`, by their ids."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, Trace] = {}
        self._seq, self._inode = 0, 0
        self._looked_at: tuple[int, ...] | None = None

    @property
    def there(self) -> bool:
        """Whether there is a gallery at all."""
        return (self.folder / TAKES).is_dir() and (self.folder / DATABASE).is_file()

    def refresh(self) -> bool:
        """Take up what was added, changed or deleted since; whether anything may have been.

        Raises:
            UglyError: one line, if the gallery cannot be read now.
        """
        with told(f"{self.folder}: the gallery cannot be read"):
            status = (self.folder / DATABASE).stat()
            seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            if seen == self._looked_at:
                return False
            surely = abs(time.time_ns() - status.st_mtime_ns) > TICK_NS
            if status.st_ino != self._inode:
                self.known, self._seq, self._inode = {}, 0, status.st_ino
            index = Index(self.folder, read_only=True)
            try:
                self._seq, changed = index.traces(self._seq)
                self.known.update((trace.id, trace) for trace in changed)
                for gone in set(self.known) - index.ids():
                    del self.known[gone]
            finally:
                index.close()
            self._looked_at = seen if surely else None
            return True

    def is_gone(self, take_id: str) -> bool:
        """Whether nothing of a take is in the gallery: neither its index nor the disk knows it.

        Raises:
            UglyError: if the disk itself is not there.
        """
        takes = self.folder / TAKES
        if not takes.is_dir():
            raise UglyError(f"{self.folder}: the gallery is gone")
        there = (takes / take_id, takes / (DELETING + take_id))
        return take_id not in self.known and not any(path.exists() for path in there)
