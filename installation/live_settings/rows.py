"""Every setting as a row: its key, default, range and meaning, and when a change takes effect.

Read from the schema (`settings`), for the documentation and for whoever offers settings to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from installation.mistakes import as_toml
from installation.setting_kinds import OneOf, Setting
from installation.settings import Settings

_BOUNDS = {"gt": "above {}", "ge": "at least {}", "lt": "below {}", "le": "at most {}"}
_KINDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting. `key` is "section.name"; `default` is written as in TOML, "" for none."""

    key: str
    default: str
    allowed: str
    means: str
    live: bool


@cache
def rows() -> tuple[Row, ...]:
    """All settings, in the order of the schema."""
    return tuple(_rows())


@cache
def live_keys() -> frozenset[str]:
    """The keys whose change takes effect while the show runs."""
    return frozenset(row.key for row in rows() if row.live)


def _rows() -> Iterator[Row]:
    defaults = Settings()
    for section in fields(Settings):
        held = getattr(defaults, section.name)
        for name, hint in get_type_hints(type(held), include_extras=True).items():
            setting = next(m for m in get_args(hint)[1:] if isinstance(m, Setting))
            value = getattr(held, name)
            shown = "" if value is None else as_toml(_shortened(value))
            key = f"{section.name}.{name}"
            yield Row(key, shown, _allowed(hint), setting.means, setting.live)


def _shortened(value: Any) -> Any:
    """A path of this machine as anybody would write it."""
    if not isinstance(value, Path) or not value.is_absolute():
        return value
    return Path("..", *value.parts[-2:])


def _allowed(hint: Any) -> str:
    """What may be written, in words."""
    if get_origin(hint) is Annotated:
        kind, *marks = get_args(hint)
        for mark in marks:
            if isinstance(mark, AfterValidator) and isinstance(mark.func, OneOf):
                return ", ".join(mark.func.names)
        entries = "entries" if get_origin(kind) is tuple else "letters"
        bounds = [bound for mark in marks for bound in _bounds(mark, entries)]
        said = _allowed(kind)
        return f"{said}, {' and '.join(bounds)}" if bounds else said
    if get_origin(hint) is Literal:
        return ", ".join(map(str, get_args(hint)))
    if get_origin(hint) in (Union, UnionType):
        return _allowed(next(kind for kind in get_args(hint) if kind is not NoneType))
    if get_origin(hint) is tuple:
        first, *rest = get_args(hint)
        many = "a list: each" if rest == [...] else f"{1 + len(rest)} of: each"
        return f"{many} {_allowed(first)}"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(str(member.value) for member in hint)
    return _KINDS[hint]


def _bounds(mark: Any, entries: str) -> Iterator[str]:
    if not isinstance(mark, FieldInfo):
        return
    for limit in mark.metadata:
        for name, words in _BOUNDS.items():
            if (bound := getattr(limit, name, None)) is not None:
                yield words.format(f"{bound:g}" if bound < 1e6 else str(bound))
        if (most := getattr(limit, "max_length", None)) is not None:
            yield f"at most {most} {entries}"
