"""The dreams' training chain, from made-up pictures to a folder the program can dream with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from pictures import gradient

from installation.source.dreams import FOLDER, Dream
from models.dream_training import train as training
from models.dream_training.augment import augmented
from models.dream_training.enhance import FEATURES, SIDE, Ascent, learned
from models.dream_training.export import export
from models.dream_training.likeness import texture
from models.dream_training.measure import kernel_distances, plaid
from models.dream_training.nets import LATENT, Painter
from models.dream_training.smaller import with_half_weights


def pictures(count: int, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.stack(
        [np.roll(gradient(128, 128, int(s)), int(s), 0) for s in chance.integers(0, 99, count)]
    )


def seen(count: int, side_px: int = 64) -> torch.Tensor:
    return training.to_tensor(pictures(count, 1))[..., :side_px, :side_px].contiguous()


def test_from_pictures_to_a_dream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "PLAIN", 2)  # so that the critic is met within a few steps
    np.savez(tmp_path / "clouds.npz", training=pictures(40, 1), held_out=pictures(30, 2))
    path = training.train(tmp_path, "clouds", steps=3)
    first = torch.load(path, weights_only=True)
    # Killed and called again, it goes on from where it was.
    training.train(tmp_path, "clouds", steps=2)
    second = torch.load(path, weights_only=True)
    assert (first["steps"], second["steps"]) == (3, 5)
    assert second["minutes"] > first["minutes"]
    counted = second["optimisers"]["makers"]["state"].values()
    assert {int(one["step"]) for one in counted} == {5}
    for name, net in second["nets"].items():
        assert not torch.equal(net, first["nets"][name]), name
    rows = [json.loads(line) for line in (tmp_path / "clouds.jsonl").read_text().splitlines()]
    assert [row["steps"] for row in rows] == [3, 5]
    folder = export(tmp_path, "clouds", tmp_path / "dreams", count=12)
    assert Dream("clouds", folder=tmp_path / "dreams").at(1.0, (64, 36)).shape == (36, 64, 3)
    assert "| this dream |" in (folder / "MODEL_CARD.md").read_text()
    assert np.load(folder / "stations.npy").shape == (23, LATENT)


def test_no_time_is_no_step_and_no_end_is_refused(tmp_path: Path):
    np.savez(tmp_path / "clouds.npz", training=pictures(4, 1))
    path = training.train(tmp_path, "clouds", minutes=0.0, steps=50)
    assert torch.load(path, weights_only=True)["steps"] == 0
    with pytest.raises(ValueError, match="how long"):
        training.train(tmp_path, "clouds")


def test_pictures_seen_again_and_again_are_learnt(monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(2)
    monkeypatch.setattr(training, "PLAIN", 20)
    one, true = training.Training(), seen(4)
    losses = [one.step(true)["like"] for _ in range(40)]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_the_critic_learns_to_tell_made_from_true(monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(2)
    monkeypatch.setattr(training, "PLAIN", 0)
    monkeypatch.setattr(training, "RATE", 5e-3)
    monkeypatch.setattr(training, "SAY", 0.0)  # the painter does not mind
    one, true = training.Training(), seen(4)
    told = [one.step(true)["critic"] for _ in range(30)]
    assert np.mean(told[-5:]) < 0.8 * np.mean(told[:5])


def test_augmented_pictures_differ_and_let_gradients_through():
    torch.manual_seed(1)
    given = seen(3).requires_grad_()
    changed = augmented(given)
    assert changed.shape == given.shape
    assert (changed - given).abs().mean((1, 2, 3)).min() > 0.02
    changed.sum().backward()
    assert given.grad is not None
    assert given.grad.abs().mean((1, 2, 3)).min() > 0.1


def test_texture_minds_grain_and_not_its_place():
    chance = torch.Generator().manual_seed(4)
    fine = torch.randn(1, 3, 64, 64, generator=chance) * 0.3
    other = torch.randn(1, 3, 64, 64, generator=chance) * 0.3
    smooth = torch.nn.functional.avg_pool2d(other, 5, 1, 2)
    torch.manual_seed(1)
    assert texture(fine, fine) == 0
    assert texture(other, fine) < texture(smooth, fine) / 2
    # Between a rough and a flat picture lies one that is half rough.
    flat = torch.zeros_like(fine)
    half = torch.cat([other[..., :32], flat[..., 32:]], -1)
    ends = (texture(other, fine, flat), texture(flat, fine, flat))
    assert texture(half, fine, flat) < min(ends) / 2


def test_a_grid_of_upsampling_is_seen():
    chance = np.random.default_rng(1)
    plain = chance.integers(90, 160, (20, 128, 128, 3)).astype(np.uint8)
    assert plaid(plain) < 1.3
    for period in (2, 4, 8):
        gridded = plain.copy()
        gridded[:, :, ::period] += 20
        assert plaid(gridded) > 3


def test_the_painter_makes_no_grid_untrained():
    torch.manual_seed(3)
    with torch.no_grad():
        made = Painter()(torch.randn(24, LATENT).reshape(24, -1, 16, 16))
    made = (made - made.mean()) / made.std()
    assert plaid((made.permute(0, 2, 3, 1) * 40 + 128).clip(0, 255).byte().numpy()) < 2


def test_weights_in_half_the_bits_make_the_same_picture(tmp_path: Path):
    torch.manual_seed(3)
    path = tmp_path / "painter.onnx"
    sheet = torch.randn(1, LATENT).reshape(1, -1, 16, 16)
    torch.onnx.export(Painter().eval(), (sheet,), str(path), opset_version=17, dynamo=False)
    half = with_half_weights(onnx.load(path))
    assert half.ByteSize() < 0.6 * path.stat().st_size
    drawn = []
    for graph in (path.read_bytes(), half.SerializeToString()):
        session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
        drawn.append(session.run(None, {session.get_inputs()[0].name: sheet.numpy()})[0])
    np.testing.assert_allclose(drawn[1], drawn[0], atol=0.01 * np.abs(drawn[0]).max())


def test_the_measure_ranks_what_is_near_before_what_is_far():
    chance = np.random.default_rng(1)
    noise = chance.integers(0, 256, (40, 128, 128, 3)).astype(np.uint8)
    near = kernel_distances(pictures(40, 1), {"alike": pictures(40, 2), "noise": noise})
    assert near["alike"] < near["noise"] / 10


@pytest.mark.parametrize("name", ["landscapes", "books"])  # clouds: see their card
def test_what_ships_has_no_plaid_and_beats_blurred_photographs(name: str):
    dream = Dream(name)
    made = [dream.at(7.3 * k, (128, 128)) for k in range(40)]  # a square: one picture, as it is
    assert plaid(np.stack(made)) < 1.6
    card = (FOLDER / name / "MODEL_CARD.md").read_text()
    distances = card.split("| grid")[0].splitlines()
    rows = dict(line.strip("| ").split(" | ") for line in distances if line[:2] == "| ")
    assert float(rows["this dream"]) < float(rows["held-out pictures, blurred (sigma 4)"])
    assert (FOLDER / name / "dream.onnx").stat().st_size < 1_000_000


def test_ascent_makes_the_strongest_features_stronger():
    chance = np.random.default_rng(3)
    rows = chance.standard_normal((400, SIDE * SIDE)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    net = Ascent(learned(rows, 3))
    assert net.kernel.shape == (FEATURES, 1, SIDE, SIDE)
    light = torch.from_numpy(gradient(48, 32)[..., 1].astype(np.float32) / 255)[None, None]

    def energy(x) -> float:
        answers = torch.nn.functional.conv2d(x, net.kernel, stride=2).relu()
        return float(answers.amax(1).square().sum())

    with torch.no_grad():
        added = net(light)
        assert added.shape == light.shape
        assert energy(light + added) > 1.5 * energy(light)
        flat = torch.full((1, 1, 32, 48), 0.5)
        assert float(net(flat).abs().max()) < 0.01
