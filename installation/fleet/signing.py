"""Signed documents: who says so can be proved, and what was said cannot be changed on the way.

A signed document is a JSON object with two keys more: `by`, the signer's public key, and
`signature`, Ed25519 (RFC 8032) over all the rest, written as `canonical` writes it. Keys and
signatures are base64url without padding: 43 and 86 letters.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from installation.vocabulary import UglyError

PUBLIC_LETTERS, SIGNATURE_LETTERS = 43, 86
BY, SIGNATURE = "by", "signature"


class Key:
    """A booth's or a hub's own key. The secret half never leaves its file."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = _written(self._private.public_key().public_bytes_raw())

    def signed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document, signed: a copy with `by` and `signature`.

        Raises:
            ValueError: if it isn't JSON, or has one of these keys already.
        """
        if BY in document or SIGNATURE in document:
            raise ValueError("it is signed already")
        told = {**document, BY: self.public}
        return {**told, SIGNATURE: _written(self._private.sign(canonical(told)))}


def key_at(path: Path) -> Key:
    """The key in this file, for its owner's eyes only; made now where there is none.

    Raises:
        UglyError: one line, if it cannot be read or written, or is no key.
    """
    try:
        seed = _read(path.read_text(encoding="ascii").strip(), 32)
    except FileNotFoundError:
        return _made_at(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UglyError(f"{path}: the key cannot be read ({_why(error)})") from None
    if seed is None:
        raise UglyError(f"{path}: not a key; move it away, and a new one is made")
    return Key(seed)


def verified(document: Mapping[str, Any], trusted: Collection[str]) -> str:
    """Who signed the document: a public key, one of `trusted`.

    Raises:
        UglyError: if it is not signed, not as it was when it was signed, or by somebody else.
    """
    by, signature = document.get(BY), document.get(SIGNATURE)
    public = _read(by, 32) if isinstance(by, str) else None
    proof = _read(signature, 64) if isinstance(signature, str) else None
    if public is None or proof is None:
        raise UglyError("not signed")
    if by not in trusted:
        raise UglyError(f"signed by a stranger ({str(by)[:8]})")
    told = {key: value for key, value in document.items() if key != SIGNATURE}
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(proof, canonical(told))
    except (InvalidSignature, ValueError, RecursionError):
        raise UglyError("changed since it was signed") from None
    return str(by)


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document as bytes: keys in order, no blanks, UTF-8.

    Raises:
        ValueError: if it isn't JSON (also for NaN, and halves of letters).
    """
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def is_public(text: str) -> bool:
    """Whether this may be a public key."""
    return _read(text, 32) is not None


def _made_at(path: Path) -> Key:
    """A new key in a new file; who comes second finds the first one's."""
    seed = secrets.token_bytes(32)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.half")
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_written(seed) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            return key_at(path)
    except OSError as error:
        raise UglyError(f"{path}: the key cannot be written ({_why(error)})") from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return Key(seed)


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(text: str, count: int) -> bytes | None:
    """So many bytes, or None where the text is none of them, written in the one way there is."""
    with contextlib.suppress(ValueError):
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if len(data) == count and _written(data) == text:
            return data
    return None


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
