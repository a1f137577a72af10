"""The show's part of the fleet: looks now and then, on a thread of its own, for takes to send and
to take up."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from installation.fleet.alone import show_runs
from installation.fleet.carriage import arrange, hurry
from installation.fleet.look import Fleet
from installation.fleet.looked import Looked, note_look
from installation.fleet.place import Place
from installation.fleet.syncthing_home import read_home
from installation.fleet.syncthing_rest import NotRunningError
from installation.settings import Settings
from installation.vocabulary import UglyError
from installation.worker import Worker

LOOK_EVERY_S = 10.0
NOTE_EVERY_S = 60.0
"""How often what was found is written down though nothing has changed, and how often Syncthing is
asked whether it carries what it is to."""

_log = logging.getLogger(__name__)


def _nobody(take_id: str) -> None:
    """Nobody shows takes here."""


class Travel:
    """Looks at the fleet of the settings. `forget` is told of takes that are gone, which nobody is
    to show any more, `welcome` of those that came. With `while_alone` it looks only while no show
    runs on the gallery."""

    def __init__(
        self,
        settings: Settings,
        forget: Callable[[str], None] = _nobody,
        welcome: Callable[[str], None] = _nobody,
        *,
        while_alone: bool = False,
    ) -> None:
        assert settings.fleet.folder is not None
        self._place = Place(settings.fleet.folder)
        self._while_alone = while_alone
        self._settings, self._forget, self._welcome = settings, forget, welcome
        self._fleet: Fleet | None = None
        self._last: Looked | None = None
        self._noted_s = float("-inf")
        self._trouble = ""
        self._worker = Worker("fleet", self._run, within_s=60.0)

    def look(self, alive: Callable[[], object]) -> Looked | None:
        """Look once; None if that could not be done. `alive` is called now and then."""
        try:
            if self._fleet is None:
                self._fleet = Fleet(
                    self._place,
                    self._settings.gallery.folder,
                    self._settings.fleet.most,
                    alive=alive,
                )
            looked = self._fleet.look()
        except UglyError as error:
            self._tell(str(error))
            return None
        for take in looked.removed:
            self._forget(take)
        for take in looked.imported:
            self._welcome(take)
        self._tell(looked.trouble[0] if looked.trouble else "")
        self._note(looked, self._fleet)
        return looked

    def close(self) -> None:
        """Look no more."""
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        while True:
            looked = None
            if not (self._while_alone and show_runs(self._settings.gallery.folder)):
                looked = self.look(stop.is_set)  # who looks at it shows that it lives
            more = looked is not None and looked.more
            if stop.wait(0.05 if more else LOOK_EVERY_S):
                return

    def _tell(self, line: str) -> None:
        if line and line != self._trouble:
            _log.warning("fleet: %s", line)
        self._trouble = line

    def _note(self, looked: Looked, fleet: Fleet) -> None:
        """Write down what was found, and have Syncthing carry what it must: at once where that has
        changed."""
        now_s = time.monotonic()
        if not looked.touched and looked == self._last and now_s - self._noted_s < NOTE_EVERY_S:
            return
        self._last, self._noted_s = looked, now_s
        with contextlib.suppress(OSError):
            note_look(self._place.last_look, looked, time.time())
        if not (self._place.syncthing / "config.xml").exists():
            return
        try:
            home = read_home(self._place.syncthing)
            arrange(home.talk(), home.device, self._place, fleet.joined, fleet.members)
            hurry(home.talk(), fleet.joined, looked.touched)
        except NotRunningError:  # its service starts it; `uglynet fleet status` says so
            self._noted_s = float("-inf")  # asked again at the next look
        except (UglyError, OSError) as error:
            _log.warning("fleet: %s", error)
