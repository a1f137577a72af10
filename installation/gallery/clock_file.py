"""The clocks, looked at now and then, and what is known of the time, kept in the gallery.

GALLERY/clock.json
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.gallery.take_folder import FILE_MODE, HALF
from installation.gallery.time_sync import synchronized
from installation.gallery.trusted_time import EARLIEST_S, TrustedTime, Window, look, resumed
from installation.vocabulary import UglyError

CLOCK = "clock.json"
WRITE_EVERY_S = 300.0
"""How much running time a power cut may cost, in seconds."""

_STRICT = ConfigDict(extra="forbid")
_Seconds = Annotated[float, Field(allow_inf_nan=False)]


@checked(frozen=True, config=_STRICT)
class _Window:
    least_s: _Seconds
    most_s: _Seconds
    synced: bool
    agreed_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]


@checked(frozen=True, config=_STRICT)
class _Document:
    format: Literal["uglynet-clock"]
    version: Literal[1]
    floor_s: Annotated[float, Field(ge=EARLIEST_S, allow_inf_nan=False)]
    wall_s: _Seconds
    settled: bool
    leaps_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    leaping_s: _Seconds
    window: _Window | None


class GalleryClock:
    """The time in a gallery, used by one thread.

    `wall_clock` tells seconds since the epoch, `steady` seconds that only run forwards, `synced`
    whether a time server sets the first. With `reads_only` it only tells what was written down.
    """

    def __init__(
        self,
        folder: Path,
        wall_clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        synced: Callable[[], bool] = synchronized,
        *,
        reads_only: bool = False,
    ) -> None:
        self._path = folder / CLOCK
        self._wall_clock, self._steady, self._synced = wall_clock, steady, synced
        self.known = resumed(_read(self._path))
        self._written_s = float("-inf")
        if not reads_only:
            self.look()

    def look(self) -> TrustedTime:
        """Look at the clocks, and say what is known now."""
        settled = self.known.settled
        steady_s = self._steady()
        self.known = look(self.known, self._wall_clock(), steady_s, self._synced())
        if steady_s - self._written_s >= WRITE_EVERY_S or self.known.settled != settled:
            with contextlib.suppress(OSError):  # a full disk: what is known is still known here
                self.write()
            self._written_s = steady_s
        return self.known

    @property
    def doubt(self) -> str:
        """One line for the operator where the clock cannot be believed; else ""."""
        known = self.known
        if not known.doubted:
            return ""
        says, surely = _day(known.wall_s), _day(known.floor_s)
        if known.ahead_s < 0:
            return f"the clock says {says}, but it is {surely} at least: set it (timedatectl)"
        return (
            f"the clock says {says}, a leap from {surely}: is it right? Nothing is deleted until "
            "it has agreed with itself for long enough"
        )

    def write(self) -> None:
        """Write down what is known. Raises OSError if it cannot be written."""
        known, window = self.known, self.known.window
        document = {
            "format": "uglynet-clock",
            "version": 1,
            "floor_s": known.floor_s,
            "wall_s": known.wall_s,
            "settled": known.settled,
            "leaps_s": known.leaps_s,
            "leaping_s": known.leaping_s,
            "window": None
            if window is None
            else {
                "least_s": window.least_s,
                "most_s": window.most_s,
                "synced": window.synced,
                "agreed_s": window.agreed_s,
            },
        }
        partial = self._path.with_name(CLOCK + HALF)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)


def _read(path: Path) -> TrustedTime:
    """What was known when it was last written down; where that is lost or damaged, nothing is, and
    nothing is deleted until the clock has been watched for long enough."""
    try:
        document = json.loads(path.read_bytes())
        found = checked_document(_Document, document, str(path), "clock")
    except (OSError, ValueError, RecursionError, UglyError):
        return TrustedTime()
    held = found.window
    window = None if held is None else Window(held.least_s, held.most_s, held.synced, held.agreed_s)
    return TrustedTime(
        found.floor_s, window, found.settled, found.wall_s, found.leaps_s, found.leaping_s
    )


def _day(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f} s since 1970"
