"""Takes copied out of a gallery: a folder each, named for when it was kept and its creature."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from installation.gallery.faults import reason, told
from installation.gallery.record import CLIP, TAKE, Record, parse_record, record_text
from installation.gallery.take_folder import FILE_MODE, FOLDER_MODE, TAKES
from installation.vocabulary import Take, UglyError


def folder_name(record: Record) -> str:
    """What an exported take's folder is called, such as "2026-11-27 10-15 Soft Moth"."""
    when = time.strftime("%Y-%m-%d %H-%M", time.localtime(record.kept_at_s))
    name = re.sub(r"[^\w' -]+", "-", record.name).strip("- ") or "net"
    return f"{when} {name[:60]}"


def export_take(
    gallery: Path, record: Record, out: Path, with_clip: bool = False
) -> tuple[Path, tuple[str, ...]]:
    """Copy a take into a folder of its own below `out`, one for its owner's eyes; where, and a
    line for each file that could not be read. A take exported there before is copied anew. The copy
    does not hold the link to its page, which lets whoever has it delete the take, and the film that
    it was made of only `with_clip`.

    Raises:
        UglyError: one line if `out` cannot be written to.
    """
    problems = []
    files = {n: held for n, held in record.files.items() if n != CLIP or with_clip}
    with told(f"{out}: cannot be exported to"):
        folder = _folder_for(record, out)
        for name in files:
            try:
                source = (gallery / TAKES / record.id / name).open("rb")
            except OSError as error:
                problems.append(f"take {record.id}: {name} cannot be read ({reason(error)})")
                continue
            with source, _created(folder / name) as goal:
                problems += _copied(source, goal, f"take {record.id}: {name}")
        with _created(folder / TAKE) as goal:
            goal.write(record_text(replace(record, token="", files=files)).encode())
    return folder, tuple(problems)


def export_file(path: Path, out: Path) -> Path:
    """Copy one still into `out`; where it is.

    Raises:
        UglyError: one line if it cannot be read, or `out` not be written to.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UglyError(f"still {path.name}: cannot be read ({reason(error)})") from None
    with told(f"{out}: cannot be exported to"):
        out.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        with _created(out / path.name) as goal:
            goal.write(data)
    return out / path.name


def copy_files(gallery: Path, take: Take, into: Path) -> None:
    """Copy all files of a take of a gallery, its record too, into `into`, made if it isn't there.

    Raises:
        OSError: if one of them cannot be read or written.
    """
    into.mkdir(parents=True, exist_ok=True)
    for path in (gallery / TAKES / take.id).iterdir():
        shutil.copy2(path, into / path.name)


def _folder_for(record: Record, out: Path) -> Path:
    """The take's own folder below `out`: made now, or the one it was exported to before."""
    out.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    base, number = folder_name(record), 1
    folder = out / base
    while folder.exists() and not _is_of(folder, record.id):
        number += 1
        folder = out / f"{base} {number}"
    folder.mkdir(FOLDER_MODE, exist_ok=True)
    return folder


def _is_of(folder: Path, take_id: str) -> bool:
    try:
        return parse_record((folder / TAKE).read_bytes(), str(folder)).id == take_id
    except (OSError, UglyError):
        return False


def _created(path: Path) -> BinaryIO:
    """A new file at `path`, in place of what was there."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb")


def _copied(source: BinaryIO, goal: BinaryIO, what: str) -> Iterator[str]:
    """Copy what can be read; a line if that is not all. Raises OSError if it cannot be written."""
    while True:
        try:
            part = source.read(1 << 20)
        except OSError as error:
            yield f"{what} cannot be read ({reason(error)})"
            return
        if not part:
            return
        goal.write(part)
