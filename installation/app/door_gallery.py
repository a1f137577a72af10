"""The gallery as the door sees it, and what it may have done there."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from installation.door.messages import Act
from installation.door.takes import Outcome, Relative, SeenTake
from installation.gallery.changes import Receipt, change_take, withdraw
from installation.gallery.clock_file import GalleryClock
from installation.gallery.family import Relative as Kin
from installation.gallery.family import family
from installation.gallery.lookup import Lookup
from installation.gallery.record import PORTRAIT_PNG, Record
from installation.gallery.store import new_token
from installation.gallery.take_folder import TAKES
from installation.vocabulary import UglyError

FLOOR_EVERY_S = 60.0


class GalleryShelf:
    """A gallery, only ever read; used by one thread. `clock` tells seconds since the epoch."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock
        self._lookup = Lookup(folder)
        self._floor_s, self._looked_s = 0.0, float("-inf")

    def with_token(self, token: str) -> SeenTake | None:
        """The take whose link ends in `token`, unless its time is over."""
        found = self._lookup.with_token(token)
        return None if found is None or self._is_over(found) else self._seen(found)

    def with_id(self, take_id: str) -> SeenTake | None:
        """The take with this id, also one whose time is over."""
        found = self._lookup.record(take_id)
        return None if found is None else self._seen(found)

    def page(
        self, limit: int, skip: int, text: str, moderation: str
    ) -> tuple[int, tuple[SeenTake, ...]]:
        """How many takes there are so, and `limit` of them, the newest first, after `skip`."""
        count, records = self._lookup.page(limit, skip, text, moderation)
        return count, tuple(self._seen(record) for record in records)

    def family(self, take: SeenTake) -> tuple[Relative, ...]:
        """The takes that its net grew from, the oldest first, then those that grew from it."""
        own = self._lookup.record(take.id)
        if own is None:
            return ()
        now_s = max(self._clock(), self._floor_s)
        return tuple(self._relative(each) for each in family(self._lookup, own, now_s))

    def _relative(self, relative: Kin) -> Relative:
        record = relative.record
        path = self._folder / TAKES / record.id / PORTRAIT_PNG
        portrait = path if PORTRAIT_PNG in record.files else None
        return Relative(relative.generation, record.id, record.name, record.net, portrait)

    def _is_over(self, record: Record) -> bool:
        """By the clock, or by the time that has surely come, where the clock was set back."""
        now_s = self._clock()
        if abs(now_s - self._looked_s) >= FLOOR_EVERY_S:
            self._looked_s = now_s
            known = GalleryClock(self._folder, self._clock, reads_only=True).known
            self._floor_s = known.floor_s
        return record.expires_at_s <= max(now_s, self._floor_s)

    def _seen(self, record: Record) -> SeenTake:
        own = self._folder / TAKES / record.id
        return SeenTake(
            record.id,
            record.token,
            record.name,
            record.kept_at_s,
            record.expires_at_s,
            record.show,
            record.moderation,
            record.net,
            {name: own / name for name in record.files},
            {name: held.bytes for name, held in record.files.items()},
            record.pinned,
            record.likes,
        )


def _with(record: Record, act: Act) -> Record:
    if act == "like":
        return replace(record, likes=record.likes + 1)
    if act == "link":
        return replace(record, token=record.token or new_token(), take_home=True)
    changes: dict[Act, dict[str, Any]] = {
        "hide": {"show": False},
        "show": {"show": True},
        "approve": {"moderation": "approved"},
        "moderate": {"moderation": "hidden"},
        "pin": {"pinned": True},
        "unpin": {"pinned": False},
    }
    return replace(record, **changes[act])


def done_to(
    folder: Path, act: Act, take_id: str, wall_clock: Callable[[], float] = time.time
) -> Outcome:
    """Do this to a take of the gallery in `folder`; waits for the disk."""
    try:
        if act == "delete":
            receipt = withdraw(folder, take_id, wall_clock)
            return Outcome(not receipt.left, facts=receipt_facts(receipt))
        record = change_take(folder, take_id, lambda held: _with(held, act))
    except UglyError as error:
        return Outcome(False, str(error))
    facts = (
        {"shown": record.shown, "token": record.token} if act == "link" else {"shown": record.shown}
    )
    return Outcome(True, facts=facts)


def receipt_facts(receipt: Receipt) -> dict[str, Any]:
    """What a receipt tells: nothing by which the take could be found again."""
    return {
        "number": secrets.token_hex(6),
        "at": time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(receipt.at_s)),
        "files": [
            {"name": name, "bytes": held.bytes, "sha256": held.sha256}
            for name, held in sorted(receipt.files.items())
        ],
        "left": list(receipt.left),
    }


class GalleryKeeper:
    """Changes takes itself, where no show holds the gallery; a `Keeper`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def do(self, act: Act, take_id: str) -> Outcome:
        """Do this to a take."""
        return await asyncio.to_thread(done_to, self._folder, act, take_id)
