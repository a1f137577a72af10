"""Deletions that an operator can still undo: a take is hidden at once, deleted for good after ten
minutes, whatever happens to the door in between.

GALLERY/door/doomed.json
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from installation.door.audit import Audit
from installation.door.notes import read_note, write_note
from installation.door.takes import Keeper, Outcome, Shelf

DOOMED = "doomed.json"
UNDO_S = 600.0
LOOK_EVERY_S = 2.0


class Doomed:
    """The takes that are to go; `clock` tells seconds since the epoch."""

    def __init__(
        self,
        folder: Path,
        shelf: Shelf,
        keeper: Keeper,
        audit: Audit,
        clock: Callable[[], float],
    ) -> None:
        self._path, self._shelf, self._keeper, self._audit = folder / DOOMED, shelf, keeper, audit
        self._clock = clock
        self._due: dict[str, tuple[float, str]] = {}
        for take_id, row in read_note(self._path).items():
            if isinstance(row, list) and len(row) == 2 and isinstance(row[0], (int, float)):
                self._due[take_id] = (float(row[0]), str(row[1]))

    def due(self) -> dict[str, float]:
        """When each of them goes, in seconds since the epoch, by id."""
        return {take_id: at_s for take_id, (at_s, _) in self._due.items()}

    async def doom(self, take_id: str, moderation: str) -> Outcome:
        """Hide a take, which was moderated so, now; it is deleted in `UNDO_S`."""
        if take_id in self._due:
            return Outcome(True)
        outcome = await self._keeper.do("moderate", take_id)
        if outcome.well:
            self._due[take_id] = (self._clock() + UNDO_S, moderation)
            self._write()
        return outcome

    async def undo(self, take_id: str) -> Outcome:
        """Leave it where it is after all, and show it again if it was shown."""
        found = self._due.pop(take_id, None)
        if found is None:
            return Outcome(False, "it is too late")
        self._write()
        if found[1] == "hidden":
            return Outcome(True)
        return await self._keeper.do("approve", take_id)

    async def sweep(self) -> None:
        """Delete what is due; what could not be deleted is tried again."""
        for take_id, (at_s, moderation) in tuple(self._due.items()):
            if at_s > self._clock() or take_id not in self._due:
                continue
            outcome = await self._keeper.do("delete", take_id)
            self._audit.note("operator deleted", take_id, outcome.well)
            if outcome.well:
                self._due.pop(take_id, None)
            else:
                self._due[take_id] = (self._clock() + 60.0, moderation)
            self._write()

    async def run(self, leave: Callable[[], None]) -> None:
        """Sweep now and then, as long as the door is open."""
        while True:
            await self.sweep()
            await asyncio.sleep(LOOK_EVERY_S)

    def _write(self) -> None:
        try:
            write_note(self._path, {key: list(row) for key, row in self._due.items()})
        except OSError:  # a full disk: held in memory
            self._audit.note("doomed takes could not be written down", well=False)
