"""Another booth's take becomes one of this gallery: whole, or not at all.

    GALLERY/arriving/<id>    while it is checked; renamed to GALLERY/takes/<id>

A show that runs on the gallery takes it up from there as it does whatever else appears.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from installation.fleet.inbox import Inbox
from installation.fleet.notes import Standing
from installation.gallery.changes import changing
from installation.gallery.record import Record
from installation.gallery.take_folder import (
    DELETING,
    FOLDER_MODE,
    PARTIAL,
    TAKES,
    flush_files,
    sum_of,
    write_record,
)
from installation.vocabulary import UglyError

ARRIVING = "arriving"


def import_take(gallery: Path, inbox: Inbox, take: str, standing: Standing) -> Record | None:
    """Take a take up into the gallery; its record there, None if it is not whole yet or there. Its
    name is on the disk only once the folder of takes is flushed.

    Raises:
        OSError: if the disk refuses; nothing of it is left then.
        UglyError: if a file is not what its booth has signed.
    """
    record = inbox.record(take)
    if record is None or is_there(gallery, take):
        return None
    own = replace(record, show=not standing.hidden, pinned=standing.pinned)
    arriving = gallery / ARRIVING / take
    try:
        (gallery / ARRIVING).mkdir(FOLDER_MODE, exist_ok=True)
        if arriving.exists():
            shutil.rmtree(arriving)
        arriving.mkdir(FOLDER_MODE)
        with inbox.files(take) as files:
            for name, held in record.files.items():
                files.give(name, arriving / name)
                if sum_of(arriving / name) != held:
                    raise UglyError(f"{take}/{name}: not what its booth has signed")
        flush_files(arriving)
        write_record(arriving, own)
        with changing(gallery):
            if is_there(gallery, take):
                return None
            arriving.replace(gallery / TAKES / take)
    except FileNotFoundError:  # it is being taken away this moment
        return None
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return own


def is_there(gallery: Path, take: str) -> bool:
    """Whether the gallery has a take of that id, or is about to have or to lose one."""
    names = (take, PARTIAL + take, DELETING + take)
    return any((gallery / TAKES / name).exists() for name in names)


def newest(kept: Mapping[str, float], most: int) -> list[str]:
    """The ids of the newest `most`, by when they were kept; at every booth the same."""
    return sorted(kept, key=lambda take: (-kept[take], take))[:most]
