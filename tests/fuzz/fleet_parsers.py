"""What comes from other booths, each with good documents to begin from. Signatures stop nearly all
damage, so what can be signed anew is: as by a booth that belongs, and means ill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from installation.documents import parse_json
from installation.fleet.members import (
    HUB_LINE,
    Invitation,
    Member,
    Members,
    line_of,
    members_text,
    parse_members,
    read_line,
)
from installation.fleet.notes import Note, note_document, parse_note
from installation.fleet.signing import Key, canonical
from installation.fleet.travelling import outward, parse_travelling, travelling_text
from installation.gallery.record import FileSum, Record
from installation.vocabulary import UglyError

KEY = Key(b"k" * 32)


def _again(path: Path) -> bytes:
    """The document, signed anew if it can be."""
    data = path.read_bytes()
    try:
        document = parse_json(data, path.name)
    except UglyError:
        return data
    if not isinstance(document, dict):
        return data
    plain = {key: value for key, value in document.items() if key not in ("by", "signature")}
    try:
        return canonical(KEY.signed(plain))
    except ValueError:
        return data


def take(path: Path) -> object:
    return parse_travelling(_again(path), path.name, "kassel", KEY.public)


def takes(nets: Sequence[Mapping[str, object]]) -> Callable[[], Sequence[bytes]]:
    sums = {"video.mp4": FileSum(3, "a" * 64), "poster.png": FileSum(0, "b" * 64)}
    records = [Record(f"id{n}", net, 1.8e9, 1.81e9, True, files=sums) for n, net in enumerate(nets)]
    return lambda: [travelling_text(outward(each, "kassel"), KEY).encode() for each in records]


def note(path: Path) -> object:
    return parse_note(_again(path), path.name, (KEY.public,))


def notes() -> Sequence[bytes]:
    said = [Note(KEY.public, n, "a" * 22, "withdraw", 1.9e9) for n in (1, 7)]
    return [canonical(KEY.signed(note_document(each))) for each in said]


def members(path: Path) -> object:
    return parse_members(_again(path), path.name, KEY.public)


def lists() -> Sequence[bytes]:
    booths = {"zkm": Member(KEY.public), "kassel": Member(Key(b"l" * 32).public)}
    return [members_text(Members("zkm", 3, MappingProxyType(booths)), KEY)]


def line(path: Path) -> object:
    return read_line(path.read_bytes().decode("utf-8", "replace"), HUB_LINE)


def hub_lines() -> Sequence[bytes]:
    device = "-".join(["ABCDEFG"] * 8)
    invitation = Invitation("zkm", device, "tcp://10.0.0.1:22000")
    return [line_of(HUB_LINE, invitation, KEY).encode()]
