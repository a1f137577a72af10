"""How the show was, over a day and a week: its live values, by the minute and by the quarter of an
hour. Numbers without anybody in them.

GALLERY/door/history.json
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from installation.door.messages import Live
from installation.door.notes import read_note, write_note

HISTORY = "history.json"
SPANS: Mapping[str, tuple[int, int]] = {"day": (60, 24 * 60), "week": (900, 7 * 24 * 4)}
"""By span: seconds from one point to the next, and how many points there are."""

KINDS = ("fps", "late_ms_p99", "temperature_c", "memory_mb", "load", "disk_free_gb")
WRITE_EVERY_S = 300.0
LOOK_EVERY_S = 5.0


class Track:
    """One span: points of `every_s` seconds, each the mean of what was seen in it."""

    def __init__(self, every_s: int, most: int) -> None:
        self._every_s, self._points = every_s, deque[tuple[int, dict[str, float]]](maxlen=most)
        self._at = 0
        self._seen: dict[str, list[float]] = {}

    def see(self, now_s: float, values: Mapping[str, float]) -> None:
        """These are the values at `now_s`, in seconds since the epoch."""
        at = int(now_s) // self._every_s * self._every_s
        if at != self._at:
            self._finish()
            self._at = at
        for kind in KINDS:
            if kind in values:
                self._seen.setdefault(kind, []).append(values[kind])

    def _finish(self) -> None:
        if self._seen:
            point = {kind: round(fmean(seen), 3) for kind, seen in self._seen.items()}
            self._points.append((self._at, point))
            self._seen = {}

    def columns(self) -> dict[str, list[Any]]:
        """Times and, for each kind that was ever seen, its values (None where it was not)."""
        kinds = [kind for kind in KINDS if any(kind in point for _, point in self._points)]
        times: list[Any] = [at for at, _ in self._points]
        rows = {kind: [point.get(kind) for _, point in self._points] for kind in kinds}
        return {"at": times, **rows}

    def load(self, columns: Any) -> None:
        """Take up what was written down."""
        if not isinstance(columns, dict) or not isinstance(columns.get("at"), list):
            return
        for number, at in enumerate(columns["at"]):
            point = {}
            for kind in KINDS:
                row = columns.get(kind)
                value = row[number] if isinstance(row, list) and number < len(row) else None
                if isinstance(value, (int, float)):
                    point[kind] = float(value)
            if isinstance(at, int) and point:
                self._points.append((at, point))


class History:
    """Watches the live values; `live` tells the newest. `clock` tells seconds since the epoch."""

    def __init__(
        self, folder: Path, live: Callable[[], Live | None], clock: Callable[[], float]
    ) -> None:
        self._path, self._live, self._clock = folder / HISTORY, live, clock
        self._tracks = {span: Track(*sizes) for span, sizes in SPANS.items()}
        held = read_note(self._path)
        for span, track in self._tracks.items():
            track.load(held.get(span))
        self._last: Live | None = None

    def look(self) -> None:
        """See how the show is, if it said so since the last look."""
        live = self._live()
        if live is not None and live != self._last:
            self._last = live
            for track in self._tracks.values():
                track.see(self._clock(), live.values)

    def columns(self, span: str) -> dict[str, list[Any]]:
        """What a plot of a "day" or a "week" is drawn from."""
        return self._tracks[span].columns()

    async def run(self, leave: Callable[[], None]) -> None:
        """Look, and write down now and then, and at the end."""
        written_s = self._clock()
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                self.look()
                if abs(self._clock() - written_s) >= WRITE_EVERY_S:
                    written_s = self._clock()
                    await asyncio.to_thread(self.write)
        finally:
            self.write()

    def write(self) -> None:
        """Write it down; on a full disk the plots go before the show."""
        with contextlib.suppress(OSError):
            write_note(self._path, {span: track.columns() for span, track in self._tracks.items()})
