"""The endless walk of the dreams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.source.walk import position, station

POINTS = np.random.default_rng(1).standard_normal((9, 20)).astype(np.float32)


@given(st.integers(0, 2**31), st.floats(0, 1e6))
def test_it_follows_from_seed_and_time_alone_and_never_jumps(seed: int, steps: float):
    here = position(seed, steps, POINTS)
    np.testing.assert_array_equal(position(seed, steps, POINTS), here)
    assert np.abs(position(seed, steps + 1e-4, POINTS) - here).max() < 0.05


@pytest.mark.parametrize("number", [0, 3, 8, 9, 100])
def test_it_passes_its_stations(number: int):
    here = station(5, number, POINTS)
    assert any(np.array_equal(here, point) for point in POINTS)
    np.testing.assert_allclose(position(5, float(number), POINTS), here, atol=1e-6)


def test_it_comes_by_every_point_before_any_comes_again():
    seen = {station(2, k, POINTS).tobytes() for k in range(len(POINTS))}
    assert len(seen) == len(POINTS)


def test_seeds_walk_different_ways():
    ways = {b"".join(station(s, k, POINTS).tobytes() for k in range(9)) for s in range(5)}
    assert len(ways) == 5


def test_a_single_point_is_walked_round():
    assert np.isfinite(position(1, 7.3, POINTS[:1])).all()
