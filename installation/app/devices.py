"""Everything the booth is wired to."""

from __future__ import annotations

from dataclasses import dataclass

from installation.carve.panel_layout import Layout
from installation.gallery.archive import Archive
from installation.gallery.loop import GalleryLoop
from installation.interpolator.driver import Interpolator
from installation.interpolator.player import Player
from installation.panel.driver import Panel
from installation.source.driver import Source
from installation.vocabulary import Clip, DeviceHealth, Health, Reason


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices; the booth is their only user, and whoever made them closes them.

    `demo` is what plays while nobody is there and nothing was kept, `dream` what plays in
    between whatever was kept.
    """

    panel: Panel
    layout: Layout
    source: Source
    interpolator: Interpolator
    player: Player
    archive: Archive
    loop: GalleryLoop
    demo: Clip
    preview_px: tuple[int, int]
    dream: Clip | None = None

    def close(self) -> None:
        """Close all of them; the archive first finishes what was ordered."""
        self.player.close()
        self.loop.close()
        self.source.close()
        self.panel.close()
        self.archive.close()

    def health(self) -> tuple[DeviceHealth, ...]:
        """Every device's health, the net's with what last went wrong in the player."""
        net = self.interpolator.health()
        if self.player.failure:
            failure = self.player.failure
            net = DeviceHealth("net", Health.FAILING, failure, Reason.FAULT, failure)
        return (self.panel.health(), self.source.health(), net, self.archive.health())
