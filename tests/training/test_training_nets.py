"""Parts of the nets against what they stand for."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from models.training import matching, nets


@pytest.mark.parametrize("radius", [1, 2, 3])
def test_gradient_of_cost_volume(radius: int):
    torch.manual_seed(radius)
    a, b = (torch.randn(1, 2, 5, 4, dtype=torch.double, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(lambda p, q: matching.cost_volume(p, q, radius), (a, b))


@pytest.mark.parametrize("radius", [1, 2, 3])
def test_cost_volume_for_export_is_the_one_of_training(radius: int):
    torch.manual_seed(0)
    a, b = torch.randn(2, 4, 9, 8), torch.randn(2, 4, 9, 8)
    plain = matching.cost_volume_plain(a, b, radius)
    assert torch.equal(matching.cost_volume(a, b, radius), plain)
    torch.testing.assert_close(matching.cost_volume_channels_last(a, b, radius), plain)
    torch.testing.assert_close(matching.cost_volume_banded(a, b, radius), plain)


@pytest.mark.parametrize(("across", "along"), [(0, 0), (2, 0), (-1, 2), (1, -2), (-2, -2)])
def test_cost_volume_finds_where_things_went(across: int, along: int):
    torch.manual_seed(1)
    scene = matching.normalised(torch.randn(1, 16, 24, 24))
    went = scene.roll((along, across), (2, 3))
    best = matching.cost_volume(scene, went, 2)[0, :, 6:-6, 6:-6].argmax(0)
    assert (best == matching.displacements(2).index((along, across))).all()


def test_pull_equals_border_padding():
    torch.manual_seed(2)
    x, motion = torch.randn(2, 5, 12, 20), torch.randn(2, 2, 12, 20) * 15
    y, z = torch.meshgrid(torch.arange(12.0), torch.arange(20.0), indexing="ij")
    at_x, at_y = z + motion[:, 0], y + motion[:, 1]
    grid = torch.stack(((at_x + 0.5) * 2 / 20 - 1, (at_y + 0.5) * 2 / 12 - 1), -1)
    wanted = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    torch.testing.assert_close(nets.pull(x, motion), wanted, atol=1e-4, rtol=0)


def test_pull_moves_by_whole_pixels():
    x = torch.arange(30.0).view(1, 1, 5, 6)
    motion = torch.tensor([1.0, -1.0]).view(1, 2, 1, 1).expand(1, 2, 5, 6)
    torch.testing.assert_close(nets.pull(x, motion)[0, 0, 1:, :-1], x[0, 0, :-1, 1:])


@pytest.mark.parametrize("t", [0.1, 0.5, 0.9])
def test_a_still_picture_comes_back_by_the_shape_of_the_net(t: float):
    """With nothing to match and small heads, the pyramid adds up to the frame itself."""
    torch.manual_seed(3)
    net = nets.UglyNet()
    for name, layer in net.named_modules():
        if "paint" in name or name.endswith("correction"):
            layer.weight.data.zero_()
    frame = torch.full((1, 3, 64, 96), 0.25) + torch.rand(1, 3, 1, 1) * 0.5
    with torch.inference_mode():
        out = net(frame, frame, torch.full((1, 1, 1, 1), t))
    torch.testing.assert_close(out, frame, atol=1e-5, rtol=0)


def test_every_site_is_visited_once_and_named_for_its_net():
    seen: list[str] = []

    def note(site: str, x: torch.Tensor) -> torch.Tensor:
        seen.append(site)
        return x

    with torch.inference_mode():
        nets.UglyNet()(
            torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 64), torch.full((1, 1, 1, 1), 0.5), note
        )
    parts = [f"{kind}{k}" for kind in ("enc", "skip", "dec") for k in range(1, 6)] + ["latent"]
    assert sorted(seen) == sorted(f"{net}/{part}" for net in ("flow", "interp") for part in parts)
