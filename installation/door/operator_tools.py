"""What operators do beside looking after takes: plots, a web gallery on a stick, a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from installation.door.entrance import Entrance, document_of
from installation.door.history import SPANS, History
from installation.door.takes import Outcome


class Restarts(Protocol):
    """Who can end the show so that it begins anew."""

    async def restart(self) -> Outcome:
        """Do so; whether it will."""


class WritesSites(Protocol):
    """Who writes the gallery as a web site. Both wait, for a disk or longer."""

    def places(self) -> tuple[Path, ...]:
        """The sticks and disks that are plugged in and may be written to."""

    async def write(self, place: Path) -> Outcome:
        """Write the site into a folder of its own there; what became of it."""


@dataclass
class OperatorTools:
    """Further routes of operators, by the same way in."""

    entrance: Entrance
    history: History
    sites: WritesSites
    show: Restarts | None = None
    _writing: asyncio.Task[Outcome] | None = None
    _told: dict[str, Any] | None = None

    def routes(self) -> list[Route]:
        """Every path."""
        inside, changing = self.entrance.inside, self.entrance.changing
        return [
            Route("/operator/history", inside(self.plots), methods=["GET"]),
            Route("/operator/web", inside(self.places), methods=["GET"]),
            Route("/operator/web", changing(self.write), methods=["POST"]),
            Route("/operator/restart", changing(self.restart), methods=["POST"]),
        ]

    async def plots(self, request: Request) -> Response:
        """The columns of a plot: of a day, or of a week."""
        span = request.query_params.get("span", "day")
        return JSONResponse(self.history.columns(span if span in SPANS else "day"))

    async def places(self, request: Request) -> Response:
        """Where the gallery can be written, and what became of the last time."""
        found = await asyncio.to_thread(self.sites.places)
        busy = self._writing is not None and not self._writing.done()
        return JSONResponse(
            {"places": [str(place) for place in found], "busy": busy, "told": self._told}
        )

    async def write(self, request: Request) -> Response:
        """Begin to write the gallery as a web site to one of the places."""
        wanted = (await document_of(request)).get("place", "")
        there = {str(place): place for place in await asyncio.to_thread(self.sites.places)}
        if not isinstance(wanted, str) or wanted not in there:
            return JSONResponse({"well": False, "line": "there is no such stick"}, 409)
        if self._writing is not None and not self._writing.done():
            return JSONResponse({"well": False, "line": "it is being written already"}, 409)
        self._told = None
        self._writing = asyncio.ensure_future(self._written(there[wanted]))
        return JSONResponse({"well": True}, 202)

    async def _written(self, place: Path) -> Outcome:
        outcome = await self.sites.write(place)
        self.entrance.audit.note("operator web gallery", well=outcome.well)
        self._told = {"well": outcome.well, "line": outcome.line}
        return outcome

    async def restart(self, request: Request) -> Response:
        """End the show; it begins anew."""
        if self.show is None:
            return JSONResponse({"well": False, "line": "there is no show to be restarted"}, 409)
        outcome = await self.show.restart()
        self.entrance.audit.note("operator restart", well=outcome.well)
        told = {"well": outcome.well, "line": outcome.line}
        return JSONResponse(told, 200 if outcome.well else 409)


def mounted(text: str, roots: Callable[[str], bool]) -> tuple[Path, ...]:
    """Where sticks and disks are, by the text of /proc/mounts: those whose place `roots` likes."""
    found = []
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) > 3 and "rw" in fields[3].split(","):
            place = fields[1].replace("\\040", " ")
            if roots(place):
                found.append(Path(place))
    return tuple(dict.fromkeys(found))
