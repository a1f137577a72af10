"""What the show leaves in the machine's journal: few lines, and each one worth reading.

One at the start, one a visit, one when a device's state changes. What repeats is counted.
"""

from __future__ import annotations

import logging
import math
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from installation.experience import Experience, Phase
from installation.vocabulary import DeviceHealth, Health

_log = logging.getLogger(__name__)

SETTLED_S = 5.0
"""How long devices may take to be there before the line at the start says that they aren't."""

MOST, WITHIN_S = 6, 600.0
"""At most so many lines a device in so many seconds; further changes are counted."""


def speak_up() -> None:
    """From now on the journal's lines are written, whatever else is left out."""
    _log.setLevel(logging.INFO)


def settings_changed(now: Iterable[str], later: Iterable[str]) -> None:
    """Settings were changed while the show runs; these take effect now, those at the next start."""
    if told := ", ".join(sorted(now)):
        _log.info("settings changed: %s", told)
    if told := ", ".join(sorted(later)):
        _log.info("settings that wait for the next start: %s", told)


def house_closes(opens: datetime | None) -> None:
    """The house is closed, until it opens (by the clock on its wall), or for good."""
    _log.info("closed%s", f" until {opens:%A, %Y-%m-%d %H:%M}" if opens is not None else "")


def house_opens() -> None:
    """The house is open again."""
    _log.info("open")


@dataclass
class _Told:
    """What was last said of a device, and when lines were."""

    health: DeviceHealth
    at_s: deque[float] = field(default_factory=deque)
    unsaid: int = 0


class HealthJournal:
    """Follows the devices' health, tick by tick. `intro` begins the line at the start."""

    def __init__(self, intro: str) -> None:
        self._intro = intro
        self._since_s: float | None = None
        self._told: dict[str, _Told] = {}

    def look(self, healths: Iterable[DeviceHealth], now_s: float) -> None:
        """How the devices are at `now_s`, seconds of a steady clock."""
        healths = tuple(healths)
        if not self._told:
            self._since_s = now_s if self._since_s is None else self._since_s
            fine = all(health.health is Health.FINE for health in healths)
            if not fine and now_s - self._since_s < SETTLED_S:
                return
            self._told = {health.device: _Told(health) for health in healths}
            told = "; ".join(f"{h.device} {h.health.value}: {h.note}" for h in healths)
            _log.info("%s; %s", self._intro, told)
            return
        for health in healths:
            told_before = self._told.setdefault(health.device, _Told(health))
            if _sameness(told_before.health) != _sameness(health):
                self._tell(told_before, health, now_s)

    def _tell(self, told: _Told, health: DeviceHealth, now_s: float) -> None:
        told.health = health
        while told.at_s and now_s - told.at_s[0] > WITHIN_S:
            told.at_s.popleft()
        if len(told.at_s) >= MOST:
            told.unsaid += 1
            return
        told.at_s.append(now_s)
        more = f" (and {told.unsaid} changes that were not told)" if told.unsaid else ""
        told.unsaid = 0
        level = logging.INFO if health.health is Health.FINE else logging.WARNING
        _log.log(level, "%s %s: %s%s", health.device, health.health.value, health.note, more)


def _sameness(health: DeviceHealth) -> tuple[Health, str]:
    """What has to differ for a line: of a device that is fine, only that it is; else its note
    too, but for numbers and what was before."""
    if health.health is Health.FINE:
        return health.health, ""
    return health.health, re.sub(r"\d+", "", health.note.partition(" (failed ")[0])


class VisitJournal:
    """Follows the visits; one line when one is over."""

    def __init__(self) -> None:
        self._began_s = -math.inf
        self._carve_s: float | None = None
        self._carved_s = 0.0
        self._ended = ""

    def see(self, before: Experience, after: Experience, now_s: float) -> None:
        """The experience before and after an event."""
        if after.phase is before.phase and after.visit == before.visit:
            return
        if before.phase is Phase.CARVE and self._carve_s is not None:
            self._carved_s += now_s - self._carve_s
        self._carve_s = now_s if after.phase is Phase.CARVE else None
        if before.phase is not Phase.ATTRACT and (
            after.phase is Phase.ATTRACT or after.visit != before.visit
        ):
            self._end(before, now_s)
        if after.visit != before.visit:
            self._began_s, self._carved_s, self._ended = now_s, 0.0, ""

    def not_filmed(self, visit: int, why: str) -> None:
        """No clip came of it."""
        _log.warning("visit %d: not filmed: %s", visit, why or "no reason was given")

    def kept(self, visit: int, current: int, take_id: str) -> None:
        """A take is kept; it may be that of a visit that is over."""
        self._answered(visit, current, f"kept {take_id}")

    def not_kept(self, visit: int, current: int, why: str) -> None:
        """A take, or a still, could not be kept."""
        self._answered(visit, current, f"not kept: {why}", logging.WARNING)

    def _answered(self, visit: int, current: int, told: str, level: int = logging.INFO) -> None:
        if visit == current and level == logging.INFO:
            self._ended = told
        else:
            _log.log(level, "visit %d: %s", visit, told)

    def _end(self, last: Experience, now_s: float) -> None:
        carved = f", carved {self._carved_s:.0f} s" if self._carved_s else ""
        told = self._ended or f"left in {last.phase.value}"
        _log.info("visit %d: %.0f s%s, %s", last.visit, now_s - self._began_s, carved, told)
