"""Raw networks: grids and cells that come from their seed alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.source.networks import CELLS, COLUMNS, KNOBS, PERIOD_S, ROWS, Network, Networks

SIZE = (96, 54)


def change(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@settings(max_examples=25)
@given(
    st.integers(0, 2**31),
    st.integers(0, CELLS),
    st.floats(0, 1e5),
    st.tuples(st.integers(16, 90), st.integers(16, 90)),
)
def test_a_picture_of_the_size_asked_for_the_same_each_time(seed, cell, seconds, size):
    frame = Networks(seed, cell).at(seconds, size)
    assert frame.shape == (size[1], size[0], 3)
    assert frame.dtype == np.uint8
    np.testing.assert_array_equal(Networks(seed, cell).at(seconds, size), frame)


def test_every_cell_has_a_network_of_its_own():
    cells = [Network.of(0, k) for k in range(CELLS)]
    assert len({tuple(layer.shape for layer in n.layers) for n in cells}) > CELLS // 2
    assert len({n.activation for n in cells}) > 2
    frame = Networks(0).at(1.0, (COLUMNS * 30, ROWS * 30))
    parts = [
        frame[y : y + 30, x : x + 30]
        for y in range(0, ROWS * 30, 30)
        for x in range(0, COLUMNS * 30, 30)
    ]
    assert min(change(a, b) for n, a in enumerate(parts) for b in parts[:n]) > 5


def test_seeds_differ():
    assert change(Networks(0).at(0, SIZE), Networks(1).at(0, SIZE)) > 20


@pytest.mark.parametrize("cell", [0, 1, 7])
def test_it_moves_slowly_and_comes_round(cell: int):
    networks = Networks(4, cell)
    step = change(networks.at(3.0, SIZE), networks.at(3.04, SIZE))
    later = change(networks.at(3.0, SIZE), networks.at(8.0, SIZE))
    assert 0 < step < later / 4
    assert change(networks.at(2.0, SIZE), networks.at(2.0 + PERIOD_S, SIZE)) < 1


@pytest.mark.parametrize("knob", range(KNOBS))
def test_every_knob_bends_the_weights_and_back(knob: int):
    networks = Networks(5)
    before = networks.at(1.0, SIZE)
    networks.steer(tuple(0.7 if k == knob else 0.0 for k in range(KNOBS)))
    assert change(networks.at(1.0, SIZE), before) > 4
    networks.steer((0.0,) * KNOBS)
    np.testing.assert_array_equal(networks.at(1.0, SIZE), before)
