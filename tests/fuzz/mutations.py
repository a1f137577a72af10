"""Damage: a document made from others, the same for the same seed. Some cases are damaged as disks
and cables do it (bits, missing and doubled pieces), some as hands and other programs do (numbers,
names, nesting), some are two documents in one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

NUMBERS = (
    b"0", b"-0", b"-1", b"1e999", b"-1e999", b"1e-999", b"nan", b"NaN", b"Infinity", b"inf",
    b"9" * 25, b"9" * 5000, b"0.1" + b"0" * 400, b"2147483648", b"-9223372036854775809", b"true",
    b"null", b"[]", b"{}", b'""', b'"\\ud800"', b"0x7fffffffffffffff", b"1979-05-27T07:32:00Z",
)  # fmt: skip
WORDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"../../etc/passwd", b"/dev/zero",
    b"%s%n", b"{0.__class__}", b"$(id)", b"A" * 70000, b"\r\n", b"\xe2\x80\xae", b"~root", b"COM1",
    b"=" * 50, b"[" * 4000, b"{" * 4000, b'"', b"'''", b"\\", b"#",
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_QUOTED = re.compile(rb'"[^"\n]{0,80}"')

Chance = random.Random
Damage = Callable[[bytes, Chance, Sequence[bytes]], bytes]


def _at(data: bytes, chance: Chance) -> int:
    return chance.randrange(len(data) + 1)


def _flipped(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _cut_short(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    return data[: _at(data, chance)]


def _without(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    at, size = _at(data, chance), chance.choice((1, 4, 30, 400))
    return data[:at] + data[at + size :]


def _doubled(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    at, size = _at(data, chance), chance.choice((1, 8, 60, 800))
    return data[:at] + data[at : at + size] * chance.choice((2, 2, 3, 200)) + data[at + size :]


def _zeroed(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    at, size = _at(data, chance), chance.choice((1, 4, 512))
    return data[:at] + bytes(len(data[at : at + size])) + data[at + size :]


def _swollen(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    at, size = _at(data, chance), chance.choice((1, 2, 4, 8))
    return data[:at] + b"\xff" * len(data[at : at + size]) + data[at + size :]


def _put_in(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    at = _at(data, chance)
    return data[:at] + chance.choice(WORDS) + data[at:]


def _renumbered(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    return _replaced(_NUMBER, data, chance.choice(NUMBERS), chance)


def _requoted(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    other = chance.choice((b'"' + chance.choice(WORDS) + b'"', chance.choice(NUMBERS)))
    if chance.random() < 0.5 and (found := _QUOTED.findall(data)):
        other = chance.choice(found)
    return _replaced(_QUOTED, data, other, chance)


def _replaced(what: re.Pattern[bytes], data: bytes, by: bytes, chance: Chance) -> bytes:
    found = list(what.finditer(data))
    if not found:
        return data + by
    one = chance.choice(found)
    return data[: one.start()] + by + data[one.end() :]


def _lines_moved(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if chance.random() < 0.5:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines.insert(one, lines[other])
    return b"\n".join(lines)


def _spliced(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)
    return data[: _at(data, chance)] + other[_at(other, chance) :]


def _noise(data: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 7, 64, 3000)))


DAMAGES: tuple[Damage, ...] = (
    _flipped, _flipped, _cut_short, _without, _doubled, _zeroed, _swollen, _put_in, _renumbered,
    _renumbered, _requoted, _requoted, _lines_moved, _spliced, _noise,
)  # fmt: skip


def damaged(documents: Sequence[bytes], name: str, seed: int) -> bytes:
    """The document of a seed, made from good ones: damaged once, or a few times over."""
    chance = random.Random(f"{name}/{seed}")
    data = chance.choice(documents)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        data = chance.choice(DAMAGES)(data, chance, documents)
    return data
