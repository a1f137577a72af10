"""The operators' side: live values, moderation, statistics. Not there until a password is set.

Whoever is in holds a cookie that no page can read, that goes to no other path and no other site;
whatever changes anything also has to come from our own page, with a header no form can send.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from installation.door.doomed import Doomed
from installation.door.limits import LOGIN
from installation.door.messages import Act, Live
from installation.door.operator_description import operator_description
from installation.door.passwords import is_password, stored
from installation.door.sessions import Sessions
from installation.door.site_parts import Parts, TroubleError, client_of, own_origin
from installation.door.statistics import Statistics
from installation.door.take_pages import KINDS, is_still
from installation.door.takes import Outcome, SeenTake
from installation.live_settings.rows import live_keys, rows

COOKIE, HEADER = "uglynet_operator", "x-uglynet"
PAGE, LONGEST_PAGE = 50, 200
MOST_STREAMS = 8
WATCHED_S = 5.0
_ACTS = ("approve", "moderate", "pin", "unpin", "like", "link")
_MODERATIONS = ("", "unseen", "waiting", "approved", "hidden")

Answer = Callable[[Request], Awaitable[Response]]


class Showing(Protocol):
    """Who knows how the show is."""

    live: Live | None
    picture: bytes
    changed: dict[str, Any]

    async def change(self, changes: Mapping[str, Any]) -> Outcome:
        """Change settings of the running show; what became of it."""


class Watch:
    """Whether somebody looks at the screen's picture; pictures are only made then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._looked_s = clock, float("-inf")

    def look(self) -> None:
        """Somebody looked."""
        self._looked_s = self._clock()

    def __call__(self) -> bool:
        return self._clock() - self._looked_s < WATCHED_S


