"""What the show says, in the visitor's language: one TOML file a language.

An operator may add languages, or change ours, with files of the same shape in a folder of
their own. What such a file leaves out is said in English; what it adds by mistake is an
error that names it.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from installation.documents import parse_toml, read_text
from installation.vocabulary import UglyError

OWN = Path(__file__).parent / "words"
FIRST = "en"
"""The language that has every word."""


@dataclass(frozen=True, eq=False)
class Words:
    """One language. `texts` go by "table.key"; `untranslated` are those said in English."""

    language: str
    name: str
    texts: Mapping[str, str]
    untranslated: tuple[str, ...] = ()

    def __call__(self, key: str, **names: str) -> str:
        """The text of a key, with button names (and `names`) put in.

        Raises:
            KeyError: if there is no such key, which is a programmer's mistake.
        """
        text = self.texts[key]
        if "{" not in text:
            return text
        return text.format(**{**self._buttons, **names})

    def of_fleet(self) -> Words:
        """The same words at a booth that is one of several: a visitor is asked whether all of them
        may show a take."""
        asked = {"decide.share": self.texts["decide.share_fleet"]}
        return replace(self, texts={**self.texts, **asked})

    def named(self, name: str, *tables: str) -> str:
        """What an operator calls `name`, such as a manner of cutting or a tool: in this
        language if one of `tables` has it, else as it is."""
        found = (self.texts.get(f"{table}.{name.lower()}") for table in tables)
        return next((text for text in found if text is not None), name)

    @cached_property
    def _buttons(self) -> dict[str, str]:
        """The buttons' names by {name}, as they are written within a text."""
        found = (key for key in self.texts if key.startswith("button."))
        return {key.removeprefix("button."): self.texts[key].upper() for key in found}


def languages(folders: Iterable[Path] = ()) -> dict[str, Words]:
    """Every language there is, by its file's name; a later folder's file wins.

    Raises:
        UglyError: if a file cannot be read, or holds a key or a {name} that is not ours.
    """
    first = _texts(OWN / f"{FIRST}.toml")
    files = {file.stem: file for file in sorted(OWN.glob("*.toml"))}
    for folder in folders:
        files.update({file.stem: file for file in sorted(folder.glob("*.toml"))})
    return {language: _words(language, file, first) for language, file in files.items()}


def _words(language: str, file: Path, first: Mapping[str, str]) -> Words:
    texts = _texts(file)
    for key, text in texts.items():
        if key not in first:
            raise UglyError(f"{file}: {key} is no text of the show; see {OWN / 'en.toml'}")
        unknown = _names(file, key, text) - _names(file, key, first[key])
        if unknown:
            raise UglyError(f"{file}: {key}: {{{unknown.pop()}}} means nothing here")
    missing = tuple(key for key in first if key not in texts)
    return Words(language, texts.get("name", language), {**first, **texts}, missing)


def _names(file: Path, key: str, text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise UglyError(f"{file}: {key}: {error}") from None


def _texts(file: Path) -> dict[str, str]:
    return dict(_flat(file, parse_toml(read_text(file), str(file)), ""))


def _flat(file: Path, table: Mapping[str, Any], at: str) -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(file, value, f"{at}{key}.")
        elif isinstance(value, str):
            yield f"{at}{key}", value
        else:
            raise UglyError(f"{file}: {at}{key}: a text in quotes is needed, not {value!r}")
