"""Under which address phones on the local network find this machine: asked of the machine itself,
never of anybody outside.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"
HOTSPOT = "10.77.0.1"
"""This machine's address on the network of its own (kiosk_config/hotspot.nmconnection)."""

ROUTES, LINKS = Path("/proc/net/route"), Path("/sys/class/net")
_INNER = ("lo", "docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel", "tun", "wg")
"""Interfaces behind which no phone is."""


@dataclass(frozen=True, slots=True)
class Interface:
    """One way to this machine: its name, its IPv4 address, and whether it is up."""

    name: str
    address: str
    up: bool = True


def interfaces() -> tuple[Interface, ...]:
    """The ways to this machine that have an IPv4 address."""
    try:
        every = psutil.net_if_addrs()
    except OSError:
        return ()
    return tuple(
        Interface(name, each.address, _is_up(name))
        for name, addresses in every.items()
        for each in addresses
        if each.family is socket.AF_INET
    )


def _is_up(name: str, folder: Path = LINKS) -> bool:
    """Whether a cable or a network is on an interface, as far as the system tells by files."""
    try:
        return (folder / name / "operstate").read_text(encoding="ascii").strip() != "down"
    except (OSError, UnicodeDecodeError):
        return True


def default_route(text: str) -> str:
    """The interface that leads furthest, by /proc/net/route; "" if none does."""
    found = []
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and fields[1] == "00000000" and fields[6].isdigit():
            found.append((int(fields[6]), fields[0]))
    return min(found)[1] if found else ""


def best_address(every: Iterable[Interface], preferred: str) -> str:
    """The address that phones can most likely reach; "" where there is none.

    First the one of the `preferred` interface, then private addresses, then public ones.
    """
    good = []
    for one in every:
        try:
            address = ipaddress.IPv4Address(one.address)
        except ValueError:
            continue
        inner = one.name.startswith(_INNER) or address.is_loopback or address.is_link_local
        if one.up and not inner:
            good.append((one.name != preferred, not address.is_private, one.name, str(address)))
    return min(good)[3] if good else ""


def own_address(routes: Path = ROUTES) -> str:
    """This machine's address on the local network now; "" where there is no network."""
    try:
        text = routes.read_text(encoding="ascii", errors="replace")
    except OSError:
        text = ""
    return best_address(interfaces(), default_route(text))


def wifi_code(name: str, password: str) -> bytes:
    """What a QR code says so that a phone joins a network (ZXing's WIFI: scheme)."""

    def escaped(text: str) -> str:
        return "".join(f"\\{c}" if c in '\\;,":' else c for c in text)

    kind = f"T:WPA;S:{escaped(name)};P:{escaped(password)};" if password else f"S:{escaped(name)};"
    return f"WIFI:{kind};".encode()


def told_address(given: str, address: str, port: int) -> str:
    """The link that phones are given, without a path: the operator's own, else by address."""
    if given:
        return given.rstrip("/")
    return f"http://{address}" + ("" if port == 80 else f":{port}") if address else ""


def facts(address: str) -> Mapping[str, str]:
    """Why there is no address to give, if there is none."""
    return {} if address else {"why_not": "this machine is on no network that phones can reach"}
