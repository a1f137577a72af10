"""Memory that was freed is kept for the next picture, instead of going back to the system.

A picture of 1920 x 1080 has 6 MB. The C library asks the system for every block of that size anew
and gives it back at once; the system hands it out page by page, each cleared when it is first
written to, which takes longer than what is then done with the picture.
"""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""`mallopt`'s numbers for both (malloc.h)."""

_LARGEST_BYTES = 32 * 2**20
"""Blocks up to this size are kept: a picture of 3840 x 2160, and the most that glibc takes."""

_KEPT_BYTES = 256 * 2**20
"""How much of what is free is kept, at most."""


def keep_freed_memory() -> bool:
    """From now on the process keeps freed memory; False where the C library cannot be told
    (glibc's `mallopt(3)` is asked; musl and macOS have none)."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _LARGEST_BYTES)) and bool(
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    )
