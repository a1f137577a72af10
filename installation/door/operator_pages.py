"""The operators' side: live values, moderation, statistics. Not there until a password is set."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from installation.door.doomed import Doomed
from installation.door.entrance import Entrance, document_of
from installation.door.live_events import LiveEvents
from installation.door.messages import Act, Live
from installation.door.operator_description import operator_description
from installation.door.site_parts import Parts, TroubleError
from installation.door.statistics import Statistics
from installation.door.take_pages import KINDS, is_still
from installation.door.takes import Outcome, SeenTake
from installation.live_settings.rows import live_keys, rows

PAGE, LONGEST_PAGE = 50, 200
MOST_STREAMS = 8
WATCHED_S = 5.0
_ACTS = ("approve", "moderate", "pin", "unpin", "like", "link")
_MODERATIONS = ("", "unseen", "waiting", "approved", "hidden")


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

    def __post_init__(self) -> None:
        parts = self.parts
        self.entrance = Entrance("operator", self.folder, parts.audit, parts.guard, "/operator")
        self.events = LiveEvents(self.entrance, MOST_STREAMS)

    def routes(self) -> list[Route]:
        """Every path of an operator's."""
        inside, changing = self.entrance.inside, self.entrance.changing
        return [
            Route("/operator", self.page, methods=["GET"]),
            Route("/operator/openapi.json", inside(self.described), methods=["GET"]),
            Route("/operator/login", self.entrance.login, methods=["POST"]),
            Route("/operator/logout", changing(self.entrance.logout), methods=["POST"]),
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

    async def page(self, request: Request) -> Response:
        """The page itself: a form to log in by, or all there is."""
        context = {"inside": self.entrance.is_in(request)}
        words = self.parts.words_of("en")
        return self.parts.page("operator.html", words, request, context)

    async def described(self, request: Request) -> Response:
        """What these addresses take and give."""
        return JSONResponse(operator_description())

    async def live(self, request: Request) -> Response:
        """Values as they change (server-sent events)."""
        return self.events.answer(request, self.values)

    def values(self) -> dict[str, Any]:
        """What the page shows of the running show now."""
        live = None if self.showing is None else self.showing.live
        return {
            "now_s": time.time(),
            "live": None if live is None else asdict(live),
            "alone": self.showing is None,
            "doomed": self.doomed.due(),
            # As it is: not only this page can ask for it.
            "out_of_service": live is not None and live.out_of_service,
        }

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


def _number(text: str, most: int = 10**6) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 12 else 0
