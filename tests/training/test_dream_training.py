"""The dreams' training chain, from made-up pictures to a folder the program can dream with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from pictures import gradient

from installation.source.dreams import Dream
from models.dream_training import train as training
from models.dream_training.enhance import FEATURES, SIDE, Ascent, learned
from models.dream_training.export import export
from models.dream_training.measure import kernel_distances
from models.dream_training.nets import LATENT


def pictures(count: int, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.stack(
        [np.roll(gradient(128, 128, int(s)), int(s), 0) for s in chance.integers(0, 99, count)]
    )


def test_from_pictures_to_a_dream(tmp_path: Path):
    np.savez(tmp_path / "clouds.npz", training=pictures(150, 1), held_out=pictures(60, 2))
    torch.set_num_threads(1)
    path = training.train(tmp_path, "clouds", 0.02)
    first = torch.load(path, weights_only=True)
    # Killed and called again, it goes on from where it was.
    training.train(tmp_path, "clouds", 0.02)
    second = torch.load(path, weights_only=True)
    assert second["steps"]["fine"] > first["steps"]["fine"] > 0
    assert second["minutes"] > first["minutes"]
    rows = [json.loads(line) for line in (tmp_path / "clouds.jsonl").read_text().splitlines()]
    assert rows[-1]["fine"] == second["steps"]["fine"]
    folder = export(tmp_path, "clouds", tmp_path / "dreams", count=20)
    frame = Dream("clouds", folder=tmp_path / "dreams").at(1.0, (64, 36))
    assert frame.std() > 5
    assert "| this dream |" in (folder / "MODEL_CARD.md").read_text()
    assert np.load(folder / "stations.npy").shape[1] == LATENT


def test_the_measure_ranks_what_is_near_before_what_is_far():
    chance = np.random.default_rng(1)
    noise = chance.integers(0, 256, (40, 128, 128, 3)).astype(np.uint8)
    near = kernel_distances(pictures(40, 1), {"alike": pictures(40, 2), "noise": noise})
    assert near["alike"] < near["noise"] / 10


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
