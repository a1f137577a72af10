"""TOML tables against their schema, with one line for whoever wrote them. Pure.

A schema is a pydantic dataclass that forbids what it doesn't know. The parser keeps no places, so
the line of a mistake is looked for in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import AfterValidator, TypeAdapter, ValidationError

from installation.mistakes import did_you_mean
from installation.vocabulary import UglyError

T = TypeVar("T")
_N = TypeVar("_N", int, float)

_KINDS: Mapping[str, str] = {
    "string": "a name in quotes",
    "int": "a whole number",
    "float": "a number",
    "list": "a list",
    "dict": "a table",
    "dataclass": "a table",
}
_ENTRY = re.compile(r"(?P<name>\w+)\[(?P<index>\d+)\]")


class MistakeAtError(ValueError):
    """What a schema's own checks raise: a mistake at `key` below the value that is checked (""
    for the value itself); `sought` is the text it is found by, if not its key."""

    def __init__(self, problem: str, key: str = "", sought: str = "") -> None:
        super().__init__(problem)
        self.key, self.sought = key, sought


def within(least: _N, most: _N) -> AfterValidator:
    """Holds a number of a schema to least..most."""

    def check(value: _N) -> _N:
        if not least <= value <= most:
            raise MistakeAtError(f"{value} is outside {least:g}..{most:g}")
        return value

    return AfterValidator(check)


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML document as it was written, and how errors name it."""

    text: str
    where: str

    def line_of(self, key: str, sought: str = "") -> int | None:
        """Where `key` ("pages[1].name"), or the text `sought` below it, stands, counted from 1."""
        lines = [line.split("#")[0] for line in self.text.splitlines()]
        start = 0
        if table := _ENTRY.match(key):
            header = re.compile(rf"\s*\[\[\s*{table['name']}\s*\]\]")
            headers = [n for n, line in enumerate(lines) if header.match(line)]
            start = dict(enumerate(headers)).get(int(table["index"]), 0)
        last = re.escape(re.sub(r"\[\d+\]", "", key).split(".")[-1])
        for pattern in (
            re.escape(sought) if sought else None,
            rf"(^|[\s{{,]){last}\s*=",
            rf"\[{last}\]",
        ):
            for n, line in enumerate(lines[start:], start + 1):
                if pattern and re.search(pattern, line):
                    return n
        return None

    def mistake(self, key: str, problem: str, sought: str = "") -> UglyError:
        """What to raise: document, line, key and problem, in one line."""
        line = self.line_of(key, sought)
        place = f"line {line}: " if line else ""
        return UglyError(f"{self.where}: {place}{f'{key}: ' if key else ''}{problem}")


def checked_table(schema: type[T], table: object, written: TomlText, at: str = "") -> T:
    """Return `table`, found at the key `at` of what was written, as `schema`.

    Raises:
        UglyError: one line naming the document, the line and the key; a key that nobody knows
            is told first, since what it was meant for is missing then.
    """
    adapter = TypeAdapter(schema)
    try:
        return adapter.validate_python(table)
    except ValidationError as error:
        told = sorted(error.errors(), key=lambda one: one["type"] != "unexpected_keyword_argument")
        raise _mistake(told[0], written, at, lambda: _keys(adapter)) from None


def _keys(adapter: TypeAdapter[Any]) -> list[str]:
    """Every key that a schema and those within it know."""
    schema = adapter.json_schema()
    known = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for one in known for key in one.get("properties", {})})


def _mistake(
    error: Mapping[str, Any], written: TomlText, at: str, known: Callable[[], list[str]]
) -> UglyError:
    key = _joined(at, *error["loc"])
    kind, given, context = str(error["type"]), error["input"], error.get("ctx") or {}
    if kind in ("missing", "missing_argument"):
        return UglyError(f"{written.where}: {key} is missing")
    own, sought = context.get("error"), f'"{given}"' if isinstance(given, str) else ""
    if isinstance(own, MistakeAtError):
        own.__traceback__ = None  # or its frames live on with the error, to the program's end
        key, problem, sought = _joined(key, own.key), str(own), own.sought
    elif kind == "unexpected_keyword_argument":
        others = [word for word in known() if word != str(error["loc"][-1])]
        problem, sought = f"no such key{did_you_mean(str(error['loc'][-1]), others)}", ""
    elif kind == "enum":
        members = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        problem = f'"{given}" is none of: {", ".join(members)}'
        problem += did_you_mean(str(given), members)
    else:
        wanted = next((_KINDS[start] for start in _KINDS if kind.startswith(start)), "")
        problem = f"expected {wanted}, not {given!r}" if wanted else str(error["msg"])
    return written.mistake(key, problem, sought)


def _joined(at: str, *parts: object) -> str:
    """The key "pages[1].name" of "", "pages", 1, "name"."""
    for part in parts:
        at += f"[{part}]" if isinstance(part, int) else f".{part}" if at and part else str(part)
    return at
