"""How a device is, and why: a flag beside the show, never a phase of the visit. Pure values.

Import them from `vocabulary`, as all shared words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Health(str, Enum):
    """How a device is: a flag beside the show, never a phase of the visit."""

    FINE = "fine"
    MISSING = "missing"
    FAILING = "failing"


class Reason(str, Enum):
    """Why a device is as it is: what the operator's page can say in every language."""

    NONE = ""
    SOUGHT = "sought"
    UNPLUGGED = "unplugged"
    BUSY = "busy"
    FORBIDDEN = "forbidden"
    SILENT = "silent"
    OTHER_PANEL = "other panel"
    LOST = "lost"
    CLOSED = "closed"
    OPENING = "opening"
    NOT_OPENED = "not opened"
    NO_PICTURE = "no picture"
    FROZEN = "frozen"
    BLACK = "black"
    STANDS_IN = "stands in"
    SERVER_AWAY = "server away"
    NOTHING_TO_CARVE = "nothing to carve"
    NOT_KEPT = "not kept"
    DISK_FULL = "disk full"
    CLOCK_DOUBTED = "clock doubted"
    NO_SOUND = "no sound"
    FAULT = "fault"
    HANGS = "hangs"
    ON_SCREEN = "on screen"
    RECORDING = "recording"
    TAKES = "takes"
    DRONE = "drone"
    SPEAKS = "speaks"
    ALERTS = "alerts"
    NOT_SENT = "not sent"
    NO_VOICE = "no voice"
    DOOR = "door"
    NO_NETWORK = "no network"
    PRINTS = "prints"
    NOT_PRINTED = "not printed"
    HEARS = "hears"
    NOT_HEARD = "not heard"
    NAMED_TWICE = "named twice"
    BABBLES = "babbles"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """A device's name, its health and one plain line for the operator, in English.

    `reason` is the same for the show, which says it in its own language; `about` is the port,
    file, number or foreign complaint that it is about.
    """

    device: str
    health: Health
    note: str = ""
    reason: Reason = Reason.NONE
    about: str = ""
