"""The panel's wire: bytes to events and back. Pure, incremental; no I/O, no clock.

A frame is `00 COBS(type, sequence, payload, CRC-32) 00`; numbers are little-endian, the CRC
is IEEE 802.3's (zlib.crc32). COBS is Cheshire and Baker's Consistent Overhead Byte Stuffing
(1999). The firmware's half is `firmware/panel/src/frame.h` and `messages.h`; both sides are
tested against the same bytes in `tests/golden/wire`.

The CRC has 32 bits because an event may be a button press: a line that damages one frame a
second would slip one past a CRC-16 about every 18 hours.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TypeAlias

PROTOCOL = 1
FULL_TURN = 1023
"""A knob's reading at its clockwise end; 0 at the other."""

BAUD = 250_000
MAX_PAYLOAD = 64
_MAX_STUFFED = MAX_PAYLOAD + 7


class Kind(IntEnum):
    """Types of frames: below 0x80 to the panel, above from it."""

    HELLO = 0x01
    PING = 0x02
    LAMPS = 0x03
    ASK = 0x04
    NAME = 0x05
    IDENTITY = 0x81
    PONG = 0x82
    STATE = 0x83
    KNOB = 0x84
    BUTTON = 0x85


class ResetCause(IntFlag):
    """Why the board started: MCUSR's flags, 0 when the bootloader cleared them."""

    POWER = 1
    RESET_PIN = 2
    BROWN_OUT = 4
    WATCHDOG = 8


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is there: sent at boot and in answer to HELLO. `serial` is 0 if none was given."""

    protocol: int
    firmware: tuple[int, int]
    board: int
    knobs: int
    buttons: int
    cause: ResetCause
    serial: int


@dataclass(frozen=True, slots=True)
class Pong:
    """The payload of a PING, come back."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class State:
    """Everything at once. Readings are 0..1023; `presses` count up and wrap at 256;
    `errors` are the damaged frames the panel received, modulo 65536."""

    uptime_ms: int
    errors: int
    pressed: frozenset[int]
    lit: frozenset[int]
    presses: tuple[int, ...]
    readings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KnobMoved:
    """A knob's new reading, 0..1023."""

    knob: int
    reading: int


@dataclass(frozen=True, slots=True)
class ButtonMoved:
    """A button went down or came up; `presses` so far, modulo 256."""

    button: int
    pressed: bool
    presses: int


Event: TypeAlias = Identity | Pong | State | KnobMoved | ButtonMoved


# --- frames


def stuff(data: bytes) -> bytes:
    """COBS: the same bytes without a zero in them."""
    out = bytearray()
    for block in data.split(b"\0"):
        rest = block
        while len(rest) >= 254:
            out += b"\xff" + rest[:254]
            rest = rest[254:]
        out.append(len(rest) + 1)
        out += rest
    return bytes(out)


def unstuff(data: bytes) -> bytes | None:
    """COBS undone, or None if `data` is no COBS."""
    out = bytearray()
    at = 0
    while at < len(data):
        code = data[at]
        if code == 0 or at + code > len(data):
            return None
        out += data[at + 1 : at + code]
        at += code
        if code < 255 and at < len(data):
            out.append(0)
    return bytes(out)


def frame(kind: int, sequence: int, payload: bytes = b"") -> bytes:
    """One frame as it goes over the wire; `sequence` counts modulo 256.

    Raises:
        ValueError: if the payload is longer than MAX_PAYLOAD.
    """
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a payload has at most {MAX_PAYLOAD} bytes, not {len(payload)}")
    raw = bytes((kind, sequence & 0xFF)) + payload
    return b"\0" + stuff(raw + struct.pack("<I", zlib.crc32(raw))) + b"\0"


def hello(sequence: int) -> bytes:
    """Asks for IDENTITY and STATE."""
    return frame(Kind.HELLO, sequence, bytes((PROTOCOL,)))


def ping(sequence: int, payload: bytes = b"") -> bytes:
    """Asks for the same payload back."""
    return frame(Kind.PING, sequence, payload)


def lamps(sequence: int, lit: frozenset[int], blinking: frozenset[int] = frozenset()) -> bytes:
    """Lights these lamps (numbers 0..15) and darkens the others; also the heartbeat."""
    return frame(Kind.LAMPS, sequence, struct.pack("<HH", _bits(lit), _bits(blinking)))


def ask(sequence: int) -> bytes:
    """Asks for STATE."""
    return frame(Kind.ASK, sequence)


def name(sequence: int, serial: int) -> bytes:
    """Gives the panel a serial number (1..2**32 - 1) to keep."""
    return frame(Kind.NAME, sequence, struct.pack("<I", serial))


