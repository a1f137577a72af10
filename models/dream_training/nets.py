"""The nets of a dream: an encoder and two generators, coarse then fine, and their critics.

Coarse is an autoencoder of 32 x 32 thumbnails with a variational bottleneck (Kingma and
Welling 2014), judged by a critic on walks between what it encoded (Larsen et al. 2016;
Berthelot et al. 2019). It starts as the thumbnails' principal components and learns from
there, which saves most of an hour. Fine makes a picture of four times the size from Coarse's
soft thumbnail, judged by a critic of patches (a pyramid of adversarial nets, Denton et al.
2015; patches, Isola et al. 2017). Pictures are float32 (N, 3, H, W), -1..1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

LATENT = 96
THUMB_PX, SIDE_PX = 32, 128


def _lively(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2)


def _level(x: Tensor) -> Tensor:
    """Every pixel's features at unit length, so that nothing grows (Karras et al. 2018)."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6)


def _larger(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


PIXELS = 3 * THUMB_PX * THUMB_PX


class Encoder(nn.Module):
    """Thumbnail to the mean and log-variance of its latent, each (N, LATENT)."""

    def __init__(self) -> None:
        super().__init__()
        self.straight = nn.Linear(PIXELS, LATENT)
        self.layers = nn.Sequential(
            nn.Conv2d(3, 32, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(64, 128, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Flatten(),
        )  # fmt: skip
        self.bent = nn.Linear(128 * 16, 2 * LATENT)
        nn.init.zeros_(self.bent.weight)

    def forward(self, thumb: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.bent(self.layers(thumb)).chunk(2, 1)
        return mean + self.straight(thumb.flatten(1)), (log_variance - 3).clamp(-8, 2)


class Coarse(nn.Module):
    """Latent (N, LATENT) to a thumbnail (N, 3, 32, 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.straight = nn.Linear(LATENT, PIXELS)
        self.start = nn.Linear(LATENT, 128 * 16)
        self.conv8 = nn.Conv2d(128, 96, 3, 1, 1)
        self.conv16 = nn.Conv2d(96, 64, 3, 1, 1)
        self.again16 = nn.Conv2d(64, 64, 3, 1, 1)
        self.paint = nn.Conv2d(64, 12, 3, 1, 1)
        nn.init.zeros_(self.paint.weight)

    def forward(self, latent: Tensor) -> Tensor:
        x = _lively(_level(self.start(latent).unflatten(1, (128, 4, 4))))
        x = _lively(_level(self.conv8(_larger(x))))
        x = _lively(_level(self.conv16(_larger(x))))
        x = _lively(_level(self.again16(x)))
        bent = functional.pixel_shuffle(self.paint(x), 2)
        return self.straight(latent).unflatten(1, (3, THUMB_PX, THUMB_PX)) + bent


def begin_with_components(encoder: Encoder, coarse: Coarse, thumbs: Tensor) -> None:
    """Set both straight ways to the principal components of thumbnails (N, 3, 32, 32)."""
    flat = thumbs.flatten(1)
    middle = flat.mean(0)
    values, vectors = torch.linalg.eigh(torch.cov(flat.T))
    size, axes = values[-LATENT:].clamp_min(1e-6).sqrt(), vectors[:, -LATENT:]
    with torch.no_grad():
        encoder.straight.weight.copy_((axes / size).T)
        encoder.straight.bias.copy_(-middle @ (axes / size))
        coarse.straight.weight.copy_(axes * size)
        coarse.straight.bias.copy_(middle)


class Fine(nn.Module):
    """Thumbnail (N, 3, h, w) to a picture four times its size, of any size."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3, width, 3, 1, 1)
        self.blocks = nn.ModuleList(nn.Conv2d(width, width, 3, 1, 1) for _ in range(4))
        self.twice = nn.Conv2d(width, 4 * 24, 3, 1, 1)
        self.conv = nn.Conv2d(24, 24, 3, 1, 1)
        self.paint = nn.Conv2d(24, 12, 3, 1, 1)

    def forward(self, thumb: Tensor) -> Tensor:
        x = _lively(self.enter(thumb))
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            x = x + second(_lively(first(x)))
        x = _lively(functional.pixel_shuffle(self.twice(x), 2))
        x = x + _lively(self.conv(x))
        base = functional.interpolate(thumb, scale_factor=4.0, mode="bilinear")
        return base + functional.pixel_shuffle(self.paint(x), 2)


class Dream(nn.Module):
    """What is shipped: a latent (N, LATENT) to a picture (N, 3, 128, 128)."""

    def __init__(self, coarse: Coarse, fine: Fine) -> None:
        super().__init__()
        self.coarse, self.fine = coarse, fine

    def forward(self, latent: Tensor) -> Tensor:
        return self.fine(self.coarse(latent)).clamp(-1, 1)


def _judge(channels: tuple[int, ...], strides: tuple[int, ...]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after, stride in zip(channels, channels[1:], strides, strict=False):
        kernel = 4 if stride == 2 else 3
        layers += [spectral_norm(nn.Conv2d(before, after, kernel, stride, 1)), nn.LeakyReLU(0.2)]
    layers.append(spectral_norm(nn.Conv2d(channels[-1], 1, 3, 1, 1)))
    return nn.Sequential(*layers)


class CoarseCritic(nn.Module):
    """Judges thumbnails in 4 x 4 overlapping parts (spectral norm, Miyato et al. 2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = _judge((3, 48, 96, 160), (2, 2, 2))

    def forward(self, thumb: Tensor) -> Tensor:
        return self.layers(thumb)


class FineCritic(nn.Module):
    """Judges patches of about forty pixels, seeing the thumbnail they were made from."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = _judge((15, 48, 72, 96), (1, 2, 2))

    def forward(self, picture: Tensor, thumb: Tensor) -> Tensor:
        seen = functional.interpolate(thumb, scale_factor=2.0, mode="nearest")
        return self.layers(torch.cat([functional.pixel_unshuffle(picture, 2), seen], 1))
