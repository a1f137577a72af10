"""What the pages of the door share: takes, words, templates, limits, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from installation.door.audit import Audit
from installation.door.limits import Guard
from installation.door.net_drawing import Marks
from installation.door.offers import Offers
from installation.door.privacy import Privacy
from installation.door.takes import Keeper, SeenTake, Shelf
from installation.door.words import LANGUAGES, DoorWords, chosen_language, own_texts

T = TypeVar("T")
HERE = Path(__file__).parent


class TroubleError(Exception):
    """A request of a visitor's that is answered with a status and a friendly page. (Parts that
    serve other sites, too, raise Starlette's own `HTTPException`, which ends alike here.)"""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _no_link(net: Mapping[str, Any]) -> str:
    return ""


def _told_nothing() -> Privacy:
    return Privacy()


def _uncounted(what: str, much: float) -> None:
    """Nobody counts."""


def environment() -> Environment:
    """Where the templates are, autoescaped."""
    return Environment(
        loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined
    )


@dataclass
class Parts:
    """The parts of the site. `texts` are further words by language (the show's), `marks` how
    operations look, `play_link` where a net is played at home ("" for nowhere), `card` makes a
    take's card, if anybody can; `privacy` what is told of visitors' privacy now;
    `count` notes that something happened, so often."""

    shelf: Shelf
    keeper: Keeper
    offers: Offers
    audit: Audit
    guard: Guard = field(default_factory=Guard)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    title: str = "UGly-Net"
    play_link: Callable[[Mapping[str, Any]], str] = _no_link
    card: Callable[[SeenTake, str], bytes] | None = None
    privacy: Callable[[], Privacy] = _told_nothing
    counted: Callable[[str, float], None] = _uncounted
    templates: Environment = field(default_factory=environment)
    _reader: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="shelf")
    )

    def count(self, what: str, much: float = 1.0) -> None:
        """Note that something happened."""
        self.counted(what, much)

    async def reading(self, work: Callable[[], T]) -> T:
        """What `work` returns, from the one thread that looks at the disk."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    def words(self, request: Request) -> DoorWords:
        """The words for whoever asks."""
        asked = request.query_params.get("lang", "")
        language = chosen_language(asked, request.headers.get("accept-language", ""))
        return self.words_of(language)

    def words_of(self, language: str) -> DoorWords:
        """The words of a language: the show's, and over them the door's own."""
        return DoorWords(language, {**self.texts.get(language, {}), **own_texts(language)})

    def page(
        self,
        name: str,
        words: DoorWords,
        request: Request,
        context: Mapping[str, object],
        status: int = 200,
    ) -> Response:
        """A page made of a template."""
        path = request.url.path if request.method == "GET" else _page_of(request.url.path)
        every = {
            "words": words,
            "languages": [(each, own_texts(each)["name"]) for each in LANGUAGES],
            "path": path,
            "asked": request.query_params.get("lang", ""),
            "title": self.title,
            "told": None,
        }
        body = self.templates.get_template(name).render({**every, **context})
        headers = {"content-language": words.language, "vary": "accept-language"}
        return HTMLResponse(body, status, headers)

    def own_page(self, request: Request) -> bool:
        """Whether a form was sent from a page of ours: browsers say where it came from."""
        return own_origin(request)

    def close(self) -> None:
        """Let go of the disk."""
        self._reader.shutdown(wait=True)


def _page_of(path: str) -> str:
    """Where a form's answer is found again by a link."""
    parts = path.split("/")
    return "/".join(parts[:3]) if parts[1:2] == ["t"] else "/"


def own_origin(request: Request) -> bool:
    """Whether a browser that says where a request came from says: from here."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "")
    if site and site not in ("same-origin", "none"):
        return False
    if not origin:
        return True
    return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def client_of(request: Request) -> str:
    """Whom to count: the address at the other end."""
    return request.client.host if request.client else ""
