"""A net that carves itself: what passers-by see, without a word."""

from __future__ import annotations

import math

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


def demo_net(
    names: tuple[str, ...], now_s: float, past: Net | None = None
) -> tuple[Net, str, float]:
    """A net that carves itself, for passers-by; which site it is turning, and how far.

    With `past` the knob is turned on that net; else on what earlier turns have left.
    """
    turn = math.floor(now_s / DEMO_TURN_S)
    share = (now_s / DEMO_TURN_S) % 1.0
    amount = round(0.5 - 0.5 * math.cos(2 * math.pi * share), 2)
    site = names[(turn * 7 + 2) % len(names)]
    cut = Cut(site, _DEMO_OPERATIONS[turn % len(_DEMO_OPERATIONS)], amount)
    if past is not None:
        return Net(model="", carve=Carve.of([*past.carve.cuts, cut])), site, amount
    left = []
    for old in range(turn - 4, turn):
        left.append(
            Cut(
                names[(old * 7 + 2) % len(names)],
                _DEMO_OPERATIONS[old % len(_DEMO_OPERATIONS)],
                round(0.25 + 0.15 * (old % 4), 2),
            )
        )
    return Net(model="", carve=Carve.of([*left, cut])), site, amount
