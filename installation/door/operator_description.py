"""What the operators' addresses take and give, as an OpenAPI 3.1 document. Pure.

Apart from the visitors': where there is no password there is no such address, and nobody who is
not in learns which there are.
"""

from __future__ import annotations

from typing import Any

from installation.door.description import OBJECT, PAGE, TAKE
from installation.door.take_pages import KINDS

_EVENTS = {"text/event-stream": {"schema": {"type": "string"}}}
_JPEG = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
_CSV = {"text/csv": {"schema": {"type": "string"}}}
_FILES = {"anyOf": [{"enum": sorted(KINDS)}, {"type": "string", "pattern": r"^[^/]+\.png$"}]}
"""A take's files, and the stills its visitor took."""
_ACTS = ("approve", "moderate", "pin", "unpin", "like", "link", "delete", "undo")


def _asked(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _one_of(*names: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


def _answers(content: dict[str, Any], *more: int, good: int = 200) -> dict[str, Any]:
    """What comes back: what was asked for, or one of the refusals."""
    found: dict[str, Any] = {str(good): {"description": "what was asked for", "content": content}}
    for status in (401, 403, 404, 405, 413, *more):
        found[str(status)] = {"description": "refused"}
    return found


def _told(content: dict[str, Any], *asked: dict[str, Any]) -> dict[str, Any]:
    """What is only told, and changes nothing."""
    return {"parameters": list(asked), "responses": _answers(content)}


def _done(fields: dict[str, Any] | None = None, *, good: int = 200, more: Any = False) -> Any:
    """What changes something: it takes a JSON object of `fields` (and `more`, if it may hold
    others) and comes from our own page, with its header. 409 tells why it was not done."""
    given = {"type": "object", "properties": fields or {}, "additionalProperties": more}
    return {
        "parameters": [
            {
                "name": "x-uglynet",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "const": "operator"},
            }
        ],
        "requestBody": {"content": {"application/json": {"schema": given}}},
        "responses": _answers(OBJECT, 409, 429, good=good),
    }


def operator_description() -> dict[str, Any]:
    """The document. Whoever asks holds the cookie that `/operator/login` gives."""
    number = {"type": "integer", "minimum": 0}
    scalar = {"type": ["boolean", "number", "string"]}
    take_file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    act = _done()
    act["parameters"] += [TAKE, {**TAKE, "name": "act", "schema": _one_of(*_ACTS)}]
    return {
        "openapi": "3.1.0",
        "info": {"title": "UGly-Net's door: operators", "version": "1"},
        "paths": {
            "/operator": {"get": _told(PAGE)},
            "/operator/openapi.json": {"get": _told(OBJECT)},
            "/operator/login": {"post": _done({"password": {"type": "string"}})},
            "/operator/logout": {"post": _done()},
            "/operator/live": {"get": _told(_EVENTS)},
            "/operator/screen.jpg": {"get": _told(_JPEG)},
            "/operator/takes": {
                "get": _told(
                    OBJECT,
                    _asked("skip", number),
                    _asked("most", number),
                    _asked("text", {"type": "string", "maxLength": 80}),
                    _asked("moderation", _one_of("", "unseen", "waiting", "approved", "hidden")),
                )
            },
            "/operator/takes/{take_id}/{act}": {"post": act},
            "/operator/takes/{take_id}/{name}": {
                "get": _told(take_file, TAKE, {**TAKE, "name": "name", "schema": _FILES})
            },
            "/operator/statistics": {
                "get": _told(
                    OBJECT | _CSV,
                    _asked("by", _one_of("hour", "day")),
                    _asked("as", _one_of("csv", "json")),
                )
            },
            "/operator/audit": {"get": _told(OBJECT)},
            "/operator/settings": {"get": _told(OBJECT), "post": _done(more=scalar)},
            "/operator/history": {"get": _told(OBJECT, _asked("span", _one_of("day", "week")))},
            "/operator/web": {
                "get": _told(OBJECT),
                "post": _done({"place": {"type": "string"}}, good=202),
            },
            "/operator/restart": {"post": _done()},
        },
    }
