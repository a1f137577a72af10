"""What the door's addresses take and give, as an OpenAPI 3.1 document: for tests and for whoever
builds on it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

PAGE = {"text/html": {"schema": {"type": "string"}}}
OBJECT: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
_TOKEN = {
    "name": "token",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}
TAKE = {
    "name": "take_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
}
_PNG = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
_LANGUAGE = {
    "name": "lang",
    "in": "query",
    "schema": {"type": "string", "enum": ["en", "de", "fr", "ko"]},
}
_REFUSED = (400, 403, 404, 405, 413, 429)


def _answers(good: Iterable[int], content: dict[str, Any], kind: str) -> dict[str, Any]:
    found = {str(status): {"description": kind, "content": content} for status in good}
    for status in _REFUSED:
        found.setdefault(str(status), {"description": "refused"})
    return found


def _form(**fields: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": fields}
    return {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}


def _file(kind: str) -> dict[str, Any]:
    schema = {kind: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "get": {
            "parameters": [
                _TOKEN,
                {"name": "save", "in": "query", "schema": {"type": "string"}},
                {"name": "Range", "in": "header", "schema": {"type": "string"}},
            ],
            "responses": _answers((200, 206, 416), schema, "the file, or a part of it"),
        }
    }


def description() -> dict[str, Any]:
    """The document."""
    page = _answers((200,), PAGE, "a page")
    take = {"parameters": [_TOKEN, _LANGUAGE], "responses": page}
    act = {"parameters": [_TOKEN, _LANGUAGE], "responses": _answers((200, 503), PAGE, "a page")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "UGly-Net's door", "version": "1"},
        "paths": {
            "/": {"get": {"parameters": [_LANGUAGE], "responses": page}},
            "/privacy": {"get": {"parameters": [_LANGUAGE], "responses": page}},
            "/health": {"get": {"responses": _answers((200,), {"text/plain": {}}, "open")}},
            "/code": {
                "post": {
                    "requestBody": _form(code={"type": "string", "maxLength": 40}),
                    "responses": _answers((303, 404), PAGE, "the take's page, or the form again"),
                }
            },
            "/t/{token}": {"get": take},
            "/t/{token}/state": {
                "get": {"parameters": [_TOKEN], "responses": _answers((200,), OBJECT, "its state")}
            },
            "/t/{token}/video.mp4": _file("video/mp4"),
            "/t/{token}/poster.png": _file("image/png"),
            "/t/{token}/portrait.svg": _file("image/svg+xml"),
            "/t/{token}/portrait.png": _file("image/png"),
            "/t/{token}/net.json": _file("application/json"),
            "/t/{token}/family/{take_id}.png": {
                "get": {
                    "parameters": [_TOKEN, TAKE],
                    "responses": _answers((200,), _PNG, "a relative's portrait"),
                }
            },
            "/t/{token}/hide": {"post": act},
            "/t/{token}/show": {"post": act},
            "/t/{token}/delete": {
                "post": {
                    **act,
                    "requestBody": _form(sure={"type": "string", "enum": ["yes", "no"]}),
                }
            },
        },
    }
