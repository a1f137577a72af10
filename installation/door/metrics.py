"""How the show is, in Prometheus' text format (version 0.0.4): devices, live values, what was
counted. No label names a take, a link or a visitor. Not there until a token is set.

GALLERY/door/metrics holds the token's SHA-256.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from installation.door.limits import LOGIN
from installation.door.messages import Live
from installation.door.secret_file import read_secret, remove_secret, write_secret
from installation.door.site_parts import Parts, TroubleError, client_of
from installation.door.statistics import Statistics

METRICS = "metrics"
KIND = "text/plain; version=0.0.4; charset=utf-8"
SILENT_S = 30.0
"""A show that said nothing for so long is not up."""


def new_metrics_token(folder: Path) -> str:
    """A token for the door whose folder this is, in place of any before; said only now.

    Raises:
        UglyError: one line, if it cannot be written.
    """
    token = secrets.token_urlsafe(24)
    write_secret(folder / METRICS, _mark(token))
    return token


def remove_metrics_token(folder: Path) -> bool:
    """Close /metrics; whether it was open. Raises UglyError if it cannot be."""
    return remove_secret(folder / METRICS)


def _mark(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@dataclass
class Metrics:
    """The route /metrics. `live` tells the show's newest values, `clock` the seconds since 1970."""

    parts: Parts
    folder: Path
    statistics: Statistics
    live: Callable[[], Live | None]
    clock: Callable[[], float]

    def routes(self) -> list[Route]:
        """The one path."""
        return [Route("/metrics", self.answer, methods=["GET"])]

    async def answer(self, request: Request) -> Response:
        """Everything, for whoever has the token (Authorization: Bearer TOKEN)."""
        held = await self.parts.reading(lambda: read_secret(self.folder / METRICS))
        if not held:
            raise TroubleError(404)
        client = client_of(request)
        if not self.parts.guard.allows("metrics", client, LOGIN, counts=False):
            raise TroubleError(429)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(held, _mark(token.strip())):
            self.parts.guard.allows("metrics", client, LOGIN)
            return PlainTextResponse(
                "a token is needed\n", 401, {"www-authenticate": 'Bearer realm="uglynet"'}
            )
        text = metrics(self.live(), self.statistics.totals(), self.clock())
        return Response(text, media_type=KIND)


def metrics(live: Live | None, counts: Mapping[str, float], now_s: float) -> str:
    """The text, at `now_s`."""
    return "".join(f"{line}\n" for line in _lines(live, counts, now_s))


def _lines(live: Live | None, counts: Mapping[str, float], now_s: float) -> Iterator[str]:
    up = live is not None and abs(now_s - live.at_s) < SILENT_S
    yield from _family("uglynet_up", "gauge", "whether the show runs", [("", float(up))])
    counted = [(_label("what", what), much) for what, much in sorted(counts.items())]
    yield from _family("uglynet_counted_total", "counter", "what visitors did", counted)
    if live is None or not up:
        return
    yield from _family(
        "uglynet_info", "gauge", "which version runs", [(_label("version", live.version), 1.0)]
    )
    devices = [(_label("device", each.name), float(each.health == "fine")) for each in live.devices]
    yield from _family("uglynet_device_fine", "gauge", "whether a device is well", devices)
    since = [(_label("device", each.name), each.since_s) for each in live.devices]
    yield from _family("uglynet_device_since_seconds", "gauge", "since when it is so", since)
    phase = [(_label("phase", live.phase), 1.0)]
    yield from _family("uglynet_phase", "gauge", "where the visit is", phase)
    for name, value in sorted(live.values.items()):
        plain = re.sub(r"[^a-z0-9_]", "_", name.lower())
        yield from _family(f"uglynet_{plain}", "gauge", f"the show's {name}", [("", value)])


def _family(
    name: str, kind: str, means: str, samples: Iterable[tuple[str, float]]
) -> Iterator[str]:
    yield f"# HELP {name} {means}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{labels} {value!r}"


def _label(name: str, value: str) -> str:
    escaped = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'{{{name}="{escaped}"}}'
