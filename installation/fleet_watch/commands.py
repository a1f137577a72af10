"""Commands to a booth: who may give one, which, and why it cannot be given twice. Pure but for the
file in which counts are remembered.

A command is a signed document (`signing`): `to` (the booth's name), `do`, for `out_of_service` also
`on`, `count` and `challenge`. It is obeyed only if it

- is signed by a key that the booth was told to trust, and names this booth,
- asks for something that the booth was told to allow,
- quotes the booth's challenge of now: chance that the booth tells, anew every minute and at every
  start. So a command lives two minutes at most, by the booth's own steady clock: no clock on any
  wall is believed;
- has a higher count than any of that key before, which the booth keeps on its disk.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation.files import write_whole
from installation.fleet.signing import BY, Key, is_public, verified
from installation.fleet_watch.topics import document_of, payload_of
from installation.vocabulary import UglyError

OUT_OF_SERVICE, RESTART = "out_of_service", "restart"
DOES = (OUT_OF_SERVICE, RESTART)
CHALLENGE_LASTS_S = 60.0
HIGHEST = 2**53 - 1
"""The highest count: every JSON reader still tells it from the one before."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of the booth `to`; `on` goes with `OUT_OF_SERVICE`."""

    to: str
    do: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command that may be obeyed: by whom (a public key), and its count."""

    wanted: Wanted
    by: str
    count: int


def command_payload(wanted: Wanted, key: Key, count: int, challenge: str) -> bytes:
    """A command as it goes over the wire."""
    asked: dict[str, Any] = {"to": wanted.to, "do": wanted.do}
    if wanted.do == OUT_OF_SERVICE:
        asked["on"] = wanted.on
    return payload_of(key.signed({**asked, "count": count, "challenge": challenge}))


@dataclass(frozen=True, slots=True)
class Rules:
    """What a booth was told: its own name, whom to trust (public keys), and what to allow."""

    booth: str
    commanders: Collection[str]
    allow: Collection[str]

    @property
    def hears(self) -> bool:
        """Whether any command could be obeyed."""
        return bool(self.commanders and self.allow)

    def command(
        self, payload: bytes, challenges: Collection[str], counts: Mapping[str, int]
    ) -> Command:
        """The command in these bytes, if it may be obeyed now; `counts` are the highest so far.

        Raises:
            UglyError: in a line, why it may not.
        """
        document = document_of(payload)
        if document is None:
            raise UglyError("not a command")
        by = verified(document, self.commanders)
        wanted, count = self._wanted(document), document.get("count")
        if not isinstance(count, int) or isinstance(count, bool) or not 0 < count <= HIGHEST:
            raise UglyError("a command without a count")
        if count <= counts.get(by, 0):
            raise UglyError("given before: its count is not higher than the last one's")
        if document.get("challenge") not in challenges:
            raise UglyError("too old: it does not quote the booth's challenge of now")
        return Command(wanted, by, count)

    def _wanted(self, document: Mapping[str, Any]) -> Wanted:
        to, do, on = document.get("to"), document.get("do"), document.get("on", False)
        if to != self.booth:
            raise UglyError("for another booth")
        if (
            do not in DOES
            or not isinstance(on, bool)
            or ("on" in document) != (do == OUT_OF_SERVICE)
        ):
            raise UglyError("not a command that booths know")
        if do not in self.allow:
            raise UglyError(f"not allowed here: {do}")
        return Wanted(str(to), str(do), on)


class Challenges:
    """What commands must quote: chance, anew every minute; the last one is good still. `clock` is
    steady."""

    def __init__(
        self,
        clock: Callable[[], float],
        make: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._clock, self._make = clock, make
        self._made: tuple[tuple[float, str], ...] = ((clock(), make()),)

    def good(self) -> tuple[str, ...]:
        """Those that are good now, the newest first."""
        now_s = self._clock()
        young = [each for each in self._made if now_s - each[0] < 2 * CHALLENGE_LASTS_S]
        if not young or now_s - young[0][0] >= CHALLENGE_LASTS_S:
            young.insert(0, (now_s, self._make()))
        self._made = tuple(young[:2])
        return tuple(text for _, text in self._made)


class Counts:
    """The highest count of every commander, in a file that survives every restart."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, int]:
        """All of them; none where there is no file yet.

        Raises:
            UglyError: if it cannot be read: then no command is obeyed.
        """
        try:
            found = json.loads(self._path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and all(type(count) is int for count in found.values()):
            return found
        raise UglyError(f"{self._path}: not a list of counts; move it away")

    def note(self, by: str, count: int) -> None:
        """Remember a count, before what it came with is done.

        Raises:
            UglyError: if it cannot be written: then it is not to be done.
        """
        held = {**self.read(), by: count}
        try:
            self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(held).encode())
        except OSError as error:
            raise UglyError(f"{self._path}: cannot be written ({error.strerror})") from None

    def next(self, by: str, now_s: float) -> int:
        """A count that is higher than any before, remembered: for who commands. It is the time in
        milliseconds (`now_s` in seconds) where that is higher, so that two machines with one key
        are seldom in each other's way. Raises UglyError as `note`."""
        count = max(self.read().get(by, 0) + 1, int(now_s * 1000))
        self.note(by, count)
        return count


def answer_document(well: bool, line: str, at_s: float, payload: bytes) -> dict[str, Any]:
    """What became of the command in `payload`. Whose it is and its count are given back as they
    came, also where nothing proves them, so that who asked finds the answer."""
    told: dict[str, Any] = {"well": well, "line": line[:300], "at": round(at_s)}
    asked = document_of(payload) or {}
    by, count = asked.get(BY), asked.get("count")
    if isinstance(by, str) and is_public(by) and type(count) is int and 0 <= count <= HIGHEST:
        told |= {"by": by, "count": count}
    return told
