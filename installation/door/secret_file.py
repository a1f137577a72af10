"""One line in the door's folder, for its user alone: what a secret is known by, never itself."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from installation.vocabulary import UglyError

LONGEST = 500
"""Letters of a line; longer than anything that is written here."""


def write_secret(path: Path, line: str) -> None:
    """Write the line, ASCII, in place of any before.

    Raises:
        UglyError: one line, if it cannot be written; what was there stays.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.half")
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(line + "\n")
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
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
