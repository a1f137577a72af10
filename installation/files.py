"""Files written whole or not at all: under another name first, then renamed.

Every writer has a name of its own to write to, so that of two programs with one target the last
one to finish wins, whole. What is not finished when the program ends is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL_SUFFIX = ".partial"
PRIVATE_MODE = 0o600

_NAME_BYTES = 200
"""Names longer than this leave no room for what a partial file's name adds (255 in all)."""

_unfinished: set[Path] = set()


class PartialFile:
    """A file on its way: write to `partial`, then `keep` it or `drop` it.

    If `path` is a link, what it leads to is written, and the link stays; if it is a device or a
    pipe, it is given the bytes once they are all there. What is `private` is for its owner alone.

    Raises:
        OSError: if there can be no such file.
    """

    def __init__(self, path: Path, private: bool = False) -> None:
        self._private = private
        try:
            self._mode: int | None = path.stat().st_mode
        except FileNotFoundError:
            self._mode = None
        if path.is_dir() or not path.name:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        self._passes_on = self._mode is not None and not stat.S_ISREG(self._mode)
        through = path.is_symlink() and not self._passes_on
        self._target = target = Path(os.path.realpath(path)) if through else path
        folder = Path(tempfile.gettempdir()) if self._passes_on else target.parent
        name = target.name if len(os.fsencode(target.name)) <= _NAME_BYTES else "uglynet"
        self.partial = folder / f"{name}.{secrets.token_hex(4)}{PARTIAL_SUFFIX}"
        _unfinished.add(self.partial)
        try:
            mode = PRIVATE_MODE if private else 0o666
            os.close(os.open(self.partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        except OSError:
            _unfinished.discard(self.partial)
            raise

    def keep(self) -> None:
        """Flush it to the disk and give it its name.

        Raises:
            OSError: if that fails; then it is still to be dropped.
        """
        if self._passes_on:
            with self.partial.open("rb") as source, self._target.open("wb") as device:
                shutil.copyfileobj(source, device)
            self.drop()
            return
        with self.partial.open("rb+") as file:
            os.fsync(file.fileno())
        if self._mode is not None and not self._private:
            with contextlib.suppress(OSError):  # another's file in a folder of ours
                self.partial.chmod(stat.S_IMODE(self._mode))
        self.partial.replace(self._target)
        _unfinished.discard(self.partial)

    def drop(self) -> None:
        """Remove it; what was at `path` before stays. May be called twice, and after `keep`."""
        with contextlib.suppress(OSError):
            self.partial.unlink()
        _unfinished.discard(self.partial)


@contextmanager
def written_whole(path: Path, private: bool = False) -> Iterator[Path]:
    """Give the path to write to; when the block ends well, flush that to the disk and give it
    the name `path`. If anything fails nothing is left, and what was at `path` before stays.

    Raises:
        OSError: if it cannot be made, flushed or renamed; what the block raises passes through.
    """
    file = PartialFile(path, private)
    try:
        yield file.partial
        file.keep()
    except BaseException:
        file.drop()
        raise


def write_whole(path: Path, data: bytes, private: bool = False) -> None:
    """Write a file whole or not at all; with `private` for its owner alone.

    Raises:
        OSError: if it cannot be written; nothing is left then.
    """
    with written_whole(path, private) as partial:
        partial.write_bytes(data)


@contextmanager
def folder_on_its_way(parent: Path) -> Iterator[Path]:
    """Give a folder below `parent`, which is there, for files on their way; it goes with the block.

    Raises:
        OSError: if it cannot be made.
    """
    folder = parent / f".{secrets.token_hex(4)}{PARTIAL_SUFFIX}"
    _unfinished.add(folder)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _unfinished.discard(folder)


def remove_unfinished() -> None:
    """Remove whatever was begun and neither kept nor dropped: for the program's end."""
    for path in tuple(_unfinished):
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.unlink()
        _unfinished.discard(path)
