"""Deleting for good: files first, which frees room on a full disk, then the row in the index.

Whatever could not be removed is said, and is still in the record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from installation.gallery.faults import is_full, told
from installation.gallery.index import DATABASE, Index
from installation.gallery.quarantine import QUARANTINE
from installation.gallery.record import Record
from installation.gallery.take_folder import TAKES, flush_folder, remove, write_record

RESERVE = ".reserve"
RESERVE_BYTES = 1 << 20


def delete_take(folder: Path, take_id: str, index: Index | None = None) -> None:
    """Delete a take of the gallery in `folder`; `index` is its index, if that is open.

    Raises:
        UglyError: one line naming the take, if anything of it is left.
    """
    with_room(folder, lambda: remove(folder / TAKES, take_id), f"take {take_id}: not deleted")
    _with_index(folder, index, f"take {take_id}", lambda held: held.drop(iter((take_id,))))


def delete_still(folder: Path, record: Record, name: str) -> None:
    """Delete one still of a take; with a take's last file goes the take.

    Raises:
        UglyError: one line naming the still, if anything of it is left.
    """
    files = {held: held_sum for held, held_sum in record.files.items() if held != name}
    if not files:
        delete_take(folder, record.id)
        return
    left = tuple(still for still in record.stills if still != name)
    smaller, own = replace(record, files=files, stills=left), folder / TAKES / record.id

    def work() -> None:
        (own / name).unlink(missing_ok=True)
        flush_folder(own)
        write_record(own, smaller)

    with_room(folder, work, f"still {name}: not deleted")
    _with_index(folder, None, f"still {name}", lambda held: held.put(smaller))


def put_in_index(folder: Path, record: Record, what: str) -> None:
    """Tell the index of a gallery, if it has one, how a record of its is now.

    Raises:
        UglyError: one line that begins with `what`, if that could not be told.
    """
    told_it = f"{what}: its record is written, but {DATABASE} could not be told"
    _indexing(folder, None, told_it, lambda held: held.put(record))


def put_all_in_index(folder: Path, records: Iterable[Record]) -> None:
    """Tell the index of a gallery, if it has one, of takes that have come.

    Raises:
        UglyError: one line, if that could not be told; they are found by their folders later.
    """
    found = tuple(records)
    if found:
        what = f"{len(found)} takes have come, but {DATABASE} could not be told"
        _indexing(folder, None, what, lambda held: held.put_all(iter(found)))


def _with_index(
    folder: Path, index: Index | None, what: str, work: Callable[[Index], None]
) -> None:
    """Do `work` on the index, if there is one."""
    _indexing(
        folder, index, f"{what}: its files are deleted, but {DATABASE} could not be told", work
    )


def _indexing(folder: Path, index: Index | None, what: str, work: Callable[[Index], None]) -> None:
    if index is not None:
        with_room(folder, lambda: work(index), what)
        return
    if not (folder / DATABASE).exists():
        return
    with told(what):
        held = Index(folder)
        try:
            with_room(folder, lambda: work(held), what)
        finally:
            held.close()


def with_room(folder: Path, work: Callable[[], None], what: str) -> None:
    """Do `work`; on a full disk give the reserve up, and do it again.

    Raises:
        UglyError: one line that begins with `what`.
    """
    with told(what):
        try:
            work()
        except (OSError, sqlite3.Error) as error:
            if not is_full(error):
                raise
            (folder / RESERVE).unlink(missing_ok=True)
            work()


def still_told_of(folder: Path, take_id: str) -> tuple[str, ...]:
    """The set-aside databases that still name a take, as paths within the gallery."""
    found = []
    for path in sorted((folder / QUARANTINE).glob(f"*/{DATABASE}*")):
        try:
            if path.is_file() and take_id.encode() in path.read_bytes():
                found.append(str(path.relative_to(folder)))
        except OSError:
            continue
    return tuple(found)
