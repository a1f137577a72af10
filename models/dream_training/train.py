"""Train one dream, with checkpoints to go on from.

    python -m models.dream_training.train DIR KIND --minutes 25

reads DIR/<kind>.npz, writes DIR/<kind>.pt (every two minutes and at the end, under another
name first) and appends to DIR/<kind>.jsonl. The minutes given are added to those the
checkpoint has; a twentieth of every call goes to the coarse generator first, then all to the fine.
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

from models.dream_training.nets import (
    Coarse,
    CoarseCritic,
    Encoder,
    Fine,
    FineCritic,
    begin_with_components,
)

CHECKPOINT_EVERY_S = 120.0
COARSE_BATCH, FINE_BATCH, CROP = 32, 8, 16
COARSE_SHARE = 0.05
"""Of every call. What the coarse generator begins with is good; the fine has more to learn."""


class Training:
    """All nets of a dream, their optimisers, and averages of the generators' weights."""

    def __init__(self, rate: float = 4e-4) -> None:
        self.nets = nn.ModuleDict(
            {
                "encoder": Encoder(),
                "coarse": Coarse(),
                "fine": Fine(),
                "coarse_critic": CoarseCritic(),
                "fine_critic": FineCritic(),
            }
        )
        self.averages = nn.ModuleDict({"coarse": Coarse(), "fine": Fine()})
        for name, net in self.averages.items():
            net.load_state_dict(self.nets[name].state_dict())
        adam = {"betas": (0.5, 0.99)}
        makers = [*self.nets["encoder"].parameters(), *self.nets["coarse"].parameters()]
        self.optimisers = {
            "coarse": torch.optim.Adam(makers, rate, **adam),
            "coarse_critic": torch.optim.Adam(
                self.nets["coarse_critic"].parameters(), rate, **adam
            ),
            "fine": torch.optim.Adam(self.nets["fine"].parameters(), rate, **adam),
            "fine_critic": torch.optim.Adam(self.nets["fine_critic"].parameters(), rate, **adam),
        }
        self.steps = {"coarse": 0, "fine": 0}
        self.minutes = 0.0

    def begin(self, small: np.ndarray) -> None:
        """Start the autoencoder from the thumbnails (uint8) instead of from nothing."""
        encoder, coarse = self.nets["encoder"], self.nets["coarse"]
        begin_with_components(encoder, coarse, to_tensor(small))
        self.averages["coarse"].load_state_dict(coarse.state_dict())

    def state(self) -> dict[str, Any]:
        return {
            "nets": self.nets.state_dict(),
            "averages": self.averages.state_dict(),
            "optimisers": {name: o.state_dict() for name, o in self.optimisers.items()},
            "steps": self.steps,
            "minutes": self.minutes,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.nets.load_state_dict(state["nets"])
        self.averages.load_state_dict(state["averages"])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])
        self.steps, self.minutes = state["steps"], state["minutes"]

    def average(self, name: str) -> None:
        """Follow the weights slowly: the average makes calmer pictures than the last step."""
        pull = max(0.002, 1 / (10 + self.steps[name]))
        with torch.no_grad():
            for held, new in zip(
                self.averages[name].parameters(), self.nets[name].parameters(), strict=True
            ):
                held.lerp_(new, pull)

    def coarse_step(self, real: Tensor) -> dict[str, float]:
        """One step of autoencoder and critic on thumbnails."""
        encoder, coarse, critic = (self.nets[n] for n in ("encoder", "coarse", "coarse_critic"))
        mean, log_variance = encoder(real)
        drawn = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        between = walk_between(mean.detach())
        made = coarse(torch.cat([drawn, between]))
        again, _ = made.chunk(2)
        told = critic(made)
        like = functional.l1_loss(again, real) + functional.l1_loss(
            functional.avg_pool2d(again, 4), functional.avg_pool2d(real, 4)
        )
        spread = (mean.square() + log_variance.exp() - 1 - log_variance).mean() / 2
        # The critic's say grows while the autoencoder finds its feet.
        say = 0.05 * min(1.0, self.steps["coarse"] / 300)
        loss = like + 0.0005 * spread - say * told.mean()
        self._step("coarse", loss)
        false = hinge(critic(made.detach()), critic(real))
        self._step("coarse_critic", false)
        self.steps["coarse"] += 1
        self.average("coarse")
        return {"like": like.item(), "spread": spread.item(), "critic": false.item()}

    def fine_step(self, real: Tensor, soft: Tensor, dreamt: Tensor) -> dict[str, float]:
        """One step of the second generator and its critic: on crops of pictures (with the
        coarse generator's soft thumbnails of them), and on crops of thumbnails it dreamt,
        where no true picture is known."""
        fine, critic = self.nets["fine"], self.nets["fine_critic"]
        given = torch.cat([soft, dreamt])
        made = fine(given)
        told = critic(made, given)
        like = functional.l1_loss(made[: len(real)], real)
        # Of what was dreamt, the broad forms are kept; detail is the critic's affair.
        kept = functional.l1_loss(functional.avg_pool2d(made, 16), functional.avg_pool2d(given, 4))
        say = 0.08 * min(1.0, self.steps["fine"] / 150)
        self._step("fine", like + kept - say * told.mean())
        false = hinge(critic(made.detach(), given), critic(real, soft))
        self._step("fine_critic", false)
        self.steps["fine"] += 1
        self.average("fine")
        return {"like": like.item(), "kept": kept.item(), "critic": false.item()}

    def _step(self, name: str, loss: Tensor) -> None:
        # What a generator's loss leaves in its critic's gradients is cleared here, too.
        for optimiser in self.optimisers.values():
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimisers[name].step()


