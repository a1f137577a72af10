"""The yardsticks of speed: that they are what they claim, and that the run tells every ratio."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.training.speed import TIMES, measure
from models.training.super_slomo import SuperSloMo


def test_super_slomo_is_of_full_size_and_paints_frames():
    net = SuperSloMo().eval()
    assert 39.5e6 < sum(p.numel() for p in net.parameters()) < 39.7e6
    a, b = torch.rand(2, 1, 3, 32, 64)
    with torch.inference_mode():
        flow = net.flow(a, b)
        frame = net.frame(a, b, flow, torch.full((1, 1, 1, 1), 0.5))
    assert flow.shape == (1, 4, 32, 64)
    assert frame.shape == a.shape
    assert torch.isfinite(frame).all()


def test_one_run_tells_every_ratio(model):
    folder: Path = model.path.parent
    told = measure(folder, (64, 32), threads=1, rounds=1, rife_data=None)
    ratios = {key for key in told if key.startswith("vs_")}
    assert ratios == {
        "vs_torch_same_net",
        "vs_torch_channels_last",
        "vs_super_slomo_torch",
        "vs_super_slomo_ort",
    }
    rates = told["frames_a_second"]
    ratio = rates["ours"] / rates["super_slomo_ort"]
    assert told["vs_super_slomo_ort"] == pytest.approx(ratio, rel=0.05)
    assert told["load_ms"] > 0
    assert 50 < told["rss_mb"] < 4000
    assert 0 < told["matrix_peak_share"] < 2
    assert len(TIMES) == 7
