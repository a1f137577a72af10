"""The teacher: what it says is kept beside a shard, and learnt from where it knows better."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from models.training import rife
from models.training.batches import batches
from models.training.learner import Training
from models.training.losses import taught_loss
from models.training.shards import Shard, Writer
from models.training.teach import lesson, taught_motion, teach
from models.training.train import feed_of


class Sure:
    """A teacher that sees everything move by (4, 0) pixels, and paints the mean of A and B."""

    asked = 0

    def between(self, a, b, t):
        type(self).asked += 1
        flow = torch.zeros(len(a), 4, *a.shape[-2:])
        flow[:, 0], flow[:, 2] = -4 * t[:, 0], 4 * (1 - t[:, 0])
        return (a + b) / 2, flow


@pytest.fixture
def real(shards: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shards / "shards" / "real", tmp_path / "shards" / "real"))


def test_motion_is_trusted_where_both_frames_agree_and_it_is_straight():
    ground = torch.from_numpy(np.random.default_rng(1).random((1, 3, 40, 44))).float()
    a, b = ground[..., 4:], ground[..., :40]
    flow = torch.zeros(1, 4, 40, 40)
    flow[:, 0], flow[:, 2] = -2, 2
    motion, sure = taught_motion(a, b, flow)
    assert motion[0, :, 20, 20].tolist() == [4.0, 0.0]
    assert sure[..., 4:-4].all()
    _, wrong = taught_motion(a, b, -flow)
    assert wrong.mean() < 0.2
    flow[:, 0] = -7
    assert taught_motion(a, b, flow)[1].mean() < 0.2


def test_a_row_at_another_time_still_gets_its_motion_at_half_time():
    a = torch.rand(2, 3, 32, 32)
    t = torch.tensor([0.5, 0.2]).view(-1, 1, 1, 1)
    _, motion, _ = lesson(Sure(), a, a, t)
    assert motion[:, 0, 9, 9].tolist() == [4.0, 4.0]


def test_lessons_lie_beside_the_rows_and_go_on_where_they_stopped(real):
    Sure.asked = 0
    teach(Sure(), real, 3)
    shard = Shard(real)
    assert shard.taught == len(shard) == 4
    assert shard.lesson("motion")[3, 50, 50].tolist() == [4.0, 0.0]
    a, b = shard.images[3, ..., :3].astype(int), shard.images[3, ..., 6:].astype(int)
    assert np.abs(shard.lesson("frame")[3] - (a + b) / 2).max() <= 0.51
    asked = Sure.asked
    teach(Sure(), real, 3)
    assert Sure.asked == asked
    (real / "taught").write_text("2")
    teach(Sure(), real, 3)
    assert asked < Sure.asked <= asked + 2


def test_a_shard_made_anew_forgets_what_was_taught(real):
    teach(Sure(), real, 4)
    Writer(real, 2)
    assert Shard(real).taught == 0
    assert not list(real.glob("taught*"))


def test_a_taught_batch_carries_the_teachers_frame_and_real_motion(real):
    teach(Sure(), real, 4)
    frames, motion, _, _ = next(batches([real], [1.0], 12, 64, seed=2, taught=True))
    assert frames.shape == (12, 4, 3, 64, 64)
    sizes = {round(float(m.abs().amax()), 2) for m in motion}
    assert sizes <= {0.0, 4.0}  # stilled, or as the teacher saw it
    assert 4.0 in sizes


def test_rows_no_teacher_saw_have_the_truth_in_its_place(real):
    frames, *_ = next(batches([real], [1.0], 4, 64, seed=2, taught=True))
    assert torch.equal(frames[:, 1], frames[:, 3])


def test_one_learns_from_a_teacher_only_where_it_knows_better():
    truth, ours = torch.full((1, 3, 8, 8), 0.5), torch.full((1, 3, 8, 8), 0.6, requires_grad=True)
    lessons = truth.clone()
    lessons[..., 4:] = 0.9  # worse than ours there
    taught_loss(ours, truth, lessons).backward()
    assert (ours.grad[..., :4] > 0).all()
    assert (ours.grad[..., 4:] == 0).all()


def test_a_taught_step_learns(real, tmp_path):
    teach(Sure(), real, 4)
    training = Training(tmp_path / "kept", 1.0)
    batch = next(batches([real], [1.0], 2, 64, seed=3, taught=True))
    losses = [training.learn(batch, flow_only=False, taught_share=0.0)[2] for _ in range(14)]
    assert np.mean(losses[-4:]) < 0.95 * np.mean(losses[:2])


def given(data: Path, **options: object) -> argparse.Namespace:
    asked = {"data": data, "teacher": None, "fresh": False, "batch": 1, "crop": 64, **options}
    return argparse.Namespace(**asked)


def test_what_is_missing_is_told_in_a_line(shards: Path, tmp_path: Path):
    training = Training(tmp_path / "kept", 1.0)
    with pytest.raises(SystemExit, match="no shard was taught"):
        feed_of(given(shards, teacher="rife-4.25"), training)
    with pytest.raises(SystemExit, match="`synthetic` and `triplets`"):
        feed_of(given(tmp_path), training)


@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_half_precision_learns_what_full_precision_does(shards: Path, tmp_path: Path, half: str):
    batch = next(batches([shards / "shards" / "synthetic"], [1.0], 1, 64, seed=4))
    full, halved = (Training(tmp_path / str(kind), 1.0, half=kind) for kind in (None, half))
    ours, theirs = full.learn(batch, False, 0.0), halved.learn(batch, False, 0.0)
    assert theirs == pytest.approx(ours, rel=0.05)
    weights, fresh = halved.net.state_dict(), Training(tmp_path / "fresh", 1.0).net.state_dict()
    assert {value.dtype for value in weights.values()} == {torch.float32}
    assert weights.keys() == fresh.keys()
    moved = [name for name, value in weights.items() if not torch.equal(value, fresh[name])]
    assert len(moved) > 0.9 * len(weights)
    halved.save("last.pt")
    again = Training(tmp_path / half, 1.0, half=half)
    assert again.learn(batch, False, 0.0) == halved.learn(batch, False, 0.0)


def test_the_yardsticks_are_both_versions():
    assert list(rife.YARDSTICKS) == ["RIFE 3.1", "RIFE 4.25"]


def test_frames_of_any_size_are_filled_up_and_cut_back():
    seen = []

    def halfway(a, b):
        seen.append(a.shape)
        return (a + b) / 2

    a = np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8)
    frame = rife._of_frames(halfway, 64)(a, a)
    assert seen == [(1, 3, 64, 128)]
    assert np.array_equal(frame, a)
