"""The index over the takes' records: the only SQL of the house.

    GALLERY/gallery.db

It holds nothing that the records in the takes' folders don't, and is made anew from them when it
is missing or damaged. It is there so that nothing reads ten thousand files to find one.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlite_utils import Database

from installation.gallery.attract_order import Entry
from installation.gallery.faults import is_damaged, is_locked, retried
from installation.gallery.index_tables import KNOWN, migrations
from installation.gallery.record import Record, parse_record, record_text, token_mark
from installation.vocabulary import UglyError

T = TypeVar("T")

DATABASE = "gallery.db"
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite leaves beside a database."""

BUSY_S = 2.0


class Trace(NamedTuple):
    """What the fleet must know of a take; `whose` is the booth it came from, "" for this one.
    Times are seconds since the epoch."""

    id: str
    kept_at_s: float
    expires_at_s: float
    shown: bool
    pinned: bool
    whose: str


def entry_of_row(row: tuple[Any, ...]) -> Entry:
    """A row (id, kept, expires, shown, record, pinned, likes) as an entry. Raises TypeError,
    ValueError."""
    take_id, kept_at_s, expires_at_s, shown, text, pinned, likes = row
    if not isinstance(take_id, str) or not isinstance(text, str):
        raise TypeError("text was to be here")
    return Entry(
        take_id,
        float(kept_at_s),
        float(expires_at_s),
        bool(shown),
        lambda: parse_record(text, f"take {take_id}").take(),
        bool(pinned),
        int(likes),
    )


