"""What every answer carries so that a browser runs nothing but our own files, and what every
request must keep to.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 16 * 1024
"""Nobody has to send more than a form."""

_POLICY = (
    "default-src 'none'; img-src 'self' blob:; media-src 'self' blob:; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
_PLAY_POLICY = (
    _POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    + "; worker-src 'self' blob:"
)
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""For drawings, which may hold styles of their own and are never a page."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), payment=(), usb=(), camera=(self), microphone=()",
    "x-robots-tag": "noindex, nofollow",
}


class Secured:
    """Puts the headers on every answer, and refuses bodies that are too large, told or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", policy_of(path))
                headers.setdefault("cache-control", cached(path))
            await send(message)

        if _told_length(scope) > LARGEST_BODY:
            await refuse(secured, 413)
            return
        await self.app(scope, _bounded(receive), secured)


def policy_of(path: str) -> str:
    """The Content-Security-Policy of a path."""
    if path.startswith("/play/"):
        return _PLAY_POLICY
    return _FILE_POLICY if path.endswith(".svg") and path.startswith("/t/") else _POLICY


def cached(path: str) -> str:
    """What a browser may keep: our own files, as long as they are the same; of visitors nothing."""
    return "no-cache" if path.startswith(("/static/", "/play/")) else "no-store"


class TooLargeError(Exception):
    """More came than may."""


def _told_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else LARGEST_BODY + 1
    return 0


def _bounded(receive: Receive) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise TooLargeError
        return message

    return bounded


async def refuse(send: Send, status: int) -> None:
    """Answer with a status and nothing else, and hang up."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
