"""What a booth says under which topic of a broker, and how well it is carried. Pure.

    uglynet/BOOTH/state          how it is; retained, and the broker says "lost" for who is gone
    uglynet/BOOTH/beat           that it lives, and its numbers, every so many seconds
    uglynet/BOOTH/health/DEVICE  how a device is; retained while the show runs
    uglynet/BOOTH/event          what happened, once
    uglynet/BOOTH/challenge      what a command must quote; retained while commands are heard
    uglynet/BOOTH/command        signed commands, from those it was told to trust
    uglynet/BOOTH/answer         what became of a command

Quality of service: what is retained, events, commands and answers go at least once (1): one that
is lost would stay wrong, and one that comes twice does no harm (a state is a state, an event has a
number, a command its count). A beat goes at most once (0): the next one is soon there. Nothing goes
exactly once (2): that costs two round trips more, and counts do the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROOT = "uglynet"
LARGEST = 16 * 1024
"""Bytes of a message; larger ones are none of ours."""

_BOOTH = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DEVICE = re.compile(r"[a-z][a-z0-9 _-]{0,39}")
_KINDS = ("state", "beat", "event", "challenge", "command", "answer")


@dataclass(frozen=True, slots=True)
class Topics:
    """A booth's topics."""

    booth: str

    @property
    def state(self) -> str:
        return f"{ROOT}/{self.booth}/state"

    @property
    def beat(self) -> str:
        return f"{ROOT}/{self.booth}/beat"

    @property
    def event(self) -> str:
        return f"{ROOT}/{self.booth}/event"

    @property
    def challenge(self) -> str:
        return f"{ROOT}/{self.booth}/challenge"

    @property
    def command(self) -> str:
        return f"{ROOT}/{self.booth}/command"

    @property
    def answer(self) -> str:
        return f"{ROOT}/{self.booth}/answer"

    def health(self, device: str) -> str:
        return f"{ROOT}/{self.booth}/health/{device}"


def is_booth(name: str) -> bool:
    """Whether a booth may be called so."""
    return _BOOTH.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """What a topic is about: whose, what kind, and of `health` which device."""

    booth: str
    kind: str
    device: str = ""


def address_of(topic: str) -> Address | None:
    """What a topic is about; None if it is none of ours."""
    root, *rest = topic.split("/")
    if root != ROOT or len(rest) < 2 or not is_booth(rest[0]):
        return None
    if len(rest) == 2 and rest[1] in _KINDS:
        return Address(rest[0], rest[1])
    if len(rest) == 3 and rest[1] == "health" and _DEVICE.fullmatch(rest[2]):
        return Address(rest[0], "health", rest[2])
    return None


@dataclass(frozen=True, slots=True)
class Said:
    """A message on its way. `quality` is MQTT's quality of service, 0..2."""

    topic: str
    payload: bytes
    quality: int = 1
    retain: bool = False


def payload_of(document: Mapping[str, Any]) -> bytes:
    """A document as it goes over the wire. Raises ValueError if it isn't JSON."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def document_of(payload: bytes) -> dict[str, Any] | None:
    """The JSON object of a message; None where it is none, or too large."""
    if len(payload) > LARGEST:
        return None
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
