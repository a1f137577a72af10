"""A folder that others fill: read without following a link, waiting at a pipe, or reading without
end, whoever changes it meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path
from types import TracebackType

from installation.vocabulary import UglyError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NO_LINKS_HERE = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


class SafeFolder:
    """An open folder; everything is reached from its handle, by plain names only.

    Methods raise FileNotFoundError for what is not there, OSError for what a disk does, and
    UglyError for what is no plain file or folder.
    """

    def __init__(self, handle: int, where: str) -> None:
        self._handle, self.where = handle, where

    @classmethod
    def at(cls, path: Path) -> SafeFolder:
        """Open the folder at `path`, whose last part is no link."""
        return cls(_opened(str(path), _FOLDER, None, str(path)), str(path))

    def __enter__(self) -> SafeFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)

    def below(self, name: str) -> SafeFolder:
        """The folder of that name in it."""
        where = f"{self.where}/{name}"
        return SafeFolder(_opened(name, _FOLDER, self._handle, where), where)

    def names(self) -> frozenset[str]:
        """What is in it, but for what begins with a dot."""
        with os.scandir(self._handle) as found:
            return frozenset(entry.name for entry in found if not entry.name.startswith("."))

    @property
    def changed_ns(self) -> int:
        """When something was last put into it or taken away, by the disk's clock."""
        return os.fstat(self._handle).st_mtime_ns

    def size(self, name: str) -> int | None:
        """How long the plain file of that name is; None where there is none.

        Raises:
            UglyError: if it is something else than a plain file.
        """
        try:
            status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode):
            raise UglyError(f"{self.where}/{name}: no plain file")
        return status.st_size

    def signature(self, most: int = 64) -> tuple[tuple[str, int, int], ...]:
        """The names, lengths and times of the first `most` things in it."""
        found = []
        for name in sorted(self.names())[:most]:
            status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
            found.append((name, status.st_size, status.st_mtime_ns))
        return tuple(found)

    def read(self, name: str, most: int) -> bytes:
        """What is in the plain file of that name.

        Raises:
            UglyError: if it is longer than `most` bytes, or something else than a plain file.
        """
        where = f"{self.where}/{name}"
        handle = _opened(name, _FILE, self._handle, where)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UglyError(f"{where}: no plain file")
            data = file.read(most + 1)
        if len(data) > most:
            raise UglyError(f"{where}: too large")
        return data

    def give(self, name: str, to: Path) -> None:
        """Have the plain file of that name at `to`, too: the same bytes on the disk where it can
        hold them for both, else a copy."""
        try:
            os.link(name, to, src_dir_fd=self._handle, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS_HERE:
                raise
            source = _opened(name, _FILE, self._handle, f"{self.where}/{name}")
            with os.fdopen(source, "rb") as file, to.open("xb") as copy:
                if not stat.S_ISREG(os.fstat(source).st_mode):
                    raise UglyError(f"{self.where}/{name}: no plain file") from None
                shutil.copyfileobj(file, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
        if not stat.S_ISREG(to.lstat().st_mode):
            to.unlink()
            raise UglyError(f"{self.where}/{name}: no plain file")


def _opened(name: str, flags: int, folder: int | None, where: str) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            raise UglyError(f"{where}: a link, or nothing that can be read") from None
        raise
