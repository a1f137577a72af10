"""A net that carves itself: what passers-by see, without a word."""

from __future__ import annotations

import math
from dataclasses import replace

from installation.vocabulary import Carve, Cut, Net, Operation

DEMO_TURN_S = 4.0
"""How long the demonstration takes to turn a knob up and down again."""

DEMO_SITES = tuple(
    f"{part}/{layer}"
    for part in ("flow", "interp")
    for layer in (
        *(f"enc{i}" for i in range(1, 6)),
        "latent",
        *(f"dec{i}" for i in range(5, 0, -1)),
        *(f"skip{i}" for i in range(1, 6)),
    )
)
"""The sites of the usual model, for a show that has none yet."""

_DEMO_OPERATIONS = tuple(o for o in Operation if o is not Operation.PRESERVE)


_LASTING = 5
"""How many turns the demonstration's own net remembers, the one under way included."""


def demo_net(
    names: tuple[str, ...], now_s: float, past: Net | None = None
) -> tuple[Net, str, float]:
    """A net that carves itself, for passers-by; which site it is turning, and how far.

    With `past` the knob is turned up and down again on that net, where it is whole if
    anywhere; else on what earlier turns have left, and stays where it leaves it. Nothing jumps.
    """
    turn, share = math.floor(now_s / DEMO_TURN_S), (now_s / DEMO_TURN_S) % 1.0
    if past is not None:
        turned = Cut(_whole(names, turn, past), _operation(names, turn), _eased(share, 0.0))
        return replace(past, carve=Carve.of([*past.carve.cuts, turned])), turned.site, turned.amount
    turned = Cut(_site(names, turn), _operation(names, turn), _eased(share, _left(turn)))
    left = [
        Cut(_site(names, old), _operation(names, old), _left(old))
        for old in range(turn - _LASTING + 2, turn)
    ]
    oldest = turn - _LASTING + 1  # heals while the new one is turned
    healing = Cut(
        _site(names, oldest), _operation(names, oldest), round(_left(oldest) * (1 - share), 2)
    )
    carve = Carve.of([healing, *left, turned])
    return Net(model="", carve=carve), turned.site, turned.amount


def _site(names: tuple[str, ...], turn: int) -> str:
    return names[(turn * 7 + 2) % len(names)]


def _whole(names: tuple[str, ...], turn: int, net: Net) -> str:
    """The site of a turn, or the next one on which the net has no cut."""
    at = turn * 7 + 2
    for further in range(len(names)):
        name = names[(at + further) % len(names)]
        if net.carve.at(name) is None:
            return name
    return names[at % len(names)]


def _operation(names: tuple[str, ...], turn: int) -> Operation:
    """The operation of a turn: the next one each time a site comes round again, however many
    sites and operations there are."""
    rounds, place = divmod(turn, len(names))
    return _DEMO_OPERATIONS[(place + rounds) % len(_DEMO_OPERATIONS)]


def _left(turn: int) -> float:
    """How far a turn leaves its knob."""
    return round(0.25 + 0.15 * (turn % 4), 2)


def _eased(share: float, end: float) -> float:
    """A knob's way from 0 up to 1, and down to `end`."""
    lift = 0.5 - 0.5 * math.cos(2 * math.pi * share)
    return round(lift if share < 0.5 else end + (1 - end) * lift, 2)
