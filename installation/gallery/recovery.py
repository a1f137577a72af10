"""Brings the index and the takes' folders together: what the folders say is true.

A folder with its record is a take. One without, from the first version or from a lost database,
becomes one where all its files are there: by the database's row if there is one, else as a private
take (silence is no). What is not whole goes into quarantine. What was being written or removed when
the power failed is finished or removed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from installation.carve.nets import parse_net
from installation.carve.stills import net_of_png
from installation.gallery.index import BESIDE, DATABASE, Index
from installation.gallery.quarantine import set_aside
from installation.gallery.record import (
    NET,
    TAKE,
    VIDEO,
    Record,
    document_of,
    moment,
    newer,
)
from installation.gallery.stills import FOLDER as STILLS
from installation.gallery.take_folder import (
    DELETING,
    FILE_MODE,
    FILES,
    FOLDER_MODE,
    ID,
    PARTIAL,
    TAKES,
    emptied,
    flush_files,
    flush_folder,
    missing,
    read_record,
    sums,
    write_record,
)
from installation.gallery.trusted_time import EARLIEST_S, TrustedTime
from installation.video import VideoReader
from installation.vocabulary import Net, UglyError

_log = logging.getLogger(__name__)


@dataclass
class Recovered:
    """What was done: takes taken into the index, those that got their record only now, what lies
    in quarantine now, and what was left where it is, with why."""

    indexed: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)
    set_aside: list[Path] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        quarantined = [path.name for path in self.set_aside]
        told = (
            f"{len(self.indexed)} takes taken up, {len(self.imported)} of them without a record "
            f"until now; {len(quarantined)} set aside in quarantine"
        )
        if quarantined:
            told += f" ({', '.join(quarantined[:3])}{', …' if quarantined[3:] else ''})"
        return told


def set_database_aside(gallery: Path, known: TrustedTime) -> Path | None:
    """Move a database and what lies beside it into quarantine; where it is now."""
    goal = None
    for end in ("", *BESIDE):
        path = gallery / (DATABASE + end)
        if path.exists():
            moved = set_aside(gallery, path, known)
            goal = moved if end == "" else goal
    return goal


def first_rows(database: Path | None) -> dict[str, dict[str, Any]]:
    """What can still be read of the first version's takes in a database that was set aside."""
    if database is None or not database.exists():
        return {}
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    rows = {}
    try:
        found = connection.execute("select id, net, kept_at_s, expires_at_s, in_gallery from takes")
        for row in found:
            names = ("id", "net", "kept_at_s", "expires_at_s", "in_gallery")
            rows[str(row[0])] = dict(zip(names, row, strict=True))
    except (sqlite3.Error, ValueError, OverflowError):
        pass  # up to the first damaged page
    finally:
        connection.close()
    return rows


