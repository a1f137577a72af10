"""How the fleet is, seen from one of its booths, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from installation.fleet.carriage import devices_of, folders_of
from installation.fleet.members import Members
from installation.fleet.place import Joined, Place
from installation.fleet.syncthing_home import Home, read_home
from installation.fleet.syncthing_rest import NotRunningError, Syncthing
from installation.vocabulary import UglyError


@dataclass(frozen=True, slots=True)
class Partner:
    """Another end that Syncthing speaks to: whether it does now, when it last did (as Syncthing
    writes it, "" for never), and how many files of this booth's it lacks (-1: nobody knows)."""

    name: str
    connected: bool
    seen: str
    lacks: int


@dataclass(frozen=True, slots=True)
class Coming:
    """What Syncthing receives of a booth: files still to come, and what stops it ("": nothing)."""

    name: str
    files: int
    stopped: str


@dataclass
class Status:
    """How the fleet is. `carrier` is why Syncthing cannot be asked, "" if it could, and
    where it `carries` nothing it is not to be asked; `look` what the
    last look has found, {} where there was none."""

    joined: Joined
    members: Members | None
    carrier: str = ""
    carries: bool = True
    partners: list[Partner] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    look: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        names = sorted(self.members.booths) if self.members else []
        return {
            "booth": self.joined.name,
            "hub": self.joined.hub,
            "role": self.joined.role,
            "members": names,
            "syncthing": self.carrier or ("runs" if self.carries else ""),
            "partners": [
                {"name": one.name, "connected": one.connected, "seen": one.seen, "lacks": one.lacks}
                for one in self.partners
            ],
            "coming": [
                {"name": one.name, "files": one.files, "stopped": one.stopped}
                for one in self.coming
            ],
            "look": self.look,
        }

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done by anybody."""
        stopped = any(one.stopped for one in self.coming)
        apart = self.joined.role == "booth" and not all(one.connected for one in self.partners)
        trouble = self.carrier or stopped or apart or self.look.get("trouble")
        return not trouble and bool(self.look) and self.members is not None


def status_of(place: Place) -> Status:
    """How the fleet of the booth in this folder is. Raises UglyError if it has joined none."""
    joined = place.joined()
    status = Status(joined, place.members(joined))
    try:
        found = json.loads(place.last_look.read_bytes())
        status.look = found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        pass
    if not place.syncthing.exists():
        status.carries = False
        return status
    try:
        home = read_home(place.syncthing)
        _ask(home, home.talk(), place, status)
    except UglyError as error:
        status.carrier = str(error)
    return status


def _ask(home: Home, syncthing: Syncthing, place: Place, status: Status) -> None:
    """Ask Syncthing."""
    joined, members = status.joined, status.members
    connections = syncthing.get("system/connections").get("connections", {})
    seen = syncthing.get("stats/device")
    there = {each["id"] for each in syncthing.get("config/folders")}
    own, *others = folders_of(place, joined, members)
    for device, (name, _) in devices_of(joined, members).items():
        lacks = -1
        if own.id in there:
            lacks = _lacks(syncthing, own.id, device)
        last = str(seen.get(device, {}).get("lastSeen", ""))
        connected = bool(connections.get(device, {}).get("connected"))
        status.partners.append(Partner(name, connected, _seen(last), lacks))
    for folder in others:
        if folder.id not in there:
            status.coming.append(Coming(folder.label, 0, "not set up yet: it is at the next look"))
            continue
        state = syncthing.get("db/status", folder=folder.id)
        errors = syncthing.get("folder/errors", folder=folder.id).get("errors") or []
        why = str(state.get("error") or (errors[0].get("error", "") if errors else ""))
        status.coming.append(Coming(folder.label, int(state.get("needFiles", 0)), why[:200]))


def _lacks(syncthing: Syncthing, folder: str, device: str) -> int:
    try:
        found = syncthing.get("db/completion", folder=folder, device=device)
        return int(found.get("needItems", -1)) + int(found.get("needDeletes", 0))
    except NotRunningError:
        raise
    except UglyError:  # it has not heard of that folder yet
        return -1


def _seen(last: str) -> str:
    """A time of Syncthing's, to the minute; "" for the years it says when it means never."""
    return "" if last[:4] in ("", "0001", "1970") else last[:16].replace("T", " ")


def not_admitted(joined: Joined) -> str:
    """What is to be done before a booth belongs, in a line."""
    return f"not admitted yet: `uglynet fleet admit` with this booth's line, on {joined.hub}"


def lines(status: Status, now_s: float) -> Iterator[str]:
    """What an operator reads."""
    joined, look = status.joined, status.look
    role = "the hub" if joined.role == "hub" else f"a booth; the hub is {joined.hub}"
    yield f"{joined.name}: {role}"
    if status.members is None:
        yield not_admitted(joined)
    else:
        yield f"{len(status.members.booths)} belong: {', '.join(sorted(status.members.booths))}"
    yield status.carrier or ("Syncthing runs" if status.carries else "without Syncthing")
    for one in status.partners:
        yield f"  {one.name:16} {_partner(one, joined.name)}"
    for each in status.coming:
        if each.stopped:
            yield f"  from {each.name:11} stopped: {each.stopped}"
        elif each.files:
            yield f"  from {each.name:11} {each.files} files are still to come"
    if not look:
        yield "nothing has looked yet: start the show, or `uglynet fleet sync`"
        return
    yield f"last look {_ago(now_s - float(look.get('at', 0)))}"
    waiting = look.get("waiting", 0)
    wait = f"; {waiting} wait until a clock can be trusted" if waiting else ""
    yield f"  {look.get('sent', 0)} of this booth's takes travel{wait}"
    offered, pending = look.get("offered", {}), look.get("pending", {})
    for name in sorted({*offered, *look.get("held", {})}):
        came = f"{offered.get(name, 0)} came"
        late = f", {pending[name]} on their way" if pending.get(name) else ""
        yield f"  {look.get('held', {}).get(name, 0)} of {name}'s are here ({came}{late})"
    yield f"  withdrawn: {look.get('withdrawn', 0)}"
    for name, why in look.get("refused", {}).items():
        yield f"  refused {name}: {why}"
    for line in look.get("trouble", []):
        yield f"  trouble: {line}"


def _partner(one: Partner, own: str) -> str:
    lacks = "nobody knows yet what it has of" if one.lacks < 0 else "has all of"
    if one.lacks > 0:
        lacks = f"lacks {one.lacks} files of"
    if one.connected:
        return f"connected; {lacks} {own}'s"
    seen = f", last seen {one.seen}" if one.seen else ", never seen"
    return f"not connected{seen}; {lacks} {own}'s"


def _ago(seconds: float) -> str:
    if seconds < 0:
        return "in the future, by this clock"
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name} ago"
    return f"{seconds:.0f} seconds ago"
