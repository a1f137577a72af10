"""What is counted of a day, so that a restart at noon does not make it begin anew.

BEATS/day.json
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from installation.files import write_whole
from installation.fleet_watch.told import DayCount


def day_of(at_s: float) -> str:
    """The day of a time (seconds since the epoch), by the machine's own zone."""
    return time.strftime("%Y-%m-%d", time.localtime(at_s))


class Day:
    """Counts, and keeps the count in `file`, written by `keep`."""

    def __init__(self, file: Path, now_s: float) -> None:
        self._file, self._day = file, day_of(now_s)
        self._count = self._kept = _read(file, self._day)

    def count(self, visits: int, kept: int, now_s: float) -> DayCount:
        """With so many more of each, at `now_s`."""
        if day_of(now_s) != self._day:
            self._day, self._count = day_of(now_s), DayCount()
        if visits or kept:
            held = self._count
            self._count = replace(held, visits=held.visits + visits, kept=held.kept + kept)
        return self._count

    def keep(self) -> None:
        """Write it, if there is anything new; that it cannot be costs no more than the count."""
        if self._count == self._kept:
            return
        held = {"day": self._day, "visits": self._count.visits, "kept": self._count.kept}
        try:
            self._file.parent.mkdir(0o700, parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(held).encode())
        except OSError:
            return
        self._kept = self._count


def _read(file: Path, day: str) -> DayCount:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        if held["day"] == day:
            return DayCount(max(0, int(held["visits"])), max(0, int(held["kept"])))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return DayCount()
