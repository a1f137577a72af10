"""What a booth tells of itself: words and numbers, nothing of a visitor's, and no take. Pure.

A device's note may name a file, and so a take: it is never told. What is said of a device is its
reason, in words of ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from installation.vocabulary import DeviceHealth, Health

NUMBERS = (
    "uptime_s",
    "fps",
    "late_ms_p99",
    "temperature_c",
    "disk_free_gb",
    "disk_takes",
    "memory_mb",
    "load",
)
"""The values of the show that a beat tells, where they are known."""


class State(str, Enum):
    """How a booth is. The last two are no word of its own: `LOST` is the broker's, once the
    connection broke off; `SILENT` is the hub's, when no beat comes any more."""

    OPEN = "open"
    CLOSED = "closed"
    OUT_OF_SERVICE = "out of service"
    STOPPED = "stopped"
    LOST = "lost"
    SILENT = "silent"

    @property
    def runs(self) -> bool:
        """Whether a show in this state beats."""
        return self in (State.OPEN, State.CLOSED, State.OUT_OF_SERVICE)


class Happening(str, Enum):
    """What is told once, when it happens."""

    VISIT_BEGAN = "visit began"
    VISIT_ENDED = "visit ended"
    TAKE_KEPT = "take kept"
    TAKE_NOT_KEPT = "take not kept"
    OUT_OF_SERVICE = "out of service"
    BACK_IN_SERVICE = "back in service"
    ALERT = "alert"


def state_document(state: State, since_s: float, version: str) -> dict[str, Any]:
    """How it is, since when (seconds since the epoch, by its own clock)."""
    return {"state": state.value, "since": round(since_s), "version": version}


LOST = {"state": State.LOST.value}
"""What the broker says for a booth whose connection broke off: its last will."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """What was counted since midnight."""

    visits: int = 0
    kept: int = 0


def beat_document(
    values: Mapping[str, float], day: DayCount, phase: str, every_s: float, at_s: float
) -> dict[str, Any]:
    """That it lives: its numbers, as far as they are known."""
    numbers = {
        name: round(values[name], 2)
        for name in NUMBERS
        if name in values and math.isfinite(values[name])
    }
    return {
        **numbers,
        "visits_today": day.visits,
        "kept_today": day.kept,
        "phase": phase,
        "every_s": every_s,
        "at": round(at_s),
    }


def health_document(health: DeviceHealth, line: str, since_s: float) -> dict[str, Any]:
    """How a device is, since when, and in plain words; those of a note are left out."""
    fine = health.health is Health.FINE
    return {
        "health": health.health.value,
        "reason": health.reason.value,
        "line": line,
        "since": round(since_s),
        "trouble": not fine,
    }


def event_document(happening: Happening, number: int, at_s: float, **more: str) -> dict[str, Any]:
    """What happened; `number` counts events since the start, so that one that comes twice is
    known."""
    return {"event": happening.value, "number": number, "at": round(at_s), **more}
