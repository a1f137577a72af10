"""The takes on disk and their record: the only SQL of the house.

    FOLDER/gallery.db
    FOLDER/takes/<id>/video.mp4, poster.png, portrait.svg, portrait.png, net.json

A take's files are written into a folder with a temporary name, flushed and renamed; only then
is the take recorded. So a record always has its files, and whatever a power cut leaves
without a record is an orphan, which `sweep` removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from installation.carve.nets import net_text, parse_net
from installation.vocabulary import Net, Take, UglyError

PARTIAL = ".partial-"
VIDEO, POSTER, NET = "video.mp4", "poster.png", "net.json"
PORTRAIT_SVG, PORTRAIT_PNG = "portrait.svg", "portrait.png"
FILES = (VIDEO, POSTER, PORTRAIT_SVG, PORTRAIT_PNG, NET)

migrations = Migrations("uglynet-gallery")


@migrations()
def create_takes(db: Database) -> None:
    """The takes; times are seconds since the epoch."""
    columns = {
        "id": str,
        "net": str,
        "kept_at_s": float,
        "expires_at_s": float,
        "in_gallery": int,
    }
    db.table("takes").create(columns, pk="id", not_null=set(columns))


@migrations()
def index_by_time(db: Database) -> None:
    """The attract loop asks for the newest."""
    db.table("takes").create_index(["kept_at_s"])


def new_id() -> str:
    """A take's name: 128 random bits, so that a link to it can't be guessed."""
    return secrets.token_urlsafe(16).replace("-", "a").replace("_", "b")


def copy_files(folder: Path, take: Take, into: Path) -> None:
    """Copy all files of a take of the gallery in `folder` into `into`, made if it isn't there.

    Raises:
        OSError: if one of them cannot be read or written.
    """
    into.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy2(folder / "takes" / take.id / name, into / name)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Gallery:
    """The takes in a folder, used by one thread.

    Several programs may read; the one that runs the show takes `exclusive`, and it alone
    sweeps, so that nobody removes what it is writing.

    Raises:
        UglyError: if the folder cannot be used, its database is damaged or from a newer
            version, or another show holds it.
    """

    def __init__(self, folder: Path, *, exclusive: bool = False) -> None:
        self.folder = folder
        self._takes = folder / "takes"
        self._lock: Any = None
        try:
            self._takes.mkdir(parents=True, exist_ok=True)
            if exclusive:
                self._lock = (folder / "show.lock").open("w")
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise UglyError(
                f"{folder}: another UGly-Net is running on this gallery; stop it, or set "
                "[gallery] folder to another"
            ) from None
        except OSError as error:
            raise UglyError(
                f"{folder}: the gallery cannot be used ({error.strerror}); set [gallery] folder"
            ) from None
        connection = None
        try:
            connection = sqlite3.connect(folder / "gallery.db", timeout=10)
            # Kept means kept, whatever the power does; deleted means overwritten.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            self._db = Database(connection)
            migrations.apply(self._db)
            self._check_not_newer()
        except (sqlite3.Error, UglyError) as error:
            if connection is not None:
                connection.close()
            self._unlock()
            if isinstance(error, UglyError):
                raise
            raise UglyError(
                f"{folder / 'gallery.db'}: cannot be used ({error}); move it away to start anew, "
                "the takes' files stay where they are"
            ) from None

    def _check_not_newer(self) -> None:
        known = {"create_takes", "index_by_time"}
        newer = {row.name for row in migrations.applied(self._db)} - known
        if newer:
            raise UglyError(
                f"{self.folder / 'gallery.db'}: made by a newer version ({', '.join(newer)}); "
                "update the program"
            )

    def path_of(self, take: Take, name: str) -> Path:
        """Where one of a take's files lies."""
        return self._takes / take.id / name

    def keep(
        self,
        net: Net,
        write: Callable[[Path], None],
        *,
        kept_at_s: float,
        expires_at_s: float,
        in_gallery: bool,
    ) -> Take:
        """Keep a take: `write` fills a fresh folder with its files; then it is recorded.

        Raises:
            UglyError: if anything fails; nothing of the take is left then.
        """
        name = new_id()
        partial, final = self._takes / (PARTIAL + name), self._takes / name
        try:
            partial.mkdir()
            write(partial)
            (partial / NET).write_text(net_text(net), encoding="utf-8")
            for file in partial.iterdir():
                with file.open("rb+") as handle:
                    os.fsync(handle.fileno())
            _flush_folder(partial)
            partial.replace(final)
            _flush_folder(self._takes)
            take = _take(name, net, kept_at_s, expires_at_s, in_gallery)
            row = {
                "id": take.id,
                "net": net_text(net),
                "kept_at_s": kept_at_s,
                "expires_at_s": expires_at_s,
                "in_gallery": int(in_gallery),
            }
            self._db.table("takes").insert(row)
        except (OSError, sqlite3.Error, UglyError) as error:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(final, ignore_errors=True)
            reason = getattr(error, "strerror", None) or str(error)
            raise UglyError(f"the take could not be kept: {reason}") from None
        return take

    def takes(self) -> tuple[Take, ...]:
        """Every take, the newest first."""
        rows = self._db.table("takes").rows_where(order_by="kept_at_s desc, id")
        return tuple(self._read(rows))

    def _read(self, rows: Iterable[dict[str, Any]]) -> Iterable[Take]:
        for row in rows:
            with contextlib.suppress(UglyError):  # one broken row must not hide the others
                net = parse_net(row["net"], f"take {row['id']}")
                yield _take(
                    row["id"],
                    net,
                    row["kept_at_s"],
                    row["expires_at_s"],
                    bool(row["in_gallery"]),
                )

    def find(self, prefix: str) -> Take:
        """The take whose id starts with `prefix`.

        Raises:
            UglyError: if there is none, or more than one.
        """
        found = [take for take in self.takes() if take.id.startswith(prefix)]
        if len(found) != 1:
            many = "no take" if not found else f"{len(found)} takes"
            raise UglyError(f'{many} with an id that starts "{prefix}"; see `uglynet gallery list`')
        return found[0]

    def delete(self, take_id: str) -> None:
        """Delete a take for good: its record, then its files."""
        self._db.table("takes").delete_where("id = ?", [take_id])
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.rmtree(self._takes / take_id, ignore_errors=True)

    def sweep(self, now_s: float, most: int) -> int:
        """Remove what has expired, what is more than `most`, and orphans; returns how many."""
        removed = 0
        takes = self.takes()
        for take in takes:
            whole = self.path_of(take, VIDEO).exists()
            if take.expires_at_s <= now_s or not whole:
                self.delete(take.id)
                removed += 1
        for take in self.takes()[most:]:
            self.delete(take.id)
            removed += 1
        known = {row["id"] for row in self._db.table("takes").rows}
        for folder in self._takes.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        return removed

    def close(self) -> None:
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _take(take_id: str, net: Net, kept_s: float, expires_s: float, in_gallery: bool) -> Take:
    folder = f"takes/{take_id}"
    return Take(
        id=take_id,
        net=net,
        video=f"{folder}/{VIDEO}",
        poster=f"{folder}/{POSTER}",
        portrait=f"{folder}/{PORTRAIT_SVG}",
        kept_at_s=kept_s,
        expires_at_s=expires_s,
        in_gallery=in_gallery,
    )
