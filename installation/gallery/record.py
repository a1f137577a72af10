"""A take's record, `take.json`: all there is to know of a take, beside its files. Pure.

    {"format": "uglynet-take", "version": 1, "id": ..., "booth": ..., "kept": "2026-...Z",
     "expires": ..., "clock": {"told": "synced", "not_before": ..., "leaps_s": 0},
     "consent": {"show": true, "take_home": false}, "moderation": "unseen", "model": SHA-256,
     "token": ..., "pinned": true, "likes": 2, "parents": [...],
     "net": {...}, "files": {"video.mp4": {"bytes": ..., "sha256": ...}, ...}, "stills": [...]}

`clock` says who told when it was kept (`trusted_time.Stamp`). `token` is what the link to its page
at the door ends in, where its visitor takes it home; whoever has it may see and delete the take.
`parents` are the ids of the takes whose nets it grew from. With `consent.clip` the film it was made
of is among the files. That, `token`, `pinned`, `likes` and `parents`
are left out where there is none. A database is only an index over these.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.carve.nets import net_document, parse_net
from installation.documents import parse_json
from installation.gallery.trusted_time import Stamp, Told, TrustedTime, restamped
from installation.vocabulary import Net, Take, UglyError

TAKE_VERSION = 1
TAKE = "take.json"
VIDEO, POSTER, NET = "video.mp4", "poster.png", "net.json"
CLIP = "clip.mp4"
"""The film that the video was made of, where its visitor said yes to that."""
PORTRAIT_SVG, PORTRAIT_PNG = "portrait.svg", "portrait.png"
FROM_FLEET = "fleet/"
"""What `booth` begins with in a take that another booth of the fleet made; its name follows."""

LATEST_S = 253_402_300_799.0
"""The last second of the year 9999."""

Moderation: TypeAlias = Literal["unseen", "waiting", "approved", "hidden"]
"""`waiting`: nobody sees it before an operator has approved."""

_STRICT = ConfigDict(extra="forbid")
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, Field(pattern=r"^[\w-][\w .-]{0,118}$")]
_Token = Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]{22,64})?$")]
_TakeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]


@checked(frozen=True, config=_STRICT)
class FileSum:
    """A file's length in bytes and the SHA-256 of what is in it."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: _Sha256


@checked(frozen=True, config=_STRICT)
class _Consent:
    show: bool
    take_home: bool
    clip: bool = False


@checked(frozen=True, config=_STRICT)
class _Clock:
    told: Told
    not_before: _Time
    leaps_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]


@checked(frozen=True, config=_STRICT)
class _Document:
    format: Literal["uglynet-take"]
    version: Literal[1]
    id: _TakeId
    booth: Annotated[str, Field(max_length=80)]
    kept: _Time
    expires: _Time
    clock: _Clock
    consent: _Consent
    moderation: Moderation
    model: _Sha256
    net: dict[str, Any]
    files: dict[_Name, FileSum]
    stills: tuple[_Name, ...]
    token: _Token = ""
    pinned: bool = False
    likes: Annotated[int, Field(ge=0, lt=2**31)] = 0
    parents: Annotated[tuple[_TakeId, ...], Field(max_length=2)] = ()


def _none() -> Mapping[str, FileSum]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Record:
    """A take's record. Times are seconds since the epoch, to a thousandth; `net` is the net's
    document (`carve.nets`), which is parsed only when somebody wants to see it."""

    id: str
    net: Mapping[str, Any]
    kept_at_s: float
    expires_at_s: float
    show: bool
    take_home: bool = False
    clip: bool = False
    moderation: Moderation = "unseen"
    told: Told = "synced"
    not_before_s: float = 0.0
    leaps_s: float = 0.0
    booth: str = ""
    files: Mapping[str, FileSum] = field(default_factory=_none)
    stills: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    pinned: bool = False
    likes: int = 0
    parents: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the net, and so the creature, is called."""
        return str(self.net.get("name", ""))

    @property
    def whose(self) -> str:
        """The booth of the fleet that it came from; "" for one of this booth's own."""
        return self.booth[len(FROM_FLEET) :] if self.booth.startswith(FROM_FLEET) else ""

    @property
    def cuts(self) -> int:
        """How many layers are cut."""
        cuts = self.net.get("cuts", ())
        return len(cuts) if isinstance(cuts, (list, tuple)) else 0

    @property
    def shown(self) -> bool:
        """Whether others may see it."""
        return self.show and self.moderation in ("unseen", "approved")

    def mended(self, known: TrustedTime) -> Record:
        """The record with its times as they should read by what is known now of the time."""
        held = Stamp(self.kept_at_s, self.told, self.not_before_s, self.leaps_s)
        now = restamped(held, known)
        if now == held:
            return self
        lasts_s = self.expires_at_s - self.kept_at_s
        kept_at_s = moment(now.kept_at_s)
        return replace(
            self,
            kept_at_s=kept_at_s,
            expires_at_s=moment(kept_at_s + lasts_s),
            told=now.told,
            not_before_s=moment(now.not_before_s),
            leaps_s=round(now.leaps_s, 3),
        )

    def parsed_net(self) -> Net:
        """The net itself.

        Raises:
            UglyError: one line naming the take.
        """
        return parse_net(json.dumps(dict(self.net)), f"take {self.id}")

    def take(self) -> Take:
        """The take, as the rest of the house knows it.

        Raises:
            UglyError: one line, if its net is damaged.
        """
        return Take(
            id=self.id,
            net=self.parsed_net(),
            kept_at_s=self.kept_at_s,
            expires_at_s=self.expires_at_s,
            in_gallery=self.shown,
            stills=tuple(f"takes/{self.id}/{name}" for name in self.stills),
        )


