"""A take's folder: written whole, read, checked and removed. Knows no database.

    GALLERY/takes/<id>/take.json, video.mp4, poster.png, portrait.svg, portrait.png, net.json,
                       and the stills

A folder appears under its name when all of it is on the disk. One that is being written is called
`.partial-<id>`, one that is being removed `.deleting-<id>`; what a power cut leaves of either is
recognised by its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from installation.gallery.record import (
    NET,
    PORTRAIT_PNG,
    PORTRAIT_SVG,
    POSTER,
    TAKE,
    VIDEO,
    FileSum,
    Record,
    parse_record,
    record_text,
)
from installation.vocabulary import UglyError

TAKES = "takes"
PARTIAL, DELETING = ".partial-", ".deleting-"
HALF = ".half"
"""What a record's name ends in while it is being written."""
FILES = (VIDEO, POSTER, PORTRAIT_SVG, PORTRAIT_PNG, NET)
"""What every take has, beside its record."""

FOLDER_MODE, FILE_MODE = 0o700, 0o600
"""Visitors' pictures are for nobody but the user that the installation runs as."""

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_RECORD_BYTES = 1 << 20


def made(folder: Path) -> None:
    """Make a folder that only its owner may look into."""
    folder.mkdir(FOLDER_MODE, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sum_of(path: Path) -> FileSum:
    """A file's length and SHA-256. Raises OSError if it cannot be read."""
    digest, count = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
            count += len(part)
    return FileSum(count, digest.hexdigest())


def sums(folder: Path) -> Mapping[str, FileSum]:
    """The sums of all files in a take's folder but its record. Raises OSError."""
    found = (path for path in folder.iterdir() if path.name != TAKE and path.is_file())
    return MappingProxyType({path.name: sum_of(path) for path in sorted(found)})


def flush_files(folder: Path) -> None:
    """Have every file of a folder written to the disk, for its owner's eyes only."""
    paths = tuple(folder.iterdir())
    for path in paths:  # all before the first is flushed: a journal then writes them down at once
        path.chmod(FILE_MODE)
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    flush_folder(folder)


def write_record(folder: Path, record: Record) -> None:
    """Write a take's record in its folder, whole or not at all. Raises OSError."""
    partial = folder / (TAKE + HALF)
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(record_text(record).encode())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / TAKE)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    flush_folder(folder)


def read_record(folder: Path) -> Record:
    """The record in a take's folder.

    Raises:
        FileNotFoundError: if the folder has none.
        OSError: if it cannot be read.
        UglyError: if it is damaged, another take's, or from a newer version.
    """
    path = folder / TAKE
    with path.open("rb") as file:
        text = file.read(MOST_RECORD_BYTES + 1)
    if len(text) > MOST_RECORD_BYTES:
        raise UglyError(f"{path}: too large to be a take's record")
    record = parse_record(text, str(path))
    name = folder.name.removeprefix(PARTIAL).removeprefix(DELETING)
    if record.id != name:
        raise UglyError(f"{path}: the record of another take ({record.id})")
    return record


def missing(folder: Path, record: Record) -> tuple[str, ...]:
    """The files that the record names and the folder lacks, or has in another length."""

    def lacks(name: str, held: FileSum) -> bool:
        try:
            return (folder / name).stat().st_size != held.bytes
        except OSError:
            return True

    return tuple(name for name, held in sorted(record.files.items()) if lacks(name, held))


def remove(takes: Path, name: str) -> None:
    """Remove a take's folder: renamed first, so that what a power cut leaves is known for what it
    is; its record last, so that what could not be removed is still somebody's take.

    Raises:
        OSError: if something of it could not be removed; what is left has its name again.
    """
    folder, doomed = takes / name, takes / (DELETING + name)
    with contextlib.suppress(FileNotFoundError):  # removed, or begun to be
        folder.replace(doomed)
    try:
        emptied(doomed)
    except FileNotFoundError:
        return
    except OSError:
        with contextlib.suppress(OSError):
            doomed.replace(folder)
        raise
    flush_folder(takes)


def emptied(folder: Path) -> None:
    """Remove a folder with all in it, the largest file first and a record last. Raises OSError."""

    def order(path: Path) -> tuple[bool, int]:
        return path.name == TAKE, -path.lstat().st_size

    for path in sorted(folder.iterdir(), key=order):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    folder.rmdir()