def _bits(numbers: frozenset[int]) -> int:
    return sum(1 << number for number in numbers if 0 <= number < 16)


def _numbers(bits: int, count: int) -> frozenset[int]:
    return frozenset(number for number in range(count) if bits >> number & 1)


# --- the receiving side


class Receiver:
    """Finds the events in a stream of bytes, whatever else is in it.

    Until IDENTITY tells how many knobs and buttons there are, nothing else can be
    understood: other good frames are counted in `frames`, which shows that a panel is
    running and may be greeted, and dropped. Memory is bounded by one frame.

    Attributes:
        frames: good frames so far, of any type.
        errors: damaged frames so far.
        strange: good frames so far of an unknown type, or with a payload that makes no sense.
        lost: frames missing so far, from gaps in the sequence.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.errors = 0
        self.strange = 0
        self.lost = 0
        self.identity: Identity | None = None
        self._rest = bytearray()
        self._too_long = False
        self._expected: int | None = None

    def feed(self, data: bytes) -> tuple[Event, ...]:
        """Take the next bytes, any number of them; return the events they complete."""
        first, *others = data.split(b"\0")
        self._gather(first)
        events: list[Event] = []
        for part in others:
            event = self._finish()
            if event is not None:
                events.append(event)
            self._gather(part)
        return tuple(events)

    def _gather(self, part: bytes) -> None:
        if len(self._rest) + len(part) > _MAX_STUFFED:
            self._too_long = True
        else:
            self._rest += part

    def _finish(self) -> Event | None:
        stuffed, too_long = bytes(self._rest), self._too_long
        self._rest.clear()
        self._too_long = False
        if not stuffed and not too_long:
            return None
        raw = None if too_long else unstuff(stuffed)
        if (
            raw is None
            or len(raw) < 6
            or zlib.crc32(raw[:-4]) != int.from_bytes(raw[-4:], "little")
        ):
            self.errors += 1
            return None
        self.frames += 1
        return self._understand(raw[0], raw[1], raw[2:-4])

    def _understand(self, kind: int, sequence: int, payload: bytes) -> Event | None:
        decode = _DECODERS.get(kind)
        event = decode(payload, self.identity) if decode else None
        if isinstance(event, Identity):
            self.identity = event
            self._expected = None  # a board that starts counts from 0 again
        if self._expected is not None:
            self.lost += (sequence - self._expected) & 0xFF
        self._expected = (sequence + 1) & 0xFF
        if event is None and (decode is None or self.identity is not None):
            self.strange += 1
        return event


def _identity(payload: bytes, _: Identity | None) -> Identity | None:
    if len(payload) < 12:  # a newer firmware may say more
        return None
    protocol, major, minor, board, knobs, buttons, cause, _, serial = struct.unpack_from(
        "<8BI", payload
    )
    if knobs > 64 or buttons > 16:
        return None
    return Identity(
        protocol, (major, minor), board, knobs, buttons, ResetCause(cause & 0x0F), serial
    )


def _pong(payload: bytes, _: Identity | None) -> Pong:
    return Pong(payload)


def _state(payload: bytes, who: Identity | None) -> State | None:
    if who is None or len(payload) != 10 + who.buttons + 2 * who.knobs:
        return None
    uptime_ms, errors, pressed, lit = struct.unpack_from("<IHHH", payload)
    presses = tuple(payload[10 : 10 + who.buttons])
    readings: tuple[int, ...] = struct.unpack_from(f"<{who.knobs}H", payload, 10 + who.buttons)
    if any(reading > FULL_TURN for reading in readings):
        return None
    return State(
        uptime_ms,
        errors,
        _numbers(pressed, who.buttons),
        _numbers(lit, who.buttons),
        presses,
        readings,
    )


def _knob(payload: bytes, who: Identity | None) -> KnobMoved | None:
    if who is None or len(payload) != 3:
        return None
    knob, reading = struct.unpack("<BH", payload)
    if knob >= who.knobs or reading > FULL_TURN:
        return None
    return KnobMoved(knob, reading)


def _button(payload: bytes, who: Identity | None) -> ButtonMoved | None:
    if who is None or len(payload) != 3:
        return None
    button, pressed, presses = payload
    if button >= who.buttons or pressed > 1:
        return None
    return ButtonMoved(button, bool(pressed), presses)


_DECODERS: dict[int, Callable[[bytes, Identity | None], Event | None]] = {
    Kind.IDENTITY: _identity,
    Kind.PONG: _pong,
    Kind.STATE: _state,
    Kind.KNOB: _knob,
    Kind.BUTTON: _button,
}
