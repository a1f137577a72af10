"""Whether a gallery's folder may be made where it is asked for.

A gallery on a stick that is not plugged in would be made on the system's disk instead, and would
vanish under the stick when that comes. So nothing is made below a mount point without a mount.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from installation.vocabulary import UglyError

FSTAB = Path("/etc/fstab")
UNITS = Path("/etc/systemd/system")
STICKS = (Path("/media"), Path("/run/media"), Path("/mnt"), Path("/Volumes"))
"""Where disks that come and go are mounted."""


def mount_points(fstab: Path = FSTAB, units: Path = UNITS) -> tuple[Path, ...]:
    """Where something is meant to be mounted: fstab(5), systemd.mount(5). What cannot be read
    names nothing."""
    found = []
    for line in _lines(fstab):
        fields = line.split()
        if len(fields) >= 2 and not fields[0].startswith("#") and fields[1].startswith("/"):
            found.append(Path(_unescaped(fields[1])))
    try:
        mounts = sorted(units.glob("*.mount"))
    except OSError:
        mounts = []
    for unit in mounts:
        wheres = (line.partition("=")[2].strip() for line in _lines(unit) if "Where" in line)
        found.extend(Path(where) for where in wheres if where.startswith("/"))
    return tuple(point for point in found if point != Path("/"))


def _lines(path: Path) -> Iterable[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


def check_mounted(
    folder: Path, points: Iterable[Path] | None = None, sticks: Iterable[Path] = STICKS
) -> None:
    """Raise UglyError, one line, where a gallery in `folder` (absolute) would lie on the disk
    below a mount point instead of on what is mounted there.

    Under the folders where sticks are mounted only a folder that is not there yet is doubted: who
    made one there by hand has meant it.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - without following links
    for point in mount_points() if points is None else points:
        if (point == folder or point in folder.parents) and not os.path.ismount(point):
            raise UglyError(
                f"{folder}: nothing is mounted on {point}; plug the disk in or mount it, or set "
                "[gallery] folder to another"
            )
    if folder.exists():
        return
    for stick in sticks:
        if stick in folder.parents and not any(
            os.path.ismount(parent)
            for parent in folder.parents
            if parent == stick or stick in parent.parents
        ):
            raise UglyError(
                f"{folder}: no disk is mounted there; plug it in, or make that folder if it is "
                "meant to lie on this machine's own disk"
            )
