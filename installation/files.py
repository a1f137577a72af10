"""Files written whole or not at all: under another name first, then renamed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL_SUFFIX = ".partial"


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give the path to write to; when the block ends well, flush that to the disk and give it
    the name `path`. If anything fails nothing is left, and what was at `path` before stays.

    Raises:
        OSError: if it cannot be flushed or renamed; what the block raises passes through.
    """
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
