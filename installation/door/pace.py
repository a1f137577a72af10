"""How much goes out at once: two hundred phones share what leaves the screen alone.

A museum's wireless network carries less than this; without a bound, a cable would let the door's
answers take the processor's time from the show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES_A_SECOND = 8e6
BURST_BYTES = 4e6
SMALL_BYTES = 16 * 1024
"""Pages and small files never wait."""


class Pace:
    """Says how long to wait before so many bytes more; `clock` counts seconds."""

    def __init__(
        self,
        clock: Callable[[], float],
        bytes_a_second: float = BYTES_A_SECOND,
        burst_bytes: float = BURST_BYTES,
    ) -> None:
        self._clock, self._rate = clock, bytes_a_second
        self._ahead_s = burst_bytes / bytes_a_second
        self._free_s = float("-inf")

    def wait_s(self, count: int) -> float:
        """How many seconds to wait before `count` bytes go out; they are booked with this."""
        now_s = self._clock()
        self._free_s = max(self._free_s, now_s - self._ahead_s) + count / self._rate
        return max(0.0, self._free_s - now_s)


class Paced:
    """Holds answers' bytes to a pace, all of them together."""

    def __init__(self, app: ASGIApp, pace: Pace) -> None:
        self.app, self._pace = app, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def paced(message: Message) -> None:
            count = len(message.get("body", b""))
            if count > SMALL_BYTES:
                wait_s = self._pace.wait_s(count)
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
            await send(message)

        await self.app(scope, receive, paced)
