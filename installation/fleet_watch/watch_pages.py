"""The hub's page that shows every booth: behind a password, live, and in four languages.

What guards it are the door's own parts: `guarded_http`, `security`, `entrance`. It changes nothing
but by a command that this hub's own key signs.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from installation.door.audit import Audit
from installation.door.entrance import Entrance, document_of
from installation.door.live_events import LiveEvents
from installation.door.pace import Pace, Paced
from installation.door.security import Secured, TooLargeError
from installation.door.site_parts import HERE as DOOR_HERE
from installation.door.words import LANGUAGES, DoorWords, chosen_language, own_texts, texts_in
from installation.fleet_watch.cards import age, cards
from installation.fleet_watch.commands import DOES, Wanted
from installation.fleet_watch.topics import is_booth
from installation.fleet_watch.watching import Commander, Watching
from installation.show.words import Words
from installation.vocabulary import UglyError

_log = logging.getLogger(__name__)

HERE = Path(__file__).parent
MOST_STREAMS = 32


def watch_words(language: str) -> DoorWords:
    """The page's words in a language."""
    return DoorWords(language, {**own_texts(language), **texts_in(HERE / "words", language)})


@dataclass
class WatchPages:
    """The routes. `folder` holds the password and who asked for what; `show` are the show's words
    by language; without a `commander` there is nothing to press."""

    watching: Watching
    folder: Path
    show: Mapping[str, Words]
    commander: Commander | None = None
    title: str = "UGly-Net"
    every_s: float = 1.0
    within_s: float = 15.0

    def __post_init__(self) -> None:
        self._audit = Audit(self.folder)
        self.entrance = Entrance("watch", self.folder, self._audit)
        self.events = LiveEvents(self.entrance, MOST_STREAMS, self.every_s)
        self._templates = Environment(
            loader=FileSystemLoader([HERE / "pages", DOOR_HERE / "pages"]),
            autoescape=True,
            undefined=StrictUndefined,
        )

    def site(self) -> ASGIApp:
        """The page as an ASGI application."""
        entrance = self.entrance
        routes = [
            Route("/", self.page, methods=["GET"]),
            Route("/health", _health, methods=["GET"]),
            Route("/login", entrance.login, methods=["POST"]),
            Route("/logout", entrance.changing(entrance.logout), methods=["POST"]),
            Route("/live", entrance.inside(self.live), methods=["GET"]),
            Route("/tell", entrance.changing(self.tell), methods=["POST"]),
            Mount("/static/watch", StaticFiles(directory=HERE / "static")),
            Mount("/static", StaticFiles(directory=DOOR_HERE / "static")),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(Secured), Middleware(Paced, pace=Pace(time.monotonic))],
            exception_handlers={
                HTTPException: _refused,
                TooLargeError: _too_large,
                Exception: _failed,
            },
        )

    def words(self, request: Request) -> DoorWords:
        """The words for whoever asks."""
        asked = request.query_params.get("lang", "")
        return watch_words(chosen_language(asked, request.headers.get("accept-language", "")))

    async def page(self, request: Request) -> Response:
        """The page itself: a form to log in by, or every booth."""
        words = self.words(request)
        context = {
            "words": words,
            "languages": [(each, own_texts(each)["name"]) for each in LANGUAGES],
            "path": "/",
            "title": self.title,
            "inside": self.entrance.stays_in(request),
        }
        body = self._templates.get_template("watch.html").render(context)
        return HTMLResponse(
            body, headers={"content-language": words.language, "vary": "accept-language"}
        )

    async def live(self, request: Request) -> Response:
        """Every booth, as it changes (server-sent events)."""
        words = self.words(request)
        return self.events.answer(request, lambda: self.told(words))

    def told(self, words: DoorWords) -> dict[str, Any]:
        """What the page shows now."""
        away_s, trouble = self.watching.away_s, self.watching.trouble
        line = ""
        if away_s is not None:
            line = words("watch.calling")
            if trouble:
                line = words("watch.away", age=age(away_s, words))
        may, show = self.commander is not None, self.show[words.language]
        booths = cards(self.watching.booths(), words, show, may=may)
        return {"away": line, "booths": booths}

    async def tell(self, request: Request) -> Response:
        """Give a booth a command; what it answered."""
        asked = await document_of(request)
        booth, do, on = asked.get("booth"), asked.get("do"), asked.get("on", False)
        if self.commander is None or not isinstance(booth, str) or not is_booth(booth):
            return JSONResponse({"well": False, "line": "this hub commands nobody"}, 409)
        if do not in DOES or not isinstance(on, bool):
            return JSONResponse({"well": False, "line": "booths know no such command"}, 409)
        wanted, commander = Wanted(booth, str(do), on), self.commander
        try:
            answer = await asyncio.to_thread(self.watching.tell, wanted, commander, self.within_s)
        except UglyError as error:
            told = {"well": False, "line": str(error)}
        else:
            told = {"well": answer.well, "line": answer.line}
        how = f" {'on' if on else 'off'}" if do == DOES[0] else ""
        self._audit.note(f"watch {booth} {do}{how}", well=bool(told["well"]))
        return JSONResponse(told, 200 if told["well"] else 409)


async def _health(request: Request) -> Response:
    return PlainTextResponse("open\n")


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"error": status}, status)


def _too_large(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": 413}, 413, {"connection": "close"})


def _failed(request: Request, error: Exception) -> Response:
    _log.error("a page failed", exc_info=error)
    return JSONResponse({"error": 500}, 500)
