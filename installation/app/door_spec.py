"""What the door's own process is started with. Light: the show needs no web to start it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from installation.alert_settings import AlertSettings
from installation.settings import Settings

DOOR = "door"
"""The door's own folder in a gallery."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What the process is started with. `talk` is the socket to the show, -1 without one; with
    `exact` no other port will do; `words` is the operator's own folder of words, "" for none."""

    folder: str
    port: int
    host: str = ""
    address: str = ""
    title: str = "UGly-Net"
    keep_days: float = 30.0
    words: str = ""
    talk: int = -1
    exact: bool = False
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Spec:
        """As the settings say, without a show."""
        door, words = settings.door, settings.screen.words
        return cls(
            str(settings.gallery.folder),
            door.port,
            address=door.address,
            title=settings.screen.title,
            keep_days=settings.gallery.keep_days,
            words=str(words) if words else "",
            # A command line is no place for what a webhook's address or a topic gives away.
            settings=TypeAdapter(Settings).dump_python(
                replace(settings, alerts=AlertSettings()), mode="json"
            ),
        )

    def command(self) -> list[str]:
        """The command line of a process with this."""
        text = json.dumps(asdict(self))
        return [sys.executable, "-m", "installation.app.door_process", text]
