"""Everything the booth is wired to."""

from __future__ import annotations

from dataclasses import dataclass

from installation.carve.layout import Layout
from installation.gallery.archive import Archive
from installation.gallery.loop import GalleryLoop
from installation.interpolator.driver import Interpolator
from installation.interpolator.player import Player
from installation.panel.driver import Panel
from installation.source.driver import Source
from installation.vocabulary import Clip, DeviceHealth, Health


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices; the booth is their only user, and whoever made them closes them."""

    panel: Panel
    layout: Layout
    source: Source
    interpolator: Interpolator
    player: Player
    archive: Archive
    loop: GalleryLoop
    demo: Clip
    preview_px: tuple[int, int]

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
            net = DeviceHealth("net", Health.FAILING, self.player.failure)
        return (self.panel.health(), self.source.health(), net, self.archive.health())
