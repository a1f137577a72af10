"""The door's end of the talk with the show."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from installation.door.messages import (
    Act,
    Alive,
    Baking,
    Change,
    Counted,
    Done,
    GarbledError,
    Live,
    Message,
    Open,
    Order,
    Picture,
    Restart,
    Splitter,
    encoded,
)
from installation.door.takes import Outcome

_log = logging.getLogger(__name__)

BEAT_S = 1.0
ANSWER_WITHIN_S = 30.0
LOOK_EVERY_S = 10.0


class Talk:
    """Keeps what the show last said, and carries orders to it; a `Keeper`.

    `where` tells the door's address now; `watched` whether anybody looks at the screen's picture.
    """

    def __init__(
        self,
        connected: socket.socket,
        *,
        where: Callable[[], Open],
        watched: Callable[[], bool],
        on_baking: Callable[[Baking], None],
        on_counted: Callable[[Counted], None],
    ) -> None:
        self._socket = connected
        self._where, self._watched = where, watched
        self._on_baking, self._on_counted = on_baking, on_counted
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Done]] = {}
        self.live: Live | None = None
        self.picture: bytes = b""
        self.changed: dict[str, Any] = {}

    async def run(self, leave: Callable[[], None]) -> None:
        """Talk until the show ends; then the door leaves, too."""
        reader, self._writer = await asyncio.open_unix_connection(sock=self._socket)
        beats = asyncio.ensure_future(self._beats())
        splitter = Splitter()
        try:
            while data := await reader.read(1 << 16):
                for message in splitter.feed(data):
                    self._hear(message)
        except GarbledError as error:
            _log.error("the show cannot be understood: %s", error)
        except OSError as error:  # killed, with words of ours still unread
            _log.warning("the show went away: %s", error.strerror)
        finally:
            beats.cancel()
            for waiting in self._waiting.values():
                waiting.cancel()
            leave()

    async def _beats(self) -> None:
        told: Open | None = None
        for turn in itertools.count():
            if turn % int(LOOK_EVERY_S / BEAT_S) == 0:
                where = await asyncio.to_thread(self._where)
                if where != told:
                    self._say(where)
                    told = where
            self._say(Alive(self._watched()))
            await asyncio.sleep(BEAT_S)

    def _say(self, message: Message) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(encoded(message))

    def _hear(self, message: Message) -> None:
        if isinstance(message, Live):
            self.live = message
        elif isinstance(message, Picture):
            self.picture = message.jpeg
        elif isinstance(message, Baking):
            self._on_baking(message)
        elif isinstance(message, Counted):
            self._on_counted(message)
        elif isinstance(message, Done):
            waiting = self._waiting.get(message.number)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    async def do(self, act: Act, take_id: str) -> Outcome:
        """Have the show do this; what became of it."""
        return await self._asked(lambda number: Order(number, act, take_id))

    async def change(self, changes: Mapping[str, Any]) -> Outcome:
        """Have the show change its settings; what became of it."""
        outcome = await self._asked(lambda number: Change(number, dict(changes)))
        if outcome.well:
            self.changed.update(changes)
        return outcome

    async def restart(self) -> Outcome:
        """Have the show end and begin anew; whether it will."""
        return await self._asked(Restart)

    async def _asked(self, message: Callable[[int], Message]) -> Outcome:
        """What the show answers to a message that is made with its number."""
        number = next(self._numbers)
        waiting: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            self._say(message(number))
            done = await asyncio.wait_for(waiting, ANSWER_WITHIN_S)
        except (asyncio.TimeoutError, asyncio.CancelledError):
            return Outcome(False, "the show does not answer")
        finally:
            self._waiting.pop(number, None)
        facts: Mapping[str, Any] = done.facts
        return Outcome(done.well, done.line, facts)