def record_text(record: Record) -> str:
    """The record as JSON text; equal records give equal texts."""
    document = {
        "format": "uglynet-take",
        "version": TAKE_VERSION,
        "id": record.id,
        "booth": record.booth,
        "kept": _told(record.kept_at_s),
        "expires": _told(record.expires_at_s),
        "clock": {
            "told": record.told,
            "not_before": _told(record.not_before_s),
            "leaps_s": round(record.leaps_s, 3),
        },
        "consent": {
            "show": record.show,
            "take_home": record.take_home,
            **_if_any("clip", record.clip),
        },
        "moderation": record.moderation,
        "model": record.net.get("model", ""),
        "net": dict(record.net),
        "files": {
            name: {"bytes": held.bytes, "sha256": held.sha256}
            for name, held in sorted(record.files.items())
        },
        "stills": list(record.stills),
        **_if_any("token", record.token),
        **_if_any("pinned", record.pinned),
        **_if_any("likes", record.likes),
        **_if_any("parents", list(record.parents)),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def parse_record(text: str | bytes, where: str) -> Record:
    """Read a record's JSON.

    Raises:
        UglyError: one line naming `where` and the key that is wrong, also for a record from a
            newer version.
    """
    document = parse_json(text, where)
    if newer(document):
        raise UglyError(
            f"{where}: made by a newer version (take {document['version']}, this program reads "
            f"{TAKE_VERSION}); update the program"
        )
    found = checked_document(_Document, document, where, "take's record")
    if found.net.get("model") != found.model:
        raise UglyError(f"{where}: not a take's record: model: not that of its net")
    if not set(found.stills) <= set(found.files):
        raise UglyError(f"{where}: not a take's record: stills: not among its files")
    return Record(
        id=found.id,
        net=found.net,
        kept_at_s=_read(found.kept, where),
        expires_at_s=_read(found.expires, where),
        show=found.consent.show,
        take_home=found.consent.take_home,
        clip=found.consent.clip,
        moderation=found.moderation,
        told=found.clock.told,
        not_before_s=_read(found.clock.not_before, where),
        leaps_s=found.clock.leaps_s,
        booth=found.booth,
        files=MappingProxyType(dict(found.files)),
        stills=found.stills,
        token=found.token,
        pinned=found.pinned,
        likes=found.likes,
        parents=found.parents,
    )


def _if_any(key: str, value: str | bool | int | list[str]) -> dict[str, Any]:
    return {key: value} if value else {}


def token_mark(token: str) -> str:
    """What an index holds of a token, so that looking one up tells nothing of another."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def newer(document: object) -> bool:
    """Whether a document is a record that only a later version of this program reads."""
    if not isinstance(document, dict) or document.get("format") != "uglynet-take":
        return False
    version = document.get("version")
    return isinstance(version, int) and version > TAKE_VERSION


def document_of(net: Net) -> Mapping[str, Any]:
    """A net as a record holds it."""
    return MappingProxyType(net_document(net))


def moment(seconds: float) -> float:
    """A time as a record can hold it: to a thousandth, between 1970 and 9999."""
    if math.isnan(seconds):
        return 0.0
    return round(min(max(seconds, 0.0), LATEST_S), 3)


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _told(seconds: float) -> str:
    when = _EPOCH + timedelta(milliseconds=round(moment(seconds) * 1000))
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(text: str, where: str) -> float:
    try:
        when = datetime.fromisoformat(_padded(text))
    except ValueError:
        raise UglyError(f"{where}: not a take's record: no such time: {text}") from None
    return round((when - _EPOCH).total_seconds(), 3)


def _padded(text: str) -> str:
    """The text as Python 3.10 reads it: six digits after the second, or none."""
    main, _, digits = text[:-1].partition(".")
    return f"{main}.{digits:0<6}+00:00" if digits else f"{main}+00:00"
