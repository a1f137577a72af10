"""Losses without a critic: how like two pictures are, place by place and in their textures.

Texture is told by the spread of what random filters answer at three sizes, whatever the place: the
sliced Wasserstein distance of patches (Rabin et al. 2011; Heitz et al. 2021). It asks for the
right amount of grain and edge where the eye, too, wouldn't know one blade of grass from another.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

FILTERS, FILTER_PX, SIZES = 12, 5, 3
LEAST_SPREAD = 0.02  # what is fainter is no texture


def placewise(made: Tensor, true: Tensor) -> Tensor:
    """Mean absolute difference, of the pictures and of their broad forms."""
    broad = functional.l1_loss(functional.avg_pool2d(made, 8), functional.avg_pool2d(true, 8))
    return functional.l1_loss(made, true) + broad


def texture(made: Tensor, *true: Tensor) -> Tensor:
    """Distance of every picture's textures from its true one's, (N, 3, H, W) each.

    With several true pictures, from all of them thrown together: what lies between two
    pictures has half its patches from each. Draws its filters from torch's random numbers.
    """
    total = made.new_zeros(())
    for _ in range(SIZES):
        filters = torch.randn(FILTERS, 3, FILTER_PX, FILTER_PX)
        # Without a mean they answer to structure alone; a third keep theirs and see colour.
        filters[FILTERS // 3 :] -= filters[FILTERS // 3 :].mean((2, 3), keepdim=True)
        filters = filters / filters.flatten(1).norm(dim=1)[:, None, None, None]
        y, x = (int(v) for v in torch.randint(0, 2, (2,)))
        found = _sorted(made[..., y:, x:], filters)
        answers = [_sorted(one[..., y:, x:], filters) for one in true]
        wanted = answers[0]
        if len(answers) > 1:
            wanted = torch.cat(answers, -1).sort(-1).values[..., :: len(answers)]
        # In units of each filter's own spread: fine grain is faint, and seen all the same.
        spread = wanted.std((0, 2), keepdim=True) + LEAST_SPREAD
        total = total + ((found - wanted).abs() / spread).mean()
        made, *true = (functional.avg_pool2d(one, 2) for one in (made, *true))
    return total / SIZES


def _sorted(picture: Tensor, filters: Tensor) -> Tensor:
    """Every filter's answers at every second place, in order: (N, FILTERS, places)."""
    return functional.conv2d(picture, filters, stride=2).flatten(2).sort(-1).values


def grid(pictures: Tensor) -> Tensor:
    """How far the frequencies at which upsampling leaves a grid (periods of 8, 4, 8/3 and 2 pixels)
    stand out from those beside them, along rows and columns of a batch, in nepers of power; 0 where
    none does. What `measure.plaid` tells of many pictures, as a loss."""
    grey = pictures.mean(1)
    found = []
    for lines in (grey, grey.transpose(1, 2)):
        side = lines.shape[2]
        held = (lines - lines.mean(2, keepdim=True)) * torch.hann_window(side, periodic=False)
        power = torch.fft.rfft(held, dim=2).abs().square().mean((0, 1)).clamp_min(1e-9).log()
        apart = max(2, 3 * side // 128)
        for cycles in (side // 8, side // 4, 3 * side // 8, side // 2):
            beside = [k for k in (cycles - apart, cycles + apart) if k < len(power)]
            found.append(power[cycles] - power[beside].mean())
    return functional.relu(torch.stack(found)).sum()
