"""Train one dream, with checkpoints to go on from.

    python -m models.dream_training.train DIR KIND --minutes 25
    python -m models.dream_training.train DIR KIND --steps 3000

reads DIR/<kind>.npz, writes DIR/<kind>.pt (every two minutes and at the end, under another
name first) and appends to DIR/<kind>.jsonl. Minutes and steps given are added to those the
checkpoint has; with both, it ends at whichever comes first. The first PLAIN steps go without
the critic.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.dream_training.augment import augmented
from models.dream_training.likeness import grid, placewise, texture
from models.dream_training.nets import (
    CELL_PX,
    LATENT,
    NOISE,
    SIDE_PX,
    Critic,
    Encoder,
    Painter,
    begin_with_colours,
)

CHECKPOINT_EVERY_S = 120.0
BATCH, CROP_PX = 8, 64
WHOLE_EVERY = 4
"""Of so many steps one sees BATCH / 4 whole pictures, the others BATCH crops: as many pixels."""

PLAIN = 300
CALM_EVERY, CALM = 8, 1.0
"""R1: every so many steps the critic's slope at true pictures is held down (Mescheder et al.
2018; seldom and stronger is as good, Karras et al. 2020)."""

RATE, SLOWER_FROM = 1e-3, 1500
"""Adam's learning rate, and the step from which it falls, with the root of the steps."""

TEXTURE = 0.6
"""Weight of textures beside place-wise likeness, which would have everything soft."""

GRID = 0.05
"""Weight of what upsampling leaves: the painter's build makes no checkerboard, but six thousand
steps against a critic wove a fine plaid (period 8/3 pixels) into skies."""

SAY = 0.8
"""The critic's pull on the painter, as a share of the pull of likeness."""


