"""Nets from nets: in between two, bred from two, changed a little. Pure.

The same nets and seed give the same child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from installation.carve.random_nets import name_of, new_cut
from installation.vocabulary import Carve, Cut, Net, NoiseStep, Site, Tone, UglyError

NUDGE = 0.12
"""Standard deviation of a mutated amount's change, as a share of the turn."""


def _same_kind(a: Cut, b: Cut) -> bool:
    return replace(a, amount=0.0) == replace(b, amount=0.0)


def _mixed(a: Cut | None, b: Cut | None, share: float) -> Cut | None:
    if a is not None and b is not None and _same_kind(a, b):
        return replace(a, amount=a.amount + (b.amount - a.amount) * share)
    # Cuts of two kinds can't be mixed at one site: one closes, then the other opens.
    if b is None or (a is not None and share < 0.5):
        left = 1 - share if b is None else 1 - 2 * share
        return None if a is None else replace(a, amount=a.amount * left)
    gone = share if a is None else 2 * share - 1
    return replace(b, amount=b.amount * gone)


def _checked(a: Net, b: Net) -> None:
    if a.model != b.model:
        raise UglyError("the two nets were carved on different models, and can't be mixed")


def interpolated(a: Net, b: Net, share: float) -> Net:
    """The net that lies `share` (0..1) of the way from `a` to `b`; at the ends, their own.

    Raises:
        UglyError: if the nets belong to different models.
        ValueError: if the share is outside 0..1.
    """
    _checked(a, b)
    if not 0 <= share <= 1:
        raise ValueError(f"a share is 0..1, not {share}")
    if share in (0, 1):
        return b if share else a
    sites = sorted({cut.site for cut in (*a.carve.cuts, *b.carve.cuts)})
    cuts = [_mixed(a.carve.at(site), b.carve.at(site), share) for site in sites]
    red, green, blue = (x + (y - x) * share for x, y in zip(a.tone, b.tone, strict=True))
    name, seed = (b.name, b.seed) if share > 0.5 else (a.name, a.seed)
    return Net(
        a.model,
        Carve.of(cut for cut in cuts if cut is not None),
        (red, green, blue),
        _racks_between(a.rack, b.rack, share),
        name,
        seed,
    )


def _racks_between(
    a: tuple[NoiseStep, ...], b: tuple[NoiseStep, ...], share: float
) -> tuple[NoiseStep, ...]:
    """Every tool of both, each turned in between; in the order of the nearer one."""
    of_a, of_b = ({step.tool: step.amount for step in rack} for rack in (a, b))
    near, far = (b, a) if share > 0.5 else (a, b)
    tools = dict.fromkeys(step.tool for step in (*near, *far))
    amounts = {t: of_a.get(t, 0.0) * (1 - share) + of_b.get(t, 0.0) * share for t in tools}
    return tuple(NoiseStep(tool, amount) for tool, amount in amounts.items() if amount > 0)


def crossed(mother: Net, father: Net, seed: int) -> Net:
    """A child of two nets: at every site, the cut (or the wholeness) of one of them; its tone
    is mixed, every tool of the rack is one parent's. seed >= 0.

    Raises:
        UglyError: if the nets belong to different models.
    """
    _checked(mother, father)
    chance = np.random.default_rng([seed, 2])
    sites = sorted({cut.site for cut in (*mother.carve.cuts, *father.carve.cuts)})
    cuts = [(mother, father)[int(chance.integers(2))].carve.at(site) for site in sites]
    if sites and not any(cuts):  # every cut was lost: a child takes after someone
        parent = mother if mother.carve else father
        cuts = [parent.carve.cuts[int(chance.integers(len(parent.carve.cuts)))]]
    share = chance.uniform(0, 1, 3)
    red, green, blue = (
        float(round(x + (y - x) * s, 4))
        for x, y, s in zip(mother.tone, father.tone, share, strict=True)
    )
    tools = dict.fromkeys(step.tool for step in (*mother.rack, *father.rack))
    rack = []
    for tool in tools:
        parent = (mother, father)[int(chance.integers(2))]
        rack += [step for step in parent.rack if step.tool == tool]
    tone: Tone = (red, green, blue)
    carve = Carve.of(cut for cut in cuts if cut is not None)
    return Net(mother.model, carve, tone, tuple(rack), name_of(seed), seed)


def mutated(net: Net, sites: Sequence[Site], seed: int, rate: float = 0.3) -> Net:
    """The net, changed a little: every cut's amount may move (with odds of `rate`), and once
    in a while a cut heals or a new one appears. seed >= 0, rate 0..1."""
    chance = np.random.default_rng([seed, 3])
    cuts = []
    for cut in net.carve.cuts:
        if chance.random() < rate * 0.2 and len(net.carve.cuts) > 1:
            continue
        if chance.random() < rate:
            moved = cut.amount + chance.normal(0, NUDGE)
            cut = replace(cut, amount=round(float(np.clip(moved, 0.05, 1.0)), 4))
        cuts.append(cut)
    whole = [site for site in sites if net.carve.at(site.name) is None]
    if whole and chance.random() < rate:
        cuts.append(new_cut(whole[int(chance.integers(len(whole)))], chance))
    return replace(net, carve=Carve.of(cuts), name=name_of(seed), seed=seed)
