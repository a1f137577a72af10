"""Values as they change, over one long answer (server-sent events, WHATWG HTML 9.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from installation.door.entrance import Entrance


@dataclass
class LiveEvents:
    """Values for whoever is in, every `every_s` seconds, to at most `most` at once, until they are
    in no more."""

    entrance: Entrance
    most: int
    every_s: float = 1.0
    _open: int = 0

    def answer(self, request: Request, now: Callable[[], Mapping[str, Any]]) -> Response:
        """What `now` returns, again and again.

        Raises:
            HTTPException: 503, if as many as may be look already.
        """
        if self._open >= self.most:
            raise HTTPException(503)
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self.told(request, now), 200, headers, "text/event-stream")

    async def told(
        self, request: Request, now: Callable[[], Mapping[str, Any]]
    ) -> AsyncIterator[str]:
        """The events as they go over the wire."""
        self._open += 1
        try:
            while self.entrance.stays_in(request):
                yield f"data: {json.dumps(now())}\n\n"
                await asyncio.sleep(self.every_s)
            yield "event: over\ndata: {}\n\n"
        finally:
            self._open -= 1
