"""What stays wrong, told once; that it is over, told once; each day, summed up. Pure: times come
from the caller, in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from installation.vocabulary import DeviceHealth, Health

SETTLED_S = 60.0
"""How long a device must be fine until it counts as well again: what comes and goes is wrong."""


@dataclass
class _Watched:
    """A device: since when it is ill, and last was; whether that was told."""

    ill_since_s: float
    ill_s: float
    health: DeviceHealth
    told: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A device that stays wrong, or is well again, since so many seconds."""

    health: DeviceHealth
    well: bool
    since_s: float


@dataclass
class Watchman:
    """Follows the devices; what is ill for `after_s` is told, and once it is over, that."""

    after_s: float
    _ill: dict[str, _Watched] = field(default_factory=dict)

    def look(self, healths: Iterable[DeviceHealth], now_s: float) -> tuple[Change, ...]:
        """The devices at `now_s`; what there is to tell."""
        changes: list[Change] = []
        for health in healths:
            held = self._ill.get(health.device)
            if health.health is not Health.FINE:
                if held is None:
                    held = self._ill[health.device] = _Watched(now_s, now_s, health)
                held.ill_s, held.health = now_s, health
                if not held.told and now_s - held.ill_since_s >= self.after_s:
                    held.told = True
                    changes.append(Change(health, False, now_s - held.ill_since_s))
            elif held is not None and now_s - held.ill_s >= SETTLED_S:
                del self._ill[health.device]
                if held.told:
                    changes.append(Change(health, True, now_s - held.ill_since_s))
        return tuple(changes)

    def still_ill(self) -> tuple[DeviceHealth, ...]:
        """What has been told and is not over."""
        return tuple(held.health for held in self._ill.values() if held.told)


@dataclass
class Day:
    """What a day is summed up of."""

    visits: int = 0
    kept: int = 0
    lost: int = 0
    """How many takes could not be kept."""

    troubles: int = 0
