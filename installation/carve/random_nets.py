"""New nets by chance: the same seed gives the same net. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from installation.carve.operations import SURPRISE_ODDS
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Net,
    NoiseStep,
    Side,
    Site,
    Tone,
)

_SYLLABLES = ("bo", "ka", "mu", "zi", "la", "pu", "ru", "no", "fi", "wo", "ge", "ta", "shu", "dri")


def name_of(seed: int) -> str:
    """A silly name for a net, from its seed."""
    chance = np.random.default_rng([seed, 7])
    word = "".join(str(s) for s in chance.choice(_SYLLABLES, int(chance.integers(2, 4))))
    return word.capitalize()


def roll(
    sites: Sequence[Site],
    model: str,
    seed: int,
    *,
    extreme: bool = False,
    tools: Sequence[str] = (),
) -> Net:
    """Roll a net: a few lively cuts, or with `extreme` cuts nearly everywhere at full turn.

    `tools` are the noise tools that may join in. seed >= 0.
    """
    chance = np.random.default_rng([seed, 1])
    count = int(chance.integers(2, 6))
    if extreme:
        count = int(chance.integers(len(sites) // 2, len(sites) + 1))
    chosen = chance.permutation(len(sites))[: min(count, len(sites))]
    cuts = [new_cut(sites[int(k)], chance, extreme) for k in sorted(chosen)]
    low, high = (0.0, 2.0) if extreme else (0.75, 1.25)
    toned = extreme or chance.random() < 0.35
    tone: Tone = (1.0, 1.0, 1.0)
    if toned:
        red, green, blue = chance.uniform(low, high, 3).round(3)
        tone = (float(red), float(green), float(blue))
    rack: tuple[NoiseStep, ...] = ()
    if tools and (extreme or chance.random() < 0.3):
        picked = chance.permutation(len(tools))[: 3 if extreme else 1]
        rack = tuple(
            NoiseStep(tools[int(k)], round(float(chance.uniform(0.15, 1 if extreme else 0.6)), 4))
            for k in sorted(picked)
        )
    return Net(model, Carve.of(cuts), tone, rack, name_of(seed), seed)


def new_cut(site: Site, chance: np.random.Generator, extreme: bool = False) -> Cut:
    """A cut by chance, of an operation that shows at this site."""
    lively = [o for o in SURPRISE_ODDS if site.shows(o)] or list(SURPRISE_ODDS)
    odds_of = np.array([SURPRISE_ODDS[o] for o in lively])
    operation = lively[int(chance.choice(len(lively), p=odds_of / odds_of.sum()))]
    amount = chance.uniform(0.8, 1.0) if extreme else chance.uniform(0.3, 0.85)
    shapes = list(ChiselShape)
    shape = ChiselShape.WHOLE
    if chance.random() < 0.5:
        shape = shapes[int(chance.integers(len(shapes)))]
    grain = Grain()
    if chance.random() < 0.4:
        grain = Grain(round(float(chance.uniform(0.1, 0.7)), 4), int(chance.integers(1 << 16)))
    chisel = Chisel()
    if shape is not ChiselShape.WHOLE:
        share = round(float(chance.uniform(0.2, 0.7)), 4)
        chisel = Chisel(shape, share, int(chance.integers(1 << 16)))
    # Cut alike, A and B still match; so most cuts of a flow layer take one side.
    odds = (0.4, 0.3, 0.3) if site.part == "flow" else (0.25, 0.25, 0.5)
    side = (Side.A, Side.B, Side.BOTH)[int(chance.choice(3, p=odds))]
    return Cut(site.name, operation, round(float(amount), 4), side, chisel, grain)
