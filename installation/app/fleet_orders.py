"""What a commander of the fleet's may have done here: by the same functions as the operators' page,
and written into the same log."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from installation.app.door_spec import DOOR
from installation.door.audit import Audit
from installation.fleet_watch.commands import (
    OUT_OF_SERVICE,
    Challenges,
    Command,
    Counts,
    Rules,
    answer_document,
)
from installation.live_settings.change import Refused, SettingsChanged
from installation.settings import Settings
from installation.vocabulary import UglyError

_log = logging.getLogger(__name__)

BEATS = "beats"
"""The folder in a gallery in which a booth remembers what it told and heard."""

REFUSALS, WITHIN_S = 20, 60.0
"""So many refusals in so many seconds are answered and written down; more are only counted."""

Change = Callable[[Mapping[str, object]], SettingsChanged | Refused]


class FleetOrders:
    """Judges commands and carries them out; used by one thread. `clock` is steady, `wall_clock` in
    seconds since the epoch."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float], wall_clock: Callable[[], float]
    ) -> None:
        fleet, folder = settings.fleet, settings.gallery.folder
        self.rules = Rules(fleet.name, fleet.commanders, fleet.allow)
        self.challenges = Challenges(clock)
        self.change: Change | None = None
        """How the show's settings are changed; set by who runs the show."""
        self.restart: Callable[[], None] | None = None
        """How the show ends and begins anew; set by who runs it."""
        self._clock, self._wall_clock = clock, wall_clock
        self._counts = Counts(folder / BEATS / "counts.json")
        self._audit = Audit(folder / DOOR, settings.gallery.keep_days * 86400, wall_clock)
        self._refused_s = deque[float](maxlen=REFUSALS)

    def challenge(self) -> dict[str, Any]:
        """What a command must quote now, and what may be commanded."""
        return {"challenge": self.challenges.good()[0], "allow": sorted(self.rules.allow)}

    def obey(self, payload: bytes, answer: Callable[[dict[str, Any]], None]) -> None:
        """Do what these bytes ask, if they may; `answer` is given what became of it."""
        now_s = self._wall_clock()
        try:
            command = self.rules.command(payload, self.challenges.good(), self._counts.read())
            self._counts.note(command.by, command.count)
        except UglyError as error:
            if self._may_refuse():
                self._audit.note(f"fleet command refused: {error}", well=False)
                _log.warning("a command of the fleet's was refused: %s", error)
                answer(answer_document(False, f"refused: {error}", now_s, payload))
            return
        wanted = command.wanted
        what = wanted.do.replace("_", " ")
        if wanted.do == OUT_OF_SERVICE:
            what = f"{what} {'on' if wanted.on else 'off'}"
            line = self._out_of_service(wanted.on)
        else:
            line = "" if self.restart is not None else "this show cannot be restarted from here"
        self._audit.note(f"fleet {what} (by {command.by[:8]})", well=not line)
        _log.warning("the fleet's %s: %s%s", command.by[:8], what, f": {line}" if line else "")
        answer(answer_document(not line, line or _done(command, what), now_s, payload))
        if wanted.do != OUT_OF_SERVICE and self.restart is not None:
            self.restart()

    def _out_of_service(self, on: bool) -> str:
        if self.change is None:
            return "the show is just starting"
        outcome = self.change({"screen.out_of_service": on})
        if isinstance(outcome, SettingsChanged):
            return ""
        return "; ".join(f"{key}: {said}" for key, said in outcome.errors.items())

    def _may_refuse(self) -> bool:
        now_s, held = self._clock(), self._refused_s
        if len(held) == REFUSALS and now_s - held[0] < WITHIN_S:
            return False
        held.append(now_s)
        return True


def _done(command: Command, what: str) -> str:
    return f"{command.wanted.to}: {what}"


def beats_folder(settings: Settings) -> Path:
    """Where a booth remembers what it told and heard."""
    return settings.gallery.folder / BEATS
