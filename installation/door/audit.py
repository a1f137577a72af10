"""Who did what to the gallery through the door: a line each, without addresses, and with a take's
mark instead of its name, so that what was deleted is not remembered here.

GALLERY/door/audit.jsonl
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from installation.files import write_whole

_log = logging.getLogger(__name__)

AUDIT = "audit.jsonl"
LARGEST_BYTES = 1 << 20
FOLDER_MODE, FILE_MODE = 0o700, 0o600


def take_mark(take_id: str) -> str:
    """Ten figures that stand for a take, and lead to it only for who knows its name."""
    return hashlib.sha256(take_id.encode()).hexdigest()[:10]


class Audit:
    """Writes the log in `folder`; nothing that goes wrong with it keeps anybody from anything.
    Lines older than `keep_s` go when it grows. Without a folder nothing is written."""

    def __init__(
        self,
        folder: Path | None,
        keep_s: float = 30 * 86400.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = None if folder is None else folder / AUDIT
        self._keep_s, self._clock = keep_s, clock
        self._lock = threading.Lock()

    def note(self, what: str, take_id: str = "", well: bool = True) -> None:
        """Note that something was done, to which take if to one, and whether it went well."""
        line = {"at": round(self._clock(), 3), "what": what, "well": well}
        if take_id:
            line["take"] = take_mark(take_id)
        if self._path is None:
            return
        with self._lock:
            try:
                self._write(json.dumps(line))
            except OSError as error:
                _log.warning("%s: cannot be written (%s)", self._path, error.strerror)

    def _write(self, line: str) -> None:
        assert self._path is not None
        self._path.parent.mkdir(FOLDER_MODE, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(line + "\n")
            grown = file.tell() > LARGEST_BYTES
        if grown:
            self._prune()

    def _prune(self) -> None:
        """Leave only lines that are young, and at most half of what there may be."""
        assert self._path is not None
        since_s = self._clock() - self._keep_s
        kept = [line for line in self._lines() if _at(line) >= since_s]
        text = "".join(line + "\n" for line in kept)[-LARGEST_BYTES // 2 :]
        whole = text if len(kept) < 2 else text[text.index("\n") + 1 :]
        write_whole(self._path, whole.encode(), private=True)

    def newest(self, most: int = 200) -> list[dict[str, object]]:
        """The newest lines, the newest first; what cannot be read is left out."""
        found = []
        for line in reversed(self._lines()[-most:]):
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(document, dict):
                found.append(document)
        return found

    def _lines(self) -> list[str]:
        try:
            return [] if self._path is None else self._path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []


def _at(line: str) -> float:
    try:
        return float(json.loads(line)["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0.0
