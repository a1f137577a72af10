"""What disks and databases throw, as one clear line; what passes by itself, tried again."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from installation.vocabulary import UglyError

T = TypeVar("T")

PAUSES_S = (0.1, 0.3, 0.6, 1.0)
"""Between tries while another program holds the database."""


def reason(error: BaseException) -> str:
    """A fault in a few plain words."""
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    said = str(error) or type(error).__name__
    if isinstance(error, sqlite3.Error):
        if is_locked(error):
            return "another program holds the database"
        if is_full(error):
            return "no space left on the disk"
        if is_damaged(error):
            return f"the database is damaged ({said})"
    return said


def is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and (
        "locked" in str(error) or "busy" in str(error)
    )


def is_full(error: BaseException) -> bool:
    """Whether the disk, or what this user may have of it, is full."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, sqlite3.Error) and "full" in str(error)


def is_damaged(error: BaseException) -> bool:
    """Whether the database's own bytes are wrong, or those of another kind of file."""
    if isinstance(error, sqlite3.OperationalError):  # a table or a column that is not there
        return "no such" in str(error) or "malformed" in str(error)
    if isinstance(error, (UnicodeDecodeError, sqlite3.IntegrityError)):
        return True
    return type(error) is sqlite3.DatabaseError


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Tell what a disk or a database throws as one line that begins with `what`.

    Raises:
        UglyError: instead of what was thrown; one that is thrown passes through.
    """
    try:
        yield
    except UglyError:
        raise
    except (OSError, sqlite3.Error, ValueError, OverflowError) as error:
        raise UglyError(f"{what} ({reason(error)})") from error


def retried(work: Callable[[], T]) -> T:
    """What `work` returns; while another program holds the database, tried again a few times."""
    for pause_s in PAUSES_S:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not is_locked(error):
                raise
        time.sleep(pause_s)
    return work()
