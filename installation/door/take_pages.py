"""The visitors' side: eight letters or a link, the take, and taking it back.

A link's token is all there is to know; nothing lists tokens, and no page sets a cookie.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from installation.door.limits import CARD, CODE, LINK, WITHDRAW
from installation.door.net_drawing import PARTS, count_cuts, drawing, said_cuts
from installation.door.site_parts import Parts, TroubleError, client_of
from installation.door.takes import Relative, SeenTake
from installation.door.words import LANGUAGES, DoorWords
from installation.vocabulary import UglyError

_log = logging.getLogger(__name__)

KINDS: Mapping[str, str] = {
    "video.mp4": "video/mp4",
    "poster.png": "image/png",
    "portrait.svg": "image/svg+xml",
    "portrait.png": "image/png",
    "net.json": "application/json",
}
"""A take's files that its page gives away, beside its stills."""

_TOKEN_LENGTHS = range(22, 65)


class TakeFile(FileResponse):
    """A file, in few large pieces: each costs the processor about as much as a small one."""

    chunk_size = 128 * 1024


class TakePages:
    """The routes of visitors, over the parts of the site."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Every path of a visitor's."""
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/privacy", self.privacy, methods=["GET"]),
            Route("/code", self.code, methods=["POST"]),
            Route("/t/{token}", self.take, methods=["GET"]),
            Route("/t/{token}/family/{take_id}.png", self.relative, methods=["GET"]),
            Route("/t/{token}/state", self.state, methods=["GET"]),
            Route("/t/{token}/{act:str}", self.withdraw, methods=["POST"]),
            Route("/t/{token}/{name:str}", self.file, methods=["GET"]),
        ]

    async def home(self, request: Request) -> Response:
        """Where eight letters are typed."""
        return self._home(request, wrong=False)

    async def privacy(self, request: Request) -> Response:
        """What is kept of visitors, how long, and how they take it back: the second layer."""
        words = self._parts.words(request)
        context = {"privacy": self._parts.privacy()}
        return self._parts.page("privacy.html", words, request, context)

    def _home(self, request: Request, *, wrong: bool, status: int = 200) -> Response:
        words = self._parts.words(request)
        return self._parts.page("home.html", words, request, {"wrong": wrong}, status)

    async def code(self, request: Request) -> Response:
        """Eight letters were typed."""
        if not self._parts.guard.allows("code", client_of(request), CODE):
            raise TroubleError(429)
        typed = (await form_of(request)).get("code", "")
        token = self._parts.offers.token_of(typed)
        if not token:
            return self._home(request, wrong=True, status=404)
        asked = request.query_params.get("lang", "")
        more = f"?lang={asked}" if asked in LANGUAGES else ""
        return RedirectResponse(f"/t/{token}{more}", status_code=303)

    async def take(self, request: Request) -> Response:
        """The page of a take: also while it is on its way, or could not be kept."""
        token, words = request.path_params["token"], self._parts.words(request)
        found = await self._seen(request, token)
        if found is not None:
            shelf = self._parts.shelf
            family = await self._parts.reading(lambda: shelf.family(found))
            context = {**self._of_take(found, words), "family": self._of_family(family)}
        else:
            baking = self._parts.offers.with_token(token)
            if baking is None:
                raise self._missed(request)
            net = baking.net
            name = str(net.get("name", ""))
            context = {"state": baking.state, "name": name, "progress": baking.progress}
            context |= self._of_net(net, words)
        self._parts.count("door pages")
        return self._parts.page("take.html", words, request, {**context, "token": token})

    def _of_take(self, take: SeenTake, words: DoorWords) -> dict[str, object]:
        stills = [name for name in sorted(take.files) if is_still(name)]
        return {
            "state": "kept",
            "take": take,
            "name": take.name,
            "day": day(take.expires_at_s),
            "stills": stills,
            "has": {name: name in take.files for name in KINDS},
            "card": self._parts.card is not None,
            "play": self._parts.play_link(take.net),
            "sure": False,
            "family": [],
            **self._of_net(take.net, words),
        }

    def _of_family(self, family: Sequence[Relative]) -> list[tuple[str, list[dict[str, object]]]]:
        """The generations by the key of their words, the oldest first; after the older ones "own",
        this take itself."""
        rows: dict[str, list[dict[str, object]]] = {}
        for one in family:
            key = "children" if one.generation < 0 else "parents"
            key = "ancestors" if one.generation > 1 else key
            play = self._parts.play_link(one.net)
            told = {"id": one.id, "name": one.name, "has": one.portrait is not None, "play": play}
            if key == "children" and rows:
                rows.setdefault("own", [])
            rows.setdefault(key, []).append(told)
        if rows and "children" not in rows:
            rows["own"] = []
        return list(rows.items())

    def _of_net(self, net: Mapping[str, object], words: DoorWords) -> dict[str, object]:
        count, marks = count_cuts(net), self._parts.marks
        label = words("take.net_alt", count=count)
        drawings = [
            (words(f"part.{part}"), drawing(net, part, f"{label} {words(f'part.{part}')}", marks))
            for part in PARTS
        ]
        return {"drawings": drawings, "cuts": said_cuts(net, words, marks), "count": count}

    async def relative(self, request: Request) -> Response:
        """The portrait of a take of the family, as long as others may see that take."""
        found = await self._seen(request, request.path_params["token"])
        if found is None:
            raise self._missed(request)
        shelf, wanted = self._parts.shelf, request.path_params["take_id"]
        family = await self._parts.reading(lambda: shelf.family(found))
        path = next((one.portrait for one in family if one.id == wanted), None)
        if path is None:
            raise TroubleError(404)
        status = await self._parts.reading(path.stat)
        headers = {"cache-control": "private, max-age=60"}
        return TakeFile(path, headers=headers, media_type="image/png", stat_result=status)

    async def state(self, request: Request) -> Response:
        """How a take on its way is, for its own page."""
        token = request.path_params["token"]
        if await self._seen(request, token) is not None:
            return JSONResponse({"state": "kept", "progress": 1.0})
        baking = self._parts.offers.with_token(token)
        if baking is None:
            raise self._missed(request)
        return JSONResponse({"state": baking.state, "progress": baking.progress})

    async def file(self, request: Request) -> Response:
        """One of a take's files; with `?save` to be put away."""
        found = await self._seen(request, request.path_params["token"])
        if found is None:
            raise self._missed(request)
        name = request.path_params["name"]
        if name in ("card.png", "card.pdf") and self._parts.card is not None:
            return await self._card(found, name, request)
        path = found.files.get(name)
        kind = KINDS.get(name) or ("image/png" if is_still(name) else None)
        if path is None or kind is None:
            raise TroubleError(404)
        saved = "save" in request.query_params
        if saved:
            self._parts.count(f"door saved {name.rpartition('.')[2]}")
        status = await self._parts.reading(path.stat)  # gone meanwhile: FileNotFoundError
        return TakeFile(
            path,
            headers={"cache-control": "private, max-age=60"},
            media_type=kind,
            filename=file_name(found, name) if saved else None,
            stat_result=status,
        )

    async def _card(self, take: SeenTake, name: str, request: Request) -> Response:
        assert self._parts.card is not None
        if not self._parts.guard.allows("card", client_of(request), CARD):
            raise TroubleError(429)
        try:
            data = await asyncio.to_thread(self._parts.card, take, name)
        except UglyError as error:
            _log.warning("%s", error)
            raise TroubleError(503) from None
        kind = "image/png" if name.endswith("png") else "application/pdf"
        disposition = f'attachment; filename="{file_name(take, name)}"'
        headers = {"content-disposition": disposition} if "save" in request.query_params else {}
        return Response(data, headers=headers, media_type=kind)

    async def withdraw(self, request: Request) -> Response:
        """Hide, show again, or delete: whoever has the link may."""
        act, token = request.path_params["act"], request.path_params["token"]
        if act not in ("hide", "show", "delete"):
            raise TroubleError(404)
        if not self._parts.own_page(request):
            raise TroubleError(403)
        if not self._parts.guard.allows("withdraw", client_of(request), WITHDRAW):
            raise TroubleError(429)
        found, words = await self._seen(request, token), self._parts.words(request)
        if found is None:
            raise self._missed(request)
        if act == "delete" and (await form_of(request)).get("sure") != "yes":
            context = {**self._of_take(found, words), "token": token, "sure": True}
            return self._parts.page("take.html", words, request, context)
        outcome = await self._parts.keeper.do(act, found.id)
        self._parts.audit.note(f"visitor {act}", found.id, outcome.well)
        if act == "delete" and outcome.well:
            self._parts.offers.forget(token)
            self._parts.count("door deleted")
            return self._receipt(request, words, outcome.facts)
        told = {"hide": "hidden", "show": "unhidden"}.get(act) if outcome.well else "failed"
        again = await self._seen(request, token) or found
        context = {**self._of_take(again, words), "token": token, "told": told}
        return self._parts.page("take.html", words, request, context, 200 if outcome.well else 503)

    def _receipt(self, request: Request, words: DoorWords, facts: Mapping[str, object]) -> Response:
        return self._parts.page("receipt.html", words, request, {"receipt": facts})

    async def _seen(self, request: Request, token: str) -> SeenTake | None:
        """The take whose link this is, if there is one and its time is not over."""
        if len(token) not in _TOKEN_LENGTHS or not token.isascii():
            return None
        if not self._parts.guard.allows("link", client_of(request), LINK, counts=False):
            raise TroubleError(429)
        shelf = self._parts.shelf
        return await self._parts.reading(lambda: shelf.with_token(token))

    def _missed(self, request: Request) -> TroubleError:
        """A link that leads nowhere: it counts as a guess."""
        allowed = self._parts.guard.allows("link", client_of(request), LINK)
        return TroubleError(404 if allowed else 429)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; {} where it is none."""
    if request.headers.get("content-type", "").split(";")[0] != "application/x-www-form-urlencoded":
        return {}
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return {key: values[0] for key, values in parse_qs(body, max_num_fields=20).items()}
    except ValueError:
        return {}


def is_still(name: str) -> bool:
    """Whether a take's file is a still its visitor took."""
    return name.endswith(".png") and name not in KINDS


def file_name(take: SeenTake, name: str) -> str:
    """What a saved file is called: the creature's name, and what it is."""
    creature = "".join(c if c.isalnum() or c in " '-" else "-" for c in take.name)[:60].strip("- ")
    stem, _, end = Path(name).name.rpartition(".")
    return f"{creature or 'UGly-Net'} {stem}.{end}"


def day(seconds: float, clock: Callable[[float], time.struct_time] = time.localtime) -> str:
    """A day as every language reads it, such as 2026-11-27."""
    try:
        return time.strftime("%Y-%m-%d", clock(seconds))
    except (OverflowError, ValueError, OSError):
        return ""
