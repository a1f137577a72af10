"""The basis a site is carved in."""

from __future__ import annotations

import pytest
import torch

from models.training.lifting import Lift


def lift(site: str = "interp/enc2", channels: int = 9, scale: float = 1.0) -> Lift:
    groups = [list(range(0, channels, 2)), list(range(1, channels, 2))]
    mean = torch.linspace(-1, 1, channels)
    return Lift(site, groups, mean, torch.linspace(0.1, 2, channels) * scale)


def undone(basis: Lift, z: torch.Tensor) -> torch.Tensor:
    """x of what it is in the basis, step by step backwards."""
    u, v = z[:, : basis.coarse], z[:, basis.coarse :]
    u = u - basis.g(v)
    v = v - basis.f(u)
    offset = basis.offset.view(1, -1, 1, 1)
    return torch.nn.functional.conv2d(torch.cat((u, v), 1) - offset, basis.back)


@pytest.fixture
def x() -> torch.Tensor:
    torch.manual_seed(4)
    return torch.randn(2, 9, 12, 10)


def test_nothing_changed_is_exactly_nothing(x):
    basis = lift()
    z, lifted = basis(x)
    assert (basis.change(lifted, torch.zeros_like(z)) == 0).all()


def test_it_can_be_undone(x):
    basis = lift()
    torch.testing.assert_close(undone(basis, basis(x)[0]), x, atol=1e-4, rtol=0)


def test_a_change_in_the_basis_is_that_change_undone(x):
    basis = lift()
    z, lifted = basis(x)
    by = torch.randn_like(z)
    torch.testing.assert_close(
        x + basis.change(lifted, by), undone(basis, z + by), atol=1e-4, rtol=0
    )


def test_all_of_it_cut_off_leaves_nothing_of_what_came_in(x):
    basis = lift()
    left = []
    for seen in (x, x.flip(3) * 3 + 1):
        z, lifted = basis(seen)
        left.append(seen + basis.change(lifted, -z))
    torch.testing.assert_close(*left, atol=1e-3, rtol=0)


def test_a_sites_basis_is_its_own_and_the_same_again(x):
    assert torch.equal(lift("interp/enc2")(x)[0], lift("interp/enc2")(x)[0])
    assert not torch.allclose(lift("interp/enc2")(x)[0], lift("interp/enc3")(x)[0], atol=0.1)


def test_the_negative_of_a_layer_is_not_the_negative_in_its_basis(x):
    basis = lift()
    z, lifted = basis(x)
    turned = x + basis.change(lifted, torch.where(basis.fine[:, None, None], -2 * z, 0))
    mean = torch.linspace(-1, 1, 9).view(1, -1, 1, 1)
    alike = torch.corrcoef(torch.stack(((turned - x).flatten(), (mean - x).flatten())))[0, 1]
    assert abs(alike) < 0.8


def test_a_batch_of_nothing_passes():
    basis = lift()
    z, lifted = basis(torch.zeros(0, 9, 12, 10))
    assert basis.change(lifted, z).shape == (0, 9, 12, 10)


def test_half_of_every_group_is_fine():
    fine = lift().fine
    assert fine[0::2].sum() == 2
    assert fine[1::2].sum() == 2
