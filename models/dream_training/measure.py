"""How near one set of pictures is to another: a kernel distance on a network's features.

The network is not trained. Random convolutions tell textures, edges, colours and layouts apart
well enough to rank sets (as random features do for textures, Ustyuzhaninov et al. 2017), and
they favour none of the generators; the numbers mean nothing beside other papers' KID.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


def features(pictures: np.ndarray) -> np.ndarray:
    """(N, 512) float64 of uint8 (N, 128, 128, 3): means and spreads of four random layers."""
    draw = torch.Generator().manual_seed(11)
    widths = (3, 32, 64, 96, 64)
    kernels = [
        torch.randn(b, a, 3, 3, generator=draw) / (9 * a) ** 0.5 for a, b in pairwise(widths)
    ]
    found = []
    with torch.no_grad():
        for start in range(0, len(pictures), 50):
            part = np.ascontiguousarray(pictures[start : start + 50])
            x = torch.from_numpy(part).permute(0, 3, 1, 2).float() / 127.5 - 1
            row: list[Tensor] = []
            for kernel in kernels:
                x = functional.relu(functional.conv2d(x, kernel, stride=2, padding=1)) * 1.6
                row += [x.mean((2, 3)), x.std((2, 3))]
            found.append(torch.cat(row, 1).double().numpy())
    return np.concatenate(found)


def kernel_distances(pictures: np.ndarray, sets: dict[str, np.ndarray]) -> dict[str, float]:
    """Squared MMD of every set from `pictures`, features scaled by those of `pictures`."""
    of_these = features(pictures)
    middle, spread = of_these.mean(0), of_these.std(0) + 1e-6
    x = (of_these - middle) / spread
    return {
        name: _squared_mmd(x, ((features(s) - middle) / spread).clip(-20, 20))
        for name, s in sets.items()
    }


def _squared_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """The unbiased estimate with the kernel (x·y / n + 1)^3 (Binkowski et al. 2018)."""

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a: np.ndarray) -> float:
        k, n = kernel(a, a), len(a)
        return float((k.sum() - np.trace(k)) / (n * (n - 1)))

    return within(x) + within(y) - 2 * float(kernel(x, y).mean())


def plaid(pictures: np.ndarray) -> float:
    """How much stronger than its neighbours the strongest frequency is at which upsampling
    leaves a grid (a period of 8, 4, 8/3 or 2 pixels), of uint8 (N, 128, 128, 3): about 1 for
    photographs, more the more of a checkerboard there is."""
    grey = pictures.astype(np.float64).mean(3)
    side = grey.shape[1]
    window = np.hanning(side)
    found = []
    for lines in (grey, grey.transpose(0, 2, 1)):
        held = (lines - lines.mean(2, keepdims=True)) * window
        power = (np.abs(np.fft.rfft(held, axis=2)) ** 2).mean((0, 1))
        for cycles in (side // 8, side // 4, 3 * side // 8, side // 2):
            beside = [power[k] for k in (cycles - 3, cycles + 3) if k < len(power)]
            found.append(power[cycles] / np.exp(np.mean(np.log(beside))))
    return float(max(found))
