"""The drone beside the picture: it follows the visitor's net while there is one to hear."""

from __future__ import annotations

from dataclasses import replace

from installation.experience import Phase
from installation.settings import SoundSettings
from installation.show.audio.drone import energies
from installation.show.audio.loudspeaker import Loudspeaker
from installation.show.view_model import View
from installation.vocabulary import Carve, Site

CARVING = (Phase.INVITE, Phase.CARVE, Phase.DECIDE)
"""The phases in which the visitor's net is heard."""


class Sound:
    """A loudspeaker with a voice for every site."""

    def __init__(self, settings: SoundSettings, sites: tuple[Site, ...]) -> None:
        self._names = tuple(site.name for site in sites)
        self.loudspeaker = Loudspeaker(max(1, len(sites)), settings.level_db)

    def follow(self, view: View) -> View:
        """Let the drone follow the view's net; the view with the loudspeaker's health."""
        carve = view.net.carve if view.experience.phase in CARVING else Carve()
        if self._names:
            self.loudspeaker.follow(energies(carve, self._names, view.xray))
        return replace(view, health=(*view.health, self.loudspeaker.health()))

    def set_level(self, level_db: float) -> None:
        """The loudest it may be from now on, in dB of full scale."""
        self.loudspeaker.set_level(level_db)

    def close(self) -> None:
        self.loudspeaker.close()
