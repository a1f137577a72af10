"""Real motion: triplets of training clips, with a pseudo flow by OpenCV's DIS.

    python -m models.training.triplets DATA OUT --rows 5000

Of every clip in `footage.TRAINING` the last eighth is never read here: validation uses it.
The flow is only a hint for the flow net (kept where forward and backward agree); the
picture itself is the target.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from .footage import TRAINING, VALIDATION_SHARE
from .shards import SIDE_PX, Writer

Array = np.ndarray
PLACES, TAKEN = 12, (0, 4)  # places looked at in a frame; which of them, most motion first
LEAST_CHANGE = 1.2  # levels of 255 from A to B, mean over a crop
# Half the distance in frames from A to B, so that a true middle frame exists.
HALF_GAPS, HALF_GAP_ODDS = (1, 2, 3, 4), (0.35, 0.3, 0.2, 0.15)


def _flow(of: cv2.DISOpticalFlow, a: Array, b: Array) -> Array:
    return of.calc(cv2.cvtColor(a, cv2.COLOR_RGB2GRAY), cv2.cvtColor(b, cv2.COLOR_RGB2GRAY), None)


def _pulled(image: Array, flow: Array) -> Array:
    height, width = flow.shape[:2]
    at = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32) + flow
    return cv2.remap(image, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _steady(a: Array, m: Array, b: Array) -> bool:
    """No cut, no stutter, some motion."""
    whole = np.abs(a.astype(np.int16) - b).mean()
    first = np.abs(a.astype(np.int16) - m).mean()
    second = np.abs(b.astype(np.int16) - m).mean()
    return bool(is_steady(whole, first, second))


def is_steady(whole: Array, first: Array, second: Array) -> Array:
    """The same of mean changes in levels: from A to B, from A to the middle, from there to B."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    return (whole >= 0.6) & (whole <= 40) & (high <= 25) & (high <= 2.5 * low + 1)


def drawn_scale(rng: np.random.Generator, height: int, width: int) -> float:
    """How much larger a clip's frames are made before they are cropped."""
    scale = max(448 / width, 256 / height) * np.exp(rng.uniform(np.log(0.85), np.log(1.6)))
    return max(min(scale, 1.5), (SIDE_PX + 8) / min(height, width))


def drawn_frames(rng: np.random.Generator, length: int) -> tuple[int, int, int] | None:
    """Of a clip of `length` frames: the first, half the distance to the last, and how far from
    the first the target is. None where the clip is too short; its last eighth is never drawn."""
    half = int(rng.choice(HALF_GAPS, p=HALF_GAP_ODDS))
    last = int(length * (1 - VALIDATION_SHARE)) - 2 * half - 1
    if last <= 0:
        return None
    first = int(rng.integers(0, last))
    target = half if half == 1 or rng.random() < 0.6 else int(rng.integers(1, 2 * half))
    return first, half, target


def samples(
    clip: Array, rng: np.random.Generator, of: cv2.DISOpticalFlow
) -> list[tuple[Array, Array, Array, float]]:
    """Up to two moving crops of one random triplet of `clip`."""
    drawn = drawn_frames(rng, len(clip))
    if drawn is None:
        return []
    first, half, target = drawn
    picked = [clip[first + k] for k in (0, half, target, 2 * half)]
    height, width = picked[0].shape[:2]
    scale = drawn_scale(rng, height, width)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    a, m, target_frame, b = (
        cv2.resize(f, None, fx=scale, fy=scale, interpolation=way) for f in picked
    )
    if not _steady(a, m, b):
        return []
    to_a, to_b = _flow(of, m, a), _flow(of, m, b)
    back_a, back_b = _flow(of, a, m), _flow(of, b, m)
    miss_a = np.abs(to_a + _pulled(back_a, to_a)).sum(-1)
    miss_b = np.abs(to_b + _pulled(back_b, to_b)).sum(-1)
    colour = np.minimum(
        np.abs(_pulled(a, to_a).astype(np.int16) - m).mean(-1),
        np.abs(_pulled(b, to_b).astype(np.int16) - m).mean(-1),
    )
    sure = ((miss_a < 1) & (miss_b < 1) & (colour < 14)).astype(np.uint8)
    moving = cv2.integral(np.abs(a.astype(np.float32) - b).mean(-1))
    height, width = a.shape[:2]
    places = []
    for _ in range(PLACES):
        y, x = int(rng.integers(0, height - SIDE_PX + 1)), int(rng.integers(0, width - SIDE_PX + 1))
        y2, x2 = y + SIDE_PX, x + SIDE_PX
        places.append((moving[y2, x2] - moving[y, x2] - moving[y2, x] + moving[y, x], y, x))
    places.sort(reverse=True)
    rows = []
    for amount, y, x in (places[k] for k in TAKEN):
        if amount / SIDE_PX**2 < LEAST_CHANGE:
            continue
        box = np.s_[y : y + SIDE_PX, x : x + SIDE_PX]
        images = np.concatenate([a[box], target_frame[box], b[box]], -1)
        rows.append((images, (to_b - to_a)[box], sure[box], target / (2 * half)))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that `footage` filled")
    parser.add_argument("out", type=Path, help="the new shard")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(given.seed)
    of = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    clips = [np.load(given.data / "video" / f"{v.clip}.npy", mmap_mode="r") for v in TRAINING]
    odds = np.sqrt([len(clip) for clip in clips])
    odds /= odds.sum()
    writer, began = Writer(given.out, given.rows), time.time()
    while not writer.full:
        for row in samples(clips[rng.choice(len(clips), p=odds)], rng, of):
            if not writer.full:
                writer.add(*row)
            if writer.count % 500 == 0:
                each_ms = (time.time() - began) / writer.count * 1000
                print(f"{writer.count} rows, {each_ms:.0f} ms each", flush=True)


if __name__ == "__main__":
    main()
