"""What cuts mean to the graphs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.operations import REACH, affine, channels, graph_inputs, mask
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Operation,
    Side,
    Site,
)

GRID = (36, 64)
SITES = (
    Site("interp/enc1", "AAABBB", (0.2,) * 6, 1),
    Site("interp/enc2", "AAABBB" + "-" * 10, tuple(np.linspace(0.1, 1, 16)), 2),
    Site("interp/dec1", "-" * 7, (0.5,) * 7, 1),
)
shares = st.floats(0, 1)
seeds = st.integers(0, 2**40)
cuts = st.builds(
    Cut,
    st.sampled_from([site.name for site in SITES]),
    st.sampled_from(Operation),
    shares,
    st.sampled_from(Side),
    st.builds(Chisel, st.sampled_from(ChiselShape), shares, seeds),
    st.builds(Grain, st.floats(0.01, 1), seeds),
)


def test_operations_are_what_the_design_says():
    for part, (far_gain, far_bias) in REACH.items():
        assert affine(Operation.PRESERVE, 1, part) == (1, 0)
        assert affine(Operation.ADD, 1, part) == (1, far_bias)
        assert affine(Operation.SUBTRACT, 1, part) == (1, -far_bias)
        assert affine(Operation.MULTIPLY, 1, part) == (far_gain, 0)
        assert affine(Operation.CUT_OFF, 1, part) == (0, 0)
        assert affine(Operation.INVERT, 1, part) == (-1, 0)


@given(st.sampled_from(Operation), st.sampled_from(sorted(REACH)))
def test_every_operation_starts_at_nothing_and_never_turns_back(operation: Operation, part: str):
    turns = [affine(operation, amount, part) for amount in np.linspace(0, 1, 21)]
    assert turns[0] == (1, 0)
    for values in zip(*turns, strict=True):
        steps = np.diff(values)
        assert (steps >= 0).all() or (steps <= 0).all()
    if operation is not Operation.PRESERVE:
        assert turns[2] != turns[0], "a tenth of a turn does something"


def test_the_empty_carve_is_the_identity():
    inputs = graph_inputs(Carve(), SITES, GRID)
    assert (inputs.gain == 1).all()
    assert (inputs.bias == 0).all()
    assert (inputs.chisel == 1).all()
    assert inputs.gain.shape == (6 + 16 + 7,)


@given(st.lists(cuts, max_size=4))
def test_a_carve_touches_only_its_own_sites(chosen: list[Cut]):
    carve = Carve.of(chosen)
    inputs = graph_inputs(carve, SITES, GRID)
    offset = 0
    for number, site in enumerate(SITES):
        span = slice(offset, offset + site.channels)
        changed = (inputs.gain[span] != 1).any() or (inputs.bias[span] != 0).any()
        if carve.at(site.name) is None:
            assert not changed
            assert (inputs.chisel[number] == 1).all()
        offset += site.channels
    assert np.isfinite(inputs.gain).all()
    assert np.isfinite(inputs.bias).all()
    assert set(np.unique(inputs.chisel)) <= {0, 1}


@given(st.sampled_from(SITES), st.floats(0.01, 1), seeds)
def test_a_grain_reaches_its_share_of_each_side_alike(site: Site, share: float, seed: int):
    both = channels(site, Side.BOTH, Grain(share, seed))
    tags = np.array(list(site.sides))
    for tag in set(site.sides):
        members = int((tags == tag).sum())
        assert both[tags == tag].sum() == max(1, round(share * members))
    if "A" in site.sides:
        assert (both[tags == "A"] == both[tags == "B"]).all()
    of_a = channels(site, Side.A, Grain(share, seed))
    assert not of_a[tags == "B"].any()
    assert (of_a[tags != "B"] == both[tags != "B"]).all()


@given(st.sampled_from(ChiselShape), shares, seeds)
def test_a_chisel_covers_its_share_and_is_the_same_every_time(shape, share, seed):
    chisel = Chisel(shape, share, seed)
    one = mask(chisel, GRID)
    assert one.shape == GRID
    assert (one == mask(chisel, GRID)).all()
    if shape is ChiselShape.WHOLE:
        assert one.all()
    elif shape is ChiselShape.DISC:
        assert one.mean() <= share + 0.05
    else:
        assert one.mean() == pytest.approx(share, abs=0.09)


def test_rows_are_rows_and_columns_are_columns():
    rows = mask(Chisel(ChiselShape.ROWS, 0.5, 3), GRID)
    columns = mask(Chisel(ChiselShape.COLUMNS, 0.5, 3), GRID)
    assert (rows == rows[:, :1]).all()
    assert (columns == columns[:1]).all()
    assert 0 < rows.mean() < 1
    assert 0 < columns.mean() < 1
