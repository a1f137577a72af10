"""Which knobs of a panel turn, and which turn the wrong way, once each was turned to its right
end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

MOVED = 0.25
"""How much of its travel a knob must have gone to have been turned."""

END = 0.15
"""How near an end it must rest, as a share of its travel."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What was seen of every knob: its least, its most, and where it is, each 0..1."""

    least: tuple[float, ...] = ()
    most: tuple[float, ...] = ()
    now: tuple[float, ...] = ()

    def seen(self, knobs: Sequence[float]) -> Turned:
        """With one more look at the knobs."""
        if len(knobs) != len(self.now):
            return Turned(tuple(knobs), tuple(knobs), tuple(knobs))
        return replace(
            self,
            least=tuple(map(min, self.least, knobs)),
            most=tuple(map(max, self.most, knobs)),
            now=tuple(knobs),
        )

    @property
    def silent(self) -> tuple[int, ...]:
        """The knobs that have not been turned: loose, missing, or forgotten."""
        return tuple(
            knob
            for knob, (least, most) in enumerate(zip(self.least, self.most, strict=True))
            if most - least < MOVED
        )

    @property
    def reversed(self) -> tuple[int, ...]:
        """The knobs that were turned, and rest at the wrong end now that all are at their right."""
        silent = self.silent
        return tuple(knob for knob, at in enumerate(self.now) if knob not in silent and at <= END)
