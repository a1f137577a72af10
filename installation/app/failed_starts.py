"""Starts of the show that came to no good end, lately.

Alerts live in the show: one that ends again and again would tell nobody. So it tells at its next
start, before anything is opened. Noted in the service's runtime directory, as its last words are.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from installation.alerts.driver import Alert, Kind
from installation.alerts.post import Post
from installation.alerts.ways import messengers
from installation.files import write_whole
from installation.last_words import LastWords, runtime_file
from installation.settings import Settings
from installation.show.words import Words
from installation.vocabulary import Health

FILE = "starts.json"
MOST, WITHIN_S = 3, 3600.0
"""So many bad ends within so many seconds are told, and not again for as long."""

TRIED_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Starts:
    """When shows began that have not ended well, and when that was told last (seconds since the
    epoch)."""

    began_s: tuple[float, ...] = ()
    told_s: float = 0.0


def _read(file: Path) -> Starts:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        return Starts(tuple(float(at) for at in known["began_s"]), float(known["told_s"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Starts()


def _write(file: Path, starts: Starts) -> None:
    with contextlib.suppress(OSError):
        write_whole(file, json.dumps(asdict(starts)).encode())


def begins(now_s: float) -> int:
    """The show begins. How many before it came to no good end within the hour, if that is to be
    told now; else 0."""
    if (file := runtime_file(FILE)) is None:
        return 0
    known = _read(file)
    lately = tuple(at for at in known.began_s if 0 <= now_s - at < WITHIN_S)
    told_lately = 0 <= now_s - known.told_s < WITHIN_S
    tells = len(lately) >= MOST and not told_lately
    _write(file, Starts((*lately, now_s), now_s if tells else known.told_s))
    return len(lately) if tells else 0


def ended_well() -> None:
    """The show ended because somebody asked for it: that start was none of the bad ones."""
    if (file := runtime_file(FILE)) is not None:
        known = _read(file)
        _write(file, Starts(known.began_s[:-1], known.told_s))


@contextlib.contextmanager
def noted(settings: Settings, words: Words, last: LastWords) -> Iterator[None]:
    """While the show runs: its start is noted, and whoever gets alerts is told if those before it
    ended badly; `last` are the last words of the one before."""
    post: Post | None = None
    ways = messengers(settings.alerts)
    if (failed := begins(time.time())) and ways:  # without any, nobody is to be waited for
        title = words("alert.again", name=settings.alerts.name)
        line = words("alert.again_line", count=str(failed), code=str(int(last.outage)))
        post = Post(ways)
        post.give(Alert(Kind.TROUBLE, title, line, at_s=time.time()))
    try:
        yield
        ended_well()
    finally:
        if post is not None:
            _given_a_try(post)
            post.close()


def _given_a_try(post: Post) -> None:
    """Wait, for a while, until it was sent, or could not be: the show may have failed at once."""
    end_s = time.monotonic() + TRIED_WITHIN_S
    while not post.sent and post.health().health is Health.FINE and time.monotonic() < end_s:
        time.sleep(0.05)
