"""A dim room: the noise that a camera adds when there is little light, on frames that had enough.

    python -m models.training.dim MODEL DATA [--stops 0 3 5] [--count 4] [--card CARD]

What the camera of a booth does in the evening is turn up its gain: the picture stays as bright, and
its noise grows. So A and B get the shot and read noise of `stops` less light (each halves it), and
the frame between them is held against the true one as it was filmed. `noise alone` is how far the
noise puts A itself from what it was. Evaluation clips at gaps 1 and 3.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from . import card
from .footage import EVALUATION
from .measure import blend, psnr_db, triplets
from .yardsticks import Predictor, dis, of

WHITE_ELECTRONS = 4000.0  # a webcam's small pixel, well lit
READ_ELECTRONS = 3.0
GAMMA = 2.2
GAPS = (1, 3)


def dimmed(frame: np.ndarray, stops: float, rng: np.random.Generator) -> np.ndarray:
    """A frame, uint8 (H, W, 3), as bright as before with the noise of `stops` less light."""
    if stops <= 0:
        return frame
    white = WHITE_ELECTRONS * 2.0**-stops
    electrons = (frame / 255.0) ** GAMMA * white
    seen = rng.poisson(electrons) + rng.normal(0, READ_ELECTRONS, frame.shape)
    bright = (seen / white).clip(0, 1) ** (1 / GAMMA)
    return (bright * 255 + 0.5).astype(np.uint8)


def measured(
    predictors: dict[str, Predictor], data: Path, stops: float, count: int
) -> dict[str, float]:
    """Mean PSNR in dB of everyone's frames, and of A and B themselves with noise ("noise")."""
    rng = np.random.default_rng(round(stops * 10))
    found: dict[str, list[float]] = {who: [] for who in (*predictors, "noise")}
    for video in EVALUATION:
        clip = np.load(data / "video" / f"{video.clip}.npy", mmap_mode="r")
        for gap in GAPS:
            for a, m, b in triplets(clip, gap, count):
                dark = dimmed(a, stops, rng), dimmed(b, stops, rng)
                found["noise"].append(psnr_db(dark[0], a))
                for who, predict in predictors.items():
                    found[who].append(psnr_db(predict(*dark), m))
    return {who: float(np.mean(values)) for who, values in found.items()}


def table(rows: dict[float, dict[str, float]], count: int) -> str:
    names = [who for who in next(iter(rows.values())) if who != "noise"]
    head = ["light", *names, "noise alone", "ours above blend"]
    body = [
        [
            "as filmed" if stops <= 0 else f"1/{2**stops:.3g}",
            *(f"{row[who]:.2f}" for who in names),
            "-" if stops <= 0 else f"{row['noise']:.2f}",
            f"{row['ours'] - row['blend']:+.2f}",
        ]
        for stops, row in rows.items()
    ]
    told = f"Mean PSNR in dB at 448x256, {count} triplets of every evaluation clip at gaps 1 and 3:"
    return f"{told}\n\n{card.table([head, *body])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="an exported model's folder, or a .pt checkpoint")
    parser.add_argument("data", type=Path, help="folder that `footage` filled")
    parser.add_argument("--stops", type=float, nargs="+", default=[0, 3, 5])
    parser.add_argument("--count", type=int, default=4, help="triplets of each clip and gap")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--card", type=Path, help="model card whose table to rewrite")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    ours = of(given.model, given.threads)
    predictors: dict[str, Predictor] = {"blend": blend, "DIS": dis(), "ours": ours}
    rows = {s: measured(predictors, given.data, s, given.count) for s in given.stops}
    text = table(rows, given.count)
    print(text)
    if given.card:
        card.rewrite(given.card, "dim", text)


if __name__ == "__main__":
    main()
