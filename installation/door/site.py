"""The site: every route, what every answer carries, and what is said when something goes wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from installation.door.description import description
from installation.door.online import online_routes
from installation.door.pace import Pace, Paced
from installation.door.security import Secured, TooLargeError
from installation.door.site_parts import HERE, Parts, TroubleError
from installation.door.take_pages import TakePages

_log = logging.getLogger(__name__)

PLAY = HERE / "play"
"""The page on which a net is played at home, where it is installed."""

_TEXTS = {403: "gone", 404: "gone", 405: "gone", 413: "large", 429: "often"}


def site(parts: Parts, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The door as an ASGI application; `more` are further routes, such as the operators'."""
    routes: list[BaseRoute] = [
        Route("/health", _health, methods=["GET"]),
        Route("/openapi.json", _described, methods=["GET"]),
        Route("/robots.txt", _robots, methods=["GET"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        *online_routes(),
        *more,
        *TakePages(parts).routes(),
    ]
    if (PLAY / "index.html").is_file():
        routes.insert(0, Mount("/play", StaticFiles(directory=PLAY, html=True)))

    def failed(status_of: Callable[[Exception], int]) -> Callable[[Request, Exception], Response]:
        def answer(request: Request, error: Exception) -> Response:
            return _trouble(parts, request, status_of(error))

        return answer

    return Starlette(
        routes=routes,
        middleware=[Middleware(Secured), Middleware(Paced, pace=Pace(time.monotonic))],
        exception_handlers={
            TroubleError: failed(lambda error: cast(TroubleError, error).status),
            HTTPException: failed(lambda error: cast(HTTPException, error).status_code),
            TooLargeError: failed(lambda error: 413),
            FileNotFoundError: failed(lambda error: 404),
            Exception: failed(_unforeseen),
        },
    )


def _unforeseen(error: Exception) -> int:
    _log.error("a page failed", exc_info=error)
    return 500


def _trouble(parts: Parts, request: Request, status: int) -> Response:
    """A status in friendly words: as JSON for what asked for that, else as a page."""
    headers = {"retry-after": "60"} if status == 429 else {}
    if status in (405, 413):
        headers["connection"] = "close"
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"error": status}, status, headers)
    words = parts.words(request)
    key = _TEXTS.get(status, "broken")
    context = {"heading": words(f"error.{key}"), "line": words.get(f"error.{key}_line")}
    answer = parts.page("error.html", words, request, context, status)
    answer.headers.update(headers)
    return answer


async def _health(request: Request) -> Response:
    return PlainTextResponse("open\n")


async def _robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _described(request: Request) -> Response:
    return JSONResponse(description())
