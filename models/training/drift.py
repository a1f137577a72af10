"""How a cut of the motion net reaches the finished motion: as a drift.

The motion net repairs itself. Measured at every site, on the bundled clip: a coarse cut moves the
motion by some 12 pixels where it is made, and each finer scale's match takes two thirds of that
away again (12, 3, 1.1, 0.4, 0.2 pixels); and what is left without any motion differs from the
untouched picture by a quarter of a percent, as most real motion is small. So most cuts were none.

Here a cut has a second way out, which no finer scale corrects. Every site has a readout of its
own, random features (Rahimi and Recht 2007) of what its layer gets, drawn by a seed from the
site's name:

    way = P tanh(W * x + b),   drift = way(x as cut) - way(x)

The drifts of all sites, laid over each other from coarse to fine, push the finished motion, in
proportion to the motion there is around: where much moves, far, where nothing does, a little. Of
a layer with a copy for each frame, B's drift is taken from A's: cut alike, both hardly drift. What
is not cut does not drift, to the bit; and a drift is a change of motion alone, so that
nothing of the picture gets around a site.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from zlib import crc32

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .lifting import LEAST_SIGMA
from .nets import up

FEATURES = 8
STEEPNESS = 2.0
FURTHEST_BIAS = 1.5
FURTHEST = 0.14
"""The longest drift of one feature, as a share of the picture's width."""
HALF_WAY = 0.004
"""The motion, as a share of the width, that gives half of that."""
LEAST = 0.001
"""As much motion, as a share of the width, is taken to be everywhere."""
AROUND = 8
"""The motion there is: its mean over so many cells of the finished motion."""


class Readout(nn.Module):
    """Which way a layer drifts: (N, C, H, W) to (N, 2, H, W). `mean` and `sigma`, (C,), are
    those of its channels on real frames."""

    def __init__(self, site: str, mean: Tensor, sigma: Tensor) -> None:
        super().__init__()
        luck = torch.Generator().manual_seed(crc32(f"{site} drift".encode()))
        channels = len(mean)
        weight = torch.randn(FEATURES, channels, 3, 3, generator=luck)
        weight = weight * (STEEPNESS / math.sqrt(9 * channels))
        self.weight = nn.Parameter(weight / sigma.clamp_min(LEAST_SIGMA)[None, :, None, None])
        where = (torch.rand(FEATURES, generator=luck) * 2 - 1) * FURTHEST_BIAS
        self.bias = nn.Parameter(where - self.weight.detach().sum((2, 3)) @ mean)
        ways = torch.randn(2, FEATURES, 1, 1, generator=luck)
        self.ways = nn.Parameter(ways / math.sqrt(FEATURES))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(torch.tanh(F.conv2d(x, self.weight, self.bias, padding=1)), self.ways)


def overlaid(drifts: Mapping[int, Tensor]) -> Tensor:
    """The sum of drifts by scale (pixels of the frame a cell), each (1, 2, h, w), at scale 2."""
    coarsest = max(drifts)
    total = drifts[coarsest]
    for scale in sorted(drifts, reverse=True)[1:]:
        drift = drifts[scale]
        total = up(total) + drift if scale >= 2 else total + F.avg_pool2d(drift, 2)
    return total


def pushed(motion: Tensor, drift: Tensor) -> Tensor:
    """The finished motion (1, 9, h, w), its first two channels pushed by a drift (1, 2, h, w)."""
    v = motion[:, :2]
    width = v.shape[-1]
    size = torch.sqrt((v * v).sum(1, keepdim=True)) * (1.0 / width)
    around = F.interpolate(
        F.avg_pool2d(size, AROUND), scale_factor=float(AROUND), mode="bilinear", align_corners=False
    )
    around = around + LEAST
    far = around / (around + HALF_WAY) * (FURTHEST * width)
    return torch.cat((v + drift * far, motion[:, 2:]), 1)
