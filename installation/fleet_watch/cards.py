"""Every booth as the watch page shows it, in words of the reader's language. Pure but for this
machine's time zone."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from typing import Any

from installation.door.words import DoorWords
from installation.fleet_watch.board import Booth
from installation.fleet_watch.commands import OUT_OF_SERVICE, RESTART
from installation.fleet_watch.told import State
from installation.show.scenes.service import said
from installation.show.words import Words
from installation.vocabulary import DeviceHealth, Reason

SHAPES = {
    State.OPEN: "●",
    State.CLOSED: "◐",
    State.OUT_OF_SERVICE: "■",
    State.STOPPED: "□",
    State.LOST: "✕",
    State.SILENT: "…",
}
"""What a state looks like, beside its word: no two alike, whatever their colour."""

UNKNOWN, TROUBLE = "?", "▲"

_DO: Mapping[Reason, str] = {
    Reason.SOUGHT: "plug", Reason.UNPLUGGED: "plug", Reason.SILENT: "plug", Reason.LOST: "plug",
    Reason.NOT_OPENED: "plug", Reason.NO_PICTURE: "plug", Reason.FROZEN: "plug",
    Reason.BLACK: "light", Reason.BUSY: "program", Reason.FORBIDDEN: "rule",
    Reason.OTHER_PANEL: "layout", Reason.NOT_KEPT: "room", Reason.DISK_FULL: "room",
    Reason.CLOCK_DOUBTED: "clock", Reason.NO_SOUND: "sound", Reason.NO_VOICE: "sound",
    Reason.NOT_SENT: "network", Reason.NO_NETWORK: "network", Reason.NOT_HEARD: "network",
    Reason.BABBLES: "network", Reason.NAMED_TWICE: "name", Reason.NOT_PRINTED: "paper",
    Reason.OPENING: "wait",
}  # fmt: skip
"""What to do about a reason; about all others, to restart."""


def cards(
    booths: Iterable[tuple[Booth, float | None]], words: DoorWords, show: Words, *, may: bool
) -> list[dict[str, Any]]:
    """A card a booth, with how old its last beat is (seconds); `may`: whoever reads it has a key
    that commands. `show` are the show's own words, in the same language."""
    return [_card(booth, age_s, words, show, may=may) for booth, age_s in booths]


def _card(
    booth: Booth, age_s: float | None, words: DoorWords, show: Words, *, may: bool
) -> dict[str, Any]:
    state, troubles = booth.state, booth.troubles
    shape = UNKNOWN if state is None else SHAPES[state]
    urgent = state in (State.LOST, State.SILENT)
    kind = "unknown" if state is None else state.value
    return {
        "name": booth.name,
        "kind": kind.replace(" ", "-"),
        "urgent": urgent or bool(troubles),
        "shape": shape,
        "state": words(f"state.{kind}"),
        "since": _since(booth, words),
        "beat": words("watch.no_beat")
        if age_s is None
        else words("watch.beat", age=age(age_s, words)),
        "do": words.get(f"do.{kind}"),
        "well": _well(booth, words),
        "troubles": [_trouble(device, words, show) for device in troubles],
        "facts": _facts(booth, words),
        "buttons": _buttons(booth, words) if may and booth.hears else [],
    }


def age(seconds: float, words: DoorWords) -> str:
    """How long something is ago, roughly."""
    s = max(0.0, seconds)
    for key, each in (("d", 86400), ("h", 3600), ("min", 60)):
        if s >= 2 * each:
            return words(f"watch.{key}", n=math.floor(s / each))
    return words("watch.s", n=math.floor(s))


def _since(booth: Booth, words: DoorWords) -> str:
    """Since when; by this machine's own zone, and with the day where it is another."""
    if booth.since_s is None or booth.state is State.SILENT:
        return ""
    try:
        at, now = time.localtime(booth.since_s), time.localtime()
    except (OverflowError, ValueError, OSError):
        return ""
    same = (at.tm_year, at.tm_yday) == (now.tm_year, now.tm_yday)
    return words("watch.since", time=time.strftime("%H:%M" if same else "%Y-%m-%d %H:%M", at))


def _well(booth: Booth, words: DoorWords) -> str:
    runs = booth.state is not None and booth.state.runs
    return words("watch.well") if runs and booth.devices and not booth.troubles else ""


def _trouble(device: DeviceHealth, words: DoorWords, show: Words) -> dict[str, str]:
    return {
        "shape": TROUBLE,
        "line": said(device, show),
        "do": words(f"do.{_DO.get(device.reason, 'again')}"),
    }


def _facts(booth: Booth, words: DoorWords) -> list[list[str]]:
    rows: list[list[str]] = []
    for key, name, unit, places in (
        ("visits_today", "visits", "", 0),
        ("kept_today", "kept", "", 0),
        ("temperature_c", "temperature", " °C", 0),
        ("disk_free_gb", "disk", " GiB", 1),
        ("disk_takes", "takes", "", 0),
        ("fps", "fps", "", 1),
        ("late_ms_p99", "late", " ms", 1),
    ):
        if key in booth.numbers:
            rows.append([words(f"watch.{name}"), f"{booth.numbers[key]:.{places}f}{unit}"])
    if "uptime_s" in booth.numbers:
        rows.append([words("watch.uptime"), age(booth.numbers["uptime_s"], words)])
    if booth.version:
        rows.append([words("watch.version"), booth.version])
    return rows


def _buttons(booth: Booth, words: DoorWords) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    name = booth.name
    if OUT_OF_SERVICE in booth.allow:
        on = booth.state is not State.OUT_OF_SERVICE
        key = "out" if on else "back"
        made.append({"do": OUT_OF_SERVICE, "on": on, **_asked(key, name, words)})
    if RESTART in booth.allow:
        made.append({"do": RESTART, "on": False, **_asked("restart", name, words)})
    return made


def _asked(key: str, name: str, words: DoorWords) -> dict[str, str]:
    return {"text": words(f"watch.{key}"), "sure": words(f"watch.sure_{key}", name=name)}
