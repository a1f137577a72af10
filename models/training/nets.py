"""The two U-Nets: flow estimation and interpolation, every layer's input a carve site.

The family is Super SloMo (Jiang et al., CVPR 2018): one U-Net estimates motion between two
frames once, another paints the frame at any time t from both frames pulled along it. The
inside differs, so that the picture *hangs on* every site and the pair is live on two CPU
cores: the flow net matches normalised features at five scales with a small cost volume and
a soft argmax (after PWC-Net, Sun et al. 2018, made symmetric about t = 1/2), and the image
reaches the output of the interpolation net only as a Laplacian pyramid (Burt and Adelson
1983) whose levels travel through its encoders, skips and latent.

Frames are float (N, 3, H, W) in 0..1 with H and W multiples of 32. Motion is in pixels of
its own grid. `carve(site, x)` is called on every layer's input; without it the net is as
trained. Names of sites: flow/enc1..enc5, latent, dec5..dec1, skip1..skip5, interp/ alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .matching import cost_volume, displacements, normalised

Carver: TypeAlias = Callable[[str, Tensor], Tensor]
MOTION_CHANNELS = 9  # motion (2), its refinement to A and B (4), features (3)
# ONNX Runtime's fast convolutions want inputs in multiples of this (its NCHWc transformer).
ALIGNED = 4
# The deepest match is of the latent's features and the deepest skip's side by side. Alike in
# weight, the skip alone would do, and nothing could be seen of what is carved out of the latent.
LATENT_WEIGHT = 1.5
EARLIEST = 0.02  # t is kept this far from both ends, where one frame's weight would vanish


def untouched(site: str, x: Tensor) -> Tensor:
    return x


class Joint(nn.Conv2d):
    """A convolution of several tensors side by side."""

    spare = 0  # channels given twice, with zero weights, so that their number is a round one

    def forward(self, *parts: Tensor) -> Tensor:
        if self.spare:
            parts = (*parts, parts[-1][:, : self.spare])
        return super().forward(torch.cat(parts, 1) if len(parts) > 1 else parts[0])

    def align(self) -> None:
        """Give the layer a round number of inputs; what it makes stays the same."""
        self.spare = -self.in_channels % ALIGNED
        self.weight = nn.Parameter(F.pad(self.weight.detach(), (0, 0, 0, 0, 0, self.spare)))
        self.in_channels += self.spare


def conv(inputs: int, outputs: int, stride: int = 1) -> Joint:
    layer = Joint(inputs, outputs, 3, stride, 1)
    nn.init.kaiming_normal_(layer.weight, a=0.1)
    nn.init.zeros_(layer.bias)
    return layer


def halving(inputs: int, outputs: int) -> nn.Conv2d:
    """From full to half size: a 3x3 convolution of every 2x2 pixels, in one step of 6x6."""
    layer = nn.Conv2d(inputs, outputs, 6, 2, 2)
    nn.init.kaiming_normal_(layer.weight, a=0.1)
    nn.init.zeros_(layer.bias)
    return layer


def head(inputs: int, outputs: int, gain: float = 0.05) -> nn.Conv2d:
    """A linear output layer that starts small."""
    layer = nn.Conv2d(inputs, outputs, 3, 1, 1)
    nn.init.kaiming_normal_(layer.weight, a=1)
    layer.weight.data *= gain
    nn.init.zeros_(layer.bias)
    return layer


def act(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.1)


def up(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def down(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 2)


def pull(x: Tensor, motion: Tensor) -> Tensor:
    """Sample x at every pixel plus `motion` (N, 2, H, W), in pixels; the border repeats.

    Written as zeros / align_corners=False with a clamped grid: equal to border padding, and
    three times faster in ONNX Runtime on the CPU.
    """
    height, width = x.shape[-2:]
    across = (torch.arange(width, device=x.device) + 0.5) * (2.0 / width) - 1
    along = (torch.arange(height, device=x.device) + 0.5) * (2.0 / height) - 1
    gx = across.view(1, 1, -1) + motion[:, 0] * (2.0 / width)
    gy = along.view(1, -1, 1) + motion[:, 1] * (2.0 / height)
    gx = torch.minimum(torch.maximum(gx, across[:1]), across[-1:])
    gy = torch.minimum(torch.maximum(gy, along[:1]), along[-1:])
    grid = torch.stack((gx, gy), -1)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def widened(channels: tuple[int, ...], width: float) -> list[int]:
    """The channels of every stage in a variant `width` times as wide."""
    return [max(ALIGNED, round(c * width / ALIGNED) * ALIGNED) for c in channels]


class Matcher(nn.Module):
    """One flow decoder stage: match both frames' features, then correct what was matched."""

    coarse = False  # whether its grid is one of the two smallest

    def __init__(
        self, features: int, carried: int, radius: int, wide: int, out: int, more: int = 0
    ) -> None:
        super().__init__()
        cells = (2 * radius + 1) ** 2
        self.radius = radius
        self.first = conv(2 * features + cells + carried, wide)
        self.second = conv(wide, out)
        self.correction = head(out, 2 + more, 0.1)
        self.sharpness = nn.Parameter(torch.tensor(1.0))
        ways = torch.tensor([[float(dx), float(dy), 1.0] for dy, dx in displacements(radius)])
        self.register_buffer("ways", ways.t().reshape(3, cells, 1, 1), persistent=False)

    def soft_argmax(self, odds: Tensor) -> Tensor:
        """The mean displacement by softmax of the odds. (Written out, since a softmax over the
        channels makes ONNX Runtime transpose there and back.)"""
        shares = torch.exp(odds - odds.amax(1, keepdim=True))
        sums = F.conv2d(shares, self.ways)
        return sums[:, :2] / sums[:, 2:]

    def forward(self, a: Tensor, b: Tensor, *carried: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return features, motion (with `more` channels behind it) and matching odds."""
        cost = cost_volume(a, b, self.radius, self.coarse)
        odds = cost * (self.sharpness * 10)
        found = self.soft_argmax(odds)
        y = act(self.second(act(self.first(a, b, cost, *carried))))
        out = self.correction(y)
        return y, torch.cat((found + out[:, :2], out[:, 2:]), 1), odds


class FlowNet(nn.Module):
    """Motion from A to B at half time, once per pair of frames.

    Encoder scales 1/2 to 1/32; both frames go through it side by side in the batch.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        c = widened((16, 32, 48, 64, 96), width)
        d = widened((16, 20, 36, 64, 64), width)
        h = widened((16, 48, 64, 80, 96), width)
        self.enc1 = halving(3, c[0])
        self.enc2 = nn.ModuleList([conv(c[0], c[1], 2), conv(c[1], c[1])])
        self.enc3 = nn.ModuleList([conv(c[1], c[2], 2), conv(c[2], c[2])])
        self.enc4 = nn.ModuleList([conv(c[2], c[3], 2), conv(c[3], c[3])])
        self.enc5 = nn.ModuleList([conv(c[3], c[4], 2), conv(c[4], c[4])])
        self.bottleneck = conv(c[4], c[4])
        self.dec5 = Matcher(2 * c[4], 0, 3, h[4], d[4])
        self.dec4 = Matcher(c[3], d[4] + 2, 2, h[3], d[3])
        self.dec3 = Matcher(c[2], d[3] + 2, 2, h[2], d[2])
        self.dec2 = Matcher(c[1], d[2] + 2, 2, h[1], d[1])
        self.dec1 = Matcher(c[0], d[1] + 2, 1, h[0], d[0], MOTION_CHANNELS - 2)
        self.dec5.coarse = self.dec4.coarse = True

    def forward(
        self,
        a: Tensor,
        b: Tensor,
        carve: Carver = untouched,
        taught: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor, Tensor]]]:
        """Return motion (N, 9, H/2, W/2) and, per decoder from coarse to fine, the motion it
        started from, its matching odds and the motion it gave. `taught` may replace the
        motion a decoder starts from (training alone)."""
        n = a.shape[0]
        mean = (a.mean((2, 3), keepdim=True) + b.mean((2, 3), keepdim=True)) * 0.5
        x = (torch.cat((a, b), 0) - torch.cat((mean, mean), 0)) * 3
        features = [act(self.enc1(carve("flow/enc1", x)))]
        for number, stage in enumerate((self.enc2, self.enc3, self.enc4, self.enc5), 2):
            x = carve(f"flow/enc{number}", features[-1])
            for layer in stage:
                x = act(layer(x))
            features.append(x)
        deep = act(self.bottleneck(carve("flow/latent", features[-1])))
        skips = [carve(f"flow/skip{k + 1}", normalised(f)) for k, f in enumerate(features)]

        deep = carve("flow/dec5", normalised(deep)) * LATENT_WEIGHT
        deep = torch.cat((deep, skips[4] / LATENT_WEIGHT), 1)
        y, v, odds = self.dec5(deep[:n], deep[n:])
        steps = [(torch.zeros_like(v), odds, v)]
        for number, stage in ((4, self.dec4), (3, self.dec3), (2, self.dec2), (1, self.dec1)):
            carried = carve(f"flow/dec{number}", torch.cat((up(y), up(v) * 2), 1))
            v = carried[:, -2:]
            if taught is not None:
                v = taught(v)
                carried = torch.cat((carried[:, :-2], v), 1)
            skip = skips[number - 1]
            pulled_a, pulled_b = pull(skip[:n], v * -0.5), pull(skip[n:], v * 0.5)
            y, more, odds = stage(pulled_a, pulled_b, carried)
            started, v = v, v + more[:, :2]
            steps.append((started, odds, v))
        return torch.cat((v, more[:, 2:]), 1), steps


