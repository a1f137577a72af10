"""What the C library's allocator keeps for itself. Every thread that ever allocated beside another
gets an arena of its own (up to eight a core), and pages that are free in the middle of one stay
with the process: over months that looks like a leak, and on a small machine it is as bad.

The other way round, every block as large as a picture (1920 x 1080 has 6 MB) comes from the system
and goes back to it at once; the system hands it out page by page, each cleared when it is first
written to, which takes longer than what is then done with the picture. So some is kept.

glibc alone is asked; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys

M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -8, -3, -1
ARENAS = 2
"""One for whoever draws, one for all others: none of them allocates all the time."""


LARGEST_KEPT_BYTES = 32 * 2**20
"""Blocks up to this size are kept: a picture of 3840 x 2160, and the most that glibc takes."""

KEPT_BYTES = 64 * 2**20
"""How much that is free at an arena's end is kept there, at most."""


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


def keep_pictures() -> bool:
    """From now on the memory of pictures, once free, is kept for the next ones; whether it was
    heard."""
    library = _glibc()
    return (
        library is not None
        and bool(library.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT_BYTES))
        and bool(library.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES))
    )


def give_back() -> bool:
    """Give what is free back to the system; whether there was anything."""
    library = _glibc()
    return library is not None and bool(library.malloc_trim(0))
