"""Crops of real triplets made on a device: what `triplets` draws, from clips that lie there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .footage import TRAINING, VALIDATION_SHARE
from .shards import SIDE_PX
from .triplets import HALF_GAPS, LEAST_CHANGE, PLACES, TAKEN, drawn_frames, drawn_scale, is_steady

EVERY_PX = 4  # pixels looked at along each side to tell how much a clip changes


class Clips:
    """The training clips but their last eighth, uint8 on the device (2.3 GB of them)."""

    def __init__(self, data: Path, device: torch.device) -> None:
        self._device, self._clips, self._lengths, self._steady = device, [], [], []
        for video in TRAINING:
            frames = np.load(data / "video" / f"{video.clip}.npy", mmap_mode="c")
            kept = int(len(frames) * (1 - VALIDATION_SHARE))
            clip = torch.from_numpy(frames[:kept]).to(device)
            self._lengths.append(len(frames))
            self._clips.append(clip)
            self._steady.append({half: _steady(clip, half) for half in HALF_GAPS})
        if not any(any(s.any() for s in of_halves.values()) for of_halves in self._steady):
            raise SystemExit(f"{data}/video: no training clip has a triplet with motion")
        odds = np.sqrt(self._lengths)
        self._odds = odds / odds.sum()

    def rows(self, rng: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        """Frames (N, 3, 3, S, S) in 0..1: A, the target, B; and t (N, 1, 1, 1).

        A crop in which next to nothing moves is left out, and the liveliest stands there twice.
        """
        found, changes, times = [], [], []
        while len(found) < size:
            which = int(rng.choice(len(self._clips), p=self._odds))
            drawn = drawn_frames(rng, self._lengths[which])
            if drawn is None or not self._steady[which][drawn[1]][drawn[0]]:
                continue
            first, half, target = drawn
            crop, change = self._crop(rng, which, [first, first + target, first + 2 * half])
            found.append(crop)
            changes.append(change)
            times.append(target / (2 * half))
        change = torch.stack(changes)
        kept = torch.arange(size, device=self._device)
        kept = torch.where(change * 255 < LEAST_CHANGE, change.argmax(), kept)
        t = torch.tensor(times, dtype=torch.float32, device=self._device).view(-1, 1, 1, 1)
        return torch.stack(found)[kept], t[kept]

    def _crop(
        self, rng: np.random.Generator, which: int, numbers: list[int]
    ) -> tuple[Tensor, Tensor]:
        """One of the liveliest crops of three frames, and how much it changes from A to B."""
        frames = self._clips[which][numbers].permute(0, 3, 1, 2).float() / 255
        height, width = frames.shape[-2:]
        scale = drawn_scale(rng, height, width)
        size = [round(height * scale), round(width * scale)]
        smaller = scale < 1
        mode = "bilinear" if smaller else "bicubic"
        frames = F.interpolate(frames, size, mode=mode, antialias=smaller, align_corners=False)
        frames = (frames.clamp(0, 1) * 255).round() / 255
        sums = F.pad((frames[0] - frames[2]).abs().mean(0), (1, 0, 1, 0)).cumsum(0).cumsum(1)
        corners = rng.integers(0, [[n - SIDE_PX + 1 for n in size]], (PLACES, 2))
        y, x = torch.from_numpy(corners.T.copy()).to(self._device)
        y2, x2 = y + SIDE_PX, x + SIDE_PX
        amount = (sums[y2, x2] - sums[y, x2] - sums[y2, x] + sums[y, x]) / SIDE_PX**2
        rank = TAKEN[int(rng.integers(len(TAKEN)))]
        picked = amount.argsort(descending=True)[rank : rank + 1]  # a number would be waited for
        side = torch.arange(SIDE_PX, device=self._device)
        return frames[:, :, (y[picked] + side)[:, None], x[picked] + side], amount[picked][0]


def _steady(clip: Tensor, half: int) -> np.ndarray:
    """For every frame, whether the triplet that starts there has motion, no cut and no stutter."""
    if len(clip) <= 2 * half:
        return np.zeros(0, bool)
    small = clip[:, ::EVERY_PX, ::EVERY_PX].to(torch.int16)

    def change(apart: int) -> np.ndarray:
        rows = [
            (small[k] - small[k + apart]).abs().float().mean() for k in range(len(clip) - apart)
        ]
        return torch.stack(rows).cpu().numpy()

    whole, near = change(2 * half), change(half)
    return is_steady(whole, near[: len(whole)], near[half : half + len(whole)])
