"""What every setting is made of: what it means, whether it may change live, and common ranges."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Setting(NamedTuple):
    """What a setting is for, in a line, and whether it may change while the show runs."""

    means: str
    live: bool


def live(means: str) -> Setting:
    """A setting that takes effect on the show's next tick."""
    return Setting(means, live=True)


def restart(means: str) -> Setting:
    """A setting that takes effect when the show is started again."""
    return Setting(means, live=False)


@dataclass(frozen=True)
class OneOf:
    """Checks that a text is one of these names."""

    names: tuple[str, ...]

    def __call__(self, name: str) -> str:
        if name not in self.names:
            expected = ", ".join(f"'{known}'" for known in self.names)
            raise PydanticCustomError("literal_error", "one of {expected}", {"expected": expected})
        return name

    @property
    def checked(self) -> AfterValidator:
        return AfterValidator(self)


@dataclass(frozen=True)
class InWords:
    """Checks that a text can be read by `read`, whose ValueError says in words what is wanted."""

    read: Callable[[str], object]

    def __call__(self, text: str) -> str:
        try:
            self.read(text)
        except ValueError as error:
            raise PydanticCustomError("in_words", "{wanted}", {"wanted": str(error)}) from None
        return text


@dataclass(frozen=True)
class Like:
    """Checks that a text reads as `pattern` does (whole), and says in words what is `wanted`."""

    pattern: str
    wanted: str

    def __call__(self, text: str) -> str:
        if re.fullmatch(self.pattern, text) is None:
            raise PydanticCustomError("in_words", "{wanted}", {"wanted": self.wanted})
        return text

    @property
    def checked(self) -> AfterValidator:
        return AfterValidator(self)


STRICT = ConfigDict(extra="forbid")
Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=16, le=7680)]
SizePx = tuple[Pixels, Pixels]
Broker = Annotated[
    str,
    Field(max_length=200),
    Like(r"(mqtts?://[^\s:/]+(:\d{1,5})?)?", 'a broker such as "mqtt://hub:1883"').checked,
]
