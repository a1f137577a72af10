"""Nets as JSON, and nets by chance."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.nets import net_document, net_text, parse_net, settled
from installation.carve.random_nets import name_of, roll
from installation.interpolator.model import Model
from installation.noise.tools import TOOLS
from installation.vocabulary import Net, UglyError

SHA = "a" * 64


def broken(**changes: object) -> str:
    document = {**net_document(Net(SHA)), **changes}
    return json.dumps({key: value for key, value in document.items() if value is not ...})


@given(seed=st.integers(0, 2**31 - 1), extreme=st.booleans())
def test_rolled_nets_survive_their_text(model: Model, seed: int, extreme: bool):
    net = roll(model.manifest.sites, model.manifest.model, seed, extreme=extreme, tools=[*TOOLS])
    again = parse_net(net_text(net), "x")
    assert again == settled(net)
    assert net_text(again) == net_text(net)
    assert settled(again) == again


@given(seed=st.integers(0, 2**31 - 1))
def test_the_same_seed_rolls_the_same_net_and_a_lively_one(model: Model, seed: int):
    sites = model.manifest.sites
    net = roll(sites, SHA, seed)
    assert net == roll(sites, SHA, seed)
    assert net != roll(sites, SHA, seed + 1)
    assert 2 <= len(net.carve.cuts) <= 5
    assert all(0.3 <= cut.amount <= 0.85 for cut in net.carve.cuts)
    assert len(roll(sites, SHA, seed, extreme=True).carve.cuts) >= len(sites) // 2
    assert name_of(seed)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON|too deeply"),
        ("[" * 100_000, "not JSON|too deeply"),
        ("[]", "not a net"),
        ("{}", "format"),
        (broken(version=2), "newer version"),
        (broken(format="uglynet-model"), "format"),
        (broken(model="abc"), "model"),
        (broken(cuts=[{"site": "flow/enc1", "operation": "melt", "amount": 1}]), "operation"),
        (broken(cuts=[{"site": "flow/enc1", "operation": "add", "amount": 1.5}]), "amount"),
        (broken(cuts=[{"site": "../x", "operation": "add", "amount": 1}]), "site"),
        (broken(cuts=[{"site": "flow/enc1", "operation": "add", "amount": 1}] * 2), "twice"),
        (broken(tone=[1, 1]), "tone"),
        (broken(tone=[1, 1, float("nan")]), "tone"),
        (broken(rack=[{"tool": "blur"}]), "rack"),
        (broken(surprise=1), "surprise"),
    ],
)
def test_a_wrong_net_gets_one_line_that_names_the_key(text: str, says: str):
    with pytest.raises(UglyError, match=says) as caught:
        parse_net(text, "my.json")
    assert str(caught.value).startswith("my.json: ")
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_words(data: bytes):
    with pytest.raises(UglyError):
        parse_net(data, "garbage")
