"""How often what happened, by the hour: numbers without anybody in them.

GALLERY/door/statistics.json
"""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import Callable
from pathlib import Path

from installation.door.messages import Counted
from installation.door.notes import read_note, write_note

STATISTICS = "statistics.json"
WRITE_EVERY_S = 30.0
MOST_HOURS, MOST_KINDS = 24 * 400, 400


class Statistics:
    """Counts by hour, written down now and then. `clock` tells seconds since the epoch."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = folder / STATISTICS, clock
        self._hours: dict[str, dict[str, float]] = {}
        for hour, counts in read_note(self._path).items():
            if isinstance(counts, dict):
                numbers = {
                    str(k): float(v) for k, v in counts.items() if isinstance(v, (int, float))
                }
                self._hours[hour] = numbers
        self._changed = False

    def note(self, counted: Counted) -> None:
        """Something happened."""
        self.count(counted.what, counted.much)

    def count(self, what: str, much: float = 1.0) -> None:
        """Something happened, so often or for so long."""
        hour = time.strftime("%Y-%m-%d %H", time.localtime(self._clock()))
        counts = self._hours.setdefault(hour, {})
        if what in counts or len(counts) < MOST_KINDS:
            counts[what] = round(counts.get(what, 0.0) + much, 3)
            self._changed = True
        while len(self._hours) > MOST_HOURS:
            del self._hours[min(self._hours)]

    def by(self, unit: str) -> dict[str, dict[str, float]]:
        """The counts by "hour" or by "day", the oldest first."""
        if unit == "hour":
            return {hour: dict(sorted(self._hours[hour].items())) for hour in sorted(self._hours)}
        days: dict[str, dict[str, float]] = {}
        for hour in sorted(self._hours):
            day = days.setdefault(hour[:10], {})
            for what, much in self._hours[hour].items():
                day[what] = round(day.get(what, 0.0) + much, 3)
        return days

    def totals(self) -> dict[str, float]:
        """The counts since the first hour that is known."""
        found: dict[str, float] = {}
        for counts in self._hours.values():
            for what, much in counts.items():
                found[what] = round(found.get(what, 0.0) + much, 3)
        return found

    def as_csv(self, unit: str) -> str:
        """The same as a table: a row a unit of time, a column for each thing that was counted."""
        rows = self.by(unit)
        kinds = sorted({what for counts in rows.values() for what in counts})
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow([unit, *kinds])
        for when, counts in rows.items():
            table.writerow([when, *(counts.get(what, 0) for what in kinds)])
        return text.getvalue()

    async def run(self, leave: Callable[[], None]) -> None:
        """Write down what changed, now and then, and at the end."""
        try:
            while True:
                await asyncio.sleep(WRITE_EVERY_S)
                await asyncio.to_thread(self.write)
        finally:
            self.write()

    def write(self) -> None:
        """Write it down, if it changed."""
        if not self._changed:
            return
        self._changed = False
        try:
            write_note(self._path, dict(self._hours))
        except OSError:
            self._changed = True