class Training:
    """All nets of a dream, their optimisers, and averages of the weights that are shipped."""

    def __init__(self) -> None:
        self.nets = nn.ModuleDict({"encoder": Encoder(), "painter": Painter(), "critic": Critic()})
        self.averages = nn.ModuleDict({"encoder": Encoder(), "painter": Painter()})
        for net in (self.nets, self.averages):
            net.to(memory_format=torch.channels_last)
        for name, net in self.averages.items():
            net.load_state_dict(self.nets[name].state_dict())
        makers = [*self.nets["encoder"].parameters(), *self.nets["painter"].parameters()]
        self.optimisers = {
            "makers": torch.optim.Adam(makers, RATE, betas=(0.5, 0.99)),
            "critic": torch.optim.Adam(self.nets["critic"].parameters(), RATE, betas=(0.0, 0.99)),
        }
        self.steps, self.minutes = 0, 0.0
        self.pulls = {"like": 0.0, "told": 0.0}

    def begin(self, pictures: np.ndarray) -> None:
        """Start from the colours of these (uint8) instead of from nothing."""
        cells = functional.avg_pool2d(to_tensor(pictures), CELL_PX)
        begin_with_colours(
            self.nets["encoder"], self.nets["painter"], cells.permute(0, 2, 3, 1).reshape(-1, 3)
        )
        for name, net in self.averages.items():
            net.load_state_dict(self.nets[name].state_dict())

    def state(self) -> dict[str, Any]:
        return {
            "nets": self.nets.state_dict(),
            "averages": self.averages.state_dict(),
            "optimisers": {name: o.state_dict() for name, o in self.optimisers.items()},
            "steps": self.steps,
            "minutes": self.minutes,
            "pulls": self.pulls,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.nets.load_state_dict(state["nets"])
        self.averages.load_state_dict(state["averages"])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])
        self.steps, self.minutes, self.pulls = state["steps"], state["minutes"], state["pulls"]

    def step(self, true: Tensor) -> dict[str, float]:
        """One step of encoder and painter, and of the critic once it is there."""
        rate = RATE * min(1.0, (SLOWER_FROM / (self.steps + 1)) ** 0.5)
        for name, share in (("makers", 1.0), ("critic", 0.5)):
            self.optimisers[name].param_groups[0]["lr"] = share * rate
        made, like = self._makers_step(true)
        told = self._critic_step(true, made) if self.steps >= PLAIN else 0.0
        self.steps += 1
        self._average()
        return {"like": like, "critic": told}

    def _makers_step(self, true: Tensor) -> tuple[Tensor, float]:
        """Returns the pictures made (of latents as they are, then between them) and how like."""
        count = len(true)
        sheets = self.nets["encoder"](true)
        # Without a bound on their power the numbers would outgrow the noise.
        power = functional.relu(sheets.square().mean((0, 2, 3)) - 1).mean()
        sheets = noisy(sheets)
        order = torch.randperm(count).roll(1)[: count // 2]
        share = torch.rand(count // 2, 1, 1, 1)
        between = on_the_arc(sheets[: count // 2], sheets[order], share)
        made = self.nets["painter"](torch.cat([sheets, between]))
        again, dreamt = made[:count], made[count:]
        blend = broad(true[: count // 2]) * (1 - share) + broad(true[order]) * share
        like = placewise(again, true) + TEXTURE * texture(again, true)
        like = like + TEXTURE / 2 * texture(dreamt, true[: count // 2], true[order])
        like = like + 0.5 * functional.l1_loss(broad(dreamt), blend)
        like = like + GRID * grid(made)
        (pull,) = torch.autograd.grad(like, made, retain_graph=True)
        if self.steps >= PLAIN:
            pull = pull + self._critics_pull(made, pull)
        self.optimisers["makers"].zero_grad(set_to_none=True)
        torch.autograd.backward([made, power], [pull, torch.full_like(power, 0.1)])
        # One odd batch must not throw the nets off: nothing in them levels what grows.
        makers = self.optimisers["makers"].param_groups[0]["params"]
        torch.nn.utils.clip_grad_norm_(makers, 0.3)
        self.optimisers["makers"].step()
        return made.detach(), like.item()

    def _critics_pull(self, made: Tensor, like: Tensor) -> Tensor:
        """The critic's gradient for what was made, at SAY times the length of the other's."""
        seen = made.detach().requires_grad_()
        told = functional.softplus(-self.nets["critic"](augmented(seen))).mean()
        (pull,) = torch.autograd.grad(told, seen)
        for name, one in (("like", like), ("told", pull)):
            held = self.pulls[name] or one.norm().item()
            self.pulls[name] = 0.98 * held + 0.02 * one.norm().item()
        say = SAY * min(1.0, (self.steps - PLAIN + 1) / 200)
        return pull * (say * self.pulls["like"] / (self.pulls["told"] + 1e-12))

    def _critic_step(self, true: Tensor, made: Tensor) -> float:
        critic, optimiser = self.nets["critic"], self.optimisers["critic"]
        loss = functional.softplus(critic(augmented(made))).mean()
        calm = self.steps % CALM_EVERY == 0
        seen = augmented(true).requires_grad_(calm)
        answers = critic(seen)
        loss = loss + functional.softplus(-answers).mean()
        whole = loss
        if calm:
            (slope,) = torch.autograd.grad(answers.mean((2, 3)).sum(), seen, create_graph=True)
            whole = loss + CALM_EVERY * CALM / 2 * slope.square().sum((1, 2, 3)).mean()
        optimiser.zero_grad(set_to_none=True)
        whole.backward()
        optimiser.step()
        return loss.item()

    def _average(self) -> None:
        """Follow the weights slowly: the average makes calmer pictures than the last step."""
        pull = max(0.01, 1 / (1 + self.steps))
        with torch.no_grad():
            for name, average in self.averages.items():
                new = self.nets[name].parameters()
                for held, now in zip(average.parameters(), new, strict=True):
                    held.lerp_(now, pull)


def broad(pictures: Tensor) -> Tensor:
    return functional.avg_pool2d(pictures, 16)


def noisy(sheets: Tensor) -> Tensor:
    """Latents with NOISE in them, of spread 1 as before."""
    return (sheets + NOISE * torch.randn_like(sheets)) / (1 + NOISE**2) ** 0.5


def on_the_arc(here: Tensor, there: Tensor, share: Tensor) -> Tensor:
    """Points on the ways between latents: where the show will walk."""
    angle = share * (torch.pi / 2)
    return here * angle.cos() + there * angle.sin()


def walk_between(latents: Tensor) -> Tensor:
    """A point between each of these (N, LATENT) and another, drawn by chance."""
    others = latents[torch.randperm(len(latents))]
    return on_the_arc(latents, others, torch.rand(len(latents), 1))


def to_tensor(pictures: np.ndarray) -> Tensor:
    """uint8 (N, H, W, 3) to float32 (N, 3, H, W), -1..1."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def batch(pictures: np.ndarray, step: int, chance: np.random.Generator) -> Tensor:
    """BATCH crops, or a few whole pictures, for this step."""
    if step % WHOLE_EVERY == 0:
        return to_tensor(pictures[chance.integers(len(pictures), size=max(2, BATCH // 4))])
    crops = []
    for pick in chance.integers(len(pictures), size=BATCH):
        y, x = chance.integers(0, (SIDE_PX - CROP_PX) // CELL_PX + 1, 2) * CELL_PX
        crops.append(pictures[pick, y : y + CROP_PX, x : x + CROP_PX])
    return to_tensor(np.stack(crops))


def train(folder: Path, kind: str, minutes: float | None = None, steps: int | None = None) -> Path:
    """Train for so many minutes or steps more; returns the checkpoint's path.

    Raises:
        ValueError: neither minutes nor steps were given.
    """
    if minutes is None and steps is None:
        raise ValueError("say how long to train: minutes, steps or both")
    path = folder / f"{kind}.pt"
    pictures = np.load(folder / f"{kind}.npz")["training"]
    training = Training()
    if path.exists():
        training.restore(torch.load(path, weights_only=True))
    else:
        training.begin(pictures[:1000])
    chance = np.random.default_rng(training.steps)
    torch.manual_seed(training.steps)
    start_s, before = time.monotonic(), training.minutes
    last_step = None if steps is None else training.steps + steps
    saved_s, row = start_s, {"like": 0.0, "critic": 0.0}

    def save() -> None:
        training.minutes = before + (time.monotonic() - start_s) / 60
        partial = path.with_suffix(".part")
        torch.save(training.state(), partial)
        partial.replace(path)
        told = {"minutes": round(training.minutes, 1), "steps": training.steps, **row}
        with (folder / f"{kind}.jsonl").open("a") as log:
            log.write(json.dumps(told) + "\n")

    def more() -> bool:
        in_time = minutes is None or time.monotonic() < start_s + 60 * minutes
        return in_time and (last_step is None or training.steps < last_step)

    while more():
        true = batch(pictures, training.steps, chance).contiguous(memory_format=torch.channels_last)
        new = training.step(true)
        row = {key: 0.98 * row[key] + 0.02 * new[key] if row[key] else new[key] for key in new}
        if time.monotonic() > saved_s + CHECKPOINT_EVERY_S:
            saved_s = time.monotonic()
            save()
    save()
    return path


def encoded(training: Training, pictures: np.ndarray) -> Tensor:
    """The latents (N, LATENT) of these pictures."""
    encoder = training.averages["encoder"].eval()
    with torch.no_grad():
        parts = [to_tensor(pictures[k : k + 64]) for k in range(0, len(pictures), 64)]
        return torch.cat([encoder(part) for part in parts]).reshape(-1, LATENT)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kind")
    parser.add_argument("--minutes", type=float, help="25 if no steps are given")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    minutes = 25.0 if given.minutes is None and given.steps is None else given.minutes
    print(train(given.folder, given.kind, minutes, given.steps))


if __name__ == "__main__":
    main()
