"""Whether a show runs on a gallery: then it looks at the fleet, else whoever carries does."""

from __future__ import annotations

import os
from pathlib import Path

from installation.gallery.store import LOCK

LOCKS = Path("/proc/locks")


def show_runs(gallery: Path, locks: Path = LOCKS) -> bool:
    """Whether a program holds the gallery. Asked of the kernel's list of locks (proc(5)): to try
    the lock would keep a show from starting that tries it at the same moment."""
    try:
        status = (gallery / LOCK).stat()
        lines = locks.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    major, minor = os.major(status.st_dev), os.minor(status.st_dev)
    place = f"{major:02x}:{minor:02x}:{status.st_ino}"
    return any("FLOCK" in line and place in line.split() for line in lines)
