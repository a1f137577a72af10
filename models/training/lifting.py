"""The basis a site is carved in: mixed, then lifted, so that every layer answers in its own way.

Between a site and the output the picture net is nearly linear. Carved channel by channel as they
are, its sites would all give the same few effects: brighter, darker, negative. So what a
layer gets is first mixed by an orthonormal matrix, halved, and lifted,

    z = Q (x - mean) / sigma,   z = (u, v)
    v' = v + F(u)
    u' = u + G(v')

with F and G a small convolution and a soft step each. That is a lifting scheme (Sweldens 1996; an
additive coupling in NICE, Dinh et al. 2015): it can be undone exactly whatever F and G are. A
cut of (u', v') by (du', dv') is, back where x was, a change by

    du = du' - (G(v' + dv') - G(v'))
    dv = dv' - (F(u + du) - F(u)),   dx = sigma Q^T (du, dv)

and so with nothing cut it is a change by exactly nothing: the untouched frame keeps every bit.
All of x passes through the basis: cut off whole, nothing of it is left.

Q, F and G are drawn by a seed from the site's name: a site's voice is its own, and stays
from one training to the next. Q mixes within a group (A's channels, B's), so that a cut of
one side begins on that side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from zlib import crc32

import torch
import torch.nn.functional as F
from torch import Tensor, nn

GAIN = 3.0
"""How far a feature lifts, in deviations of a channel."""
STEEPNESS = 2.0
"""How steep its step is: from here to there within about one deviation of what is around."""
FURTHEST_BIAS = 3.0
"""How far from the mean the step may lie; in the same unit as what goes into it."""
LEAST_SIGMA = 1e-4

Lifted = tuple[Tensor, ...]
"""u, v', F(u) and G(v'); of a layer carved as it is, nothing."""


def _rotation(size: int, luck: torch.Generator) -> Tensor:
    """An orthonormal matrix, any as likely as another."""
    q, r = torch.linalg.qr(torch.randn(size, size, generator=luck))
    return q * torch.sign(torch.diagonal(r))


class Features(nn.Module):
    """Soft steps of a 3x3 convolution: random features (Rahimi and Recht 2007) of what is around.

    Where a step lies is by chance, so that it is neither odd nor even: else the negative of a
    layer would be the negative of it in every basis. (The tangent is what ONNX Runtime fuses with
    the convolution before it; a sine, four times as dear, gave no more looks.)
    """

    def __init__(self, inputs: int, outputs: int, luck: torch.Generator) -> None:
        super().__init__()
        weight = torch.randn(outputs, inputs, 3, 3, generator=luck)
        self.weight = nn.Parameter(weight * (STEEPNESS * math.sqrt(2 / (9 * inputs))))
        where = torch.rand(outputs, generator=luck) * (2 * FURTHEST_BIAS) - FURTHEST_BIAS
        self.bias = nn.Parameter(where)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(F.conv2d(x, self.weight, self.bias, padding=1)) * GAIN


class Basis(nn.Module):
    """What a site is carved in. This one: its layer's channels as they are, none of them fine."""

    fine: Tensor | None = None

    def forward(self, x: Tensor) -> tuple[Tensor, Lifted]:
        """x in the basis, and what `change` needs."""
        return x, ()

    def change(self, lifted: Lifted, by: Tensor) -> Tensor:
        """What a change by `by` in the basis is to x. Of nothing: exactly nothing."""
        return by


class Lift(Basis):
    """One site's lifted basis. `groups` are the channels that are mixed with each other, at least
    two each; `mean` and `sigma`, (C,), are the channels' own on real frames.

    Of every group the even channels become coarse (u), the odd ones fine (v). In the basis all
    coarse ones come first: `fine` tells which are which there, bool (C,), and `order` from which
    of the layer's channels' places, int64 (C,).
    """

    def __init__(
        self, site: str, groups: Sequence[Sequence[int]], mean: Tensor, sigma: Tensor
    ) -> None:
        super().__init__()
        luck = torch.Generator().manual_seed(crc32(site.encode()))
        channels = len(mean)
        mix = torch.zeros(channels, channels)
        fine = torch.zeros(channels, dtype=torch.bool)
        for group in groups:
            at = torch.tensor(list(group))
            mix[at[:, None], at] = _rotation(len(at), luck)
            fine[at[1::2]] = True
        order = torch.argsort(fine.long(), stable=True)
        mix, sigma = mix[order], sigma.clamp_min(LEAST_SIGMA)
        self.coarse = int((~fine).sum())
        self.mix = nn.Parameter((mix / sigma)[:, :, None, None].contiguous())
        self.offset = nn.Parameter(-(mix / sigma) @ mean)
        self.back = nn.Parameter((mix.t() * sigma[:, None])[:, :, None, None].contiguous())
        self.order, self.fine = order, fine[order]
        self.f = Features(self.coarse, channels - self.coarse, luck)
        self.g = Features(channels - self.coarse, self.coarse, luck)

    def forward(self, x: Tensor) -> tuple[Tensor, Lifted]:
        z = F.conv2d(x, self.mix, self.offset)
        u, v = z[:, : self.coarse], z[:, self.coarse :]
        f = self.f(u)
        v = v + f
        g = self.g(v)
        return torch.cat((u + g, v), 1), (u, v, f, g)

    def change(self, lifted: Lifted, by: Tensor) -> Tensor:
        u, v, f, g = lifted
        du, dv = by[:, : self.coarse], by[:, self.coarse :]
        du = du - (self.g(v + dv) - g)
        dv = dv - (self.f(u + du) - f)
        return F.conv2d(torch.cat((du, dv), 1), self.back)
