"""Mistakes in a settings file in an operator's words: one line, with its line and its key. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import PurePath
from typing import Any, TypeAlias

Defaults: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Every setting there is, with its default: by section, then by key."""

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_ASSIGNED = re.compile(r"\s*([\w.-]+)\s*=\s*(.*)")
_KEY = re.compile(r"\s*([\w.-]+)")
_BARE = re.compile(r"[A-Za-z_~./\\][^,\]\"'#=]*")

_LOGIN = re.compile(r"[:/].*@|(?i:pass\w*|pwd)=")
"""An address with who logs in."""

_CURLY = (
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"
)

_BOUNDS = {
    "greater_than": ("gt", "above {}"),
    "greater_than_equal": ("ge", "at least {}"),
    "less_than": ("lt", "below {}"),
    "less_than_equal": ("le", "at most {}"),
    "string_too_long": ("max_length", "at most {} letters"),
    "finite_number": ("", "a number, not infinity"),
}
_KINDS = (
    ("bool", "true or false"),
    ("float", "a number"),
    ("int", "a whole number"),
    ("string", "a text in quotes"),
    ("path", "a path in quotes"),
    ("tuple", "a list"),
    ("list", "a list"),
)


def toml_mistake(text: str, message: str) -> str:
    """What is wrong with TOML that cannot be read: `message` is the reader's own complaint."""
    found = _PLACE.search(message)
    lines = text.splitlines() or [""]
    number = int(found[1]) if found and found[1] else len(lines)
    column = int(found[2]) if found and found[2] else 1
    complaint = _PLACE.sub("", message).splitlines()[0] if message else "it cannot be read"
    line = lines[min(number, len(lines)) - 1]
    if "overwrite" in complaint or "twice" in complaint:
        return f"line {number}: {line.split('=')[0].strip()}: it is there twice; keep one"
    key = _KEY.match(line)
    if key and (_is_secret(key[1]) or _LOGIN.search(line)):
        return f"line {number}: {key[1]}: a text in quotes is needed, as in the example"
    said = _line_mistake(line, column)
    return f"line {number}: {said or f'not valid TOML: {complaint}'}"


def _is_secret(key: str) -> bool:
    """Whether its value is not to be told: more people read a journal than a settings file."""
    return "password" in key


def _line_mistake(line: str, column: int) -> str:
    """What is wrong with a line, seen by eye; "" for nothing that is often done wrong."""
    bare_line = line.split("#")[0].strip()
    assigned = _ASSIGNED.match(line)
    key, value = (assigned[1], assigned[2].split("#")[0].strip()) if assigned else ("", "")
    at = f"{key}: " if key else ""
    word = _BARE.match(line[max(0, column - 1) :])
    if word is None and _BARE.fullmatch(value):
        word = _BARE.match(value)
    if bare_line.startswith("[") and bare_line.count("[") > bare_line.count("]") and not key:
        return f"{bare_line}: the closing ] is missing"
    if value[:1] in ('"', "'") and value.count(value[0]) % 2:
        return f"{at}the closing quote is missing"
    if re.fullmatch(r"-?\d+,\d+", value):
        return f"{at}a decimal point is needed, not a comma: {value.replace(',', '.')}"
    if key and not value:
        return f"{at}there is nothing after the ="
    if not key and not bare_line.startswith("[") and re.match(r"[\w.-]+\s*[:\s]\s*\S", bare_line):
        return f"a = is missing in {bare_line}"
    if any(quote in value for quote in _CURLY):
        return f"{at}straight quotes are needed, not curly ones"
    # A line of a list over several lines has no key.
    if word := word if key else _BARE.fullmatch(bare_line.rstrip(",")):
        bare = word[0].strip()
        if "\\" in bare:
            return f"{at}quotes are missing: '{bare}'"
        if bare.lower() in ("true", "false"):
            return f"{at}{bare.lower()} is written in small letters"
        return f'{at}quotes are missing: "{bare}"'
    return ""


