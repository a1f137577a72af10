"""What Syncthing is to carry between whom: told to it as often as one likes, changed where it
differs.

    folder uglynet-<booth>    that booth's outbox: sent by it alone, received by all others

A booth knows the hub alone; the hub knows every booth, and passes on what it receives. Nothing is
versioned: what is withdrawn is to be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation.fleet.members import Member, Members
from installation.fleet.place import Joined, Place
from installation.fleet.syncthing_rest import Syncthing

PREFIX = "uglynet-"


@dataclass(frozen=True, slots=True)
class Carried:
    """A folder that Syncthing keeps alike with the devices named."""

    id: str
    label: str
    path: Path
    sends: bool
    devices: tuple[str, ...]


def devices_of(joined: Joined, members: Members | None) -> dict[str, tuple[str, str]]:
    """The devices that this one speaks to: name and address by their id."""
    if joined.role == "booth":
        if not joined.hub_device:
            return {}
        return {joined.hub_device: (joined.hub, joined.hub_address or "dynamic")}
    others = {} if members is None else members.others(joined.name)
    return {each.device: (name, "dynamic") for name, each in others.items() if each.device}


def folders_of(place: Place, joined: Joined, members: Members | None) -> tuple[Carried, ...]:
    """The folders that are carried to and from here."""
    others: Mapping[str, Member] = {} if members is None else members.others(joined.name)
    partners = tuple(devices_of(joined, members))
    names = sorted({*others, joined.hub} - {joined.name})
    own = Carried(PREFIX + joined.name, joined.name, place.out, True, partners)
    return own, *(
        Carried(PREFIX + name, name, place.inboxes / name, False, partners) for name in names
    )


def arrange(
    syncthing: Syncthing, own_device: str, place: Place, joined: Joined, members: Members | None
) -> list[str]:
    """Have Syncthing carry this and nothing else; what was changed, a line each. Raises UglyError,
    OSError."""
    changed = []
    devices = devices_of(joined, members)
    held = {each["deviceID"]: each for each in syncthing.get("config/devices")}
    for device, (name, address) in devices.items():
        wanted = {"deviceID": device, "name": name, "addresses": [address], **_DEVICE}
        if _differs(held.get(device), wanted):
            syncthing.put(f"config/devices/{device}", {**held.get(device, {}), **wanted})
            changed.append(f"speaks to {name}")
    folders = folders_of(place, joined, members)
    there = {each["id"]: each for each in syncthing.get("config/folders")}
    for folder in folders:
        with_whom = {own_device, *folder.devices}
        before = there.get(folder.id)
        if before is not None and {each["deviceID"] for each in before["devices"]} == with_whom:
            wanted = _folder(folder, before["devices"])
        else:
            wanted = _folder(folder, [{"deviceID": device} for device in sorted(with_whom)])
        versioned = before is not None and before.get("versioning", {}).get("type")
        if versioned or _differs(before, wanted):
            folder.path.mkdir(0o700, exist_ok=True)
            plain = {"versioning": {"type": ""}}  # what is withdrawn is to be gone
            syncthing.put(f"config/folders/{folder.id}", {**(before or {}), **wanted, **plain})
            changed.append(f"{'sends' if folder.sends else 'receives'} {folder.label}")
    for gone in _no_longer(there, {each.id for each in folders}):
        syncthing.delete(f"config/folders/{gone}")
        changed.append(f"carries {gone.removeprefix(PREFIX)} no longer")
    for gone in _no_longer(held, {*devices, own_device}):
        syncthing.delete(f"config/devices/{gone}")
        changed.append(f"speaks to {held[gone]['name'] or gone[:7]} no longer")
    return changed


MOST_PATHS = 30


def hurry(syncthing: Syncthing, joined: Joined, touched: Iterable[str]) -> None:
    """Have Syncthing see at once what was changed in the outbox, whether or not it can watch so
    many folders. Raises UglyError."""
    paths, own = list(touched), PREFIX + joined.name
    if len(paths) > MOST_PATHS:
        syncthing.post("db/scan", folder=own)
        return
    for path in paths:
        syncthing.post("db/scan", folder=own, sub=path)


_DEVICE: dict[str, Any] = {
    "introducer": False,
    "autoAcceptFolders": False,
    "compression": "metadata",
}


def _folder(folder: Carried, devices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": folder.id,
        "label": folder.label,
        "path": str(folder.path),
        "type": "sendonly" if folder.sends else "receiveonly",
        "devices": devices,
        # Of what comes only this program takes something away: nobody has to watch for that.
        "fsWatcherEnabled": folder.sends,
        "fsWatcherDelayS": 1,
        "rescanIntervalS": 3600 if folder.sends else 86400,
        "ignorePerms": True,
        "maxConflicts": 0,
        "order": "oldestFirst",
        "markerName": ".stfolder",
        "paused": False,
    }


def _differs(held: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    """Whether something is to be other than it is."""
    return held is None or any(held.get(key) != value for key, value in wanted.items())


def _no_longer(held: Iterable[str], wanted: Iterable[str]) -> list[str]:
    return sorted(set(held) - set(wanted))
