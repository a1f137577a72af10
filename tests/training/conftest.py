"""Made-up footage for the training room, small enough to train on in seconds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

HOUSE = Path(__file__).parents[2]
if str(HOUSE) not in sys.path:  # models/ isn't installed, it is run from the checkout
    sys.path.insert(0, str(HOUSE))
torch.set_num_threads(1)


def smooth_texture(
    rng: np.random.Generator, height: int, width: int, blur: float = 4
) -> np.ndarray:
    """A picture with structure everywhere but nothing finer than a few pixels, uint8 (H, W, 3)."""
    noise = cv2.GaussianBlur(rng.normal(size=(height, width, 3)).astype(np.float32), (0, 0), blur)
    return (127 + noise / noise.std() * 30).clip(0, 255).astype(np.uint8)


def moving_clip(rng: np.random.Generator, frames: int, height: int, width: int) -> np.ndarray:
    """A picture that slides and a patch that goes its own way, uint8 (N, H, W, 3)."""
    ground = smooth_texture(rng, height + 2 * frames, width + 3 * frames)
    patch = smooth_texture(rng, height // 3, width // 4)
    clip = []
    for k in range(frames):
        frame = ground[k : k + height, 2 * k : 2 * k + width].copy()
        x = (10 + 3 * k) % (width - patch.shape[1])
        frame[20 : 20 + patch.shape[0], x : x + patch.shape[1]] = patch
        clip.append(frame)
    return np.stack(clip)


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `footage` would fill it: one training clip and the evaluation clips move."""
    from models.training.footage import EVALUATION, TRAINING

    data, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(7)
    for folder in ("video", "photo", "cutout"):
        (data / folder).mkdir()
    for video in TRAINING:
        frames = 64 if video.clip == "langer" else 2  # two frames hold no triplet
        np.save(data / "video" / f"{video.clip}.npy", moving_clip(rng, frames, 120, 200))
    for video in EVALUATION:
        np.save(data / "video" / f"{video.clip}.npy", moving_clip(rng, 9, 120, 200))
    for k in range(2):
        cv2.imwrite(str(data / "photo" / f"{k}.png"), smooth_texture(rng, 320, 340))
    stamp = np.dstack([smooth_texture(rng, 90, 90), np.zeros((90, 90), np.uint8)])
    cv2.circle(stamp, (45, 45), 40, (60, 120, 200, 255), 8)
    stamp[20:70, 20:70, 3] = 255
    cv2.imwrite(str(data / "cutout" / "0.png"), stamp)
    return data


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start `python -m models.training.NAME ...` as a developer would."""

    def started(name: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", f"models.training.{name}", *map(str, arguments)],
            cwd=HOUSE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    return started


@pytest.fixture(scope="session")
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., str]:
    """Run one of the commands to its end and return what it printed."""

    def ran(name: str, *arguments: object) -> str:
        process = start(name, *arguments)
        printed, _ = process.communicate()
        assert process.returncode == 0, printed
        return printed

    return ran


@pytest.fixture(scope="session")
def shards(footage: Path, run: Callable[..., str]) -> Path:
    """Both shards, made by their commands; returns the data folder."""
    run("synthetic", footage, footage / "shards" / "synthetic", "--rows", 6)
    run("triplets", footage, footage / "shards" / "real", "--rows", 4)
    return footage
