"""Synthetic motion, augmentation and shards: do frames and motion say the same?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.training import footage as footage_module
from models.training import triplets
from models.training.batches import augmented, batches
from models.training.nets import pull
from models.training.shards import SIDE_PX, Shard, Writer
from models.training.synthetic import GRID, Textures, Velocity, sample


def tensor(frame: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(frame.transpose(2, 0, 1)[None].astype(np.float32))


def test_a_point_is_where_its_velocity_says():
    rng = np.random.default_rng(4)
    for _ in range(20):
        velocity = Velocity(rng, rng.uniform(-20, 20, 2), 0.1, bends=True)
        for t in (0.0, 0.3, 1.0):
            x = velocity.half_time_position(t)
            assert np.abs(x + (t - 0.5) * velocity.at(x) - GRID).max() < 0.25


def test_synthetic_motion_carries_both_frames_to_the_middle(footage: Path):
    rng = np.random.default_rng(11)
    textures, hits, misses = Textures(footage, rng), [], []
    while len(hits) < 8:
        images, motion, t = sample(rng, textures)
        if t != 0.5:
            continue
        a, m, b = (tensor(images[..., k : k + 3]) for k in (0, 3, 6))
        v = torch.from_numpy(motion.transpose(2, 0, 1)[None].copy())
        apart = [(pull(f, v * side) - m).abs().mean(1)[0] for f, side in ((a, -0.5), (b, 0.5))]
        inside = [
            ((GRID + side * motion >= 0) & (GRID + side * motion <= SIDE_PX - 1)).all(-1)
            for side in (-0.5, 0.5)
        ]
        either = np.min(
            [np.where(seen, d, np.inf) for d, seen in zip(apart, inside, strict=True)], 0
        )
        judged = inside[0] | inside[1]
        # What one frame hides the other mostly shows; outlines are soft, so a few pixels mix.
        hits.append((either[judged] < 4).mean())
        misses.append(((a - b).abs().mean(1)[0].numpy() < 4).mean())
    assert np.mean(hits) > 0.93
    assert np.mean(hits) > np.mean(misses) + 0.3


@pytest.mark.parametrize("seed", range(24))
def test_augmentation_keeps_frames_motion_trust_and_time_together(seed: int):
    rng = np.random.default_rng(seed)
    scene = rng.integers(0, 256, (72, 72, 1), np.uint8).repeat(3, -1)
    vx, vy, t, size = 8, -4, 0.25, 48

    def seen(share: float) -> np.ndarray:  # the scene after `share` of the motion
        x, y = 12 - round(share * vx), 12 - round(share * vy)
        return scene[y : y + size, x : x + size]

    images = np.concatenate([seen(0), seen(t), seen(1)], -1)
    motion = np.full((size, size, 2), (vx, vy), np.float32)
    sure = (seen(t)[..., 0] > 100).astype(np.uint8)
    frames, moved, trust, time = augmented(images, motion, sure, t, rng)
    assert frames.dtype == moved.dtype == trust.dtype == np.float32
    assert frames.min() >= 0
    assert frames.max() <= 1
    a, m, b = (torch.from_numpy(f[None]) for f in frames)
    v = torch.from_numpy(moved[None])
    inner = (..., slice(10, -10), slice(10, -10))
    for of, side in ((a, -time), (b, 1 - time)):
        torch.testing.assert_close(pull(of, v * side)[inner], m[inner], atol=1e-3, rtol=0)
    # Brightness changes keep the order of levels, so trust still marks the brighter places.
    bright = frames[1].mean(0)
    assert bright[trust[0] > 0].min() > bright[trust[0] == 0].max()


def test_augmentation_does_something():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (32, 32, 9), np.uint8)
    still = (np.ones((32, 32, 2), np.float32), np.ones((32, 32), np.uint8))
    made = {augmented(images, *still, 0.25, rng)[0].tobytes() for _ in range(20)}
    assert len(made) > 15


def test_a_shard_is_read_while_it_grows(tmp_path: Path):
    writer, rng = Writer(tmp_path / "shard", 3), np.random.default_rng(1)
    images = rng.integers(0, 256, (SIDE_PX, SIDE_PX, 9), np.uint8)
    motion = np.full((SIDE_PX, SIDE_PX, 2), (300.0, -2.5))
    sure = np.ones((SIDE_PX, SIDE_PX), np.uint8)
    shard = Shard(tmp_path / "shard")
    assert len(shard) == 0
    for count in (1, 2, 3):
        assert not writer.full
        writer.add(images, motion, sure, 0.25)
        assert len(shard) == count
    assert writer.full
    assert np.array_equal(shard.images[2], images)
    assert shard.motion[1, 0, 0].tolist() == [120.0, -2.5]  # no farther than the loss looks
    assert float(shard.time[0]) == 0.25


def test_batches_of_both_shards(shards: Path):
    folders = [shards / "shards" / name for name in ("synthetic", "real")]
    assert [len(Shard(folder)) for folder in folders] == [6, 4]
    frames, motion, sure, t = next(batches(folders, [0.5, 0.5], 3, 64, seed=1))
    assert frames.shape == (3, 3, 3, 64, 64)
    assert motion.shape == (3, 2, 64, 64)
    assert sure.shape == (3, 1, 64, 64)
    assert t.shape == (3, 1, 1, 1)
    again = next(batches(folders, [0.5, 0.5], 3, 64, seed=1))
    assert torch.equal(frames, again[0])


def test_a_fault_while_preparing_batches_is_told(tmp_path: Path):
    Writer(tmp_path / "empty", 1)
    with pytest.raises(ValueError, match="empty"):
        next(batches([tmp_path / "empty"], [1.0], 2, 64, seed=0))


def test_training_never_opens_what_it_is_judged_by(footage: Path, tmp_path: Path, monkeypatch):
    """Triplets are made without the evaluation clips and without the last eighth of the others."""
    read: set[tuple[str, int]] = set()

    class Watched:
        def __init__(self, clip: np.ndarray, name: str) -> None:
            self.clip, self.name = clip, name

        def __len__(self) -> int:
            return len(self.clip)

        def __getitem__(self, frame: int) -> np.ndarray:
            read.add((self.name, int(frame)))
            return self.clip[frame]

    load = np.load
    monkeypatch.setattr(
        triplets.np, "load", lambda path, **given: Watched(load(path, **given), Path(path).stem)
    )
    monkeypatch.setattr("sys.argv", ["triplets", str(footage), str(tmp_path / "s"), "--rows", "6"])
    triplets.main()
    assert read
    assert not {name for name, _ in read} & {video.clip for video in footage_module.EVALUATION}
    assert max(frame for _, frame in read) < 64 * 7 / 8
