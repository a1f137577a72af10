"""Every booth, as the hub heard of it. Pure: times come from the caller.

How old something is, is judged by the hub's own steady clock, from when it came: a booth's clock
may be wrong. Only "since when" of what was said before the hub listened is a booth's own word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from installation.fleet_watch.line import Heard
from installation.fleet_watch.told import NUMBERS, State
from installation.fleet_watch.topics import address_of, document_of
from installation.vocabulary import DeviceHealth, Health, Reason

MOST_BOOTHS, MOST_DEVICES, MOST_ANSWERS = 200, 40, 50
LATEST_BEATS = 3
"""So many beats may be missing until a booth is silent,"""

AT_LEAST_S = 30.0
"""and so long at least."""

_NUMBERS = (*NUMBERS, "visits_today", "kept_today")


@dataclass(frozen=True, slots=True)
class Booth:
    """A booth: `state` as it or the broker said (None: nothing yet), since when (seconds since the
    epoch; None: not known), its numbers, its devices, and what may be commanded (`allow`), quoting
    `challenge`. `heard_s` is when it last said something itself, by the hub's steady clock."""

    name: str
    state: State | None = None
    since_s: float | None = None
    version: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    phase: str = ""
    every_s: float = 10.0
    beat_s: float | None = None
    devices: Mapping[str, DeviceHealth] = field(default_factory=dict)
    challenge: str = ""
    allow: frozenset[str] = frozenset()

    @property
    def hears(self) -> bool:
        """Whether a command would be heard now."""
        return bool(self.challenge) and self.state is not None and self.state.runs

    @property
    def troubles(self) -> tuple[DeviceHealth, ...]:
        """The devices that are not well, while the show runs."""
        if self.state is None or not self.state.runs:
            return ()
        return tuple(each for each in self.devices.values() if each.health is not Health.FINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a booth answered to the command of this commander with this count."""

    booth: str
    by: str
    count: int
    well: bool
    line: str


@dataclass
class Board:
    """Follows what is heard. `listening_s` is since when, by the hub's steady clock; None while
    the broker is away: then nobody is said to be silent."""

    listening_s: float | None = None
    _booths: dict[str, Booth] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def hear(self, heard: Heard, now_s: float, wall_s: float) -> None:
        """A message came; what is none of ours, or not as it should be, is as if it had not."""
        address = address_of(heard.topic)
        if address is None:
            return
        booth = self._booths.get(address.booth)
        if booth is None:
            if len(self._booths) >= MOST_BOOTHS or not heard.payload:
                return
            booth = Booth(address.booth)
        if not heard.payload:
            self._cleared(booth, address.kind, address.device)
            return
        told = document_of(heard.payload)
        if told is None:
            return
        if address.kind == "state":
            booth = _with_state(booth, told, None if heard.retained else wall_s)
        elif address.kind == "beat":
            booth = _with_beat(booth, told, now_s)
        elif address.kind == "health":
            booth = _with_device(booth, address.device, told)
        elif address.kind == "challenge":
            booth = _with_challenge(booth, told)
        elif address.kind == "answer":
            self._answered(booth.name, told)
        else:
            return
        self._booths[booth.name] = booth

    def booths(self, now_s: float) -> tuple[Booth, ...]:
        """Every booth at `now_s`, those that need somebody first."""
        found = [self._judged(booth, now_s) for booth in self._booths.values()]
        return tuple(sorted(found, key=lambda booth: (_urgency(booth), booth.name)))

    def booth(self, name: str) -> Booth | None:
        """One booth, as it said it is."""
        return self._booths.get(name)

    def _judged(self, booth: Booth, now_s: float) -> Booth:
        if booth.state is None or not booth.state.runs or self.listening_s is None:
            return booth
        heard_s = max(self.listening_s, booth.beat_s or -math.inf)
        if now_s - heard_s <= max(AT_LEAST_S, LATEST_BEATS * booth.every_s):
            return booth
        return replace(booth, state=State.SILENT)

    def _cleared(self, booth: Booth, kind: str, device: str) -> None:
        if kind == "state":
            self._booths.pop(booth.name, None)
        elif kind == "health":
            left = {key: held for key, held in booth.devices.items() if key != device}
            self._booths[booth.name] = replace(booth, devices=left)
        elif kind == "challenge":
            self._booths[booth.name] = replace(booth, challenge="", allow=frozenset())

    def _answered(self, booth: str, told: Mapping[str, Any]) -> None:
        by, count, line = told.get("by", ""), told.get("count", 0), told.get("line", "")
        if isinstance(by, str) and type(count) is int and isinstance(line, str):
            well = told.get("well") is True
            self.answers.append(Answer(booth, by, count, well, line[:300]))
            del self.answers[:-MOST_ANSWERS]


def _with_state(booth: Booth, told: Mapping[str, Any], wall_s: float | None) -> Booth:
    try:
        state = State(told.get("state"))
    except ValueError:
        return booth
    if state is State.SILENT:  # nobody can say that of himself
        return booth
    version = told.get("version", booth.version)
    since_s = wall_s if wall_s is not None else _number(told.get("since"))
    if state is booth.state:
        since_s = booth.since_s
    return replace(booth, state=state, since_s=since_s, version=_word(version))


def _with_beat(booth: Booth, told: Mapping[str, Any], now_s: float) -> Booth:
    numbers = {name: value for name in _NUMBERS if (value := _number(told.get(name))) is not None}
    every_s, phase = _number(told.get("every_s")), told.get("phase", "")
    return replace(
        booth,
        numbers=numbers,
        phase=_word(phase),
        every_s=min(600.0, max(1.0, every_s)) if every_s is not None else booth.every_s,
        beat_s=now_s,
    )


def _with_device(booth: Booth, device: str, told: Mapping[str, Any]) -> Booth:
    if device not in booth.devices and len(booth.devices) >= MOST_DEVICES:
        return booth
    try:
        health = DeviceHealth(device, Health(told.get("health")), "", Reason(told.get("reason")))
    except ValueError:
        return booth
    return replace(booth, devices={**booth.devices, device: health})


def _with_challenge(booth: Booth, told: Mapping[str, Any]) -> Booth:
    challenge, allow = told.get("challenge"), told.get("allow")
    if not isinstance(challenge, str) or not isinstance(allow, list) or len(challenge) > 100:
        return booth
    allowed = frozenset(each for each in allow[:10] if isinstance(each, str))
    return replace(booth, challenge=challenge, allow=allowed)


def _urgency(booth: Booth) -> int:
    if booth.state in (State.LOST, State.SILENT):
        return 0
    if booth.troubles:
        return 1
    order = (State.STOPPED, State.OUT_OF_SERVICE, State.OPEN, State.CLOSED)
    return 2 + order.index(booth.state) if booth.state is not None else 9


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and abs(found) < 1e12 else None


def _word(value: Any) -> str:
    return value[:40] if isinstance(value, str) else ""
