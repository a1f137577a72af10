"""A gallery as it is read: from any disk, also one that is write-protected; nothing is made or
changed in its folder.

The folders are what is true. The index only saves looking into each; where it is missing, damaged,
held or behind, the records themselves are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from installation.gallery.faults import told
from installation.gallery.index import Index
from installation.gallery.mounts import check_mounted
from installation.gallery.quarantine import in_quarantine
from installation.gallery.record import Record, document_of, moment
from installation.gallery.recovery import names, net_of, number, old_stills
from installation.gallery.take_folder import FILES, TAKES, read_record, sum_of
from installation.gallery.trusted_time import EARLIEST_S
from installation.vocabulary import Take, UglyError

T = TypeVar("T")


class GalleryReader:
    """Reads the gallery in `folder`; one that is not there yet has no takes.

    Raises:
        UglyError: one line if the folder cannot be read, or a newer version made its index.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: Index | None = None
        self.problems: list[str] = []
        check_mounted(folder)
        with told(f"{folder}: the gallery cannot be read"):
            try:
                self._names = names(folder / TAKES)
            except FileNotFoundError:
                self._names = ()
            self._index = self._opened()
        self._indexed = self._from_index(_ids) or frozenset()

    def _opened(self) -> Index | None:
        try:
            return Index(self.folder, read_only=True)
        except (OSError, sqlite3.Error, UnicodeDecodeError):
            return None

    def _from_index(self, read: Callable[[Index], T]) -> T | None:
        """What the index tells; None if it cannot."""
        if self._index is None:
            return None
        try:
            return read(self._index)
        except (sqlite3.Error, OSError, UnicodeDecodeError):
            self._index.close()
            self._index = None
            return None

    def __len__(self) -> int:
        return len(self._names)

    @property
    def indexed(self) -> frozenset[str]:
        """The ids that the index knows, whether or not they have a folder."""
        return self._indexed

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the takes' folders."""
        return self._names

    def from_index(self, take_id: str) -> Record | None:
        """What the index says of a take, where there is an index that can be read."""
        return self._from_index(lambda index: index.record(take_id))

    def records(self, limit: int | None = None, skip: int = 0) -> Iterator[Record]:
        """The records of takes, the newest first: `limit` of them, after the first `skip`. What
        cannot be read is told in `problems`, a line each."""
        if self._indexed == frozenset(self._names):
            found = self._from_index(
                lambda index: tuple(index.newest(-1 if limit is None else limit, skip))
            )
            if found is not None:
                yield from found
                return
        rows = self._first_rows()
        every = [record for name in self._names if (record := self._record(name, rows))]
        every.sort(key=lambda record: (-record.kept_at_s, record.id))
        yield from islice(every, skip, None if limit is None else skip + limit)

    def _record(self, name: str, rows: Mapping[str, Mapping[str, Any]]) -> Record | None:
        try:
            return self.record(name, rows)
        except UglyError as error:
            self.problems.append(str(error))
            return None

    def record(self, name: str, rows: Mapping[str, Mapping[str, Any]] | None = None) -> Record:
        """The record of the take with this id.

        Raises:
            UglyError: one line naming the take, if it has none that can be read.
        """
        folder = self.folder / TAKES / name
        with told(f"take {name}: its record cannot be read"):
            try:
                return read_record(folder)
            except FileNotFoundError:
                pass
            row = (self._first_rows() if rows is None else rows).get(name)
            return _first_version(folder, row)

    def _first_rows(self) -> dict[str, dict[str, Any]]:
        found = self._from_index(lambda index: list(index.first_rows()))
        return {str(row["id"]): row for row in found or ()}

    def takes(self) -> tuple[Take, ...]:
        """Every take whose net can be read, the newest first."""
        found = []
        for record in self.records():
            try:
                found.append(record.take())
            except UglyError as error:
                self.problems.append(str(error))
        return tuple(found)

    def find(self, prefix: str) -> Record:
        """The record of the take whose id starts with `prefix`.

        Raises:
            UglyError: if there is none, or more than one.
        """
        found = self.starting(prefix)
        if len(found) != 1:
            many = "no take" if not found else f"{len(found)} takes"
            raise UglyError(f'{many} with an id that starts "{prefix}"; see `uglynet gallery list`')
        return self.record(found[0])

    def starting(self, prefix: str) -> tuple[str, ...]:
        """The ids of takes that start so."""
        return tuple(name for name in self._names if name.startswith(prefix))

    def stills(self, prefix: str = "") -> tuple[tuple[Record, str], ...]:
        """The stills whose name, or id/name, starts so, each with its take's record."""
        return tuple(
            (record, name)
            for record in self.records()
            for name in record.stills
            if name.startswith(prefix) or f"{record.id}/{name}".startswith(prefix)
        )

    def loose_stills(self) -> tuple[Path, ...]:
        """The first version's stills, which are no take's until the installation runs again."""
        with told(f"{self.folder}: its stills cannot be read"):
            return old_stills(self.folder)

    def quarantine(self) -> tuple[str, ...]:
        """What lies in quarantine, as paths within the gallery."""
        with told(f"{self.folder}: the quarantine cannot be read"):
            return in_quarantine(self.folder)

    def path_of(self, record: Record, name: str) -> Path:
        """Where one of a take's files lies."""
        return self.folder / TAKES / record.id / name

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None


def _ids(index: Index) -> frozenset[str]:
    return index.ids() if index.has_records() else frozenset()


def _first_version(folder: Path, row: Mapping[str, Any] | None) -> Record:
    """The record of a take of the first version, by its row in the database, without writing it.

    Raises:
        UglyError: if there is no row.
        OSError: if its files cannot be read.
    """
    if row is None:
        raise UglyError(
            f"take {folder.name}: it has no record; the installation takes it up when it starts, "
            "or `uglynet gallery rebuild`"
        )
    there = {path.name for path in folder.iterdir()}
    return Record(
        id=folder.name,
        net=document_of(net_of(folder, row)),
        kept_at_s=moment(number(row["kept_at_s"])),
        expires_at_s=moment(number(row["expires_at_s"])),
        show=row["in_gallery"] == 1,
        told="doubted",
        not_before_s=EARLIEST_S,
        files={name: sum_of(folder / name) for name in FILES if name in there},
    )
