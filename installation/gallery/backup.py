"""A whole gallery put away, and brought back: takes with their records, the index by SQLite's own
backup, what is known of the time, and the door's notes.

    OUT/uglynet-20261127-101530/takes/..., gallery.db, clock.json, booth, door/, backup.json

A backup is as private as the gallery. One that is older than takes are kept is removed when the
next is made; and nothing is brought back whose days are over, or that was withdrawn meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from installation.files import folder_on_its_way
from installation.gallery.changes import changing, was_withdrawn
from installation.gallery.clock_file import CLOCK, GalleryClock
from installation.gallery.faults import told
from installation.gallery.index import DATABASE, Index
from installation.gallery.reading import GalleryReader
from installation.gallery.record import TAKE, Record
from installation.gallery.store import BOOTH, Gallery
from installation.gallery.take_folder import (
    FILE_MODE,
    FOLDER_MODE,
    PARTIAL,
    TAKES,
    flush_files,
    flush_folder,
    made,
    read_record,
)
from installation.vocabulary import UglyError

BACKUP, PREFIX, DOOR = "backup.json", "uglynet-", "door"
_FORMAT = "uglynet-backup"
_BESIDE = (CLOCK, BOOTH)


@dataclass
class Moved:
    """What was done: how many takes came across, those left out because their days are over or
    they were withdrawn, and a line for each that could not be taken whole."""

    takes: int = 0
    left_out: int = 0
    problems: list[str] = field(default_factory=list)


def back_up(gallery: Path, out: Path, keep_s: float, now_s: float) -> tuple[Path, Moved]:
    """Back the gallery up into a folder of its own below `out`, also while a show runs on it, and
    remove backups there that are older than `keep_s` seconds; where it is, and what it holds.

    Raises:
        UglyError: one line, if the gallery cannot be read or `out` not be written to.
    """
    reader = GalleryReader(gallery)
    try:
        with told(f"{out}: cannot be backed up to"):
            out.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            final = out / time.strftime(f"{PREFIX}%Y%m%d-%H%M%S", time.localtime(now_s))
            with folder_on_its_way(out) as partial:
                partial.chmod(FOLDER_MODE)
                moved = Moved()
                made(partial / TAKES)
                for name in reader.folders:
                    _taken(gallery, name, partial, moved)
                _index_into(gallery, partial)
                _notes_into(gallery, partial)
                document = {"format": _FORMAT, "version": 1, "made_s": now_s, "takes": moved.takes}
                (partial / BACKUP).write_text(json.dumps(document) + "\n", encoding="utf-8")
                flush_folder(partial)
                partial.replace(final)
            flush_folder(out)
            for old in _older(out, now_s - keep_s):
                shutil.rmtree(old)
        return final, moved
    finally:
        reader.close()


def restore(backup: Path, gallery: Path, now_s: float) -> Moved:
    """Bring a backup's takes back into a gallery that has none; every file is checked against its
    record on the way.

    Raises:
        UglyError: one line, if it is no backup, the gallery holds takes or is held by a show, or
            cannot be written.
    """
    with told(f"{backup}: cannot be read"):
        if not _is_backup(backup):
            raise UglyError(f"{backup}: not a backup of a gallery")
        names = sorted(path.name for path in (backup / TAKES).iterdir() if path.is_dir())
    with told(f"{gallery}: cannot be restored to"), contextlib.suppress(FileNotFoundError):
        if any((gallery / TAKES).iterdir()):
            raise UglyError(
                f"{gallery}: it holds takes; restore into another folder, or empty it first"
            )
    opened = Gallery(gallery)  # nobody else may hold it
    try:
        with told(f"{gallery}: cannot be restored to"):
            moved = Moved()
            floor_s = max(now_s, GalleryClock(backup, reads_only=True).known.floor_s)
            for name in names:
                record = _readable(backup / TAKES / name, moved)
                if record is None:
                    continue
                if record.expires_at_s <= floor_s or was_withdrawn(gallery, name):
                    moved.left_out += 1
                    continue
                _taken(backup, name, gallery, moved)
            _notes_into(backup, gallery)
        opened.rebuild()
        return moved
    finally:
        opened.close()


def _taken(source: Path, name: str, goal: Path, moved: Moved) -> None:
    """Copy one take whole, checked against its record, or not at all."""
    own = source / TAKES / name
    record = _readable(own, moved)
    if record is None:
        return
    partial, final = goal / TAKES / (PARTIAL + name), goal / TAKES / name
    partial.mkdir(FOLDER_MODE)
    try:
        with changing(source) if (source / DATABASE).exists() else contextlib.nullcontext():
            for file in (*record.files, TAKE):
                wrong = _copied(own / file, partial / file, record, file)
                if wrong:
                    moved.problems.append(f"take {name}: {file} {wrong}")
                    return
        flush_files(partial)
        partial.replace(final)
        moved.takes += 1
    except FileNotFoundError:  # deleted meanwhile
        return
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copied(source: Path, goal: Path, record: Record, name: str) -> str:
    """Copy a file; what is wrong with it, "" if nothing."""
    digest = hashlib.sha256()
    with source.open("rb") as read, goal.open("wb") as written:
        while part := read.read(1 << 20):
            digest.update(part)
            written.write(part)
    held = record.files.get(name)
    if held is not None and held.sha256 != digest.hexdigest():
        return "is not as it was kept"
    return ""


def _readable(own: Path, moved: Moved) -> Record | None:
    try:
        return read_record(own)
    except FileNotFoundError:
        moved.problems.append(f"take {own.name}: it has no record")
    except UglyError as error:
        moved.problems.append(str(error))
    return None


def _index_into(gallery: Path, goal: Path) -> None:
    """The index, by SQLite's own backup; where it cannot be read it is made anew on restoring."""
    try:
        index = Index(gallery, read_only=True)
    except (OSError, sqlite3.Error, UnicodeDecodeError):
        return
    try:
        index.back_up_to(goal / DATABASE)
        (goal / DATABASE).chmod(FILE_MODE)
    except sqlite3.Error:
        (goal / DATABASE).unlink(missing_ok=True)
    finally:
        index.close()


def _notes_into(source: Path, goal: Path) -> None:
    """What lies beside the takes: small files, copied where they are not there yet."""
    for name in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(source / name, goal / name)
            (goal / name).chmod(FILE_MODE)
    if not (source / DOOR).is_dir():
        return
    made(goal / DOOR)
    for path in sorted((source / DOOR).iterdir()):
        if path.is_file() and not (goal / DOOR / path.name).exists():
            shutil.copyfile(path, goal / DOOR / path.name)
            (goal / DOOR / path.name).chmod(FILE_MODE)


def _older(out: Path, than_s: float) -> Iterator[Path]:
    for path in sorted(out.glob(f"{PREFIX}*")):
        if _is_backup(path) and _made_s(path) < than_s:
            yield path


def _made_s(backup: Path) -> float:
    made_s = json.loads((backup / BACKUP).read_bytes())["made_s"]
    return float(made_s)


def _is_backup(path: Path) -> bool:
    try:
        document = json.loads((path / BACKUP).read_bytes())
        return document.get("format") == _FORMAT and isinstance(document["made_s"], (int, float))
    except (OSError, ValueError, KeyError, AttributeError, RecursionError):
        return False
