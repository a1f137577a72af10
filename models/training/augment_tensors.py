"""What `batches` does to rows, for whole batches on a device."""

from __future__ import annotations

import torch
from torch import Tensor

from .batches import STILL_SHARE, Batch


def augmented(batch: Batch, dice: torch.Generator) -> Batch:
    """Flip, transpose, reverse time, permute colours, change gamma and level, still some rows.

    Every row has dice of its own. Frames (N, 3 or 4, 3, S, S), motion, trust, t as in `batches`.
    """
    frames, motion, sure, t = batch
    count, device = len(frames), frames.device

    def uniform(low: float = 0.0, high: float = 1.0) -> Tensor:
        return torch.rand(count, device=device, generator=dice) * (high - low) + low

    def chosen(rows: Tensor, changed: Tensor, kept: Tensor) -> Tensor:
        return torch.where(rows.view(-1, *[1] * (kept.dim() - 1)), changed, kept)

    one = torch.ones(1, 2, 1, 1, device=device)
    for axis, channel in ((-1, 0), (-2, 1)):
        rows, signs = uniform() < 0.5, one.clone()
        signs[:, channel] = -1
        frames = chosen(rows, frames.flip(axis), frames)
        motion = chosen(rows, motion.flip(axis) * signs, motion)
        sure = chosen(rows, sure.flip(axis), sure)
    rows = uniform() < 0.5
    frames = chosen(rows, frames.transpose(-1, -2), frames)
    motion = chosen(rows, motion.transpose(-1, -2).flip(1), motion)
    sure = chosen(rows, sure.transpose(-1, -2), sure)
    rows, order = uniform() < 0.5, [2, 1, 0, 3][: frames.shape[1]]
    frames, motion = chosen(rows, frames[:, order], frames), chosen(rows, -motion, motion)
    t = chosen(rows, 1 - t, t)
    ways = torch.rand(count, 3, device=device, generator=dice).argsort(1)
    ways = torch.where((uniform() < 0.5)[:, None], ways, torch.arange(3, device=device))
    frames = frames.gather(2, ways.view(count, 1, 3, 1, 1).expand_as(frames))
    gamma = torch.where(uniform() < 0.5, torch.exp(uniform(-0.4, 0.4)), 1.0)
    level = torch.where(uniform() < 0.5, uniform(0.6, 1.0), 1.0)
    frames = frames ** gamma.view(-1, 1, 1, 1, 1) * level.view(-1, 1, 1, 1, 1)

    rows = uniform() < STILL_SHARE
    still = frames[:, :1].expand_as(frames).clone()
    height = uniform(0.002, 0.012) * (uniform() < 0.5)
    shape, ends = (count, 2, *frames.shape[2:]), [0, 2]
    noise = torch.randn(shape, device=device, generator=dice) * height.view(-1, 1, 1, 1, 1)
    still[:, ends] = (still[:, ends] + noise).clamp(0, 1)
    frames = chosen(rows, still, frames)
    motion = chosen(rows, torch.zeros_like(motion), motion)
    return frames, motion, chosen(rows, torch.ones_like(sure), sure), t
