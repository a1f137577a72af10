"""A take as it travels: its files, and `travelling.json`, which its booth has signed. Pure.

    OUTBOX/takes/<id>/travelling.json, video.mp4, poster.png, portrait.svg, portrait.png, net.json

    {"format": "uglynet-travelling-take", "version": 1, "take": {a take's record}, "by": ...,
     "signature": ...}

The record names every file with its length and SHA-256, so what is signed is the whole take. Its
visitor's link, the stills, likes, and what operators did with it stay at home. It never changes:
what is said of it later are notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from installation.documents import parse_json
from installation.fleet.signing import BY, SIGNATURE, Key, verified
from installation.gallery.record import FROM_FLEET, VIDEO, Record, parse_record, record_text
from installation.gallery.take_folder import FILES
from installation.vocabulary import UglyError

TRAVELLING = "travelling.json"
FORMAT, VERSION = "uglynet-travelling-take", 1
MOST_RECORD_BYTES = 1 << 20
MOST_TAKE_BYTES = 1 << 30
"""A take that is larger is none: about a hundred times what two seconds take up in 4K."""

LONGEST_S = 3660 * 86400.0
"""Nobody keeps a take for longer than ten years."""


def outward(record: Record, booth: str) -> Record:
    """What of a take's record travels, from the booth of that name."""
    files = {name: held for name, held in record.files.items() if name in FILES}
    return replace(
        record,
        booth=FROM_FLEET + booth,
        files=files,
        stills=(),
        clip=False,  # the film itself stays at home, whatever its visitor agreed to
        token="",
        take_home=False,
        pinned=False,
        likes=0,
        moderation="unseen",
        told="synced",
        not_before_s=0.0,
        leaps_s=0.0,
    )


def travelling_text(record: Record, key: Key) -> str:
    """The signed document of an `outward` record."""
    take = json.loads(record_text(record))
    signed = key.signed({"format": FORMAT, "version": VERSION, "take": take})
    return json.dumps(signed, ensure_ascii=False, indent=1) + "\n"


def parse_travelling(data: bytes, where: str, booth: str, public: str) -> Record:
    """The record of a take that the booth of that name and key has signed.

    Raises:
        UglyError: one line naming `where`, if it is none, another's, or absurd.
    """
    document = parse_json(data, where)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UglyError(f"{where}: no travelling take")
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise UglyError(f"{where}: made by a newer version; update the program")
    try:
        verified(document, (public,))
    except UglyError as error:
        raise UglyError(f"{where}: {error}") from None
    if set(document) != {"format", "version", "take", BY, SIGNATURE} or version != VERSION:
        raise UglyError(f"{where}: no travelling take")
    take = document["take"]
    record = parse_record(json.dumps(take), where)
    if not isinstance(take, Mapping) or record != outward(record, booth):
        raise UglyError(f"{where}: not a take as {booth} sends them")
    _check_sane(record, where)
    return record


def _check_sane(record: Record, where: str) -> None:
    """Raise UglyError for a record that no booth would make."""
    sizes: dict[str, Any] = {name: held.bytes for name, held in record.files.items()}
    if VIDEO not in sizes:
        raise UglyError(f"{where}: has no {VIDEO}")
    if sum(sizes.values()) > MOST_TAKE_BYTES:
        raise UglyError(f"{where}: too large ({sum(sizes.values()) >> 20} MiB)")
    if not record.show:
        raise UglyError(f"{where}: its visitor did not agree to be shown")
    if not 0 <= record.expires_at_s - record.kept_at_s <= LONGEST_S:
        raise UglyError(f"{where}: its days are longer than ten years, or less than none")
    record.parsed_net()
