"""What the show and its door say to each other over a local socket. Pure.

    kind (1 byte)  length of the body (4 bytes, big-endian)  body

The body of a picture is its JPEG, that of everything else a JSON object with the fields of its
class below. Who gets what is none of these stops listening: bytes that were misunderstood once
cannot be trusted again.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

LARGEST_JSON, LARGEST_PICTURE = 1 << 18, 1 << 22
"""The most bytes of a body."""

_HEAD = struct.Struct(">BI")
_STRICT = ConfigDict(extra="forbid", strict=False)
_Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22,64}$")]
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Line = Annotated[str, Field(max_length=2000)]
_Word = Annotated[str, Field(max_length=80)]
_Seconds = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
_Number = Annotated[float, Field(allow_inf_nan=False)]
Act: TypeAlias = Literal[
    "hide", "show", "delete", "approve", "moderate", "pin", "unpin", "like", "link"
]
"""`hide` and `show` are the visitor's own word, `approve` and `moderate` (hidden) an operator's."""


class GarbledError(Exception):
    """What came is no message."""


# The show says.


@checked(frozen=True, config=_STRICT)
class Device:
    """How a device is, and since when (seconds since the epoch)."""

    name: _Word
    health: Literal["fine", "missing", "failing"]
    note: _Line = ""
    since_s: _Seconds = 0.0


@checked(frozen=True, config=_STRICT)
class Live:
    """How the show is now. What is not known is left out of `values`."""

    at_s: _Seconds
    phase: _Word
    visit: int
    devices: tuple[Device, ...] = ()
    values: dict[_Word, _Number] = field(default_factory=dict)
    version: _Word = ""
    out_of_service: bool = False


@checked(frozen=True, config=_STRICT)
class Baking:
    """A take is on its way that will be found under `token`, and until `until_s` (seconds since the
    epoch) also by a typed `code`; `progress` 0..1. Said again as it goes on."""

    token: _Token
    code: Annotated[str, Field(pattern=r"^([A-Z]{8})?$")] = ""
    until_s: _Seconds = 0.0
    progress: Annotated[float, Field(ge=0, le=1)] = 0.0
    net: dict[str, Any] = field(default_factory=dict)
    state: Literal["baking", "kept", "failed"] = "baking"


@checked(frozen=True, config=_STRICT)
class Done:
    """An order's answer: `line` says what went wrong, `facts` what there is to tell."""

    number: int
    well: bool
    line: _Line = ""
    facts: dict[str, Any] = field(default_factory=dict)


@checked(frozen=True, config=_STRICT)
class Counted:
    """Something to be counted happened: so often, or for so many seconds."""

    what: _Word
    much: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on the screen, as a JPEG."""

    jpeg: bytes = field(repr=False)


# The door says.


@checked(frozen=True, config=_STRICT)
class Open:
    """Where the door is: the address that phones reach ("" without a network, and why)."""

    port: Annotated[int, Field(ge=0, le=65535)]
    address: _Line = ""
    why_not: _Line = ""


@checked(frozen=True, config=_STRICT)
class Alive:
    """The door lives; with `watched`, somebody looks at the screen's picture."""

    watched: bool = False
    visitors: Annotated[int, Field(ge=0)] = 0


@checked(frozen=True, config=_STRICT)
class Order:
    """Do this to a take. `number` comes back in the answer."""

    number: int
    act: Act
    take_id: _Id


@checked(frozen=True, config=_STRICT)
class Change:
    """Change these settings (by "section.name"), all of them or none. `number` comes back in the
    answer."""

    number: int
    changes: dict[_Word, Any]


@checked(frozen=True, config=_STRICT)
class Restart:
    """End, and begin anew. `number` comes back in the answer."""

    number: int


Message: TypeAlias = (
    Live | Baking | Done | Counted | Picture | Open | Alive | Order | Change | Restart
)

_KINDS: Mapping[int, type[Any]] = {
    1: Live,
    2: Baking,
    3: Done,
    4: Counted,
    5: Picture,
    16: Open,
    17: Alive,
    18: Order,
    19: Change,
    20: Restart,
}
_NUMBERS = {kind: number for number, kind in _KINDS.items()}
_READERS = {kind: TypeAdapter(kind) for kind in _KINDS.values() if kind is not Picture}


def encoded(message: Message) -> bytes:
    """A message as bytes.

    Raises:
        GarbledError: if it is too large to be one.
    """
    if isinstance(message, Picture):
        body, most = message.jpeg, LARGEST_PICTURE
    else:
        document = dataclasses.asdict(message)
        body, most = json.dumps(document, allow_nan=False).encode(), LARGEST_JSON
    if len(body) > most:
        raise GarbledError(f"{type(message).__name__} of {len(body)} bytes")
    return _HEAD.pack(_NUMBERS[type(message)], len(body)) + body


class Splitter:
    """Takes bytes as they come, gives messages as they are whole."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole with this.

        Raises:
            GarbledError: if what came is none.
        """
        self._held += data
        while len(self._held) >= _HEAD.size:
            number, length = _HEAD.unpack_from(self._held)
            kind = _KINDS.get(number)
            most = LARGEST_PICTURE if kind is Picture else LARGEST_JSON
            if kind is None or length > most:
                raise GarbledError(f"kind {number}, {length} bytes")
            if len(self._held) < _HEAD.size + length:
                return
            body = bytes(self._held[_HEAD.size : _HEAD.size + length])
            del self._held[: _HEAD.size + length]
            yield Picture(body) if kind is Picture else _read(kind, body)


def _read(kind: type[Any], body: bytes) -> Message:
    try:
        found: Message = _READERS[kind].validate_python(json.loads(body))
    except (ValueError, RecursionError, ValidationError) as error:
        raise GarbledError(f"{kind.__name__}: {str(error).splitlines()[0][:80]}") from None
    return found
