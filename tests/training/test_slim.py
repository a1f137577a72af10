"""A slimmer net's start: nothing that mattered is lost on the way."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402

from models.training.nets import MOTION_CHANNELS, UglyNet, halving  # noqa: E402
from models.training.slim import LAYERS, renamed, slimmed  # noqa: E402


def _net(width: float, seed: int) -> UglyNet:
    torch.manual_seed(seed)
    return UglyNet(width).eval()


def test_every_layer_is_named_and_a_net_of_the_same_size_stays_as_it_is() -> None:
    kept = _net(1.0, 1).state_dict()
    convolutions = {name[:-7] for name, value in kept.items() if value.dim() == 4}
    assert set(LAYERS) == convolutions
    again = slimmed(kept, _net(1.0, 2).state_dict())
    assert set(again) == set(kept)
    assert all(torch.equal(again[name], kept[name]) for name in kept)


def test_channels_that_do_nothing_are_the_ones_that_go() -> None:
    wide, narrow = _net(1.0, 3), _net(0.5, 4)
    weights = wide.state_dict()
    for layer, (out, _) in LAYERS.items():
        if out[0].isdigit() or not layer.startswith("interp."):
            continue
        stays = len(narrow.state_dict()[f"{layer}.weight"])
        weights[f"{layer}.weight"][stays:] = 0  # the last ones never answer to anything
        weights[f"{layer}.bias"][stays:] = 0
    wide.load_state_dict(weights)
    narrow.load_state_dict(slimmed(weights, narrow.state_dict()))
    a, b = torch.rand(2, 1, 3, 64, 96)
    motion, t = torch.randn(1, MOTION_CHANNELS, 32, 48), torch.full((1, 1, 1, 1), 0.3)
    with torch.no_grad():
        before, after = (net.interp(a, b, motion, t)[0] for net in (wide, narrow))
    assert torch.allclose(before, after, atol=1e-5)
    assert before.std() > 0.01


def test_a_net_cannot_be_slimmed_to_a_wider_one() -> None:
    with pytest.raises(ValueError, match="cannot be made"):
        slimmed(_net(0.5, 5).state_dict(), _net(1.0, 6).state_dict())


def test_the_older_first_layer_sees_the_same_pixels_as_one_step_of_six() -> None:
    torch.manual_seed(7)
    old = torch.nn.Conv2d(12, 8, 3, 1, 1)
    kept = {
        "flow.enc1.weight": old.weight.detach(),
        "flow.enc1.bias": old.bias.detach(),
        **{f"flow.dec1.correction.{half}": torch.zeros(2) for half in ("weight", "bias")},
        **{f"flow.out.{half}": torch.zeros(14) for half in ("weight", "bias")},
        **{f"interp.paint1.{half}": torch.zeros(20) for half in ("weight", "bias")},
        **{f"interp.enc5.{half}": torch.zeros(3) for half in ("weight", "bias")},
        "interp.enc1.weight": torch.zeros(8, 39, 3, 3),
        "interp.enc1.bias": torch.zeros(8),
    }
    found = renamed(kept)
    new = halving(3, 8)
    new.load_state_dict({"weight": found["flow.enc1.weight"], "bias": found["flow.enc1.bias"]})
    x = torch.rand(2, 3, 32, 48)
    with torch.no_grad():
        assert torch.allclose(new(x), old(F.pixel_unshuffle(x, 2)), atol=1e-5)


def test_rounding_the_inputs_for_export_changes_no_frame() -> None:
    net = _net(0.75, 8)
    a, b = torch.rand(2, 1, 3, 64, 96)
    t = torch.full((1, 1, 1, 1), 0.6)
    with torch.no_grad():
        before = net(a, b, t)
        net.align()
        after = net(a, b, t)
    assert torch.allclose(before, after, atol=1e-6)
    assert all(
        layer.in_channels % 4 == 0
        for layer in net.modules()
        if hasattr(layer, "align") and isinstance(layer, torch.nn.Conv2d)
    )
