"""Train both U-Nets, for as long as you give it, and pick up where it stopped.

    python -m models.training.train DATA CHECKPOINTS --minutes 100

DATA holds what `footage`, `synthetic` and `triplets` made. Two stages share the minutes: the
flow net alone (the first eighth; it starts from the true motion often, then less and less),
then both together. With --start another checkpoint's weights are taken up and both learn
together from the first minute, the rate falling from --rate. CHECKPOINTS/last.pt is written
every few minutes and at the end, with the optimiser and the minutes used, and a new start with
the same folder goes on from there; best.pt is the one with the best validation. With --steps it
ends at that step, however long it takes, and the stages share the steps instead of the minutes.
CHECKPOINTS/log.jsonl is the curve.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .batches import batches
from .losses import charbonnier, down, flow_loss, match_loss, picture_loss
from .measure import mean_gain_db, validation
from .nets import UglyNet, untouched

FLOW_SHARE = 1 / 8
LARGEST_MOTION_PX = 80
AVERAGE_DECAY = 0.997
RATE = 9e-4
DROP_SHARE = 0.15  # of the steps in which the deepest skip is taken from the flow net


def predictor(net: UglyNet):  # noqa: ANN201 - a closure over numpy frames
    """uint8 frames A and B to the uint8 frame at t = 1/2."""

    def predict(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        def tensor(frame: np.ndarray) -> Tensor:
            return torch.from_numpy(frame.transpose(2, 0, 1)[None].astype(np.float32) / 255)

        with torch.inference_mode():
            out = net(tensor(a), tensor(b), torch.full((1, 1, 1, 1), 0.5))
        return (out[0].permute(1, 2, 0).numpy() * 255 + 0.5).astype(np.uint8)

    return predict


def without_deepest_skip(site: str, x: Tensor) -> Tensor:
    """Take flow/skip5 away, so that the latent beside it must carry the matching too."""
    return torch.zeros_like(x) if site == "flow/skip5" else x


class Training:
    """The net, its running average, the optimiser and how far they are."""

    def __init__(self, folder: Path, width: float, start: Path | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(0)
        self.net = UglyNet(width).to(memory_format=torch.channels_last)
        self.average = UglyNet(width).to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.net.state_dict())
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), lr=1e-3, weight_decay=1e-4, betas=(0.9, 0.99)
        )
        self.step, self.minutes, self.best_db = 0, 0.0, -1e9
        last = folder / "last.pt"
        if start is not None and not last.exists():
            kept = torch.load(start, weights_only=True)
            for net in (self.net, self.average):
                net.load_state_dict(kept["average"])
        if last.exists():
            kept = torch.load(last, weights_only=True)
            self.net.load_state_dict(kept["net"])
            self.average.load_state_dict(kept["average"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.step, self.minutes, self.best_db = kept["step"], kept["minutes"], kept["best_db"]

    def save(self, name: str) -> None:
        kept = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "minutes": self.minutes,
            "best_db": self.best_db,
            "width": self.net.width,
        }
        torch.save(kept, self.folder / f"{name}.new")
        (self.folder / f"{name}.new").replace(self.folder / name)

    def log(self, **row: object) -> None:
        row = {"step": self.step, "minutes": round(self.minutes, 2), **row}
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(row, flush=True)

    def learn(self, batch: tuple[Tensor, ...], flow_only: bool, taught_share: float) -> list[float]:
        """One step; returns flow, match and picture losses (0 for what was not asked)."""
        frames, motion, sure, t = batch
        a, m, b = (frames[:, k].contiguous(memory_format=torch.channels_last) for k in range(3))
        trust = (motion.abs().amax(1, keepdim=True) < LARGEST_MOTION_PX).float() * sure

        def taught(v: Tensor) -> Tensor:
            scale = motion.shape[-1] // v.shape[-1]
            true = torch.nn.functional.avg_pool2d(motion, scale) / scale
            true = true + torch.randn(len(v), 2, 1, 1) * 0.6 + torch.randn_like(v) * 0.15
            return torch.where(torch.rand(len(v), 1, 1, 1) < taught_share, true, v)

        dropped = not flow_only and np.random.default_rng(self.step).random() < DROP_SHARE
        found, steps = self.net.flow(
            a,
            b,
            carve=without_deepest_skip if dropped else untouched,
            taught=taught if taught_share > 0 else None,
        )
        of_flow, of_match = flow_loss(steps, motion, trust), match_loss(steps, motion, trust)
        of_picture = of_flow.new_zeros(())
        if flow_only:
            loss = of_flow + 0.5 * of_match
        else:
            picture, pulled_a, pulled_b = self.net.interp(a, b, found, t)
            of_picture = picture_loss(picture, pulled_a, pulled_b, m)
            fine = (down(trust) * charbonnier(found[:, :2] - down(motion) * 0.5, 0.1)).mean()
            loss = of_picture + 0.015 * of_flow + 0.003 * of_match + 0.004 * fine
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0 if flow_only else 1.0)
        self.optimiser.step()
        self.step += 1
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.net.parameters(), strict=True):
                kept.lerp_(new, 1 - min(AVERAGE_DECAY, (self.step + 1) / (self.step + 10)))
        return [of_flow.item(), of_match.item(), of_picture.item()]


def learning_rate(done: float, steps_in_stage: int, flow_share: float, rate: float) -> float:
    """`done` is the share of the training behind it, `flow_share` that of the flow net alone."""
    if done < flow_share:
        return 1.2e-3 * min(1.0, (steps_in_stage + 1) / 30) * (1 - 0.3 * done / flow_share)
    share = (done - flow_share) / (1 - flow_share)
    warm = min(1.0, 0.2 + steps_in_stage / 100)
    return rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, share))) + 4e-6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoints", type=Path)
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--steps", type=int, help="end at this step instead of after minutes")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--start", type=Path, help="checkpoint whose weights to go on from")
    parser.add_argument("--rate", type=float, default=RATE, help="learning rate at the start")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--crop", type=int, default=160, help="pixels, a multiple of 32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--check-every", type=float, default=6, help="minutes between validations")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    training = Training(given.checkpoints, given.width, given.start)
    flow_share = 0.0 if given.start else FLOW_SHARE
    rows = validation(given.data)
    synthetic = sorted((given.data / "shards").glob("synthetic*"))
    shards = [*synthetic, given.data / "shards" / "real"]

    def fed(real_share: float):  # noqa: ANN202 - an iterator of batches
        odds = [(1 - real_share) / len(synthetic)] * len(synthetic) + [real_share]
        return batches(shards, odds, given.batch, given.crop, seed=training.step)

    def share_done() -> float:
        if given.steps is not None:
            return training.step / max(1, given.steps)
        return training.minutes / max(1e-9, given.minutes)

    flow_only = share_done() < flow_share
    feed, stage_step, losses = fed(0.3 if flow_only else 0.5), 0, []
    began, before = time.monotonic(), training.minutes
    next_check = training.minutes + given.check_every
    while (done := share_done()) < 1:
        if flow_only and done >= flow_share:
            flow_only, feed, stage_step = False, fed(0.5), 0
        for group in training.optimiser.param_groups:
            group["lr"] = learning_rate(done, stage_step, flow_share, given.rate)
        taught_share = max(0.0, 0.6 * (1 - done / flow_share)) if flow_only else 0.0
        losses.append(training.learn(next(feed), flow_only, taught_share))
        stage_step += 1
        training.minutes = before + (time.monotonic() - began) / 60
        if training.step % 50 == 0:
            flow, match, picture = np.mean(losses, 0).round(4).tolist()
            training.log(flow=flow, match=match, picture=picture)
            losses = []
        if training.minutes >= next_check or share_done() >= 1:
            next_check = training.minutes + given.check_every
            if not flow_only:
                gain = mean_gain_db(predictor(training.average), rows)
                training.log(validation_gain_db=round(gain, 3))
                if gain > training.best_db:
                    training.best_db = gain
                    training.save("best.pt")
            training.save("last.pt")


if __name__ == "__main__":
    main()
