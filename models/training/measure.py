"""Triplets of real frames and how well something predicts their middles.

`validation` reads the last eighth of the training clips (never trained on) and is what
checkpoints are chosen by; the evaluation clips are read by `evaluate` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from .footage import TRAINING, VALIDATION_SHARE

Array = np.ndarray
Triplet = tuple[Array, Array, Array]
SIZE_PX = (448, 256)


def fitted(frame: Array, size_px: tuple[int, int] = SIZE_PX) -> Array:
    """Scale to cover `size_px` and crop the middle."""
    width, height = size_px
    scale = max(width / frame.shape[1], height / frame.shape[0])
    shape = (round(frame.shape[1] * scale), round(frame.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    frame = cv2.resize(frame, shape, interpolation=way)
    y, x = (frame.shape[0] - height) // 2, (frame.shape[1] - width) // 2
    return np.ascontiguousarray(frame[y : y + height, x : x + width])


def psnr_db(a: Array, b: Array) -> float:
    """Peak signal-to-noise ratio of two uint8 frames."""
    error = np.mean((a.astype(np.float64) - b) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-6)))


def triplet(clip: Array, start: int, gap: int) -> Triplet | None:
    """(A, middle, B) from frame `start` on, `gap` apart; None for a cut, a still or the end."""
    if start + 2 * gap >= len(clip):
        return None
    a, m, b = (fitted(clip[start + k * gap]) for k in range(3))
    moving = 0.6 <= np.abs(a.astype(np.float32) - b).mean() <= 45
    return (a, m, b) if moving else None


def spread(clip: Array, gap: int, count: int, first: int = 0) -> list[int]:
    """`count` evenly spread starts of triplets."""
    return [int(k) for k in np.linspace(first, len(clip) - 1 - 2 * gap, count)]


def triplets(clip: Array, gap: int, count: int, first: int = 0) -> list[Triplet]:
    """Up to `count` evenly spread (A, middle, B), `gap` frames apart; cuts and stills left out."""
    found = (triplet(clip, start, gap) for start in spread(clip, gap, count, first))
    return [row for row in found if row is not None]


STILL_DB = 42.0


def validation(data: Path, each: int = 3) -> list[Triplet]:
    """Held-out triplets of every training clip, gaps 1 and 2.

    Triplets that blending predicts better than 42 dB are left out: next to nothing moves in
    them, and tenths of a grey level there would outweigh all that can be seen.
    """
    rows = []
    for video in TRAINING:
        clip = np.load(data / "video" / f"{video.clip}.npy", mmap_mode="r")
        first = int(len(clip) * (1 - VALIDATION_SHARE)) + 1
        for gap in (1, 2):
            if len(clip) - first > 2 * gap + 1:
                rows += triplets(clip, gap, each, first)
    return [row for row in rows if psnr_db(blend(row[0], row[2]), row[1]) < STILL_DB]


def blend(a: Array, b: Array) -> Array:
    return ((a.astype(np.uint16) + b + 1) // 2).astype(np.uint8)


def mean_gain_db(predict: Callable[[Array, Array], Array], rows: list[Triplet]) -> float:
    """Mean PSNR of `predict(a, b)` above frame blending."""
    gains = [psnr_db(predict(a, b), m) - psnr_db(blend(a, b), m) for a, m, b in rows]
    return float(np.mean(gains))
