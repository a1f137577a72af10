"""What is found in a gallery and is no complete take: moved aside by date, to be looked at.

    GALLERY/quarantine/<date>/<name>

It is visitors' pictures all the same: like a take it goes when its days are over, counted from a
clock that can be trusted (until there is one it lies under `undated`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from installation.gallery.take_folder import emptied, flush_folder, made
from installation.gallery.trusted_time import TrustedTime

QUARANTINE = "quarantine"
UNDATED = "undated"


def set_aside(gallery: Path, path: Path, known: TrustedTime) -> Path:
    """Move a file or folder into the quarantine; where it lies now. Raises OSError."""
    folder = gallery / QUARANTINE
    made(folder)
    folder = folder / _date(known)
    made(folder)
    name, number = path.name.lstrip(".") or "unnamed", 1
    goal = folder / name
    while goal.exists() or goal.is_symlink():
        number += 1
        goal = folder / f"{name}-{number}"
    path.replace(goal)
    flush_folder(folder)
    return goal


def _date(known: TrustedTime) -> str:
    if known.doubted or not known.settled:
        return UNDATED
    return time.strftime("%Y-%m-%d", time.gmtime(known.now_s))


def in_quarantine(gallery: Path) -> tuple[str, ...]:
    """What lies there, as paths within the gallery. Raises OSError."""
    try:
        dates = sorted((gallery / QUARANTINE).iterdir())
    except FileNotFoundError:
        return ()
    return tuple(
        f"{QUARANTINE}/{date.name}/{path.name}"
        for date in dates
        if date.is_dir()
        for path in sorted(date.iterdir())
    )


def sweep_quarantine(gallery: Path, keep_s: float, known: TrustedTime) -> Iterator[str]:
    """Date what was not dated yet, and remove what has lain there for `keep_s` seconds; yields
    what went, as paths within the gallery. Raises OSError."""
    folder = gallery / QUARANTINE
    if not folder.exists():
        return
    undated = folder / UNDATED
    if undated.exists() and _date(known) != UNDATED:
        for path in sorted(undated.iterdir()):
            set_aside(gallery, path, known)
        undated.rmdir()
    for date in sorted(folder.iterdir()):
        try:
            day = datetime.strptime(date.name, "%Y-%m-%d").replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        if day.timestamp() + 86400 + keep_s > known.floor_s:
            continue
        for path in sorted(date.iterdir()):
            removed(path)
            yield f"{QUARANTINE}/{date.name}/{path.name}"
        with contextlib.suppress(OSError):
            date.rmdir()


def removed(path: Path) -> None:
    """Remove a file or folder of the quarantine for good. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        emptied(path)
    else:
        path.unlink()
