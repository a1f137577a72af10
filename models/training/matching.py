"""How well two frames' features match at every small displacement: cost volumes.

After PWC-Net (Sun et al. 2018), made symmetric about t = 1/2: a displacement is split between both
frames. Each is written three times, to the same numbers but for rounding: for training, as ONNX
Runtime's CPU has it fastest, and for coarse grids.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


def normalised(f: Tensor) -> Tensor:
    """Centred over the picture, of unit length over the channels: matching wants this."""
    f = f - f.mean((2, 3), keepdim=True)
    return f * torch.rsqrt((f * f).mean(1, keepdim=True) + 0.02)


def displacements(radius: int) -> list[tuple[int, int]]:
    steps = range(-radius, radius + 1)
    return [(dy, dx) for dy in steps for dx in steps]


def _cell(radius: int, dy: int, dx: int, height: int, width: int) -> tuple[slice, ...]:
    y, x = radius + dy, radius + dx
    return (slice(None), slice(None), slice(y, y + height), slice(x, x + width))


def _split(d: int) -> tuple[int, int]:
    """A displacement along one axis, split between A and B, so that the match sits at half time."""
    return -(d // 2), d - d // 2


def _halves(dy: int, dx: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The same of both axes: (y, x) for A, (y, x) for B."""
    (y_of_a, y_of_b), (x_of_a, x_of_b) = _split(dy), _split(dx)
    return (y_of_a, x_of_a), (y_of_b, x_of_b)


def cost_volume_plain(a: Tensor, b: Tensor, radius: int) -> Tensor:
    """Mean product of a and b at every displacement, (N, (2r+1)^2, H, W)."""
    height, width = a.shape[-2:]
    a, b = F.pad(a, (radius,) * 4), F.pad(b, (radius,) * 4)
    cells = []
    for dy, dx in displacements(radius):
        of_a, of_b = _halves(dy, dx)
        left = a[_cell(radius, *of_a, height, width)]
        right = b[_cell(radius, *of_b, height, width)]
        cells.append((left * right).mean(1, keepdim=True))
    return torch.cat(cells, 1)


def cost_volume_channels_last(a: Tensor, b: Tensor, radius: int) -> Tensor:
    """The same for ONNX Runtime's CPU, where a mean over the last axis is the fast one: the
    whole flow net gains an eighth."""
    height, width = a.shape[-2:]
    a, b = (F.pad(f, (radius,) * 4).permute(0, 2, 3, 1) for f in (a, b))
    cells = []
    for dy, dx in displacements(radius):
        of_a, of_b = (_cell(radius, *half, height, width)[2:] for half in _halves(dy, dx))
        product = a[(slice(None), *of_a)] * b[(slice(None), *of_b)]
        cells.append(product.mean(-1)[:, None])
    return torch.cat(cells, 1)


def cost_volume_banded(a: Tensor, b: Tensor, radius: int) -> Tensor:
    """The same as one product of matrices: every row of a by the rows of b around it, of which the
    diagonals near the middle are kept. (ONNX Runtime's CUDA cannot record the 49 cells of a radius
    of 3 put side by side.) It needs memory in the square of the width: for coarse grids."""
    (n, channels), (height, width), ways = a.shape[:2], a.shape[-2:], 2 * radius + 1
    a, b = F.pad(a, (radius,) * 4) / channels, F.pad(b, (radius,) * 4)
    a, b, wide = a.permute(0, 2, 3, 1), b.permute(0, 2, 1, 3), width + 2 * radius
    halves = [_split(d) for d in range(-radius, radius + 1)]
    starts = [(radius + of_a, radius + of_b) for of_a, of_b in halves]
    rows_of_a = torch.stack([a[:, of_a : of_a + height] for of_a, _ in starts], 1)
    rows_of_b = torch.stack([b[:, of_b : of_b + height] for _, of_b in starts], 1)
    products = rows_of_a @ rows_of_b  # (N, ways, H, wide, wide)
    # Read in lines one longer than they are, diagonals stand upright.
    lines = F.pad(products.flatten(3), (radius, wide - radius))
    diagonals = lines.view(n, ways, height, wide, wide + 1)[..., :ways]
    cells = [diagonals[..., x : x + width, k] for k, (x, _) in enumerate(starts)]
    return torch.stack(cells, 2).flatten(1, 2)


class _CostVolume(torch.autograd.Function):
    """`cost_volume_plain` without keeping every product for the backward pass."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, radius: int) -> Tensor:
        ctx.save_for_backward(a, b)
        ctx.radius = radius
        return cost_volume_plain(a, b, radius)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        a, b = ctx.saved_tensors
        radius, (height, width) = ctx.radius, grad.shape[-2:]
        a, b = F.pad(a, (radius,) * 4), F.pad(b, (radius,) * 4)
        grad_a, grad_b = torch.zeros_like(a), torch.zeros_like(b)
        grad = grad / a.shape[1]
        for index, (dy, dx) in enumerate(displacements(radius)):
            of_a, of_b = _halves(dy, dx)
            at_a, at_b = _cell(radius, *of_a, height, width), _cell(radius, *of_b, height, width)
            piece = grad[:, index : index + 1]
            grad_a[at_a].addcmul_(piece, b[at_b])
            grad_b[at_b].addcmul_(piece, a[at_a])
        inner = (slice(None), slice(None), slice(radius, -radius), slice(radius, -radius))
        return grad_a[inner], grad_b[inner], None


def cost_volume(a: Tensor, b: Tensor, radius: int, coarse: bool = False) -> Tensor:
    if torch.onnx.is_in_onnx_export():
        return (cost_volume_banded if coarse else cost_volume_channels_last)(a, b, radius)
    return _CostVolume.apply(a, b, radius)
