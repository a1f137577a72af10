"""The hub's ear and mouth: every booth, followed over a broker; a command given, and its answer."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from installation.fleet.signing import Key, key_at
from installation.fleet_watch.board import Answer, Board, Booth
from installation.fleet_watch.commands import Counts, Wanted, command_payload
from installation.fleet_watch.line import Heard, Line
from installation.fleet_watch.topics import ROOT, Said, Topics
from installation.mqtt import Broker
from installation.vocabulary import UglyError

T = TypeVar("T")

BUDGET = 1000
"""Messages a second that the hub reads: thirty booths that begin at once say some hundreds."""

KINDS = ("state", "beat", "health/+", "challenge", "answer")
LOOK_S = 0.2


@dataclass(frozen=True)
class Commander:
    """A key that booths may have been told to trust, and the counts it has used."""

    key: Key
    counts: Counts

    @classmethod
    def at(cls, path: Path) -> Commander:
        """The one whose key is in this file, which is made where there is none. Raises UglyError
        as `key_at`."""
        return cls(key_at(path), Counts(path.with_name(path.name + ".count")))


class Watching:
    """Follows the booths at a broker, or the one called `booth`. `clock` is steady, `wall_clock` in
    seconds since the epoch; any thread may ask."""

    def __init__(
        self,
        broker: Broker,
        booth: str = "+",
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._broker, self._clock, self._wall_clock = broker, clock, wall_clock
        self._board, self._changed = Board(), threading.Condition()
        self._away_s: float | None = clock()
        subjects = tuple(f"{ROOT}/{booth}/{kind}" for kind in KINDS)
        name = f"{ROOT}-watch-{secrets.token_hex(4)}"
        self._line = Line(broker, name, subjects=subjects, hear=self._hear, budget=BUDGET)

    def begin(self) -> None:
        """Call the broker; returns at once. Raises UglyError as `Line.begin`."""
        self._line.begin()

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    @property
    def trouble(self) -> str:
        """Why nothing is heard, in a line; "" while it is."""
        return self._line.trouble

    @property
    def away_s(self) -> float | None:
        """For how long the broker has been away; None while it is there."""
        with self._changed:
            self._listen()
            return None if self._away_s is None else self._clock() - self._away_s

    def booths(self) -> tuple[tuple[Booth, float | None], ...]:
        """Every booth, and how old its last beat is, in seconds (None: there was none yet)."""
        with self._changed:
            self._listen()
            now_s = self._clock()
            return tuple(
                (booth, None if booth.beat_s is None else now_s - booth.beat_s)
                for booth in self._board.booths(now_s)
            )

    def tell(self, wanted: Wanted, commander: Commander, within_s: float = 20.0) -> Answer:
        """Give a command, and wait for what the booth answers.

        Raises:
            UglyError: one line, if it could not be given, or nobody answered in time.
        """
        end_s = time.monotonic() + within_s
        booth = self._wait(lambda: self._ready(wanted.to), end_s)
        if booth is None:
            raise UglyError(self.trouble or self._why_not(wanted.to))
        if wanted.do not in booth.allow:
            raise UglyError(f"{wanted.to} does not allow {wanted.do}: [fleet] allow")
        key = commander.key
        count = commander.counts.next(key.public, self._wall_clock())
        payload = command_payload(wanted, key, count, booth.challenge)
        if not self._line.say(Said(Topics(wanted.to).command, payload, 1)):
            raise UglyError(self.trouble or "the broker does not take it")
        answer = self._wait(lambda: self._answer(wanted.to, key.public, count), end_s)
        if answer is None:
            raise UglyError(f"{wanted.to} did not answer: does it trust {key.public}?")
        return answer

    def _why_not(self, name: str) -> str:
        held = self._board.booth(name)
        if held is None or held.state is None:
            return f"{name}: nobody of that name has said anything to {self._broker.host}"
        if not held.state.runs:
            return f"{name} is {held.state.value}: it hears nothing"
        return f"{name} hears no commands: [fleet] commanders and allow are not set there"

    def _ready(self, name: str) -> Booth | None:
        held = self._board.booth(name)
        return held if held is not None and held.hears and self._line.connected else None

    def _answer(self, booth: str, by: str, count: int) -> Answer | None:
        given = (booth, by, count)
        found = (each for each in self._board.answers if (each.booth, each.by, each.count) == given)
        return next(found, None)

    def _wait(self, found: Callable[[], T | None], end_s: float) -> T | None:
        with self._changed:
            while (it := found()) is None:
                left_s = end_s - time.monotonic()
                if left_s <= 0:
                    return None
                self._changed.wait(min(left_s, LOOK_S))
            return it

    def _hear(self, heard: Heard) -> None:
        with self._changed:
            self._listen()
            self._board.hear(heard, self._clock(), self._wall_clock())
            self._changed.notify_all()

    def _listen(self) -> None:
        """Follow whether the broker is there."""
        board = self._board
        if self._line.connected and board.listening_s is None:
            board.listening_s, self._away_s = self._clock(), None
        elif not self._line.connected and board.listening_s is not None:
            board.listening_s, self._away_s = None, self._clock()
