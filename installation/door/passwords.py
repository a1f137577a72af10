"""The operators' password: kept as an argon2id hash, in the door's own folder, for its user alone.

GALLERY/door/password
"""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from installation.door.secret_file import read_secret, remove_secret, write_secret
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
    write_secret(folder / PASSWORD, _HASHER.hash(password))


def remove_password(folder: Path) -> bool:
    """Close the operators' page; whether it was open.

    Raises:
        UglyError: one line, if it cannot be removed.
    """
    return remove_secret(folder / PASSWORD)


def stored(folder: Path) -> str:
    """The hash; "" where no password is set, or it cannot be read."""
    return read_secret(folder / PASSWORD)


def is_password(held: str, given: str) -> bool:
    """Whether `given` is the password whose hash is `held`; takes its time by design."""
    if not held or len(given) > LONGEST:
        return False
    try:
        return _HASHER.verify(held, given)
    except (VerificationError, InvalidHashError):
        return False
