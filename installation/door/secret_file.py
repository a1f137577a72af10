"""One line in the door's folder, for its user alone: what a secret is known by, never itself."""

from __future__ import annotations

from pathlib import Path

from installation.files import write_whole
from installation.vocabulary import UglyError

LONGEST = 500
"""Letters of a line; longer than anything that is written here."""


def write_secret(path: Path, line: str) -> None:
    """Write the line, ASCII, in place of any before.

    Raises:
        UglyError: one line, if it cannot be written; what was there stays.
    """
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        write_whole(path, f"{line}\n".encode("ascii"), private=True)
    except OSError as error:
        raise UglyError(f"{path}: cannot be written ({error.strerror})") from None


def remove_secret(path: Path) -> bool:
    """Remove it; whether it was there.

    Raises:
        UglyError: one line, if it cannot be removed.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UglyError(f"{path}: cannot be removed ({error.strerror})") from None
    return True


def read_secret(path: Path) -> str:
    """The line; "" where there is none, or it cannot be read."""
    try:
        return path.read_text(encoding="ascii").strip()[:LONGEST]
    except (OSError, UnicodeDecodeError):
        return ""
