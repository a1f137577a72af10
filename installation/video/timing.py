"""Frames' own times, and a steady rate that keeps to them. Pure; times in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

CLOSE = 0.75
"""Frames this share of a step apart still fall on steps of their own: files round their times."""

LONGEST_S = 60.0
"""No picture stands longer: a file with a slip in its times must not last for ever."""


def steady_fps(
    times_s: Sequence[float], average_fps: float, usual_fps: float, most: float
) -> float:
    """The rate at which every frame has a step of its own: the file's average where its frames come
    evenly, its usual one where some are left out, else what the two closest ask for.

    `times_s` rise; `most` bounds only that last one. Where fewer than two are known: the average.
    """
    gaps = [after - before for before, after in pairwise(times_s) if after > before]
    if not gaps:
        return average_fps
    if min(gaps) * average_fps >= CLOSE and max(gaps) * average_fps <= 2 - CLOSE / 2:
        return average_fps
    if min(gaps) * usual_fps >= CLOSE and usual_fps <= most:
        return usual_fps
    return max(average_fps if average_fps <= most else 0.0, min(most, 1 / min(gaps)))


def steady(
    timed: Iterable[tuple[float, T]], fps: float, last_s: Callable[[], float]
) -> Iterator[T]:
    """What comes at its own times, at `fps`: each again and again until the next is due, each at
    least once, the last for what `last_s` then says. Frames closer than a step are late; none is
    left out."""
    step = 0
    held: list[T] = []
    due_s = 0.0
    for at_s, thing in timed:
        for kept in held:
            for _ in range(max(1, round(at_s * fps) - step)):
                yield kept
                step += 1
        held, due_s = [thing], at_s
    for kept in held:
        for _ in range(max(1, round((due_s + last_s()) * fps) - step)):
            yield kept


class Clock:
    """Makes of a file's own times (None where it tells none) times that begin at 0 and rise."""

    def __init__(self, usual_s: float) -> None:
        self._usual_s = usual_s
        self._first_s = self._told_s = self._at_s = 0.0
        self._begun = False
        self.shortened_s = 0.0
        """How much standing still was left out, seconds."""

    def at(self, told_s: float | None) -> float:
        """When the next frame is to be shown, seconds after the first one."""
        if not self._begun:
            self._begun = True
            self._told_s = told_s or 0.0
            return 0.0
        step_s = self._usual_s if told_s is None else told_s - self._told_s
        if told_s is None:
            self._told_s += self._usual_s
        else:
            self._told_s = told_s
            if step_s <= 0:  # a slip, or films put one behind the other
                step_s = self._usual_s
        if step_s > LONGEST_S:
            self.shortened_s += step_s - LONGEST_S
            step_s = LONGEST_S
        self._at_s += step_s
        return self._at_s
