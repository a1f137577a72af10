"""What is carried to a card: it opens as it was packed, and a training starts from it."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from models.training import fresh_clips, measure, pack
from models.training.footage import Video, folder_of
from models.training.learner import Training
from models.training.measure import psnr_db
from models.training.train import arguments, train

CLIP = Video("sliding", "pip:made-up==1", "clips/sliding.avi")


@pytest.fixture(scope="module")
def data(footage: Path, tmp_path_factory) -> Path:
    """A folder as `footage` leaves it, with one clip in its package and a teacher of one weight."""
    data = tmp_path_factory.mktemp("fetched")
    for kind in ("photo", "cutout"):
        (data / kind).symlink_to(footage / kind)
    folder = folder_of(CLIP.package, data)
    (folder / "clips").mkdir(parents=True)
    frames = np.load(footage / "video" / "langer.npy")
    height, width = frames.shape[1:3]
    coder = cv2.VideoWriter_fourcc(*"MJPG")
    film = cv2.VideoWriter(str(folder / CLIP.member), coder, 25, (width, height))
    for frame in frames:
        film.write(frame[..., ::-1])
    film.release()
    (folder / ".done").touch()
    teacher = folder_of(pack.PACKAGE_425, data)
    for part in (pack.NET_425, pack.WEIGHTS_425):
        (teacher / part).parent.mkdir(parents=True)
    (teacher / pack.NET_425).write_text("whole = True\n")
    kept = {"module.block.weight": torch.randn(64, 64), "module.teacher.weight": torch.ones(9)}
    torch.save(kept, teacher / pack.WEIGHTS_425)
    (teacher / ".done").touch()
    return data


@pytest.fixture(autouse=True)
def one_clip(monkeypatch):
    for module in (pack, fresh_clips, measure):
        monkeypatch.setattr(module, "TRAINING", (CLIP,))


@pytest.fixture
def opened(data: Path, tmp_path: Path) -> Path:
    assert pack.packed(data, tmp_path / "all.tar", 20) < 20
    pack.opened(tmp_path / "all.tar", tmp_path / "there")
    return tmp_path / "there"


def test_it_opens_as_it_was_packed(data, opened, footage):
    clip = np.load(opened / "video" / "sliding.npy")
    assert np.array_equal(clip, pack.decode(pack.source_of(CLIP, data), CLIP.most))
    for kind in ("photo", "cutout"):
        ours, theirs = (sorted((where / kind).iterdir()) for where in (opened, data))
        assert [p.stem for p in ours] == [p.stem for p in theirs]
        for one, other in zip(ours, theirs, strict=True):
            pair = [cv2.imread(str(p), cv2.IMREAD_UNCHANGED) for p in (one, other)]
            assert pair[0].shape == pair[1].shape
            solid = pair[1][..., -1] > 200  # of photographs: where they are blue
            assert psnr_db(*(p[..., :3][solid] for p in pair)) > 35


def test_the_teacher_goes_along_in_half_and_without_what_it_left_over(opened):
    folder = folder_of(pack.PACKAGE_425, opened)
    assert (folder / ".done").is_file()  # so nobody asks the network for it
    kept = torch.load(folder / pack.WEIGHTS_425, weights_only=True)
    assert list(kept) == ["block.weight"]
    assert kept["block.weight"].dtype == torch.float16


def test_what_does_not_fit_is_told_in_a_line(data, tmp_path):
    with pytest.raises(SystemExit, match="MiB at the least"):
        pack.packed(data, tmp_path / "all.tar", 0.01)
    with pytest.raises(SystemExit, match="no photographs"):
        pack.packed(tmp_path, tmp_path / "all.tar", 9)
    assert not (tmp_path / "all.tar").exists()


def test_no_evaluation_clip_is_packed(data, tmp_path):
    pack.packed(data, tmp_path / "all.tar", 20)
    with tarfile.open(tmp_path / "all.tar") as ball:
        clips = {name for name in ball.getnames() if name.startswith("clip/")}
    assert clips == {"clip/sliding"}


@pytest.mark.parametrize("half", ["none", "bfloat16"])
def test_a_training_runs_from_what_was_packed(opened, tmp_path, half):
    kept = tmp_path / "kept"
    command = [opened, kept, "--fresh", "--steps", 2, "--half", half, "--batch", 2, "--crop", 64]
    given = arguments().parse_args([str(part) for part in command])
    training = Training(kept, 1.0, half=None if half == "none" else half)
    train(given, training, measure.validation(opened))
    last = torch.load(kept / "last.pt", weights_only=True)
    assert last["step"] == 2
    best = torch.load(kept / "best.pt", weights_only=True)
    assert "optimiser" not in best
    told = [json.loads(line) for line in (kept / "log.jsonl").read_text().splitlines()]
    assert "validation_gain_db" in told[-1]


def test_what_is_no_pack_is_told_in_a_line(tmp_path: Path):
    wrong = tmp_path / "all.tar"
    for content in (None, b"no archive"):
        if content is not None:
            wrong.write_bytes(content)
        with pytest.raises(SystemExit, match="cannot be opened as a pack") as told:
            pack.opened(wrong, tmp_path / "there")
        assert "\n" not in str(told.value)


def test_a_pack_whose_opening_was_stopped_is_opened_again(data, tmp_path, monkeypatch):
    there = tmp_path / "there"
    pack.packed(data, tmp_path / "all.tar", 20)
    with monkeypatch.context() as stopped:
        stopped.setattr(pack, "decode", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            pack.opened(tmp_path / "all.tar", there)
    assert not pack.is_opened(there)
    pack.opened(tmp_path / "all.tar", there)
    assert pack.is_opened(there)
    assert len(np.load(there / "video" / "sliding.npy"))
