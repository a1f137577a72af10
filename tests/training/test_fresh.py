"""Rows made while training are those of the shards: the same draws, the same pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.training import triplets
from models.training.augment_tensors import augmented
from models.training.fresh import Fresh, Recipe, made
from models.training.fresh_clips import Clips
from models.training.fresh_motion import Bank, composed, drawn_rows
from models.training.nets import pull
from models.training.synthetic import Layer, Textures, drawn, painted, sample

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def bank(footage: Path) -> Bank:
    return Bank(footage, np.random.default_rng(2), 6, CPU)


def on_the_cpu(layer: Layer, bank: Bank) -> Layer:
    """The layer with its tiles as `synthetic` has them: arrays, colours BGR."""
    colour = bank.colour[layer.colour].permute(1, 2, 0).numpy()[..., ::-1]
    alpha = None if layer.alpha is None else bank.alpha[layer.alpha].numpy()
    at = (layer.colour_at, layer.alpha_at, layer.velocity)
    return Layer(np.ascontiguousarray(colour), alpha, *at)


def test_a_batch_is_what_the_shards_rows_would_be(bank):
    rows = drawn_rows(np.random.default_rng(5), bank, 8)
    frames, motion, t = composed(rows, bank)
    assert frames.shape == (8, 3, 3, 192, 192)
    for number, (layers, when) in enumerate(rows):
        assert float(t[number]) == pytest.approx(when)
        images, moved = painted([on_the_cpu(layer, bank) for layer in layers], when)
        ours = (frames[number] * 255).permute(2, 3, 0, 1).reshape(192, 192, 9).numpy()
        assert np.abs(ours - images).mean() < 0.5
        assert (np.abs(motion[number].permute(1, 2, 0).numpy() - moved) < 0.05).mean() > 0.995


def test_the_bank_draws_from_the_same_distribution(footage: Path, bank):
    """Motion, layers and t of many rows, in numbers: the same mean, the same spread."""

    def told(textures: object, seed: int) -> np.ndarray:
        rng, rows = np.random.default_rng(seed), []
        for _ in range(600):
            layers, t = drawn(rng, textures)
            shift = [np.hypot(*layer.velocity.shift) for layer in layers]
            stamps = sum(layer.alpha is not None for layer in layers)
            rows.append([len(layers), np.mean(shift), t, layers[-1].alpha_at[0], stamps])
        return np.array(rows)

    theirs = told(Textures(footage, np.random.default_rng(1)), 1)[:, :3]
    ours = told(bank, 2)[:, :3]
    apart = np.abs(ours.mean(0) - theirs.mean(0)) / theirs.std(0)
    assert (apart < 0.2).all()
    assert np.allclose(ours.std(0) / theirs.std(0), 1, atol=0.15)


def test_the_same_seed_paints_the_same_shard(footage: Path):
    one, two = (
        sample(rng, Textures(footage, rng)) for rng in (np.random.default_rng(4) for _ in range(2))
    )
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])


def test_renewed_tiles_are_whole(bank):
    before = bank.colour.clone()
    for _ in range(12):
        bank.renew()
    assert not torch.equal(bank.colour, before)
    assert bank.alpha[6:].amax((1, 2)).min() > 0  # of the cut-outs


def test_clips_keep_their_last_eighth_for_validation(footage: Path):
    clips = Clips(footage, CPU)
    (long,) = (clip for clip in clips._clips if len(clip) > 2)
    assert len(long) == 56  # of 64
    frames, t = clips.rows(np.random.default_rng(3), 5)
    assert frames.shape == (5, 3, 3, 192, 192)
    assert ((t > 0) & (t < 1)).all()
    change = (frames[:, 0] - frames[:, 2]).abs().mean((1, 2, 3)) * 255
    assert change.min() >= triplets.LEAST_CHANGE


def scene(count: int, size: int = 48) -> tuple[torch.Tensor, ...]:
    """Rows in which everything moves by (8, -4), seen at t = 1/4, trusted where it is bright."""
    ground = torch.from_numpy(np.random.default_rng(6).random((count, 1, 72, 72))).float()
    ground = ground.expand(-1, 3, -1, -1)

    def seen(share: float) -> torch.Tensor:
        x, y = 12 - round(share * 8), 12 + round(share * 4)
        return ground[..., y : y + size, x : x + size]

    frames = torch.stack([seen(0), seen(0.25), seen(1), seen(0.25)], 1)
    motion = torch.tensor([8.0, -4.0]).view(1, 2, 1, 1).expand(count, -1, size, size)
    sure = (frames[:, 1, :1] > 0.4).float()
    return frames, motion, sure, torch.full((count, 1, 1, 1), 0.25)


def test_augmented_rows_still_say_the_same():
    frames, motion, sure, t = augmented(scene(48), torch.Generator().manual_seed(1))
    still = motion.abs().amax((1, 2, 3)) == 0
    assert 0 < still.sum() < 20
    inner = (..., slice(10, -10), slice(10, -10))
    for of, side in ((frames[:, 0], -t), (frames[:, 2], 1 - t)):
        found = pull(of, motion * side)[inner]
        torch.testing.assert_close(found[~still], frames[~still, 1][inner], atol=2e-3, rtol=0)
    assert torch.equal(frames[:, 1], frames[:, 3])  # the teacher's frame goes along
    bright = frames[:, 1].mean(1, keepdim=True)
    for row in torch.nonzero(~still).flatten():
        assert bright[row][sure[row] > 0].min() > bright[row][sure[row] == 0].max()
    assert (sure[still] == 1).all()


def test_augmenting_does_everything_to_some_and_nothing_to_some():
    given = scene(1)
    rows = tuple(part.expand(64, *part.shape[1:]) for part in given)
    frames, motion, _, t = augmented(rows, torch.Generator().manual_seed(2))
    ways = {tuple(m[:, 0, 0].tolist()) for m in motion}
    assert len(ways) >= 9  # eight directions, and stills
    assert {round(float(when), 2) for when in t} == {0.25, 0.75}
    assert len({f.numpy().tobytes() for f in frames}) > 50


def test_processes_beside_make_rows_that_differ(footage: Path):
    recipe = Recipe(footage, CPU, taught=False, seed=1, size=1, crop_px=64, real_share=0.0)
    feed = made(recipe, processes=2)
    first, second = next(feed), next(feed)  # one of each process
    assert [part.shape for part in first] == [part.shape for part in next(iter(recipe))]
    assert not torch.equal(first[0], second[0])


def test_batches_are_ready_to_learn_from(footage: Path):
    fresh = Fresh(footage, CPU, taught=False, seed=1, tiles=4)
    frames, motion, sure, t = next(fresh.batches(3, 64, 0.5))
    assert frames.shape == (3, 3, 3, 64, 64)
    assert motion.shape == (3, 2, 64, 64)
    assert sure.shape == (3, 1, 64, 64)
    assert t.shape == (3, 1, 1, 1)
    real = next(fresh.batches(2, 64, 1.0))
    moving = real[1].abs().amax((1, 2, 3)) > 0
    assert not moving.any()  # nobody was asked how real rows move
