"""Nets packed into a few bytes, and back."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from installation.carve import packing
from installation.carve.nets import net_text, parse_net
from installation.carve.packing import (
    OPERATIONS,
    SHAPES,
    SITES,
    TOOLS,
    is_packed,
    packed,
    unpacked,
)
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.noise import tools
from installation.vocabulary import Carve, ChiselShape, Cut, Net, NoiseStep, Operation, UglyError

GOLDEN = Path(__file__).parent.parent / "golden" / "packed" / "nets.json"
SHA = "a1" * 32

share = st.one_of(
    st.floats(0, 1), st.integers(0, 10_000).map(lambda k: k / 10_000), st.sampled_from([0, 0.4, 1])
)
seed = st.one_of(st.integers(0, 9), st.integers(0, 2**63 - 1))
# What JSON and a net's checks let through: no lone surrogates.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
cut = st.fixed_dictionaries(
    {
        "site": st.one_of(
            st.sampled_from(SITES), st.from_regex(r"\A(flow|interp)/[a-z]{1,9}[0-9]{0,3}\Z")
        ),
        "operation": st.sampled_from([o.value for o in Operation]),
        "amount": share,
    },
    optional={
        "side": st.sampled_from(["a", "b", "both"]),
        "chisel": st.fixed_dictionaries(
            {"shape": st.sampled_from([s.value for s in ChiselShape])},
            optional={"share": share, "seed": seed},
        ),
        "grain": st.fixed_dictionaries(
            {"share": share.filter(lambda s: s > 0)}, optional={"seed": seed}
        ),
    },
)
document = st.fixed_dictionaries(
    {
        "format": st.just("uglynet-net"),
        "version": st.just(1),
        "model": st.one_of(st.just(SHA), st.from_regex(r"\A[0-9a-f]{64}\Z")),
    },
    optional={
        "name": words,
        "seed": seed,
        "cuts": st.lists(cut, max_size=40, unique_by=lambda c: c["site"]),
        "tone": st.lists(st.one_of(st.floats(0, 2), share), min_size=3, max_size=3),
        "rack": st.lists(
            st.fixed_dictionaries(
                {
                    "tool": st.one_of(st.sampled_from(TOOLS), words.map(lambda w: (w + "x")[:40])),
                    "amount": share,
                }
            ),
            max_size=6,
        ),
    },
)


@given(document)
def test_whatever_is_a_net_comes_back_equal(document: dict[str, object]):
    net = parse_net(json.dumps(document), "net")
    assert unpacked(packed(net), "code") == net
    assert unpacked(packed(net, SHA), "code", ["b" * 64, SHA]) == net
    # The file it is then written to holds it, too, to the last bit.
    assert parse_net(net_text(net, exact=True), "net") == net


def plain(count: int, name: str = "Bokamu") -> Net:
    """A net of so many cuts, as hands on the shipped panel make them."""
    manners = [
        {"operation": "multiply", "side": "a"},
        {"operation": "smear down"},
        {"operation": "roll across", "side": "a"},
        {"operation": "noise"},
        {"operation": "quantise"},
    ]
    rows = [
        {"site": site, "amount": (617 * k % 9999 + 1) / 10_000, **manners[k % len(manners)]}
        for k, site in enumerate(SITES[5 : 5 + count])
    ]
    return parse_net(
        json.dumps(
            {"format": "uglynet-net", "version": 1, "model": SHA, "name": name,
             "seed": 123456789, "cuts": rows, "tone": [1.25, 0.8734, 1.1],
             "rack": [{"tool": "blur", "amount": 0.4321}, {"tool": "tile", "amount": 0.5}]}
        ),
        "net",
    )  # fmt: skip


def test_sixteen_cuts_fit_a_code_of_version_8_that_may_lose_a_quarter():
    sixteen, none = packed(plain(16), SHA), packed(plain(0), SHA)
    assert segno.make_qr(sixteen, error="Q", boost_error=False).version <= 8
    assert (len(sixteen) - len(none)) * 8 / 16 <= 24  # bits a cut
    # Also where the reader does not know the model, at the usual level.
    assert segno.make_qr(packed(plain(16)), error="M", boost_error=False).version <= 8


def test_rolled_nets_of_sixteen_cuts_fit_too(model: Model):
    manifest = model.manifest
    for number in range(40):
        net = roll(manifest.sites[:16], manifest.model, number, extreme=True, tools=[*TOOLS])
        net = parse_net(net_text(net), "net")
        data = packed(net, manifest.model)
        assert segno.make_qr(data, error="L").version <= 8, len(data)


def test_the_tables_hold_all_that_the_program_knows(model: Model):
    assert set(SITES) >= {site.name for site in model.manifest.sites}
    assert set(OPERATIONS) <= set(Operation) - {Operation.PRESERVE}
    assert len(OPERATIONS) <= 15, "the sixteenth number says that a name comes"
    assert set(SHAPES) == set(ChiselShape)
    assert set(TOOLS) == set(tools.TOOLS)


def test_packed_nets_stay_readable_for_ever():
    """Printed cards stay printed: these bytes mean these nets, here and in the phone's page."""
    cases = json.loads(GOLDEN.read_text())
    assert len(cases) >= 8
    for case in cases:
        net, data = parse_net(json.dumps(case["net"]), "golden"), bytes.fromhex(case["packed"])
        assert packed(net, case["model"]) == data
        assert unpacked(data, "golden", [case["model"]]) == net


