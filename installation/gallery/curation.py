"""Which past take the attract loop plays next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from installation.vocabulary import Take

NEWEST = 5


def playable(takes: Sequence[Take], now_s: float) -> tuple[Take, ...]:
    """The takes that may be shown to others: said yes to, and not expired."""
    return tuple(take for take in takes if take.in_gallery and take.expires_at_s > now_s)


def next_take(takes: Sequence[Take], turn: int, now_s: float) -> Take | None:
    """The take of turn 0, 1, 2, ...: every other one of the newest few, else one of the older.

    The newest come round often, so that who has just kept one sees it; the older ones in an
    order that looks like chance and leaves none out. None if nothing may be shown.
    """
    shown = sorted(playable(takes, now_s), key=lambda take: (-take.kept_at_s, take.id))
    if not shown:
        return None
    newest, older = shown[:NEWEST], shown[NEWEST:]
    if not older or turn % 2 == 0:
        position = turn // 2 if older else turn
        return newest[position % len(newest)]
    mixed = sorted(older, key=lambda take: (crc32(take.id.encode()), take.id))
    return mixed[(turn // 2) % len(mixed)]
