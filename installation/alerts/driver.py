"""The seam of every way an alert takes: a webhook, a mail server, an MQTT broker and a folder are
equals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class Kind(str, Enum):
    """What an alert is about."""

    TROUBLE = "trouble"
    WELL = "well"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Alert:
    """What is told: a `title` in one line, and a `text` in plain words. `device` is what it is
    about ("" for all of it), `at_s` when it was, in seconds since the epoch. Nothing in it names a
    take, or anything of a visitor's."""

    kind: Kind
    title: str
    text: str
    device: str = ""
    at_s: float = 0.0

    def document(self) -> dict[str, Any]:
        """The same for programs, to be written as JSON."""
        return {
            "kind": self.kind.value,
            "title": self.title,
            "text": self.text,
            "device": self.device,
            "at": round(self.at_s),
        }


class Messenger(Protocol):
    """One way an alert takes. Called in the post's own thread: it may wait, for seconds."""

    name: str

    def send(self, alert: Alert) -> None:
        """Send it. Raises UglyError, in one line that says what to mend, if it did not arrive."""
