"""Who belongs to the fleet: the hub's signed list, and the lines by which a booth joins. Pure.

    HUB'S OUTBOX/booths.json
    {"format": "uglynet-fleet", "version": 1, "counter": 7, "hub": "zkm",
     "booths": {"zkm": {"key": ..., "device": ..., "role": "hub"}, "kassel": {...}}, "by", ...}

The line that a technician copies is a document like these, signed, in base64: what a slip of the
hand has changed is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.documents import parse_json
from installation.fleet.signing import BY, Key, canonical, is_public, verified
from installation.vocabulary import UglyError

MOST_LIST_BYTES = 1 << 20
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
HUB_LINE, BOOTH_LINE = "uglynet-hub.", "uglynet-booth."
_STRICT = ConfigDict(extra="forbid")
_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
_Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
_Device = Annotated[str, Field(pattern=r"^([A-Z2-7]{7}(-[A-Z2-7]{7}){7})?$")]
_Address = Annotated[str, Field(pattern=r"^[a-z0-9]{2,10}://[^\s]{1,200}$")]


@checked(frozen=True, config=_STRICT)
class Member:
    """A booth of the fleet: its public key, and its Syncthing's name ("": it has none)."""

    key: _Key
    device: _Device = ""


@dataclass(frozen=True, slots=True)
class Members:
    """All who belong, by their names. Of two lists the one with the higher `counter` holds."""

    hub: str
    counter: int = 0
    booths: Mapping[str, Member] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def hub_key(self) -> str:
        return self.booths[self.hub].key

    def key_of(self, name: str) -> str | None:
        """The public key of the booth of that name, if it belongs."""
        member = self.booths.get(name)
        return None if member is None else member.key

    def others(self, own: str) -> dict[str, Member]:
        """All but the one of that name."""
        return {name: member for name, member in self.booths.items() if name != own}


@checked(frozen=True, config=_STRICT)
class _List:
    format: Literal["uglynet-fleet"]
    version: Literal[1]
    counter: Annotated[int, Field(ge=1)]
    hub: _Name
    booths: dict[_Name, Member]
    by: str
    signature: str


def members_text(members: Members, key: Key) -> bytes:
    """The list as the hub signs it."""
    booths = {
        name: {"key": member.key, "device": member.device}
        for name, member in sorted(members.booths.items())
    }
    document = {
        "format": "uglynet-fleet",
        "version": 1,
        "counter": members.counter,
        "hub": members.hub,
        "booths": booths,
    }
    return canonical(key.signed(document)) + b"\n"


def parse_members(data: bytes, where: str, hub_key: str) -> Members:
    """The list, if that hub has signed it.

    Raises:
        UglyError: one line naming `where`, if it is none, or another's.
    """
    document = parse_json(data, where)
    found = checked_document(_List, document, where, "fleet's list")
    try:
        verified(document, (hub_key,))
    except UglyError as error:
        raise UglyError(f"{where}: {error}") from None
    keys = [member.key for member in found.booths.values()]
    if found.hub not in found.booths or found.booths[found.hub].key != hub_key:
        raise UglyError(f"{where}: the hub is not in its own list")
    if len(set(keys)) != len(keys):
        raise UglyError(f"{where}: two booths with one key")
    return Members(found.hub, found.counter, MappingProxyType(dict(found.booths)))


@checked(frozen=True, config=_STRICT)
class Invitation:
    """What one end tells the other when a booth joins: its name, its Syncthing's name ("" for
    none), and where that is reached ("" for a booth, which nobody has to reach)."""

    name: _Name
    device: _Device = ""
    address: Annotated[_Address | Literal[""], Field(default="")] = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, and the public key that has signed it."""

    invitation: Invitation
    key: str


def line_of(kind: str, invitation: Invitation, key: Key) -> str:
    """The line that is copied; `kind` is HUB_LINE or BOOTH_LINE."""
    told: dict[str, Any] = {"name": invitation.name, "kind": kind}
    if invitation.device:
        told["device"] = invitation.device
    if invitation.address:
        told["address"] = invitation.address
    signed = canonical(key.signed(told))
    return kind + base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def read_line(line: str, kind: str) -> Invited:
    """What a copied line says.

    Raises:
        UglyError: if it is none, or was changed on the way.
    """
    text = "".join(line.split())
    what = "the hub's line" if kind == HUB_LINE else "a booth's line"
    if not text.startswith(kind):
        other = BOOTH_LINE if kind == HUB_LINE else HUB_LINE
        hint = "; that is the other one" if text.startswith(other) else ""
        raise UglyError(f"not {what}: it begins with {kind}{hint}")
    body = text[len(kind) :]
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        document = parse_json(data, what)
        public = document.get(BY) if isinstance(document, dict) else None
        if not isinstance(public, str) or not is_public(public):
            raise UglyError(f"{what}: not signed")
        verified(document, (public,))
    except (binascii.Error, ValueError, UglyError):
        raise UglyError(f"{what} was not copied whole; copy it once more") from None
    if document.get("kind") != kind:
        raise UglyError(f"not {what}")
    plain = {name: document[name] for name in document if name in ("name", "device", "address")}
    return Invited(checked_document(Invitation, plain, what, "invitation"), public)
