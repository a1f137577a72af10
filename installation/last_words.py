"""Why the show ended, left where the out-of-service screen finds it.

A small file in the service's runtime directory (`$RUNTIME_DIRECTORY`, which systemd makes); where
there is none, nothing is left. Its codes are those of the handbook's table.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from installation.files import write_whole

FILE = "last-words.json"


class Outage(IntEnum):
    """What a show may end of; the number is what the screen shows and the handbook explains."""

    SETTINGS = 10
    MODEL = 20
    GALLERY = 30
    SCREEN = 40
    DEVICES = 50
    MEMORY = 60
    HANGS = 70
    FAULT = 80
    WITHOUT_A_WORD = 90


@dataclass(frozen=True, slots=True)
class LastWords:
    """Why it ended, in one line for the journal, and when (seconds since the epoch)."""

    outage: Outage
    line: str = ""
    at_s: float = 0.0


def runtime_file(name: str) -> Path | None:
    """A file in the service's runtime directory; None where there is none."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    return Path(folder) / name if folder else None


def leave(outage: Outage, line: str) -> None:
    """Leave last words, instead of any that are there. That it cannot is no further trouble."""
    path = runtime_file(FILE)
    if path is None:
        return
    text = json.dumps({"code": int(outage), "line": line, "at_s": time.time()})
    with contextlib.suppress(OSError):
        write_whole(path, text.encode())


def forget() -> None:
    """Nothing is wrong, or not any more."""
    path = runtime_file(FILE)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


def heard() -> LastWords:
    """The last words that are there; `Outage.WITHOUT_A_WORD` if there are none that can be read."""
    path = runtime_file(FILE)
    try:
        known = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
        return LastWords(Outage(known["code"]), str(known["line"]), float(known["at_s"]))
    except (OSError, ValueError, KeyError, TypeError):
        return LastWords(Outage.WITHOUT_A_WORD)


@contextlib.contextmanager
def blamed_on(outage: Outage) -> Iterator[None]:
    """What goes wrong in here is an outage of this kind, unless an inner block knows better."""
    try:
        yield
    except Exception as error:
        if not isinstance(getattr(error, "outage", None), Outage):
            error.outage = outage  # type: ignore[attr-defined]
        raise


@contextlib.contextmanager
def leaving_last_words() -> Iterator[None]:
    """Leave last words if this ends by an error; forget those of the show before as it begins,
    so that one that is killed is not said to have ended of something old."""
    forget()
    try:
        yield
    except Exception as error:
        outage = getattr(error, "outage", None)
        if isinstance(error, MemoryError):
            outage = Outage.MEMORY
        leave(outage if isinstance(outage, Outage) else Outage.FAULT, f"{error}")
        raise
