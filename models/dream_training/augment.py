"""Differentiable augmentation: what the critic sees is changed by chance, true or made alike.

So it can't learn the few thousand pictures by heart, and the painter never learns the changes
(Zhao et al. 2020): light, colour, contrast, a shift, a square cut out.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def augmented(pictures: Tensor) -> Tensor:
    """Pictures (N, 3, H, W), each with changes of its own; gradients pass."""
    count, _, height, width = pictures.shape

    def chance() -> Tensor:
        return torch.rand(count, 1, 1, 1) - 0.5

    x = pictures + 0.4 * chance()
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (1 + chance())
    middle = x.mean((1, 2, 3), keepdim=True)
    x = middle + (x - middle) * (1 + 0.5 * chance())
    return _cut(_shifted(x, height // 8), height // 3, width // 3)


def _shifted(pictures: Tensor, most: int) -> Tensor:
    """All of a batch moved by the same few pixels, edges repeated."""
    y, x = (int(v) for v in torch.randint(-most, most + 1, (2,)))
    height, width = pictures.shape[-2:]
    wide = functional.pad(pictures, (most, most, most, most), mode="replicate")
    return wide[..., most + y : most + y + height, most + x : most + x + width]


def _cut(pictures: Tensor, high: int, wide: int) -> Tensor:
    """A square of each set to nothing."""
    count, _, height, width = pictures.shape
    top = torch.randint(-high // 2, height - high // 2, (count, 1, 1, 1))
    left = torch.randint(-wide // 2, width - wide // 2, (count, 1, 1, 1))
    ys = torch.arange(height)[None, None, :, None]
    xs = torch.arange(width)[None, None, None, :]
    inside = (ys >= top) & (ys < top + high) & (xs >= left) & (xs < left + wide)
    return pictures * (~inside).to(pictures.dtype)
