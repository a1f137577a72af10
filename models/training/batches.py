"""Random augmented batches from shards, prepared in a thread of their own.

A batch is frames (N, 3, 3, S, S), motion (N, 2, S, S), trust (N, 1, S, S) and t (N, 1, 1, 1); a
taught one has the teacher's frame behind the three, (N, 4, 3, S, S), and its motion in the motion's
place. Rows that no teacher saw have the truth there.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .shards import Shard

Array = np.ndarray
Batch = tuple[Tensor, Tensor, Tensor, Tensor]
Row = tuple[Array, Array, Array, float]

STILL_SHARE = 1 / 8


def augmented(
    images: np.ndarray, motion: np.ndarray, sure: np.ndarray, t: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Flip, transpose, reverse time, permute colours, change gamma and level.

    images: uint8 (S, S, 9), or (S, S, 12) with a teacher's frame behind A, the target and B.
    """
    if rng.random() < 0.5:
        images, motion, sure = images[:, ::-1], motion[:, ::-1] * [-1, 1], sure[:, ::-1]
    if rng.random() < 0.5:
        images, motion, sure = images[::-1], motion[::-1] * [1, -1], sure[::-1]
    if rng.random() < 0.5:
        images, sure = images.transpose(1, 0, 2), sure.T
        motion = motion.transpose(1, 0, 2)[..., ::-1]
    frames = images.reshape(*images.shape[:2], -1, 3)
    if rng.random() < 0.5:
        frames, motion, t = frames[:, :, [2, 1, 0, 3][: frames.shape[2]]], -motion, 1 - t
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
    still = np.repeat(frames[:1], len(frames), 0)
    if rng.random() < 0.5:
        noise = rng.normal(0, rng.uniform(0.002, 0.012), (2, *frames.shape[1:]))
        still[[0, 2]] = (still[[0, 2]] + noise).clip(0, 1)
    return still, np.zeros_like(motion), np.ones_like(sure), t


def _with_lesson(
    shard: Shard, box: tuple[int, slice, slice], images: Array, motion: Array, sure: Array
) -> tuple[Array, Array, Array]:
    """The row as its teacher sees it: a fourth frame, and real motion where it is sure of it.
    (Synthetic motion is known; so is motion that no teacher was asked for.)"""
    if box[0] >= shard.taught:
        return np.concatenate([images, images[..., 3:6]], -1), motion, sure
    images = np.concatenate([images, shard.lesson("frame")[box]], -1)
    if shard.sure_of_all(box[0]):
        return images, motion, sure
    return images, shard.lesson("motion")[box], shard.lesson("confidence")[box]


def batches(
    shards: list[Path],
    odds: list[float],
    size: int,
    crop_px: int,
    seed: int,
    taught: bool = False,
) -> Iterator[Batch]:
    """Yield batches of `size` rows without end, `crop_px` a side, with a teacher's if `taught`."""
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
        images, motion, sure = shard.images[box], shard.motion[box], shard.confidence[box]
        if taught:
            images, motion, sure = _with_lesson(shard, box, images, motion, sure)
        found = augmented(images, motion.astype(np.float32), sure, float(shard.time[row]), rng)
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
