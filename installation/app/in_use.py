"""What is in use: one frozen snapshot of the settings that every part reads through, and whether
the house is closed."""

from __future__ import annotations

from dataclasses import dataclass

from installation.settings import Settings


@dataclass
class InUse:
    """Holds the snapshot of this tick; only the show replaces it, between two ticks. While it is
    `asleep` the house is closed: no hand begins a visit, and nothing plays."""

    now: Settings
    asleep: bool = False

    @property
    def out_of_service(self) -> bool:
        """Whether it is out of service: no hand is heard but the operator's."""
        return self.now.screen.out_of_service
