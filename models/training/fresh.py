"""Rows made while training, on the device: as many as there are steps, and none twice.

A card learns in a quarter of an hour from more rows than a slow line can carry as shards, and the
machine that has one may have no network: so photographs, cut-outs and clips are carried there small
(`pack`), and frames with motion are made of them where they are needed. The distribution is that of
`synthetic`, `triplets` and `batches`, whose code draws the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .augment_tensors import augmented
from .batches import Batch
from .fresh_clips import Clips
from .fresh_motion import Bank, composed, drawn_rows
from .rife import Rife425
from .shards import SIDE_PX
from .teach import lesson


class Fresh:
    """Batches from the folder that `footage` filled, or that `pack` opened.

    Args:
        taught: whether real rows come with the frame and motion of RIFE 4.25. Without it their
            motion is trusted nowhere, and the picture alone teaches.
        tiles: how many pieces of photographs, cut-outs and outlines each are held at a time.
    """

    def __init__(
        self, data: Path, device: torch.device, taught: bool, seed: int, tiles: int = 0
    ) -> None:
        self._rng = np.random.default_rng(seed + 1)
        self._dice = torch.Generator(device).manual_seed(seed + 1)
        count = tiles or (1500 if device.type == "cuda" else 24)
        self._bank = Bank(data, self._rng, count, device)
        self._clips = Clips(data, device)
        self._teacher = Rife425(data, device) if taught else None

    def batches(self, size: int, crop_px: int, real_share: float) -> Iterator[Batch]:
        """Yield batches without end on the device, as `batches.batches` does."""
        while True:
            real = int(self._rng.binomial(size, real_share))
            parts = [self._synthetic(size - real)] if real < size else []
            parts += [self._real(real)] if real else []
            rows = tuple(torch.cat(part) for part in zip(*parts, strict=True))
            y, x = self._rng.integers(0, SIDE_PX - crop_px + 1, 2)
            box = (..., slice(y, y + crop_px), slice(x, x + crop_px))
            frames, motion, sure = (part[box] for part in rows[:3])
            yield augmented((frames, motion, sure, rows[3]), self._dice)

    def _synthetic(self, size: int) -> Batch:
        self._bank.renew()
        frames, motion, t = composed(drawn_rows(self._rng, self._bank, size), self._bank)
        if self._teacher is not None:  # the truth stands in for what no teacher is asked for
            frames = torch.cat([frames, frames[:, 1:2]], 1)
        return frames, motion, torch.ones_like(motion[:, :1]), t

    def _real(self, size: int) -> Batch:
        frames, t = self._clips.rows(self._rng, size)
        if self._teacher is None:
            nowhere = torch.zeros_like(frames[:, 0, :2])
            return frames, nowhere, nowhere[:, :1], t
        taught, motion, sure = lesson(self._teacher, frames[:, 0], frames[:, 2], t)
        return torch.cat([frames, taught[:, None]], 1), motion, sure, t


@dataclass(frozen=True)
class Recipe(IterableDataset[Batch]):
    """What a process needs to know to make batches: see `Fresh` and `Fresh.batches`."""

    data: Path
    device: torch.device
    taught: bool
    seed: int
    size: int
    crop_px: int
    real_share: float

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        seed = self.seed + (0 if worker is None else worker.id * SEEDS_APART)
        fresh = Fresh(self.data, self.device, self.taught, seed)
        for batch in fresh.batches(self.size, self.crop_px, self.real_share):
            yield batch if worker is None else tuple(part.cpu() for part in batch)


SEEDS_APART = 1_000_003  # of one process and the next; more than a training has steps


def made(recipe: Recipe, processes: int) -> Iterator[Batch]:
    """Batches without end, made in this process (0), or in so many others on the same device.

    A step of the net keeps a card busy for a fraction of the time that its rows take to draw, most
    of which is Python's: so they are drawn beside it, and come over in memory that both share.
    """
    if processes == 0:
        return iter(recipe)
    return iter(
        DataLoader(
            recipe,
            batch_size=None,
            num_workers=processes,
            prefetch_factor=2,
            multiprocessing_context="spawn",  # a forked process has no card
            pin_memory=recipe.device.type == "cuda",
        )
    )