class Recovery:
    """One look through the folders of a gallery.

    `rows` are those of the first version by id, `keep_s` how long an import without a row is kept,
    in seconds; `known` is what is known of the time, `booth` what this booth is called.
    """

    def __init__(
        self,
        gallery: Path,
        known: TrustedTime,
        keep_s: float,
        booth: str = "",
        rows: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._gallery, self._takes = gallery, gallery / TAKES
        self._known, self._keep_s, self._booth = known, keep_s, booth
        self._rows = rows or {}
        self.done = Recovered()

    def run(self, index: Index) -> Recovered:
        """Put the index right. Raises OSError, sqlite3.Error."""
        self._finish()
        for path in old_stills(self._gallery):
            self._import_still(path)
        known, there = index.ids(), set(names(self._takes))
        index.drop(iter(known - there))
        index.put_all(self._found(sorted(there - known)))
        return self.done

    def _found(self, new: Iterable[str]) -> Iterator[Record]:
        for name in new:
            folder = self._takes / name
            record = self._record(folder)
            if record is not None:
                self.done.indexed.append(name)
                yield record

    def _record(self, folder: Path) -> Record | None:
        """The folder's record, made now where it has none; None if it is no whole take."""
        try:
            record = read_record(folder)
            lacking = missing(folder, record)
            if not lacking:
                private(folder)
                return record
            why = f"{', '.join(lacking)} missing or cut short"
        except FileNotFoundError:
            imported = self._imported(folder)
            if imported is not None:
                self.done.imported.append(folder.name)
                return imported
            why = "no record, and not whole"
        except UglyError as error:
            if _is_newer(folder):
                self.done.left.append(str(error))
                return None
            why = str(error)
        _log.warning("take %s set aside: %s", folder.name, why)
        self.done.set_aside.append(set_aside(self._gallery, folder, self._known))
        return None

    def _imported(self, folder: Path) -> Record | None:
        """A record for a whole folder without one, written into it."""
        row = self._rows.get(folder.name)
        if not ID.fullmatch(folder.name) or not _whole(folder, row is not None):
            return None
        try:
            net = net_of(folder, row)
        except (UglyError, OSError, ValueError):
            return None
        kept_at_s = _kept_at_s(folder, row)
        kept_s, show = self._keep_s, False
        if row is not None:
            kept_s = number(row["expires_at_s"]) - number(row["kept_at_s"])
            kept_s = kept_s if 0 < kept_s < 3660 * 86400 else self._keep_s
            show = row["in_gallery"] == 1
        private(folder)
        if not (folder / NET).exists():
            (folder / NET).write_text(json.dumps(dict(document_of(net))), encoding="utf-8")
        record = self._told(folder, net, kept_at_s, kept_s)
        record = replace(record, id=folder.name, show=show)
        write_record(folder, record)
        return record

    def _told(self, folder: Path, net: Net, kept_at_s: float, lasts_s: float) -> Record:
        """A record of the files in a folder: private, its time one that no clock vouches for."""
        found = sums(folder)
        return Record(
            id="",
            net=document_of(net),
            kept_at_s=moment(kept_at_s),
            expires_at_s=moment(kept_at_s + lasts_s),
            show=False,
            told="doubted",
            not_before_s=EARLIEST_S,
            leaps_s=self._known.leaps_s,
            booth=self._booth,
            files=found,
            stills=tuple(name for name in found if name.endswith(".png") and name not in FILES),
        )

    def _import_still(self, path: Path) -> None:
        """Make a private take of a still of the first version, which belonged to no visit."""
        try:
            net = net_of_png(path.read_bytes(), path.name)
        except (UglyError, ValueError):
            self.done.set_aside.append(set_aside(self._gallery, path, self._known))
            return
        name = f"still-{path.stem}"[:64]
        name = "".join(sign if ID.fullmatch(sign) else "-" for sign in name)
        if (self._takes / name).exists():  # copied before the power failed
            path.unlink()
            return
        folder = self._takes / (PARTIAL + name)
        folder.mkdir(FOLDER_MODE)
        shutil.copyfile(path, folder / path.name)
        flush_files(folder)
        record = self._told(folder, net, path.stat().st_mtime, self._keep_s)
        write_record(folder, replace(record, id=name))
        folder.replace(self._takes / name)
        flush_folder(self._takes)
        path.unlink()

    def _finish(self) -> None:
        """Finish what a power cut left half done."""
        for folder in sorted(self._takes.iterdir()):
            if folder.name.startswith(DELETING):
                with contextlib.suppress(FileNotFoundError):  # by `gallery delete` at this moment
                    emptied(folder)
            elif folder.name.startswith(PARTIAL) and folder.is_dir():
                name = folder.name.removeprefix(PARTIAL)
                if _complete(folder) and not (self._takes / name).exists():
                    folder.replace(self._takes / name)
                    continue
                _log.warning("what was half kept when the power failed is removed: %s", name)
                emptied(folder)
        flush_folder(self._takes)


def names(takes: Path) -> tuple[str, ...]:
    """The names of all takes' folders, sorted. Raises OSError."""
    with os.scandir(takes) as found:
        return tuple(
            sorted(
                entry.name for entry in found if not entry.name.startswith(".") and entry.is_dir()
            )
        )


def old_stills(gallery: Path) -> tuple[Path, ...]:
    """The first version's stills, which lay in a folder of their own."""
    return tuple(sorted((gallery / STILLS).glob("*.png")))


def private(folder: Path) -> None:
    """Let nobody but its owner look into a take's folder, as far as the disk knows of owners."""
    with contextlib.suppress(OSError):
        folder.chmod(FOLDER_MODE)
        for path in folder.iterdir():
            path.chmod(FILE_MODE)


def _complete(folder: Path) -> bool:
    """Whether a take was written to its end, but for its name."""
    try:
        record = read_record(folder)
        return dict(record.files) == dict(sums(folder))
    except (OSError, UglyError):
        return False


def _is_newer(folder: Path) -> bool:
    try:
        return newer(json.loads((folder / TAKE).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return False


def _whole(folder: Path, recorded: bool) -> bool:
    """Whether a folder without a record has what a take has: all its files, and a video that can
    be played. Where a row tells of it, the video is enough."""
    try:
        there = {path.name for path in folder.iterdir() if path.stat().st_size}
    except OSError:
        return False
    if recorded:
        return VIDEO in there
    if not set(FILES) <= there:
        return False
    try:
        with VideoReader(folder / VIDEO) as reader:
            next(reader.frames())
    except (UglyError, StopIteration):
        return False
    return True


def net_of(folder: Path, row: Mapping[str, Any] | None) -> Net:
    if row is not None:
        with contextlib.suppress(UglyError, TypeError):
            return parse_net(row["net"], f"take {folder.name}")
    return parse_net((folder / NET).read_bytes(), f"take {folder.name}")


def _kept_at_s(folder: Path, row: Mapping[str, Any] | None) -> float:
    """When a take without a record was kept, as far as anything tells."""
    if row is not None:
        return number(row["kept_at_s"])
    return (folder / VIDEO).stat().st_mtime


def number(value: object) -> float:
    """A number from a row that may hold anything; 0 where it is none."""
    return float(value) if isinstance(value, (int, float)) and abs(value) < 1e12 else 0.0
