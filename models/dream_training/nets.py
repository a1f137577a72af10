"""The nets of a dream: an encoder, the painter that is shipped, and their critic.

A picture's latent is a small sheet of numbers, CHANNELS for each square of CELL_PX pixels:
enough to say where there is type or coast, too little (and, in training, too noisy) to spell it.
The painter makes the picture again, and pictures of latents that lie on the way between two; the
critic of patches judges both (an autoencoder with adversarial interpolation, Berthelot et al.
2019; patches, Isola et al. 2017).

Nothing here can make a checkerboard by its build: the painter enlarges by interpolation and then
convolves (Odena et al. 2016), encoder and critic convolve and then average down (Zhang 2019).
Pictures are float32 (N, 3, H, W), -1..1, H and W multiples of CELL_PX.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE_PX, CELL_PX, CHANNELS = 128, 8, 6
CELLS = SIDE_PX // CELL_PX
LATENT = CHANNELS * CELLS * CELLS
NOISE = 0.3
"""Of a latent in training, beside numbers of spread 1: about 1.8 bits a number get through."""


def _lively(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2)


def _larger(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def _smaller(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, 2)


def _conv(before: int, after: int, size: int = 3) -> nn.Conv2d:
    # Edges repeated: zeros round the sheet would draw a grey frame round every picture.
    made = nn.Conv2d(before, after, size, 1, size // 2, padding_mode="replicate")
    nn.init.kaiming_normal_(made.weight, 0.2)
    nn.init.zeros_(made.bias)
    return made


class Encoder(nn.Module):
    """Picture to its latent sheet (N, CHANNELS, H / CELL_PX, W / CELL_PX), of spread about 1."""

    def __init__(self) -> None:
        super().__init__()
        self.straight = nn.Conv2d(3, CHANNELS, 1)
        self.enter, self.middle = _conv(48, 48), _conv(48, 64)
        self.leave = _conv(64, CHANNELS)

    def forward(self, picture: Tensor) -> Tensor:
        x = _lively(self.enter(functional.pixel_unshuffle(picture, 4)))
        x = _lively(self.middle(_smaller(x)))
        return self.straight(functional.avg_pool2d(picture, CELL_PX)) + self.leave(x)


class Painter(nn.Module):
    """Latent sheet to a picture CELL_PX times its size."""

    def __init__(self) -> None:
        super().__init__()
        self.straight = nn.Conv2d(CHANNELS, 3, 1)
        self.enter = _conv(CHANNELS, 80)
        self.first, self.second = _conv(80, 80), _conv(80, 80)
        self.to32, self.at32 = _conv(80, 48), _conv(48, 48)
        self.to64, self.at64 = _conv(48, 32), _conv(32, 32)
        self.to128, self.at128 = _conv(32, 16), _conv(16, 12)
        self.paint = _conv(12, 3)
        nn.init.normal_(self.paint.weight, 0, 0.01)

    def forward(self, sheet: Tensor) -> Tensor:
        x = self.enter(sheet)
        x = _lively(x + 0.5 * self.second(_lively(self.first(_lively(x)))))
        x = _larger(_lively(self.to32(x)))
        x = x + _lively(self.at32(x))
        x = _larger(_lively(self.to64(x)))
        x = x + _lively(self.at64(x))
        x = _larger(_lively(self.to128(x)))
        base = functional.interpolate(
            self.straight(sheet), scale_factor=float(CELL_PX), mode="bilinear", align_corners=False
        )
        return base + self.paint(_lively(self.at128(x)))


def begin_with_colours(encoder: Encoder, painter: Painter, colours: Tensor) -> None:
    """Set both straight ways to the whitened colours of cells (N, 3): from the first step a
    sheet's first three numbers say what colour a cell has, and the nets learn the rest."""
    middle = colours.mean(0)
    values, axes = torch.linalg.eigh(torch.cov(colours.T))
    size = values.clamp_min(1e-6).sqrt()
    with torch.no_grad():
        for way in (encoder.straight, painter.straight):
            nn.init.zeros_(way.weight)
            nn.init.zeros_(way.bias)
        encoder.straight.weight[:3, :, 0, 0] = (axes / size).T
        encoder.straight.bias[:3] = -middle @ (axes / size)
        painter.straight.weight[:, :3, 0, 0] = axes * size
        painter.straight.bias.copy_(middle)
        encoder.leave.weight.mul_(0.3)
        encoder.leave.weight[:3] = 0


class Dream(nn.Module):
    """What is shipped: a latent (N, LATENT) to a picture (N, 3, SIDE_PX, SIDE_PX), -1..1."""

    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, latent: Tensor) -> Tensor:
        return self.painter(latent.reshape(-1, CHANNELS, CELLS, CELLS)).clamp(-1, 1)


class Critic(nn.Module):
    """Judges patches of about forty pixels: (N, 1, H / 8, W / 8), higher for what looks true."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([_conv(3, 16), _conv(16, 32), _conv(32, 64)])
        self.last, self.judge = _conv(64, 64), _conv(64, 1)

    def forward(self, picture: Tensor) -> Tensor:
        x = picture
        for layer in self.layers:
            x = _smaller(_lively(layer(x)))
        return self.judge(_lively(self.last(x)))
