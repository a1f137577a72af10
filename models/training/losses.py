"""What the two U-Nets are trained towards."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .nets import down, up

FLOW_WEIGHTS = (0.15, 0.25, 0.5, 1.0, 1.5)  # decoders from coarse (1/32) to fine (1/2)
MATCH_WEIGHTS = (0.7, 1.0, 0.7, 0.5, 0.5)
EVEN_WEIGHT = 0.01
SCALES = (32, 16, 8, 4, 2)

Step = tuple[Tensor, Tensor, Tensor]


def charbonnier(d: Tensor, epsilon: float = 1e-3) -> Tensor:
    return torch.sqrt(d * d + epsilon * epsilon)


def _trusted(confidence: Tensor, scale: int) -> Tensor:
    share = F.avg_pool2d(confidence, scale)
    return (share > 0.8).float() * share


def flow_loss(steps: list[Step], motion: Tensor, confidence: Tensor) -> Tensor:
    """Robust end-point error of every decoder, in pixels of the full frame."""
    total = motion.new_zeros(())
    for (_, _, v), scale, weight in zip(steps, SCALES, FLOW_WEIGHTS, strict=True):
        wanted, trust = F.avg_pool2d(motion, scale), _trusted(confidence, scale)
        error = ((v * scale - wanted).pow(2).sum(1, keepdim=True) + 0.02) ** 0.25
        total = total + weight * (trust * error).sum() / (trust.sum() + 1)
    return total


def match_loss(steps: list[Step], motion: Tensor, confidence: Tensor) -> Tensor:
    """Cross-entropy of every cost volume against the true cell, spread bilinearly."""
    total = motion.new_zeros(())
    for (started, odds, _), scale, weight in zip(steps, SCALES, MATCH_WEIGHTS, strict=True):
        radius = (round(odds.shape[1] ** 0.5) - 1) // 2
        left = F.avg_pool2d(motion, scale) / scale - started.detach()
        within = (left.abs().amax(1, keepdim=True) < radius).float()
        trust = _trusted(confidence, scale) * within
        axis = torch.arange(-radius, radius + 1.0, device=odds.device).view(1, -1, 1, 1)
        x, y = F.relu(1 - (left[:, :1] - axis).abs()), F.relu(1 - (left[:, 1:] - axis).abs())
        wanted = (y[:, :, None] * x[:, None]).flatten(1, 2)
        error = -(wanted * torch.log_softmax(odds, 1)).sum(1, keepdim=True)
        total = total + weight * (trust * error).sum() / (trust.sum() + 1)
    return total


def pyramid_loss(picture: Tensor, target: Tensor, levels: int = 4) -> Tensor:
    """Charbonnier over a Laplacian pyramid; coarse levels count more."""
    total, d = picture.new_zeros(()), picture - target
    for level in range(levels - 1):
        small = down(d)
        total = total + 1.5**level * charbonnier(d - up(small)).mean()
        d = small
    return total + 1.5 ** (levels - 1) * charbonnier(d).mean()


def evenness_loss(picture: Tensor, target: Tensor) -> Tensor:
    """Mean logarithm of every row's squared error: a decibel counts the same in an easy row
    as in a hard one. Without it rows of small motion, already 40 dB, pull next to nothing,
    and there the net stays behind plain blending. Above 53 dB nothing is won."""
    return torch.log((picture - target).pow(2).mean((1, 2, 3)) + 5e-6).mean()


def picture_loss(picture: Tensor, pulled_a: Tensor, pulled_b: Tensor, target: Tensor) -> Tensor:
    """The frame itself, its bands, and at least one pulled frame where it can be had."""
    near = torch.minimum(
        charbonnier(pulled_a - target).mean(1), charbonnier(pulled_b - target).mean(1)
    )
    return (
        charbonnier(picture - target).mean()
        + 0.5 * pyramid_loss(picture, target)
        + 0.15 * near.mean()
        + EVEN_WEIGHT * evenness_loss(picture, target)
    )


def taught_loss(picture: Tensor, target: Tensor, lesson: Tensor) -> Tensor:
    """Towards the teacher's frame where that is nearer to the truth than ours: what can be known
    from A and B there is known to somebody. Elsewhere the truth alone teaches."""
    ours, theirs = (
        (frame - target).abs().mean(1, keepdim=True) for frame in (picture.detach(), lesson)
    )
    return ((theirs < ours) * charbonnier(picture - lesson)).mean()
