"""Every worker's age and state in one place, and what they mean for a device's health.

A driver knows what its device says; whether the driver's own thread still lives, only its beats
tell. Health, the watchdog and whatever counts things ask here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from installation.vocabulary import DeviceHealth, Health, Reason
from installation.worker import WorkerState, workers

_log = logging.getLogger(__name__)


def states() -> tuple[WorkerState, ...]:
    """How every worker of this process is, in the order they were made."""
    return tuple(worker.state() for worker in workers())


def hangs(state: WorkerState, by_s: float = 0.0) -> bool:
    """Whether its beat is older than it may be, by more than `by_s` seconds, though nobody asked it
    to stop."""
    return not state.asked_to_stop and state.age_s > state.within_s + by_s


def trouble(state: WorkerState) -> tuple[Reason, str]:
    """What is wrong with a worker now, in one plain line; `Reason.NONE` and "" if nothing is."""
    if state.failure:
        return Reason.FAULT, state.failure
    if state.asked_to_stop:
        return Reason.NONE, ""
    if not state.running:
        return Reason.FAULT, f"its thread ({state.name}) has ended"
    if hangs(state):
        line = f"hangs: its thread ({state.name}) has not moved for {state.age_s:.0f} s"
        return Reason.HANGS, line
    return Reason.NONE, ""


def judged(
    healths: Iterable[DeviceHealth], seen: Sequence[WorkerState]
) -> tuple[DeviceHealth, ...]:
    """The devices' own healths, made worse where a device's worker hangs, ended or fails."""
    return tuple(_judged(health, seen) for health in healths)


def _judged(health: DeviceHealth, seen: Sequence[WorkerState]) -> DeviceHealth:
    for state in seen:
        if state.device != health.device:
            continue
        reason, line = trouble(state)
        if line:
            return replace(health, health=Health.FAILING, note=line, reason=reason, about=line)
    return health


@dataclass
class _Past:
    """How a device was: how often it stopped being fine, when last (wall clock), and why."""

    was_fine: bool = False
    failures: int = 0
    last_s: float = 0.0
    why: str = ""


class Supervision:
    """Judges devices by what they say and by their workers, and remembers when each last failed.

    `look` gives the workers' states; `wall_clock` seconds since the epoch. Devices that were
    never fine yet have not failed: they are missing, or start.
    """

    def __init__(
        self,
        wall_clock: Callable[[], float] = time.time,
        look: Callable[[], Sequence[WorkerState]] = states,
    ) -> None:
        self._wall_clock, self._look = wall_clock, look
        self._past: dict[str, _Past] = {}

    def judge(self, healths: Iterable[DeviceHealth]) -> tuple[DeviceHealth, ...]:
        """How the devices are now; one that failed before says in its note how often and when."""
        return tuple(self._remembered(health) for health in judged(healths, self._look()))

    def _remembered(self, health: DeviceHealth) -> DeviceHealth:
        past = self._past.setdefault(health.device, _Past())
        fine = health.health is Health.FINE
        if past.was_fine and not fine:
            past.failures += 1
            past.last_s, past.why = self._wall_clock(), health.note
        past.was_fine = fine
        if not past.failures:
            return health
        often = "once" if past.failures == 1 else f"{past.failures} times"
        at = time.strftime("%H:%M:%S", time.localtime(past.last_s))
        why = f": {past.why}" if fine else ""
        return replace(health, note=f"{health.note} (failed {often}, last at {at}{why})")


def stragglers() -> tuple[str, ...]:
    """The names of the workers that were asked to stop and have not ended."""
    return tuple(state.name for state in states() if state.asked_to_stop and state.running)


def leave_if_stuck(status: int) -> None:
    """End the process here if a worker will not: an interpreter that is taken down under a
    native call ends by SIGSEGV or SIGABRT. Everything that is to be kept must be kept by now."""
    stuck = stragglers()
    if not stuck:
        return
    _log.error("ending without waiting any longer for: %s", ", ".join(stuck))
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # If the reader went away, nothing is to be told any more.
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
