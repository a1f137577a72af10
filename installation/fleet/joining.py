"""How a fleet begins, and how a booth joins it: two lines that are copied, one each way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from installation.fleet.members import (
    BOOTH_LINE,
    HUB_LINE,
    NAME,
    Invitation,
    Member,
    Members,
    line_of,
    members_text,
    parse_members,
    read_line,
)
from installation.fleet.place import LIST, Joined, Place, put_whole
from installation.gallery.faults import told
from installation.vocabulary import UglyError


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be copied to the other end, and what was done."""

    text: str
    joined: Joined


def found_fleet(place: Place, name: str, device: str = "", address: str = "") -> Line:
    """Make this the hub of a fleet, called `name`; the line that booths join by. `device` is its
    Syncthing's name, `address` where that is reached. Done again, only the latter change.

    Raises:
        UglyError: if this is a booth of another fleet already, or the folder cannot be used.
    """
    _check_name(name)
    with told(f"{place.root}: the fleet cannot be founded"):
        place.made()
        key = place.key()
        if (place.root / "fleet.json").exists():
            before = place.joined()
            if before.role != "hub" or before.name != name:
                raise UglyError(f"{place.root}: this is {before.name} of {before.hub}'s fleet")
        joined = Joined(name, name, key.public, device, address, "hub")
        place.write_joined(joined)
        with place.held():
            booths = dict(_listed(place, joined).booths)
            booths[name] = Member(key.public, device)
            _write_list(place, joined, booths)
    return Line(line_of(HUB_LINE, Invitation(name, device, address), key), joined)


def join_fleet(place: Place, name: str, hub_line: str, device: str = "") -> Line:
    """Make this a booth, called `name`, of the hub that the line is from; the line by which that
    admits it. Done again with the same line, nothing changes.

    Raises:
        UglyError: if the line is none, or this belongs to another fleet already.
    """
    _check_name(name)
    invited = read_line(hub_line, HUB_LINE)
    hub = invited.invitation
    if hub.name == name:
        raise UglyError(f"{name} is the hub's own name; give this booth another")
    joined = Joined(name, hub.name, invited.key, hub.device, hub.address)
    with told(f"{place.root}: the fleet cannot be joined"):
        place.made()
        if (place.root / "fleet.json").exists():
            before = place.joined()
            if (before.hub_key, before.name) != (joined.hub_key, joined.name):
                raise UglyError(
                    f"{place.root}: this is {before.name} of {before.hub}'s fleet already; "
                    "`uglynet fleet leave` first"
                )
        key = place.key()
        place.write_joined(joined)
    return Line(line_of(BOOTH_LINE, Invitation(name, device), key), joined)


def admit(place: Place, booth_line: str) -> str:
    """Have a booth belong; its name. Who comes again under a name that is known, with another
    key, is refused: it may be somebody else.

    Raises:
        UglyError: if this is no hub, or the line is none.
    """
    joined = _hub(place)
    invited = read_line(booth_line, BOOTH_LINE)
    name, device = invited.invitation.name, invited.invitation.device
    with told(f"{place.root}: nobody can be admitted"), place.held():
        booths = dict(_listed(place, joined).booths)
        known = booths.get(name)
        if known is not None and known.key != invited.key:
            raise UglyError(
                f"there is a {name} with another key; if that booth was set up anew, "
                f"`uglynet fleet dismiss {name}` first, else give it another name"
            )
        for other, member in booths.items():
            if other != name and member.key == invited.key:
                raise UglyError(f"that booth is here as {other}; `uglynet fleet dismiss {other}`")
        booths[name] = Member(invited.key, device)
        _write_list(place, joined, booths)
    return name


def dismiss(place: Place, name: str) -> None:
    """Have a booth belong no more: its takes go everywhere.

    Raises:
        UglyError: if this is no hub, or there is no such booth.
    """
    joined = _hub(place)
    with told(f"{place.root}: nobody can be dismissed"), place.held():
        booths = dict(_listed(place, joined).booths)
        if name not in booths or name == joined.name:
            raise UglyError(f"no booth {name} here; `uglynet fleet status` names them")
        del booths[name]
        _write_list(place, joined, booths)


def _hub(place: Place) -> Joined:
    joined = place.joined()
    if joined.role != "hub":
        raise UglyError(f"this is no hub: {joined.hub} says who belongs")
    return joined


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UglyError(f"{name!r} is no name for a booth: small letters, digits and dashes")


def _listed(place: Place, joined: Joined) -> Members:
    """The hub's own list so far."""
    path = place.out / LIST
    try:
        return parse_members(path.read_bytes(), str(path), joined.hub_key)
    except FileNotFoundError:
        return Members(joined.name)


def _write_list(place: Place, joined: Joined, booths: Mapping[str, Member]) -> None:
    """Sign and write the list, with a higher counter, where it is another than before."""
    before = _listed(place, joined)
    if dict(before.booths) == dict(booths):
        return
    seen = place.members(joined)
    counter = max(before.counter, seen.counter if seen else 0) + 1
    members = Members(joined.name, counter, MappingProxyType(dict(booths)))
    text = members_text(members, place.key())
    put_whole(place.out / LIST, text, place.making)
    place.write_members(text)
