"""How a cut of the motion net reaches the finished motion."""

from __future__ import annotations

import pytest
import torch

from models.training import drift
from models.training.drift import Readout, overlaid, pushed


def readout(site: str = "flow/enc2", scale: float = 1.0) -> Readout:
    return Readout(site, torch.linspace(-1, 1, 6), torch.linspace(0.1, 2, 6) * scale)


@pytest.fixture
def x() -> torch.Tensor:
    torch.manual_seed(4)
    return torch.randn(2, 6, 16, 32)


def test_a_sites_readout_is_its_own_and_the_same_again(x):
    assert torch.equal(readout()(x), readout()(x))
    assert not torch.allclose(readout()(x), readout("flow/enc3")(x), atol=0.1)


def test_neither_how_large_a_layer_is_nor_where_its_middle_lies_counts(x):
    mean = torch.linspace(-1, 1, 6).view(1, -1, 1, 1)
    larger = Readout("flow/enc2", mean.flatten() * 50 + 3, torch.linspace(0.1, 2, 6) * 50)
    inside = (..., slice(1, -1), slice(1, -1))  # beyond the border there is nothing, in both
    found, wanted = larger(x * 50 + 3)[inside], readout()(x)[inside]
    torch.testing.assert_close(found, wanted, atol=1e-3, rtol=0)


def test_drifts_of_all_scales_add_up():
    coarse, fine = torch.ones(1, 2, 2, 4), torch.ones(1, 2, 32, 64) * 10
    found = overlaid({1: fine * 10, 16: coarse, 8: torch.zeros(1, 2, 4, 8), 4: fine[:, :, :8, :16],
                      2: torch.zeros(1, 2, 16, 32)})  # fmt: skip
    assert found.shape == (1, 2, 16, 32)
    torch.testing.assert_close(found, torch.full_like(found, 111.0))


def test_no_drift_is_the_same_motion_to_the_bit(x):
    motion = torch.randn(1, 9, 16, 32)
    assert torch.equal(pushed(motion, torch.zeros(1, 2, 16, 32)), motion)


def test_a_drift_goes_as_far_as_the_motion_there_is():
    ways = []
    for speed in (0.0, 0.5, 2.0, 1e4):
        motion = torch.zeros(1, 9, 16, 32)
        motion[:, 0] = speed
        ways.append((pushed(motion, torch.ones(1, 2, 16, 32)) - motion)[0, 1].mean().item())
    assert 0 < ways[0] < ways[1] < ways[2] < ways[3]
    assert ways[3] == pytest.approx(drift.FURTHEST * 32, rel=1e-3)


def test_it_pushes_where_it_moves():
    motion = torch.zeros(1, 9, 16, 64)
    motion[..., 32:][:, 0] = 5.0
    by = (pushed(motion, torch.ones(1, 2, 16, 64)) - motion)[0, 1]
    assert by[:, :16].mean() < 0.3 * by[:, -16:].mean()
    assert torch.equal(pushed(motion, torch.ones(1, 2, 16, 64))[:, 2:], motion[:, 2:])
