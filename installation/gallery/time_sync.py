"""Whether a time server sets this machine's clock, as the system itself tells.

systemd-timesyncd leaves a file once it has set the clock (systemd-timesyncd.service(8)); chrony and
ntpd tell the kernel, whose estimate of the greatest error is then below 16 s: what `timedatectl`
calls "System clock synchronized" (systemd, src/basic/time-util.c, ntp_synced).
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

SYNCED_FILE = Path("/run/systemd/timesync/synchronized")
MOST_ERROR_US = 16_000_000


class _Timex(ctypes.Structure):
    """The head of `struct timex` (adjtimex(2)), with room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


def synchronized(file: Path = SYNCED_FILE) -> bool:
    """True when a time server sets the clock; False when none does, or nobody can tell."""
    try:
        if file.exists():
            return True
    except OSError:
        pass
    if not sys.platform.startswith("linux"):
        return False
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
        told = _Timex()  # modes 0: to read only
        if adjtimex(ctypes.byref(told)) < 0:
            return False
    except (OSError, AttributeError):
        return False
    return int(told.maxerror) < MOST_ERROR_US
