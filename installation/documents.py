"""TOML and JSON as hands and other programs write them: bytes to plain values, or one line.

A byte order mark at the head is harmless. Absurd documents (nested without end, numbers of
thousands of digits) end here, before they trip whoever looks into them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from installation.mistakes import toml_mistake
from installation.vocabulary import UglyError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEEPEST = 32
LARGEST = 2**64

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def read_text(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        UglyError: if it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UglyError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UglyError(f"{path}: cannot be read: not UTF-8 text") from None


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """A TOML document.

    Raises:
        UglyError: one line naming `where`, if it is none, or absurd.
    """
    text = text.removeprefix(_BOM)
    try:
        table = tomllib.loads(text)
        _sane(table, where)
        return table
    except tomllib.TOMLDecodeError as error:
        raise UglyError(f"{where}: {toml_mistake(text, str(error))}") from None
    except RecursionError:
        raise UglyError(f"{where}: nested too deeply") from None
    except ValueError:  # Python's own bound on digits
        raise UglyError(f"{where}: a number has too many digits") from None


def parse_json(text: str | bytes, where: str) -> Any:
    """A JSON document.

    Raises:
        UglyError: one line naming `where`, if it is none, or absurd.
    """
    try:
        told = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix(_BOM)
        return _sane(json.loads(told), where)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UglyError(f"{where}: not JSON: {str(error)[:80]}") from None
    except RecursionError:
        raise UglyError(f"{where}: nested too deeply") from None
    except ValueError:
        raise UglyError(f"{where}: a number has too many digits") from None


def _sane(document: Any, where: str) -> Any:
    level = [document]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.keys())
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, str) and not (value.isascii() or _is_text(value)):
                raise UglyError(f"{where}: half a letter (a lone surrogate, \\ud800 to \\udfff)")
            elif isinstance(value, int) and abs(value) >= LARGEST:
                raise UglyError(f"{where}: a number has too many digits")
        level = below
    if level:
        raise UglyError(f"{where}: nested too deeply")
    return document


def _is_text(value: str) -> bool:
    """Whether it can be written down: JSON's escapes can name halves of letters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def home_expanded(path: Path, where: str) -> Path:
    """The path with `~` or `~name` at its head replaced by that home folder.

    Raises:
        UglyError: if nobody knows that folder.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        name = path.parts[0][1:]
        why = f"there is no user {name}" if name else _homeless()
        raise UglyError(f"{where}: {path}: {why}; give the whole path") from None


def _homeless() -> str:
    return "HOME is empty" if "HOME" in os.environ else "HOME is not set, and no home is known"
