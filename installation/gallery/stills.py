"""Stills that visitors kept: PNG files in the gallery's folder, each with its net inside.

They go the way of takes: past the days the operator allows, they are deleted.
"""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

from installation.carve.stills import with_net
from installation.files import PARTIAL_SUFFIX, written_whole
from installation.video import png_bytes
from installation.vocabulary import Frame, Net, UglyError

FOLDER = "stills"


def keep_still(gallery: Path, frame: Frame, net: Net, now_s: float) -> Path:
    """Write a still, whole or not at all; returns its path. `now_s` is since the epoch.

    Raises:
        UglyError: one line if it cannot be written.
    """
    folder = gallery.expanduser() / FOLDER
    when = time.strftime("%Y%m%d-%H%M%S", time.localtime(now_s))
    name = re.sub(r"[^\w-]+", "-", net.name).strip("-") or "net"
    base, number = f"{when}-{name}", 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{base}.png"
        while path.exists():
            number += 1
            path = folder / f"{base}-{number}.png"
        with written_whole(path) as partial:
            partial.write_bytes(with_net(png_bytes(frame), net))
    except OSError as error:
        raise UglyError(f"{folder}: cannot be written ({error.strerror})") from None
    return path


def stills(gallery: Path) -> tuple[Path, ...]:
    """Every still in the gallery's folder, the newest first; their names begin with the time."""
    return tuple(sorted((gallery.expanduser() / FOLDER).glob("*.png"), reverse=True))


def sweep_stills(gallery: Path, before_s: float) -> int:
    """Delete stills last written before that time (since the epoch), and half-written ones;
    returns how many went."""
    gone = 0
    for path in (gallery.expanduser() / FOLDER).glob("*.png*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < before_s or path.name.endswith(PARTIAL_SUFFIX):
                path.unlink()
                gone += 1
    return gone
