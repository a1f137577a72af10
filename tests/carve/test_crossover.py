"""Nets from nets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from installation.carve.crossover import crossed, interpolated, mutated
from installation.carve.nets import net_text, parse_net, settled
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.noise.tools import TOOLS
from installation.vocabulary import Cut, Net, UglyError

SHA = "a" * 64
seeds = st.integers(0, 2**31 - 1)
shares = st.floats(0, 1)


def rolled(model: Model, seed: int, extreme: bool = False) -> Net:
    return roll(model.manifest.sites, SHA, seed, extreme=extreme, tools=tuple(TOOLS))


def manner(cut: Cut) -> Cut:
    return replace(cut, amount=0.0)


@given(seeds, seeds, shares)
def test_between_two_nets_lie_nets(model: Model, a_seed: int, b_seed: int, share: float):
    a, b = rolled(model, a_seed), rolled(model, b_seed)
    assert interpolated(a, b, 0) == a
    assert interpolated(a, b, 1) == b
    child = interpolated(a, b, share)
    assert parse_net(net_text(settled(child)), "x") == settled(child)
    for cut in child.carve.cuts:
        parents = [net.carve.at(cut.site) for net in (a, b)]
        kin = [parent for parent in parents if parent and manner(parent) == manner(cut)]
        assert kin, "its manner is one of its parents'"
        assert cut.amount <= max(parent.amount for parent in kin) + 1e-9


@given(seeds, seeds, shares, shares)
def test_the_way_between_two_nets_has_no_leaps(model, a_seed, b_seed, one, other):
    a, b = rolled(model, a_seed), rolled(model, b_seed)
    near, far = interpolated(a, b, one), interpolated(a, b, other)
    for site in model.manifest.sites:
        cuts = [net.carve.at(site.name) for net in (near, far)]
        if all(cuts) and manner(cuts[0]) != manner(cuts[1]):
            continue  # one closed and the other opened in between
        amounts = [cut.amount if cut else 0.0 for cut in cuts]
        assert abs(amounts[0] - amounts[1]) <= 2 * abs(one - other) + 1e-9


@given(seeds, seeds, seeds)
def test_a_child_takes_after_its_parents(model: Model, a_seed: int, b_seed: int, seed: int):
    a, b = rolled(model, a_seed), rolled(model, b_seed)
    child = crossed(a, b, seed)
    assert child == crossed(a, b, seed)
    assert child.carve
    for cut in child.carve.cuts:
        assert cut in (a.carve.at(cut.site), b.carve.at(cut.site))
    for step in child.rack:
        assert step in (*a.rack, *b.rack)
    for gain, of_a, of_b in zip(child.tone, a.tone, b.tone, strict=True):
        assert min(of_a, of_b) - 1e-4 <= gain <= max(of_a, of_b) + 1e-4


def test_children_differ(model: Model):
    a, b = rolled(model, 1, extreme=True), rolled(model, 2, extreme=True)
    assert len({crossed(a, b, seed).carve for seed in range(10)}) == 10


@given(seeds, seeds)
def test_a_mutant_is_a_sound_net_and_with_no_rate_the_same(model: Model, of: int, seed: int):
    net = rolled(model, of)
    assert mutated(net, model.manifest.sites, seed, 0.0).carve == net.carve
    mutant = mutated(net, model.manifest.sites, seed, 1.0)
    assert mutant == mutated(net, model.manifest.sites, seed, 1.0)
    assert parse_net(net_text(settled(mutant)), "x") == settled(mutant)
    assume(len(net.carve.cuts) > 1)
    assert mutant.carve
    assert mutant.carve != net.carve


def test_nets_of_two_models_are_no_kin():
    with pytest.raises(UglyError, match="different models"):
        crossed(Net(SHA), Net("b" * 64), 1)
    with pytest.raises(UglyError, match="different models"):
        interpolated(Net(SHA), Net("b" * 64), 0.5)