@dataclass
class OperatorPages:
    """The routes of operators. `folder` is the door's own, `showing` the show (None alone),
    `settings` what is set, section by section."""

    parts: Parts
    folder: Path
    doomed: Doomed
    statistics: Statistics
    showing: Showing | None = None
    watch: Watch = field(default_factory=Watch)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sessions: Sessions = field(default_factory=lambda: Sessions(time.monotonic))
    every_s: float = 1.0
    _streams: int = 0

    def routes(self) -> list[Route]:
        """Every path of an operator's."""
        inside, changing = self.inside, self.changing
        return [
            Route("/operator", self.page, methods=["GET"]),
            Route("/operator/openapi.json", inside(self.described), methods=["GET"]),
            Route("/operator/login", self.login, methods=["POST"]),
            Route("/operator/logout", changing(self.logout), methods=["POST"]),
            Route("/operator/live", inside(self.live), methods=["GET"]),
            Route("/operator/screen.jpg", inside(self.screen), methods=["GET"]),
            Route("/operator/takes", inside(self.takes), methods=["GET"]),
            Route("/operator/takes/{take_id}/{act}", changing(self.act), methods=["POST"]),
            Route("/operator/takes/{take_id}/{name}", inside(self.file), methods=["GET"]),
            Route("/operator/statistics", inside(self.counts), methods=["GET"]),
            Route("/operator/audit", inside(self.audited), methods=["GET"]),
            Route("/operator/settings", inside(self.set), methods=["GET"]),
            Route("/operator/settings", changing(self.change), methods=["POST"]),
        ]

    # Who may.

    def _password(self) -> str:
        held = stored(self.folder)
        if not held:
            raise TroubleError(404)
        return held

    def _is_in(self, request: Request) -> bool:
        return self.sessions.lives(request.cookies.get(COOKIE, ""), self._password())

    def inside(self, answer: Answer) -> Answer:
        """An answer that only those get who are in."""

        async def guarded(request: Request) -> Response:
            if not self._is_in(request):
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
        if request.headers.get(HEADER) != "operator" or not own_origin(request):
            raise TroubleError(403)
        if not request.headers.get("origin"):
            raise TroubleError(403)

    async def page(self, request: Request) -> Response:
        """The page itself: a form to log in by, or all there is."""
        context = {"inside": self._is_in(request)}
        words = self.parts.words_of("en")
        return self.parts.page("operator.html", words, request, context)

    async def login(self, request: Request) -> Response:
        """Let somebody in who knows the password."""
        held = self._password()
        self._from_our_page(request)
        if not self.parts.guard.allows("login", client_of(request), LOGIN):
            self.parts.audit.note("operator login refused: too often", well=False)
            raise TroubleError(429)
        given = await document_of(request)
        password = given.get("password", "")
        known = isinstance(password, str) and await asyncio.to_thread(is_password, held, password)
        self.parts.audit.note("operator login", well=known)
        if not known:
            return JSONResponse({"error": "That is not the password."}, 403)
        answer = JSONResponse({"well": True})
        secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, self.sessions.open(held), path="/operator", httponly=True,
            samesite="strict", secure=secure,
        )  # fmt: skip
        return answer

    async def logout(self, request: Request) -> Response:
        """End this session."""
        self.sessions.close(request.cookies.get(COOKIE, ""))
        answer = JSONResponse({"well": True})
        answer.delete_cookie(COOKIE, path="/operator")
        return answer

    async def described(self, request: Request) -> Response:
        """What these addresses take and give."""
        return JSONResponse(operator_description())

    # Live.

    async def live(self, request: Request) -> Response:
        """Values as they change (server-sent events)."""
        if self._streams >= MOST_STREAMS:
            raise TroubleError(503)
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self._values(request), 200, headers, "text/event-stream")

    async def _values(self, request: Request) -> AsyncIterator[str]:
        self._streams += 1
        try:
            while self._is_in(request):
                live = None if self.showing is None else self.showing.live
                values = {
                    "now_s": time.time(),
                    "live": None if live is None else asdict(live),
                    "alone": self.showing is None,
                    "doomed": self.doomed.due(),
                    # As it is: not only this page can ask for it.
                    "out_of_service": live is not None and live.out_of_service,
                }
                yield f"data: {json.dumps(values)}\n\n"
                await asyncio.sleep(self.every_s)
            yield "event: over\ndata: {}\n\n"
        finally:
            self._streams -= 1

    async def screen(self, request: Request) -> Response:
        """What is on the screen."""
        self.watch.look()
        picture = b"" if self.showing is None else self.showing.picture
        if not picture:
            return Response(status_code=204)
        return Response(picture, media_type="image/jpeg")

    # Takes.

    async def takes(self, request: Request) -> Response:
        """A page of takes, the newest first."""
        asked = request.query_params
        skip, most = _number(asked.get("skip", "0"), 10**9), _number(asked.get("most", str(PAGE)))
        text, moderation = asked.get("text", "")[:80], asked.get("moderation", "")
        if moderation not in _MODERATIONS:
            raise TroubleError(404)
        limit = min(max(1, most), LONGEST_PAGE)
        shelf = self.parts.shelf
        count, found = await self.parts.reading(lambda: shelf.page(limit, skip, text, moderation))
        return JSONResponse({"count": count, "takes": [self._row(take) for take in found]})

    def _row(self, take: SeenTake) -> dict[str, Any]:
        return {
            "id": take.id,
            "name": take.name,
            "kept_at_s": take.kept_at_s,
            "expires_at_s": take.expires_at_s,
            "show": take.show,
            "moderation": take.moderation,
            "pinned": take.pinned,
            "likes": take.likes,
            "bytes": sum(take.sizes.values()),
            "doomed_s": self.doomed.due().get(take.id),
        }

    async def act(self, request: Request) -> Response:
        """Do something to a take."""
        take_id, act = request.path_params["take_id"], request.path_params["act"]
        shelf = self.parts.shelf
        take = await self.parts.reading(lambda: shelf.with_id(take_id))
        if take is None or (act not in _ACTS and act not in ("delete", "undo")):
            raise TroubleError(404)
        if act == "delete":
            outcome = await self.doomed.doom(take.id, take.moderation)
        elif act == "undo":
            outcome = await self.doomed.undo(take.id)
        elif take.id in self.doomed.due():
            outcome = Outcome(False, "it is about to be deleted; undo that first")
        else:
            outcome = await self.parts.keeper.do(cast(Act, act), take.id)
        self.parts.audit.note(f"operator {act}", take.id, outcome.well)
        told = {"well": outcome.well, "line": outcome.line}
        if act == "link" and outcome.well:
            told["link"] = f"/t/{outcome.facts.get('token', '')}"
        return JSONResponse(told, 200 if outcome.well else 409)

    async def file(self, request: Request) -> Response:
        """One of a take's files."""
        take_id, name = request.path_params["take_id"], request.path_params["name"]
        shelf = self.parts.shelf
        take = await self.parts.reading(lambda: shelf.with_id(take_id))
        kind = KINDS.get(name) or ("image/png" if is_still(name) else None)
        if take is None or kind is None or name not in take.files:
            raise TroubleError(404)
        path = take.files[name]
        return FileResponse(path, media_type=kind, stat_result=await self.parts.reading(path.stat))

    # Numbers.

    async def counts(self, request: Request) -> Response:
        """What was counted, by hour or by day, as JSON or CSV."""
        unit = "hour" if request.query_params.get("by") == "hour" else "day"
        if request.query_params.get("as") == "csv":
            headers = {"content-disposition": f'attachment; filename="uglynet-{unit}.csv"'}
            return Response(self.statistics.as_csv(unit), headers=headers, media_type="text/csv")
        return JSONResponse(self.statistics.by(unit))

    async def audited(self, request: Request) -> Response:
        """Who did what, the newest first."""
        lines = await self.parts.reading(self.parts.audit.newest)
        return JSONResponse({"lines": lines})

    async def set(self, request: Request) -> Response:
        """What is set, what it means and may be, and whether it may change while the show runs."""
        return JSONResponse({"settings": self._settings_rows()})

    def _now(self, section: str, name: str) -> Any:
        """A setting's value now, as far as this door changed it."""
        changed = {} if self.showing is None else self.showing.changed
        return changed.get(f"{section}.{name}", self.settings.get(section, {}).get(name))

    def _settings_rows(self) -> list[dict[str, Any]]:
        found = []
        for row in rows():
            section, _, name = row.key.partition(".")
            if section == "alerts":  # who is told of what is not for every phone
                continue
            value = self._now(section, name)
            found.append({**asdict(row), "value": value, "default": row.default})
        return found

    async def change(self, request: Request) -> Response:
        """Change settings (by "section.name") that may change while the show runs; until its next
        start."""
        given = await document_of(request)
        if self.showing is None:
            return JSONResponse({"well": False, "line": "there is no show to be changed"}, 409)
        if not given or set(given) - live_keys():
            line = "only what may change while the show runs can be changed here"
            return JSONResponse({"well": False, "line": line}, 409)
        outcome = await self.showing.change(given)
        for key in given:
            self.parts.audit.note(f"operator set {key}", well=outcome.well)
        told = {"well": outcome.well, "line": outcome.line}
        return JSONResponse(told, 200 if outcome.well else 409)


async def document_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent; {} where it is none."""
    try:
        document = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _number(text: str, most: int = 10**6) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 12 else 0
