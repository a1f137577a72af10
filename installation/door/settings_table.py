"""Every setting with what it may be, for the operators' page: by the same schema that checks the
settings' file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from installation.settings import Settings

_BOUNDS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "below {}"),
    ("minLength", "at least {} letters"),
    ("maxLength", "at most {} letters"),
)


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return TypeAdapter(Settings).json_schema()


def settings_table(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a setting: its section and what that is about, its key, its value in `values` (by
    section, then key; None where it is not there), its default and what it may be."""
    schema = _schema()
    rows = []
    for section, reference in schema["properties"].items():
        part = schema["$defs"][reference["$ref"].rpartition("/")[2]]
        about = str(part.get("description", "")).split("\n\n")[0].replace("\n", " ")
        held = values.get(section, {})
        for key, one in part["properties"].items():
            rows.append(
                {
                    "section": section,
                    "about": about,
                    "key": key,
                    "value": held.get(key) if isinstance(held, Mapping) else None,
                    "default": one.get("default"),
                    "may_be": may_be(one, schema["$defs"]),
                }
            )
    return rows


def may_be(one: Mapping[str, Any], kinds: Mapping[str, Any]) -> str:
    """What a schema lets a value be, in words."""
    if "$ref" in one:
        return may_be(kinds[one["$ref"].rpartition("/")[2]], kinds)
    if "enum" in one:
        return ", ".join(str(value) for value in one["enum"])
    if "anyOf" in one:
        return " or ".join(
            dict.fromkeys(filter(None, (may_be(each, kinds) for each in one["anyOf"])))
        )
    kind = {
        "boolean": "true or false", "integer": "a whole number", "number": "a number",
        "string": "a text", "array": "a list", "null": "nothing",
    }.get(str(one.get("type", "")), "")  # fmt: skip
    if one.get("format") == "path":
        kind = "a path"
    bounds = [words.format(f"{one[key]:g}") for key, words in _BOUNDS if key in one]
    return ", ".join([kind, *bounds]) if kind else ""
