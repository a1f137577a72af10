"""What a take's visitor and an operator may change in a take that is kept, or take away: by whoever
holds the gallery, or beside it, as deleting does.

The record in the take's folder is changed first, then the index; a show that runs takes that up.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from installation.gallery.deletion import delete_take, put_in_index, with_room
from installation.gallery.faults import told
from installation.gallery.record import FileSum, Record
from installation.gallery.take_folder import (
    DELETING,
    FILE_MODE,
    TAKES,
    read_record,
    sum_of,
    write_record,
)

RECORDS_LOCK, WITHDRAWN = "records.lock", "withdrawn"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was deleted of a take and when (seconds since the epoch), each file with its sum; and
    what was still found of it afterwards, by name: nothing, if all went well."""

    take_id: str
    at_s: float
    files: Mapping[str, FileSum] = field(default_factory=dict)
    left: tuple[str, ...] = ()


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """While in here, nobody else changes a record of the gallery in `folder`. Raises OSError."""
    with (folder / RECORDS_LOCK).open("a") as lock:
        (folder / RECORDS_LOCK).chmod(FILE_MODE)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def change_take(folder: Path, take_id: str, change: Callable[[Record], Record]) -> Record:
    """Change the record of a take of the gallery in `folder`; as it is now.

    Raises:
        UglyError: one line naming the take, if there is none, or it could not be changed.
    """
    own, what = folder / TAKES / take_id, f"take {take_id}: not changed"
    with told(what), changing(folder):
        record = read_record(own)
        wanted = change(record)
        if wanted != record:
            with_room(folder, lambda: write_record(own, wanted), what)
        # Also where nothing changes: the power may have failed between the two the last time.
        put_in_index(folder, wanted, f"take {take_id}")
    return wanted


def withdraw(folder: Path, take_id: str, wall_clock: Callable[[], float] = time.time) -> Receipt:
    """Delete a take for good; what it was, and the proof that nothing is left.

    Raises:
        UglyError: one line naming the take, if anything of it is left.
    """
    own = folder / TAKES / take_id
    with told(f"take {take_id}: not deleted"), changing(folder):
        files: dict[str, FileSum] = {}
        if own.is_dir():
            files = {path.name: sum_of(path) for path in sorted(own.iterdir()) if path.is_file()}
        _note_withdrawn(folder, take_id)
        delete_take(folder, take_id)
    return Receipt(take_id, wall_clock(), files, left_of(folder, take_id))


def _note_withdrawn(folder: Path, take_id: str) -> None:
    """Remember, by a mark that leads to nothing, that a take is never to be brought back. On a full
    disk deleting goes before."""
    with contextlib.suppress(OSError), (folder / WITHDRAWN).open("a", encoding="ascii") as file:
        (folder / WITHDRAWN).chmod(FILE_MODE)
        file.write(_mark(take_id) + "\n")


def was_withdrawn(folder: Path, take_id: str) -> bool:
    """Whether a take of this id was withdrawn from the gallery in `folder`."""
    try:
        return _mark(take_id) in (folder / WITHDRAWN).read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return False


def _mark(take_id: str) -> str:
    return hashlib.sha256(take_id.encode()).hexdigest()


def left_of(folder: Path, take_id: str) -> tuple[str, ...]:
    """What is on the disk of a take, as paths within the gallery."""
    found = (folder / TAKES / take_id, folder / TAKES / (DELETING + take_id))
    return tuple(str(path.relative_to(folder)) for path in found if path.exists())
