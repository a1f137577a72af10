"""Who is let in: sessions in memory, gone with the process, with the password they were opened by,
and by themselves after a while.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

IDLE_S, LONGEST_S = 3600.0, 12 * 3600.0
MOST = 32


@dataclass
class _Session:
    began_s: float
    seen_s: float
    password: str


class Sessions:
    """Sessions by their keys' marks; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: dict[str, _Session] = {}

    def open(self, password: str) -> str:
        """A new session's key; `password` is the hash of the password that was given."""
        now_s = self._clock()
        while len(self._held) >= MOST:
            del self._held[min(self._held, key=lambda mark: self._held[mark].seen_s)]
        key = secrets.token_urlsafe(32)
        self._held[_mark(key)] = _Session(now_s, now_s, password)
        return key

    def lives(self, key: str, password: str) -> bool:
        """Whether this key's session is open still; asking keeps it so."""
        found, now_s = self._held.get(_mark(key)), self._clock()
        if found is None or not password:
            return False
        over = now_s - found.seen_s > IDLE_S or now_s - found.began_s > LONGEST_S
        if over or found.password != password:
            del self._held[_mark(key)]
            return False
        found.seen_s = now_s
        return True

    def close(self, key: str) -> None:
        """End a session."""
        self._held.pop(_mark(key), None)


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
