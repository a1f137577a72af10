"""A settings file with some values changed: its comments, its order and all else stay."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

import tomlkit
from tomlkit.container import OutOfOrderTableProxy
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, InlineTable, Item, Whitespace

from installation.documents import parse_toml
from installation.vocabulary import UglyError


def with_values(text: str, values: Mapping[str, object], where: str) -> str:
    """The TOML text with these values (by "section.name"; None takes a setting away).

    Raises:
        UglyError: if the text is not TOML.
    """
    parse_toml(text, where)  # its mistakes are told better
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise UglyError(f"{where}: not valid TOML ({error})") from None
    for key, value in values.items():
        section, _, name = key.partition(".")
        table = document.get(section)
        if not isinstance(table, (AbstractTable, OutOfOrderTableProxy)):
            if value is None:
                continue
            table = tomlkit.table()
            document[section] = table
        if value is None:
            table.pop(name, None)
        elif name not in table or table.unwrap()[name] != _plain(value):
            _put(table, name, _plain(value))
    return tomlkit.dumps(document)


def _put(table: AbstractTable | OutOfOrderTableProxy, name: str, value: Any) -> None:
    """A value in the place of the old one, whose comment stays; a new one is the section's last,
    before the gap to the next."""
    if isinstance(table, (InlineTable, OutOfOrderTableProxy)):
        table[name] = value
        return
    old = table.value.item(name) if name in table else None
    if isinstance(old, Item):
        item = tomlkit.item(value)
        shift = len(item.as_string()) - len(old.as_string())
        gap_ws = old.trivia.comment_ws
        item.trivia.comment_ws = gap_ws and " " * max(1, len(gap_ws) - shift)
        item.trivia.comment = old.trivia.comment
        table[name] = item
        return
    gap: list[Whitespace] = []
    while table.value.body and isinstance(space := table.value.body[-1][1], Whitespace):
        gap.append(space)
        table.value.body.pop()
    table.append(name, value)
    for space in gap:
        table.add(space)


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value
