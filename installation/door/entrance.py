"""Who is let in to what is behind a password: operators, and whoever watches a fleet's booths.

Whoever is in holds a cookie that no page can read and that goes to no other site; whatever changes
anything also has to come from our own page, with a header no form can send.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from installation.door.audit import Audit
from installation.door.limits import LOGIN, Guard
from installation.door.passwords import is_password, stored
from installation.door.sessions import Sessions
from installation.door.site_parts import client_of, own_origin

HEADER = "x-uglynet"

Answer = Callable[[Request], Awaitable[Response]]


@dataclass
class Entrance:
    """The way in to the pages of `who`, below `path`: there is none until `folder` holds a
    password. Answers JSON: 401 to who is not in, 403 to a wrong password. What no page of ours asks
    raises `HTTPException`, which its site answers: 403 another page, 404 no password, 429 too many
    tries."""

    who: str
    folder: Path
    audit: Audit
    guard: Guard = field(default_factory=Guard)
    path: str = "/"
    sessions: Sessions = field(default_factory=lambda: Sessions(time.monotonic))

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return f"uglynet_{self.who}"

    def _password(self) -> str:
        held = stored(self.folder)
        if not held:
            raise HTTPException(404)
        return held

    def is_in(self, request: Request) -> bool:
        """Whether whoever asks is in; asking keeps them so."""
        return self._lives(request, self._password())

    def stays_in(self, request: Request) -> bool:
        """Likewise, of an answer that goes on: without a password nobody stays."""
        return self._lives(request, stored(self.folder))

    def _lives(self, request: Request, held: str) -> bool:
        return self.sessions.lives(request.cookies.get(self.cookie, ""), held)

    def inside(self, answer: Answer) -> Answer:
        """An answer that only those get who are in."""

        async def guarded(request: Request) -> Response:
            if not self.is_in(request):
                return JSONResponse({"error": "log in"}, 401)
            return await answer(request)

        return guarded

    def changing(self, answer: Answer) -> Answer:
        """Likewise, and only to what comes from our own page."""

        async def guarded(request: Request) -> Response:
            self._from_our_page(request)
            return await self.inside(answer)(request)

        return guarded

    def _from_our_page(self, request: Request) -> None:
        """Browsers say where a request came from."""
        ours = request.headers.get(HEADER) == self.who and request.headers.get("origin")
        if not ours or not own_origin(request):
            raise HTTPException(403)

    async def login(self, request: Request) -> Response:
        """Let somebody in who knows the password."""
        held = self._password()
        self._from_our_page(request)
        if not self.guard.allows("login", client_of(request), LOGIN):
            self.audit.note(f"{self.who} login refused: too often", well=False)
            raise HTTPException(429)
        password = (await document_of(request)).get("password", "")
        known = isinstance(password, str) and await asyncio.to_thread(is_password, held, password)
        self.audit.note(f"{self.who} login", well=known)
        if not known:
            return JSONResponse({"error": "That is not the password."}, 403)
        answer = JSONResponse({"well": True})
        answer.set_cookie(
            self.cookie, self.sessions.open(held), path=self.path, httponly=True,
            samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    async def logout(self, request: Request) -> Response:
        """End this session."""
        self.sessions.close(request.cookies.get(self.cookie, ""))
        answer = JSONResponse({"well": True})
        answer.delete_cookie(self.cookie, path=self.path)
        return answer


async def document_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent; {} where it is none."""
    try:
        document = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
