"""When ticks are due, and how late they came."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

_LONGEST = 1000
"""The most ticks that are told of as missed at once: a machine may have been suspended."""


class Metronome:
    """Ticks due every `spacing_s` (above 0) from `due_s` on, on a steady clock in seconds.

    A tick that was missed is not made up for: the next one is due in step, in the future, so
    that one slow picture delays those it overlapped and no other.
    """

    def __init__(self, spacing_s: float, due_s: float) -> None:
        self.spacing_s, self.due_s = spacing_s, due_s

    def begin(self, now_s: float) -> tuple[float, ...]:
        """A tick begins. How late (seconds) it is for each tick that was due up to now: for its
        own, and for those that were missed meanwhile; never empty, the latest first."""
        late_s = now_s - self.due_s
        count = max(1, math.floor(late_s / self.spacing_s) + 1)
        if self.due_s + count * self.spacing_s <= now_s:  # rounded down
            count += 1
        self.due_s += count * self.spacing_s
        return tuple(late_s - number * self.spacing_s for number in range(min(count, _LONGEST)))


@dataclass
class Lateness:
    """How late ticks were, and how long their parts took, in seconds; for the bench.

    `late_s` has one entry for every tick that was due, those that were missed included: from
    then until the tick that came for it began. `apart_s` is the same less what the flip before
    may have kept it. `worked_s` is all of a tick but the flip, `cpu_s` the processor's time in
    it, whatever else the machine does, and `judged_s` the flash governor's part.
    """

    late_s: list[float] = field(default_factory=list)
    apart_s: list[float] = field(default_factory=list)
    worked_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    judged_s: list[float] = field(default_factory=list)
    flipped_s: list[float] = field(default_factory=list)

    def begins(self, late_s: tuple[float, ...]) -> None:
        """A tick begins, this late for each that was due (see `Metronome.begin`)."""
        flip_s = self.flipped_s[-1] if self.flipped_s else 0.0
        self.late_s += late_s
        self.apart_s += (max(0.0, late - flip_s) for late in late_s)
