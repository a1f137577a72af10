"""Whether a new release may stay: pure, over looks at its service.

A release stays once its show has been up for ten minutes on end: one and the same run of it, looked
at often enough to be sure. It goes when it fails, is started too often, takes the machine down with
it, or has not managed ten good minutes within three quarters of an hour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

HEALTHY_S = 600.0
"""How long on end it must be well, in seconds."""

GIVE_UP_S = 2700.0
"""How long it may try; loading a net on a slow machine alone may take a quarter of an hour."""

GAP_S = 30.0
"""Looks further apart than this say nothing of the time between them."""

MOST_RUNS = 3
"""A third start may still be chance; a fourth isn't."""

MOST_BOOTS = 3
"""How often the machine may be started during a trial: somebody pulls the plug, twice."""


@dataclass(frozen=True, slots=True)
class Look:
    """The service, seen at `at_s` (seconds, of a clock that never goes back).

    `run` names this run of it, "" for none. `up` is whether the show has said that it is, with its
    first picture; `failed` whether it has been given up (the screen says "back soon").
    """

    at_s: float
    run: str
    up: bool
    failed: bool = False


class Verdict(str, Enum):
    """What is to be done with the release."""

    WAIT = "wait"
    STAYS = "stays"
    GOES = "goes"


@dataclass(frozen=True, slots=True)
class Trial:
    """What was seen of a release on trial since this machine's start; `boots` counts those."""

    began_s: float
    boots: int = 1
    well_since_s: float | None = None
    seen_s: float | None = None
    run: str = ""
    runs: int = 0
    verdict: Verdict = Verdict.WAIT
    why: str = ""

    @property
    def well_s(self) -> float:
        """How long it has been well on end, in seconds."""
        if self.well_since_s is None or self.seen_s is None:
            return 0.0
        return self.seen_s - self.well_since_s


def looked(trial: Trial, look: Look) -> Trial:
    """The trial after one more look; a verdict that was reached stays."""
    if trial.verdict is not Verdict.WAIT:
        return trial
    new_run = bool(look.run) and look.run != trial.run
    late = trial.seen_s is not None and look.at_s - trial.seen_s > GAP_S
    since = trial.well_since_s
    if not look.up:
        since = None
    elif since is None or new_run or late:
        since = look.at_s
    trial = replace(
        trial,
        well_since_s=since,
        seen_s=look.at_s,
        run=look.run or trial.run,
        runs=trial.runs + new_run,
    )
    return _judged(trial, look)


def _judged(trial: Trial, look: Look) -> Trial:
    if trial.boots > MOST_BOOTS:
        return _goes(trial, f"the machine was started {trial.boots} times during its trial")
    if look.failed:
        return _goes(trial, "it ended again and again, and was given up")
    if trial.runs > MOST_RUNS:
        return _goes(trial, f"it had to be started {trial.runs} times")
    if trial.well_s >= HEALTHY_S:
        return replace(trial, verdict=Verdict.STAYS, why=f"well for {HEALTHY_S / 60:.0f} minutes")
    if look.at_s - trial.began_s >= GIVE_UP_S:
        return _goes(trial, f"not well for ten minutes on end within {GIVE_UP_S / 60:.0f}")
    return trial


def _goes(trial: Trial, why: str) -> Trial:
    return replace(trial, verdict=Verdict.GOES, why=why)