def with_an_operation_called(name: str) -> bytes:
    """A net as a later program packs it, which has one operation more."""
    stranger = cast(Operation, SimpleNamespace(value=name))
    return packed(Net(SHA, Carve((Cut("flow/enc1", stranger, 0.5),))), SHA)


def test_an_operation_without_a_number_is_packed_by_its_name(monkeypatch: pytest.MonkeyPatch):
    net = Net(SHA, Carve.of([Cut("flow/enc1", Operation.FEEDBACK, 0.5)]))
    monkeypatch.setattr(packing, "OPERATIONS", OPERATIONS[:-1])
    data = packed(net, SHA)
    assert unpacked(data, "card.png", [SHA]) == net
    assert data == with_an_operation_called("feedback")


@pytest.mark.parametrize("name", ["double", "a\nb", "x" * 300, ""])
def test_an_operation_of_a_later_program_is_named_in_one_line(name: str):
    with pytest.raises(UglyError) as said:
        unpacked(with_an_operation_called(name), "card.png", [SHA])
    assert str(said.value).startswith("card.png: cut by ")
    assert str(said.value).endswith("which this program does not know; update it")
    assert "\n" not in str(said.value)
    assert len(str(said.value)) < 120


def test_one_operation_is_not_packed_in_two_ways():
    with pytest.raises(UglyError, match="damaged"):
        unpacked(with_an_operation_called("add"), "card.png", [SHA])


def test_one_wrong_byte_is_noticed():
    data = packed(plain(5), SHA)
    for at in range(len(data)):
        wrong = bytearray(data)
        wrong[at] ^= 0x10
        with pytest.raises(UglyError, match=r"^card.png: .*(damaged|newer version)"):
            unpacked(bytes(wrong), "card.png", [SHA])


@given(st.binary(max_size=300))
def test_garbage_gets_one_line(data: bytes):
    assert not is_packed(data)
    with pytest.raises(UglyError, match=r"^code: no net is in it"):
        unpacked(data, "code")


@given(st.binary(max_size=200), st.integers(1, 2))
def test_garbage_that_is_well_wrapped_gets_one_line(data: bytes, version: int):
    from binascii import crc_hqx

    body = b"U" + bytes([version]) + data
    with pytest.raises(UglyError) as caught:
        unpacked(body + crc_hqx(body, 0).to_bytes(2, "big"), "code", [SHA])
    assert str(caught.value).startswith("code: ")
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_here_is_named():
    with pytest.raises(UglyError, match="made for another model"):
        unpacked(packed(plain(3), SHA), "card.png", ["b" * 64])
    net = Net(SHA, rack=(NoiseStep("blur", 0.5),))
    assert unpacked(packed(net), "card.png", ["b" * 64]) == net