class Index:
    """The index of the gallery in `folder`, used by one thread. With `read_only` nothing is made
    or changed in the folder.

    Raises:
        FileNotFoundError: read-only, if there is none.
        sqlite3.Error: if it is damaged or held by another program (`faults` knows which).
        UglyError: if a newer version made it.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.path = folder / DATABASE
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        if read_only:
            self._connection = self._reading()
        else:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self.path.chmod(0o600)
            self._connection = sqlite3.connect(self.path, timeout=BUSY_S)
        status = self.path.stat()
        self._identity = (status.st_dev, status.st_ino)
        try:
            self._db = Database(self._connection)
            if not read_only:
                retried(self._prepare)
            self._check_not_newer()
            self._version = self._data_version()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        # Kept means kept, whatever the power does; deleted means overwritten. Without a log of its
        # own beside it, the file can be read from a disk that is write-protected.
        self._connection.execute("pragma journal_mode = delete")
        self._connection.execute("pragma synchronous = full")
        self._connection.execute("pragma secure_delete = on")
        migrations.apply(self._db)

    def _reading(self) -> sqlite3.Connection:
        """A connection that changes nothing: to the file, or where changes still wait beside it to
        be folded in or taken back, to a copy that is thrown away."""
        with self.path.open("rb") as file:
            logged = file.read(20)[18:20] == b"\2\2"
        beside = [path for end in BESIDE if (path := Path(f"{self.path}{end}")).exists()]
        writable = os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)
        if not logged and (writable or not any(path.stat().st_size for path in beside)):
            mode = "mode=ro" if writable else "mode=ro&immutable=1"
            uri = f"{self.path.resolve().as_uri()}?{mode}"
            connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S)
            try:
                connection.execute("select count(*) from sqlite_master").fetchone()
                return connection
            except sqlite3.Error as error:
                connection.close()
                if is_locked(error):
                    raise
        self._copy = tempfile.TemporaryDirectory(prefix="uglynet-")
        for path in (self.path, *beside):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(path, Path(self._copy.name) / path.name)
        return sqlite3.connect(Path(self._copy.name) / DATABASE, timeout=BUSY_S)

    def _check_not_newer(self) -> None:
        newer = {row.name for row in migrations.applied(self._db)} - KNOWN
        if newer:
            raise UglyError(
                f"{self.path}: made by a newer version ({', '.join(sorted(newer))}); update the "
                "program"
            )

    def _data_version(self) -> int:
        return int(self._connection.execute("pragma data_version").fetchone()[0])

    def check(self) -> None:
        """Raise sqlite3.DatabaseError if pages of the file are damaged."""
        found = self._connection.execute("pragma quick_check(1)").fetchone()
        if found is None or found[0] != "ok":
            raise sqlite3.DatabaseError(str(found[0] if found else "nothing there"))

    def lost(self) -> bool:
        """Whether the file has vanished, or another took its place."""
        try:
            status = self.path.stat()
        except OSError:
            return True
        return (status.st_dev, status.st_ino) != self._identity

    def changed(self) -> bool:
        """Whether another program has changed it since this was last asked."""
        version = self._data_version()
        before, self._version = self._version, version
        return version != before

    def back_up_to(self, path: Path) -> None:
        """Copy the database, as it is at one moment, also while others write to it. Raises
        sqlite3.Error."""
        goal = sqlite3.connect(path)
        try:
            self._connection.backup(goal)
        finally:
            goal.close()

    # Records.

    def put(self, record: Record) -> None:
        """Add a record, or put it in place of the one with its id."""

        def work() -> None:
            with self._writing():
                self._insert(record)

        retried(work)

    def put_all(self, records: Iterator[Record]) -> None:
        """Add many records at once."""
        found = list(records)

        def work() -> None:
            with self._writing():
                for record in found:
                    self._insert(record)

        retried(work)

    def _insert(self, record: Record) -> None:
        self._connection.execute(
            "insert or replace into records"
            " (id, kept_at_s, expires_at_s, told, leaps_s, shown, record, door, name, pinned,"
            " likes, moderation, whose) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.kept_at_s,
                record.expires_at_s,
                record.told,
                record.leaps_s,
                int(record.shown),
                record_text(record),
                token_mark(record.token),
                record.name,
                int(record.pinned),
                record.likes,
                record.moderation,
                record.whose,
            ),
        )
        self._connection.execute("delete from kin where child = ?", (record.id,))
        self._connection.executemany(
            "insert into kin (parent, child) values (?, ?)",
            [(parent, record.id) for parent in record.parents],
        )

    def drop(self, ids: Iterator[str]) -> None:
        """Forget records."""
        found = [(take_id,) for take_id in ids]

        def work() -> None:
            with self._writing():
                self._connection.executemany("delete from records where id = ?", found)
                self._connection.executemany("delete from kin where child = ?", found)

        retried(work)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._connection:
            yield

    def has_records(self) -> bool:
        """Whether it is of this version."""
        sql = "select 1 from sqlite_master where name = 'records' and type = 'table'"
        return bool(self._rows(sql))

    def ids(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._rows("select id from records"))

    def record(self, take_id: str) -> Record | None:
        """The record of that id, if it is here and whole."""
        return next(self._read("where id = ?", (take_id,)), None)

    def starting(self, prefix: str) -> tuple[str, ...]:
        """The ids that start so."""
        rows = self._rows(
            "select id from records where substr(id, 1, ?) = ? order by kept_at_s desc, id",
            (len(prefix), prefix),
        )
        return tuple(row[0] for row in rows)

    def newest(self, limit: int = -1, skip: int = 0) -> Iterator[Record]:
        """The records, the newest first: `limit` of them (-1: all), after the first `skip`."""
        return self._read("order by kept_at_s desc, id limit ? offset ?", (limit, skip))

    def since(self, seq: int) -> tuple[int, tuple[Entry, ...]]:
        """What was added or changed after `seq`, and the `seq` to ask from the next time."""
        rows = self._rows(
            "select seq, id, kept_at_s, expires_at_s, shown, record, pinned, likes from records"
            " where seq > ? order by seq",
            (seq,),
        )
        try:
            entries = tuple(entry_of_row(row[1:]) for row in rows)
        except (TypeError, ValueError):
            raise sqlite3.DatabaseError("a row of another kind") from None
        return (int(rows[-1][0]) if rows else seq), entries

    def traces(self, seq: int) -> tuple[int, tuple[Trace, ...]]:
        """As `since`, but what the fleet must know of each."""
        rows = self._rows(
            "select seq, id, kept_at_s, expires_at_s, shown, pinned, whose from records"
            " where seq > ? order by seq",
            (seq,),
        )
        try:
            found = tuple(
                Trace(str(row[1]), float(row[2]), float(row[3]), row[4] == 1, row[5] == 1, row[6])
                for row in rows
            )
        except (TypeError, ValueError):
            raise sqlite3.DatabaseError("a row of another kind") from None
        return (int(rows[-1][0]) if rows else seq), found

    def expired(self, now_s: float, leaps_s: float = 0.0) -> tuple[str, ...]:
        """The ids of takes whose time is over at `now_s`, and was told by a clock to trust; those
        that are to be corrected by the newest of the leaps are not among them."""
        rows = self._rows(
            "select id from records where expires_at_s <= ?"
            " and (+told = 'synced' or (+told = 'free' and leaps_s >= ?))",  # by the time's index
            (now_s, round(leaps_s, 3)),
        )
        return tuple(row[0] for row in rows)

    def past(self, most: int) -> tuple[str, ...]:
        """The ids of all of this booth's own but the pinned and the newest `most`."""
        rows = self._rows(
            "select id from (select id, pinned from records where whose = ''"
            " order by pinned desc, kept_at_s desc, id limit -1 offset ?) where not pinned",
            (most,),
        )
        return tuple(row[0] for row in rows)

    def with_token(self, token: str) -> Record | None:
        """The record with this token, if it is here and whole."""
        if not token:
            return None
        return next(self._read("where door = ?", (token_mark(token),)), None)

    def page(
        self, limit: int, skip: int = 0, text: str = "", moderation: str = ""
    ) -> tuple[int, tuple[Record, ...]]:
        """How many records there are whose creature's name or id holds `text` and that are
        moderated so ("": however), and `limit` of them, the newest first, after `skip`."""
        where, given = [], []
        if text:
            pattern = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
            where.append("(name like ? escape '\\' or id like ? escape '\\')")
            given += [pattern, pattern]
        if moderation:
            where.append("moderation = ?")
            given.append(moderation)
        clause = f"where {' and '.join(where)} " if where else ""
        count = self._rows(f"select count(*) from records {clause}", tuple(given))[0][0]
        # Chosen by what `records_to_page` alone holds, before anything large is read.
        order = f"{clause}order by kept_at_s desc, id limit ? offset ?"
        chosen = f"where seq in (select seq from records {order}) order by kept_at_s desc, id"
        return int(count), tuple(self._read(chosen, (*given, limit, skip)))

    def children(self, take_id: str) -> tuple[Record, ...]:
        """The takes whose nets grew from this one's, the newest first."""
        where = "where id in (select child from kin where parent = ?) order by kept_at_s desc, id"
        return tuple(self._read(where, (take_id,)))

    def uncertain(self, leaps_s: float, now_s: float) -> tuple[Record, ...]:
        """The takes that may have to be told anew when they were kept; those that claim to be kept
        after `now_s` are among them."""
        where = "where told = 'doubted' or (told = 'free' and leaps_s < ?) or kept_at_s > ?"
        return tuple(self._read(where, (round(leaps_s, 3), now_s)))

    def _read(self, where: str, given: tuple[Any, ...]) -> Iterator[Record]:
        for take_id, text in self._rows(f"select id, record from records {where}", given):
            try:
                yield parse_record(text, f"take {take_id}")
            except (UglyError, TypeError):
                # The folder knows; the index is made anew.
                raise sqlite3.DatabaseError(f"the row of take {take_id}") from None

    def _rows(self, sql: str, given: tuple[Any, ...] = ()) -> list[Any]:
        return retried(lambda: self._connection.execute(sql, given).fetchall())

    # The first version's takes.

    def first_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the first version's table, as far as they can be read; {} of one that
        can't."""
        if not self._rows("select 1 from sqlite_master where name = 'takes' and type = 'table'"):
            return
        columns = "id, net, kept_at_s, expires_at_s, in_gallery"
        try:
            numbers = [row[0] for row in self._rows("select rowid from takes")]
        except (sqlite3.Error, ValueError):
            numbers = list(range(1, 100_001))
        for number in numbers:
            try:
                rows = self._rows(f"select {columns} from takes where rowid = ?", (number,))
            except (sqlite3.Error, ValueError) as error:
                if not is_damaged(error):
                    raise
                continue
            for row in rows:
                yield dict(zip(columns.split(", "), row, strict=True))

    def drop_first_rows(self) -> None:
        """Let go of the first version's table, once its takes have records of their own."""

        def work() -> None:
            with self._writing():
                self._connection.execute("drop table if exists takes")

        retried(work)

    def close(self) -> None:
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None
