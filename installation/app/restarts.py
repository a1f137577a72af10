"""Whether a show that ended is started again: what systemd does for a kiosk, for one without it.

Pure: times are seconds of a clock that never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST, WITHIN_S = 6, 300.0
"""After so many ends in so many seconds it is out of service for a while."""

PAUSE_S = 3.0
AGAIN_S = 600.0
"""How long it is out of service, in seconds, before it is tried anew."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """When the show ended of something, lately."""

    ended_s: tuple[float, ...] = ()

    def ended(self, now_s: float) -> Restarts:
        """With one more end."""
        return Restarts((*(at for at in self.ended_s if now_s - at < WITHIN_S), now_s))

    @property
    def out_of_service(self) -> bool:
        """Whether it ended too often to be started again at once."""
        return len(self.ended_s) >= MOST