def settings_mistake(error: Mapping[str, Any], defaults: Defaults, text: str = "") -> str:
    """What is wrong with a value: `error` is one of pydantic's `errors()`, `text` the file's."""
    keys = [str(part) for part in error["loc"] if re.fullmatch(r"[\w-]+", str(part))]
    section, key = keys[0] if keys else "", keys[1] if len(keys) > 1 else ""
    line = _line_of(text, section, key)
    at = f"line {line}: " if line else ""
    return f"{at}{'.'.join(keys[:2])}: {_meant(error, section, key, defaults)}"


def _meant(error: Mapping[str, Any], section: str, key: str, defaults: Defaults) -> str:
    kind, given, context = str(error["type"]), error.get("input"), error.get("ctx") or {}
    if _is_secret(key) or _LOGIN.search(str(given)):
        given = None
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return "there is no such setting" + _instead(section, key, defaults)
    if not key:
        return f"this is a section: write [{section}] on a line of its own, its settings below"
    default = defaults.get(section, {}).get(key)
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return words.format(_short(context.get(name))) + _given(given)
    if kind in ("literal_error", "enum"):
        known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"one of {', '.join(known)}{_given(given)}{did_you_mean(str(given), known)}"
    if kind in ("missing_argument", "too_short", "too_long", "missing", "unexpected_positional"):
        count = len(default) if isinstance(default, (tuple, list)) else 0
        if count and all(isinstance(part, (int, float)) for part in default or ()):
            return f"a list of {count} numbers, such as {as_toml(default)}"
        return "a list with more entries" + _example("a list", None, default)
    for start, words in _KINDS:
        if kind.startswith(start):
            return words + _example(words, given, default) + _given(given)
    return str(error["msg"]) + _given(given)


def _example(words: str, given: object, default: object) -> str:
    if words == "true or false":
        return ""
    if words == "a list" and isinstance(given, str) and not _is_numbers(default):
        return f", such as {as_toml((given,))}"
    if words == "a text in quotes" and isinstance(given, (int, float)):
        return f', such as "{given}"'
    one = default[0] if isinstance(default, (tuple, list)) and words != "a list" else default
    return f", such as {as_toml(one)}" if one not in (None, "", ()) else ""


def _is_numbers(default: object) -> bool:
    return isinstance(default, (tuple, list)) and all(isinstance(p, (int, float)) for p in default)


def _given(given: object) -> str:
    """What was written instead, where that is short enough to be told."""
    shown = as_toml(given) if isinstance(given, (str, int, float, bool)) else ""
    return f", not {shown}" if shown and len(shown) <= 60 else ""


def _instead(section: str, key: str, defaults: Defaults) -> str:
    if not key:
        homes = [name for name, keys in defaults.items() if section in keys]
        if homes:
            return f"; it belongs below [{homes[0]}]"
        return did_you_mean(section, list(defaults), "[{}]")
    homes = [f"[{name}]" for name, keys in defaults.items() if key in keys]
    if homes:
        return f"; it belongs below {' or '.join(homes)}"
    return did_you_mean(key, list(defaults[section]))


def did_you_mean(word: str, known: Sequence[str], shape: str = "{}") -> str:
    """What to add to a line about `word`: the known word nearest to it; "" if none is near."""
    found = difflib.get_close_matches(word.lower(), known, 1, 0.6)
    return f"; did you mean {shape.format(found[0])}?" if found else ""


def _short(number: object) -> str:
    return f"{number:g}" if isinstance(number, (int, float)) else str(number)


def as_toml(value: object) -> str:
    """A value as it is written in TOML."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, (str, PurePath)):
        return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _line_of(text: str, section: str, key: str) -> int | None:
    """Where a setting stands, counted from 1: the parser keeps no places, so look for it."""
    here = ""
    first: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            here = header[1]
            first = number if here == section and first is None else first
        elif assigned := _ASSIGNED.match(line):
            full = f"{here}.{assigned[1]}" if here else assigned[1]
            if full == (f"{section}.{key}" if key else section):
                return number
    return first
