"""What a teacher would paint: its frames and motion beside a shard's rows, worked out once.

    python -m models.training.teach DATA SHARD [--batch 8]

RIFE 4.25 (any t, 5.7 M parameters) is asked for every row of a shard that `triplets` or `synthetic`
made, and what it answers is kept in the same folder, so that a training with `--teacher rife-4.25`
has it for nothing:

    taught_frame.npy       uint8   (N, S, S, 3)  the teacher's frame at the row's t
    taught_motion.npy      float16 (N, S, S, 2)  its motion from A to B, on the grid of t = 1/2
    taught_confidence.npy  uint8   (N, S, S)     1 where both frames, pulled by it, agree

and `taught`, the number of rows that are done; stopped, it goes on from there.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .nets import pull
from .rife import Rife425
from .shards import Shard, opened, told

AGREED = 14 / 255  # mean over the channels, as for DIS in `triplets`
STRAIGHT_PX = 2.0  # motion is one line through half time: to A and to B are opposite


def taught_motion(a: Tensor, b: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
    """Motion (N, 2, H, W) from A to B of a teacher's flow at t = 1/2, and where it is trusted.

    Args:
        a, b: frames (N, 3, H, W) in 0..1.
        flow: (N, 4, H, W), pixels from every pixel at half time to A and to B.
    """
    to_a, to_b = flow[:, :2], flow[:, 2:4]
    motion = to_b - to_a
    apart = (pull(a, -0.5 * motion) - pull(b, 0.5 * motion)).abs().mean(1, keepdim=True)
    bent_px = (to_a + to_b).abs().sum(1, keepdim=True)
    return motion, ((apart < AGREED) & (bent_px < STRAIGHT_PX)).float()


def lesson(teacher: Rife425, a: Tensor, b: Tensor, t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The teacher's frames at t, its motion at half time, and where that is trusted."""
    half = torch.full_like(t, 0.5)
    frames, flow = teacher.between(a, b, t)
    if not torch.equal(t, half):
        _, flow = teacher.between(a, b, half)
    return frames.clamp(0, 1), *taught_motion(a, b, flow)


def teach(teacher: Rife425, folder: Path, batch: int) -> None:
    """Teach every row of a shard that isn't yet."""
    shard, began = Shard(folder), time.monotonic()
    count, side_px = len(shard), shard.images.shape[1]
    rows = shard.images.shape[0]
    frame = opened(folder, "taught_frame", np.uint8, rows, side_px, side_px, 3)
    motion = opened(folder, "taught_motion", np.float16, rows, side_px, side_px, 2)
    confidence = opened(folder, "taught_confidence", np.uint8, rows, side_px, side_px)
    first = shard.taught
    for start in range(first, count, batch):
        some = slice(start, min(start + batch, count))
        images = torch.from_numpy(shard.images[some].astype(np.float32) / 255)
        a, _, b = images.permute(0, 3, 1, 2).split(3, 1)
        t = torch.from_numpy(shard.time[some].astype(np.float32)).view(-1, 1, 1, 1)
        frames, moved, sure = lesson(teacher, a, b, t)
        frame[some] = (frames.permute(0, 2, 3, 1).numpy() * 255 + 0.5).astype(np.uint8)
        motion[some] = moved.permute(0, 2, 3, 1).numpy().clip(-120, 120)
        confidence[some] = sure[:, 0].numpy()
        told(folder, "taught", some.stop)
        if some.stop == count or some.stop % 200 < batch:
            each_ms = (time.monotonic() - began) / (some.stop - first) * 1000
            print(f"{some.stop} of {count} rows, {each_ms:.0f} ms each", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder for the teacher's package")
    parser.add_argument("shard", type=Path, help="a shard that `triplets` or `synthetic` made")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if not (given.shard / "count").is_file():
        raise SystemExit(f"{given.shard}: no shard; `triplets` and `synthetic` make one")
    teach(Rife425(given.data), given.shard, given.batch)


if __name__ == "__main__":
    main()
