"""The full-size architecture of Super SloMo, as a yardstick of speed. Weights are random.

Jiang, Sun, Jampani, Yang, Learned-Miller, Kautz, "Super SloMo: High Quality Estimation of
Multiple Intermediate Frames for Video Interpolation" (CVPR 2018): two U-Nets of 32 to 512
channels, 39.6 million parameters; kernels of 7, 5 and 3; averages down, bilinear up. The first
estimates flow between A and B once, the second refines both flows and finds who is visible
for every t.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .nets import pull

CHANNELS = (32, 64, 128, 256, 512, 512)
KERNELS = (7, 5, 3, 3, 3, 3)


def _pair(inputs: int, outputs: int, kernel: int) -> nn.ModuleList:
    around = kernel // 2
    first = nn.Conv2d(inputs, outputs, kernel, 1, around)
    return nn.ModuleList([first, nn.Conv2d(outputs, outputs, kernel, 1, around)])


def _through(pair: nn.ModuleList, x: Tensor) -> Tensor:
    for layer in pair:
        x = F.leaky_relu(layer(x), 0.1)
    return x


class UNet(nn.Module):
    """(N, inputs, H, W) to (N, outputs, H, W); H and W are multiples of 32."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = nn.ModuleList()
        for channels, kernel in zip(CHANNELS, KERNELS, strict=True):
            self.down.append(_pair(inputs, channels, kernel))
            inputs = channels
        self.up = nn.ModuleList()
        for skip in CHANNELS[-2::-1]:
            first = nn.Conv2d(inputs, skip, 3, 1, 1)
            self.up.append(nn.ModuleList([first, nn.Conv2d(2 * skip, skip, 3, 1, 1)]))
            inputs = skip
        self.out = nn.Conv2d(inputs, outputs, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for number, pair in enumerate(self.down):
            x = _through(pair, F.avg_pool2d(x, 2) if number else x)
            skips.append(x)
        for (first, second), skip in zip(self.up, skips[-2::-1], strict=True):
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = F.leaky_relu(first(x), 0.1)
            x = F.leaky_relu(second(torch.cat((x, skip), 1)), 0.1)
        return F.leaky_relu(self.out(x), 0.1)


class SuperSloMo(nn.Module):
    """`flow` once a pair, `frame` once a time t."""

    def __init__(self) -> None:
        super().__init__()
        self.flow_net, self.frame_net = UNet(6, 4), UNet(20, 5)

    def flow(self, a: Tensor, b: Tensor) -> Tensor:
        """Flow from A to B and back, (N, 4, H, W), in pixels."""
        return self.flow_net(torch.cat((a, b), 1))

    def frame(self, a: Tensor, b: Tensor, flow: Tensor, t: Tensor) -> Tensor:
        """The frame at t, a tensor (1, 1, 1, 1) of 0..1."""
        there, back = flow[:, :2], flow[:, 2:]
        to_a = -(1 - t) * t * there + t * t * back
        to_b = (1 - t) ** 2 * there - t * (1 - t) * back
        pulled_a, pulled_b = pull(a, to_a), pull(b, to_b)
        found = self.frame_net(torch.cat((a, b, flow, to_b, to_a, pulled_b, pulled_a), 1))
        to_a, to_b = to_a + found[:, :2], to_b + found[:, 2:4]
        seen_a = torch.sigmoid(found[:, 4:])
        weight_a, weight_b = (1 - t) * seen_a, t * (1 - seen_a)
        mixed = weight_a * pull(a, to_a) + weight_b * pull(b, to_b)
        return mixed / (weight_a + weight_b + 1e-6)
