"""What the door says, in four languages: one TOML file a language, and the show's own words for
what a net does. Which language, the visitor's browser says, or the visitor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from installation.documents import parse_toml, read_text

OWN = Path(__file__).parent / "words"
LANGUAGES = ("en", "de", "fr", "ko")
_MOST_ASKED = 30


@dataclass(frozen=True, eq=False)
class DoorWords:
    """One language; `texts` go by "table.key"."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **names: object) -> str:
        """The text of a key, with `names` put in.

        Raises:
            KeyError: if there is no such key, which is a programmer's mistake.
        """
        text = self.texts[key]
        return text.format(**names) if names else text

    def get(self, key: str, otherwise: str = "") -> str:
        """The text of a key, or what stands for one that is not there."""
        return self.texts.get(key, otherwise)


def own_texts(language: str) -> Mapping[str, str]:
    """The door's own texts in a language."""
    return texts_in(OWN, language)


@cache
def texts_in(folder: Path, language: str) -> Mapping[str, str]:
    """The texts of a language in a folder, by "table.key"."""
    path = folder / f"{language}.toml"
    return dict(_flat(parse_toml(read_text(path), str(path)), ""))


def _flat(table: Mapping[str, Any], at: str) -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", str(value)


def chosen_language(asked: str, accept: str) -> str:
    """`asked` where it is one of ours, else what an Accept-Language header likes best (RFC 9110,
    12.5.4), else English."""
    if asked in LANGUAGES:
        return asked
    found: list[tuple[float, int, str]] = []
    for number, part in enumerate(accept[:1000].split(",")[:_MOST_ASKED]):
        name, _, rest = part.partition(";")
        language = re.split(r"[-_]", name.strip().lower())[0]
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", rest) if rest else None
        liked = float(weight[1]) if weight else 1.0
        if language in LANGUAGES and liked > 0:
            found.append((-liked, number, language))
    return min(found)[2] if found else LANGUAGES[0]
