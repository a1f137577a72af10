"""The operators' password: kept as an argon2id hash, in the door's own folder, for its user alone.

GALLERY/door/password
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from installation.vocabulary import UglyError

PASSWORD = "password"
SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()  # argon2id, with the parameters of RFC 9106's second choice


def set_password(folder: Path, password: str) -> None:
    """Set the password of the door whose folder this is.

    Raises:
        UglyError: one line, if it is too short or too long, or cannot be written.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UglyError(f"a password has {SHORTEST} to {LONGEST} letters; try four words")
    text = _HASHER.hash(password) + "\n"
    partial = folder / f"{PASSWORD}.{secrets.token_hex(4)}.half"
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        partial.replace(folder / PASSWORD)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise UglyError(f"{folder / PASSWORD}: cannot be written ({error.strerror})") from None


def remove_password(folder: Path) -> bool:
    """Close the operators' page; whether it was open.

    Raises:
        UglyError: one line, if it cannot be removed.
    """
    try:
        (folder / PASSWORD).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UglyError(f"{folder / PASSWORD}: cannot be removed ({error.strerror})") from None
    return True


def stored(folder: Path) -> str:
    """The hash; "" where no password is set, or it cannot be read."""
    try:
        return (folder / PASSWORD).read_text(encoding="ascii").strip()[:500]
    except (OSError, UnicodeDecodeError):
        return ""


def is_password(held: str, given: str) -> bool:
    """Whether `given` is the password whose hash is `held`; takes its time by design."""
    if not held or len(given) > LONGEST:
        return False
    try:
        return _HASHER.verify(held, given)
    except (VerificationError, InvalidHashError):
        return False
