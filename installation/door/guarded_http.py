"""HTTP with an end to every patience: a connection that is opened and left, whose head or body
never comes to its end, or that does not read what it asked for, is closed.

uvicorn knows only how long a connection may rest between two requests.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

_log = logging.getLogger(__name__)

HEAD_S = 10.0
"""How long a request's head may take to come, from the connection's first moment."""

BODY_S = 15.0
STUCK_S = 30.0
"""How long nothing of an answer may go out."""

MOST, MOST_OF_ONE = 768, 320
"""Connections at once: of all, and of one address, behind which may be a whole school."""


class GuardedHttp(H11Protocol):
    """One connection."""

    head_s, body_s, stuck_s = HEAD_S, BODY_S, STUCK_S
    most, most_of_one = MOST, MOST_OF_ONE
    _of_one: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._asks = self._stuck = None
        self._counted = self.client[0] if self.client else ""
        type(self)._of_one[self._counted] += 1
        crowded = type(self)._of_one[self._counted] > self.most_of_one
        if crowded or len(self.connections) > self.most:
            transport.abort()
            return
        self._expect(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_timers()
        of_one = type(self)._of_one
        of_one[self._counted] -= 1
        if of_one[self._counted] <= 0:
            del of_one[self._counted]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self.cycle is not None:  # a whole head came
            self._expect(self.body_s if self.cycle.more_body else None)
        elif self.cycle is not None and not self.cycle.response_complete:
            if not self.cycle.more_body:
                self._expect(None)
        elif self._asks is None:  # the next request on this connection has begun
            self._expect(self.head_s)

    def on_response_complete(self) -> None:
        # Answered before all of it came: the rest has its time, and no more.
        self._expect(self.body_s if self.cycle.more_body else None)
        super().on_response_complete()

    def eof_received(self) -> bool:  # type: ignore[override]
        """The other side will say nothing more: what it has asked for whole is still answered."""
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self.transport.abort()
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.stuck_s, self._give_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _expect(self, within_s: float | None) -> None:
        if self._asks is not None:
            self._asks.cancel()
        self._asks = None if within_s is None else self.loop.call_later(within_s, self._give_up)

    def _give_up(self) -> None:
        self._forget_timers()
        if not self.transport.is_closing():
            self.transport.abort()

    def _forget_timers(self) -> None:
        for timer in (self._asks, self._stuck):
            if timer is not None:
                timer.cancel()
        self._asks = self._stuck = None

    _asks: asyncio.TimerHandle | None
    _stuck: asyncio.TimerHandle | None
    _counted: str
    cycle: Any