class InterpolationNet(nn.Module):
    """The frame at time t from A, B and the motion between them."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()

        s = widened((16, 32, 48, 64, 80), width)
        d = widened((16, 16, 32, 48, 64), width)
        self.enc1 = halving(6, s[0])
        self.moved = conv(MOTION_CHANNELS - 2 + 1, s[0])
        self.enc2 = nn.ModuleList([conv(6 + s[0], s[1], 2), conv(s[1], s[1])])
        self.enc3 = nn.ModuleList([conv(6 + s[1], s[2], 2), conv(s[2], s[2])])
        self.enc4 = nn.ModuleList([conv(6 + s[2], s[3], 2), conv(s[3], s[3])])
        self.enc5 = nn.ModuleList([conv(6 + s[3], s[4], 2)])
        self.bottleneck = conv(6 + s[4], d[4])
        self.paint5 = head(d[4], 4)
        self.dec5 = conv(d[4] + 3 + 6 + s[3], d[3])
        self.paint4 = head(d[3], 4)
        self.dec4 = conv(d[3] + 3 + 6 + s[2], d[2])
        self.paint3 = head(d[2], 4)
        self.dec3 = conv(d[2] + 3 + 6 + s[1], d[1])
        self.paint2 = head(d[1], 4)
        self.dec2 = conv(d[1] + 3 + 6 + s[0], d[0])
        self.paint1 = head(d[0], 16)  # four strokes for each of 2x2 pixels

    def forward(
        self, a: Tensor, b: Tensor, motion: Tensor, t: Tensor, carve: Carver = untouched
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the frame (not clamped) and A and B as pulled to t. t is (N, 1, 1, 1)."""
        t = t.clamp(EARLIEST, 1 - EARLIEST)
        lean = torch.log((1 - t) / t)  # how much more the nearer frame counts
        # Motion was found at half time; carry it along itself to where things are at t.
        motion = pull(motion, motion[:, :2] * (0.5 - t))
        v, bend = motion[:, :2], motion[:, 2:6] * (4 * t * (1 - t))
        to_a, to_b = bend[:, :2] - v * t, bend[:, 2:] + v * (1 - t)
        pulled_a = pull(a, up(to_a) * 2)
        pulled_b = pull(b, up(to_b) * 2)

        def mix(bands: Tensor, paint: Tensor) -> Tensor:
            m = torch.sigmoid(paint[:, :1] * 4 + lean)
            return m * bands[:, :3] + (1 - m) * bands[:, 3:6] + paint[:, 1:4] * 0.5

        # `lows` are the images before the next site's carve: a band taken from the carved one
        # would undo, one level up, what a cut does to all coarser levels.
        images = [carve("interp/enc1", torch.cat((pulled_a, pulled_b), 1) - 0.5)]
        lows: list[Tensor] = []
        when = (t - 0.5).expand(-1, -1, *motion.shape[-2:])
        features = [act(self.enc1(images[0]) + self.moved(motion[:, 2:], when))]
        for number, stage in ((2, self.enc2), (3, self.enc3), (4, self.enc4), (5, self.enc5)):
            lows.append(down(images[-1]))
            x = carve(f"interp/enc{number}", torch.cat((lows[-1], features[-1]), 1))
            images.append(x[:, :6])
            for layer in stage:
                x = act(layer(x))
            features.append(x)
        lows.append(down(images[-1]))
        latent = carve("interp/latent", torch.cat((lows[-1], features[-1]), 1))

        d = act(self.bottleneck(latent))
        y = mix(latent, self.paint5(d))
        for number, stage, paint in (
            (5, self.dec5, self.paint4),
            (4, self.dec4, self.paint3),
            (3, self.dec3, self.paint2),
            (2, self.dec2, self.paint1),
        ):
            band = images[number - 1] - up(lows[number - 1])
            skip = carve(f"interp/skip{number}", torch.cat((band, features[number - 2]), 1))
            carried = carve(f"interp/dec{number}", torch.cat((up(y), up(d)), 1))
            d = act(stage(carried, skip))
            strokes = paint(d)
            if number == 2:
                fine = F.pixel_shuffle(strokes, 2)
                strokes = down(fine)
            y = carried[:, :3] + mix(skip, strokes)
        skip = carve("interp/skip1", images[0] - up(lows[0]))
        carried = carve("interp/dec1", torch.cat((up(y), fine), 1))
        return carried[:, :3] + mix(skip, carried[:, 3:]) + 0.5, pulled_a, pulled_b


class UglyNet(nn.Module):
    """Both U-Nets; the pair that is trained, exported and carved."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        self.width = width
        self.flow = FlowNet(width)
        self.interp = InterpolationNet(width)

    def align(self) -> None:
        """Round every layer's inputs, for the exported graphs; the frames stay the same."""
        for layer in self.modules():
            if isinstance(layer, Joint):
                layer.align()

    def forward(self, a: Tensor, b: Tensor, t: Tensor, carve: Carver = untouched) -> Tensor:
        """The frame at t, (N, 3, H, W) in 0..1."""
        motion, _ = self.flow(a, b, carve)
        return self.interp(a, b, motion, t, carve)[0].clamp(0, 1)
