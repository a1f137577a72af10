"""Random augmented batches from shards, prepared in a thread of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .shards import Shard

Batch = tuple[Tensor, Tensor, Tensor, Tensor]
Row = tuple[np.ndarray, np.ndarray, np.ndarray, float]

STILL_SHARE = 1 / 8


def augmented(
    images: np.ndarray, motion: np.ndarray, sure: np.ndarray, t: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Flip, transpose, reverse time, permute colours, change gamma and level."""
    if rng.random() < 0.5:
        images, motion, sure = images[:, ::-1], motion[:, ::-1] * [-1, 1], sure[:, ::-1]
    if rng.random() < 0.5:
        images, motion, sure = images[::-1], motion[::-1] * [1, -1], sure[::-1]
    if rng.random() < 0.5:
        images, sure = images.transpose(1, 0, 2), sure.T
        motion = motion.transpose(1, 0, 2)[..., ::-1]
    frames = images.reshape(*images.shape[:2], 3, 3)
    if rng.random() < 0.5:
        frames, motion, t = frames[:, :, ::-1], -motion, 1 - t
    if rng.random() < 0.5:
        frames = frames[..., rng.permutation(3)]
    pixels = frames.astype(np.float32) / 255
    if rng.random() < 0.5:
        pixels = pixels ** np.float32(np.exp(rng.uniform(-0.4, 0.4)))
    if rng.random() < 0.5:
        pixels = pixels * np.float32(rng.uniform(0.6, 1))
    return (
        np.ascontiguousarray(pixels.transpose(2, 3, 0, 1)),
        np.ascontiguousarray(motion.transpose(2, 0, 1), dtype=np.float32),
        np.ascontiguousarray(sure[None], dtype=np.float32),
        t,
    )


def stilled(row: Row, rng: np.random.Generator) -> Row:
    """The row with nothing moving: A, B and the target are one picture, half the time behind
    two cameras' worth of noise in A and B. Without such rows a still background never comes
    out still, since no synthetic ground stands quite still and real crops are chosen to move.
    """
    frames, motion, sure, t = row
    still = np.repeat(frames[:1], 3, 0)
    if rng.random() < 0.5:
        noise = rng.normal(0, rng.uniform(0.002, 0.012), (2, *frames.shape[1:]))
        still[[0, 2]] = (still[[0, 2]] + noise).clip(0, 1)
    return still, np.zeros_like(motion), np.ones_like(sure), t


def batches(
    shards: list[Path], odds: list[float], size: int, crop_px: int, seed: int
) -> Iterator[Batch]:
    """Yield frames (N, 3, 3, S, S), motion (N, 2, S, S), trust (N, 1, S, S), t (N, 1, 1, 1)."""
    rng = np.random.default_rng(seed)
    opened = [Shard(folder) for folder in shards]
    waiting: queue.Queue[Batch | Exception] = queue.Queue(4)

    def one() -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        which = rng.choice(len(opened), p=odds)
        shard = opened[which]
        if not len(shard):
            raise ValueError(f"{shards[which]} is empty")
        row = int(rng.integers(len(shard)))
        y, x = rng.integers(0, shard.images.shape[1] - crop_px + 1, 2)
        box = (row, slice(y, y + crop_px), slice(x, x + crop_px))
        motion = shard.motion[box].astype(np.float32)
        found = augmented(
            shard.images[box], motion, shard.confidence[box], float(shard.time[row]), rng
        )
        return stilled(found, rng) if rng.random() < STILL_SHARE else found

    def prepared() -> Batch:
        frames, motion, sure, t = zip(*(one() for _ in range(size)), strict=True)
        return (
            torch.from_numpy(np.stack(frames)),
            torch.from_numpy(np.stack(motion)),
            torch.from_numpy(np.stack(sure)),
            torch.tensor(t, dtype=torch.float32).view(-1, 1, 1, 1),
        )

    def fill() -> None:
        while True:
            try:
                waiting.put(prepared())
            except Exception as fault:  # raised below, where the training waits
                waiting.put(fault)
                return

    threading.Thread(target=fill, daemon=True).start()
    while True:
        batch = waiting.get()
        if isinstance(batch, Exception):
            raise batch
        yield batch
