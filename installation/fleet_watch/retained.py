"""What a broker keeps of a booth: brought to what holds, also what an earlier start left there.

BEATS/topics.json lists the topics that were told, so that one that no longer holds (a device that
is not there any more, an introduction that is no longer wanted, another name) is cleared, even by
the start after.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from installation.files import write_whole
from installation.fleet_watch.topics import Said

_log = logging.getLogger(__name__)
MOST = 500


class Retained:
    """Follows what should be kept, and says what changes that. `file` is the list."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._listed = _read(file)
        self._told: dict[str, bytes] = {}
        self._doubted = True

    def forget(self) -> None:
        """The broker may be another, or know nothing any more: all is to be said again."""
        self._told, self._doubted = {}, True

    def bring(self, wanted: Mapping[str, bytes], say: Callable[[Said], bool]) -> bool:
        """Say what is not yet as `wanted` (topic: payload); whether all of it is said."""
        stale = (self._listed if self._doubted else set(self._told)) - set(wanted)
        self._list(self._listed | set(wanted))
        for topic in sorted(stale):
            if not say(Said(topic, b"", 1, retain=True)):
                return False
            self._told.pop(topic, None)
            self._list(self._listed - {topic})
        for topic, payload in wanted.items():
            if self._told.get(topic) == payload:
                continue
            if not say(Said(topic, payload, 1, retain=True)):
                return False
            self._told[topic] = payload
        self._doubted = False
        return True

    def _list(self, topics: set[str]) -> None:
        if topics == self._listed:
            return
        self._listed = topics
        try:
            self._file.parent.mkdir(0o700, parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(sorted(topics)).encode())
        except OSError as error:  # then something stale may stay at the broker, no more
            _log.warning("%s: cannot be written (%s)", self._file, error.strerror)


def _read(file: Path) -> set[str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return set()
    if not isinstance(found, list):
        return set()
    return {topic for topic in found[:MOST] if isinstance(topic, str) and topic}
