"""What the C library's allocator keeps for itself. Every thread that ever allocated beside another
gets an arena of its own (up to eight a core), and pages that are free in the middle of one stay
with the process: over months that looks like a leak, and on a small machine it is as bad.

glibc alone is asked; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys

M_ARENA_MAX = -8
ARENAS = 2
"""One for whoever draws, one for all others: none of them allocates all the time."""


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


def few_arenas() -> bool:
    """From now on no more than `ARENAS` arenas, for as long as the process lives; whether it was
    heard. To be called before there are threads."""
    library = _glibc()
    return library is not None and bool(library.mallopt(M_ARENA_MAX, ARENAS))


def give_back() -> bool:
    """Give what is free back to the system; whether there was anything."""
    library = _glibc()
    return library is not None and bool(library.malloc_trim(0))
