"""The settings in use: one frozen snapshot that every part reads through."""

from __future__ import annotations

from dataclasses import dataclass

from installation.settings import Settings


@dataclass
class InUse:
    """Holds the snapshot of this tick; only the show replaces it, between two ticks."""

    now: Settings

    @property
    def out_of_service(self) -> bool:
        """Whether it is out of service: no hand is heard but the operator's."""
        return self.now.screen.out_of_service
