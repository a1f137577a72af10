"""The settings file, looked at while the show runs: what was saved there takes effect by itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from installation.live_settings.change import Refused, SettingsChanged
from installation.settings import Settings
from installation.vocabulary import UglyError
from installation.worker import Worker

LOOK_EVERY_S = 2.0

_log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


class SettingsFile:
    """Follows a settings file on a thread of its own. `read` reads it anew, `adopt` makes it the
    show's; a file that is wrong is told once, and changes nothing."""

    def __init__(
        self,
        path: Path,
        read: Callable[[], Settings],
        adopt: Callable[[Settings], SettingsChanged | Refused],
    ) -> None:
        self._path, self._read, self._adopt = path, read, adopt
        self._seen = self._coming = self._stamp()
        self._worker = Worker("settings file", self._run)

    def look(self) -> None:
        """Adopt the file if it changed, once two looks on end see it the same: editors empty a file
        and then write it, and half of one may be settings, too. An empty one is none."""
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:  # gone for a moment, while it is replaced
            return
        settled, self._coming = stamp == self._coming, stamp
        if not settled or not stamp[1]:
            return
        self._seen = stamp
        try:
            changed = self._adopt(self._read())
        except UglyError as error:
            _log.warning("settings: nothing is changed: %s", error)
            return
        if isinstance(changed, Refused):
            for key, said in changed.errors.items():
                _log.warning("settings: nothing is changed: %s: %s", key, said)

    def close(self) -> None:
        """Look no more."""
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def _stamp(self) -> Stamp | None:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size, state.st_ino
