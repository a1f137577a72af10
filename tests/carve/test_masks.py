"""Which channels and places a cut reaches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.masks import channels, mask
from installation.vocabulary import Chisel, ChiselShape, Grain, Side, Site

GRID = (36, 64)
SITES = (
    Site("interp/enc1", "AAABBB", (0.2,) * 6, 1),
    Site("interp/enc2", "AAABBB" + "-" * 10, tuple(np.linspace(0.1, 1, 16)), 2),
    Site("interp/dec1", "-" * 7, (0.5,) * 7, 1),
)
shares = st.floats(0, 1)
seeds = st.integers(0, 2**40)


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