def walk_between(latents: Tensor) -> Tensor:
    """Points on the ways between latents: where the show will walk."""
    others = latents[torch.randperm(len(latents))]
    share = torch.rand(len(latents), 1)
    angle = share * (torch.pi / 2)
    return latents * angle.cos() + others * angle.sin()


def hinge(false: Tensor, real: Tensor) -> Tensor:
    return functional.relu(1 + false).mean() + functional.relu(1 - real).mean()


def to_tensor(pictures: np.ndarray) -> Tensor:
    """uint8 (N, H, W, 3) to float32 (N, 3, H, W), -1..1."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def thumbs(pictures: Tensor) -> Tensor:
    return functional.avg_pool2d(pictures, 4)


def cropped(pictures: Tensor, small: Tensor, chance: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The same square of both, CROP thumbnail pixels a side."""
    y, x = (int(v) for v in chance.integers(0, small.shape[-1] - CROP + 1, 2))
    part = small[..., y : y + CROP, x : x + CROP]
    return pictures[..., 4 * y : 4 * (y + CROP), 4 * x : 4 * (x + CROP)], part


def fine_batch(
    training: Training, pictures: np.ndarray, chance: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Crops of pictures, of what Coarse makes of them, and of what it dreams between them."""
    real = to_tensor(pictures[chance.integers(len(pictures), size=FINE_BATCH)])
    with torch.no_grad():
        mean, _ = training.nets["encoder"](thumbs(real))
        coarse = training.averages["coarse"]
        soft, dreamt = coarse(mean).float(), coarse(walk_between(mean)).float()
    part, soft_part = cropped(real, soft, chance)
    return part, soft_part, cropped(real, dreamt, chance)[1]


def train(folder: Path, kind: str, minutes: float) -> Path:
    """Train for so many minutes more; returns the checkpoint's path."""
    path = folder / f"{kind}.pt"
    pictures = np.load(folder / f"{kind}.npz")["training"]
    training = Training()
    small = np.stack([p.reshape(32, 4, 32, 4, 3).mean((1, 3)) for p in pictures]).astype(np.uint8)
    if path.exists():
        training.restore(torch.load(path, weights_only=True))
    else:
        training.begin(small)
    chance = np.random.default_rng(sum(training.steps.values()))
    torch.manual_seed(sum(training.steps.values()))
    start_s, before = time.monotonic(), training.minutes
    saved_s = start_s

    def save(losses: dict[str, float]) -> None:
        training.minutes = before + (time.monotonic() - start_s) / 60
        partial = path.with_suffix(".part")
        torch.save(training.state(), partial)
        partial.replace(path)
        row = {"minutes": round(training.minutes, 1), **training.steps, **losses}
        with (folder / f"{kind}.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        print(kind, row, flush=True)

    row: dict[str, float] = {}
    while (now_s := time.monotonic()) < start_s + 60 * minutes:
        with torch.autocast("cpu", torch.bfloat16):
            if now_s < start_s + 60 * COARSE_SHARE * minutes:
                picks = chance.integers(len(small), size=COARSE_BATCH)
                row = training.coarse_step(to_tensor(small[picks]))
            else:
                row = training.fine_step(*fine_batch(training, pictures, chance))
        if now_s > saved_s + CHECKPOINT_EVERY_S:
            saved_s = now_s
            save(row)
    save(row)
    return path


def encoded(training: Training, pictures: np.ndarray) -> Tensor:
    """The latents (N, LATENT) of these pictures."""
    with torch.no_grad():
        parts = [to_tensor(pictures[k : k + 256]) for k in range(0, len(pictures), 256)]
        return torch.cat([training.nets["encoder"](thumbs(part))[0] for part in parts])


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kind")
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(train(given.folder, given.kind, given.minutes))


if __name__ == "__main__":
    main()
