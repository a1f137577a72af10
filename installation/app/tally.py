"""What the statistics count of a visit: how far it came, and what was carved; nothing personal."""

from __future__ import annotations

from collections.abc import Callable

from installation.experience import Experience, Notice, Phase
from installation.vocabulary import Net

Count = Callable[[str, float], None]


class Tally:
    """Follows the visits, event by event; `count` is told of something, and how much. Without it
    nothing is counted."""

    def __init__(self, count: Count | None) -> None:
        self._count = count
        self._carve_s = 0.0

    def shared(self) -> None:
        """A visitor said yes to others, too."""
        if self._count is not None:
            self._count("shares", 1.0)

    def see(self, before: Experience, after: Experience, net: Net, now_s: float) -> None:
        """The experience before and after an event, and the net as it stands."""
        count = self._count
        if count is None or (after.phase is before.phase and after.visit == before.visit):
            return
        if after.visit != before.visit:
            count("visits", 1.0)
        if after.phase is not before.phase and after.phase is not Phase.ATTRACT:
            count(f"phase {after.phase.value}", 1.0)
        if after.phase is Phase.CARVE:
            self._carve_s = now_s
        elif before.phase is Phase.CARVE:
            count("carve seconds", max(0.0, now_s - self._carve_s))
            for cut in net.carve.cuts:
                count(f"operation {cut.operation.value}", 1.0)
                count(f"layer {cut.site}", 1.0)
            for step in net.rack:
                if step.amount > 0:
                    count(f"tool {step.tool}"[:80], 1.0)
        if after.phase is Phase.GALLERY and after.notice is Notice.SAVING:
            count("keeps", 1.0)
        if before.phase is Phase.INVITE and after.dreams:
            count("dreams", 1.0)
