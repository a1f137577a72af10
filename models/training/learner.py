"""One training: the net, its running average, the optimiser, and a step of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .losses import charbonnier, down, flow_loss, match_loss, picture_loss, taught_loss
from .nets import Joint, UglyNet, untouched

LARGEST_MOTION_PX = 80
AVERAGE_DECAY = 0.997
DROP_SHARE = 0.15  # of the steps in which the deepest skip is taken from the flow net
TAUGHT_WEIGHT = 0.5
HALVES = {"float16": torch.float16, "bfloat16": torch.bfloat16}


def predictor(net: UglyNet):  # noqa: ANN201 - a closure over numpy frames
    """uint8 frames A and B to the uint8 frame at t = 1/2."""
    device = next(net.parameters()).device

    def predict(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        def tensor(frame: np.ndarray) -> Tensor:
            pixels = frame.transpose(2, 0, 1)[None].astype(np.float32) / 255
            return torch.from_numpy(pixels).to(device)

        with torch.inference_mode():
            out = net(tensor(a), tensor(b), torch.full((1, 1, 1, 1), 0.5, device=device))
        return (out[0].permute(1, 2, 0).cpu().numpy() * 255 + 0.5).astype(np.uint8)

    return predict


def without_deepest_skip(site: str, x: Tensor) -> Tensor:
    """Take flow/skip5 away, so that the latent beside it must carry the matching too."""
    return torch.zeros_like(x) if site == "flow/skip5" else x


def in_half(net: nn.Module, dtype: torch.dtype) -> None:
    """Let the hidden layers multiply in half precision; what they give is float32 again.

    Motion is in pixels, up to dozens of them, and a picture's error counts from its thousandth on:
    neither bears eleven bits, let alone eight. So costs, motion, grids, pictures and the layers
    that write them stay as they are, and weights are float32 throughout.
    """

    def rounded(forward: Callable[..., Tensor], *parts: Tensor) -> Tensor:
        with torch.autocast(parts[0].device.type, dtype):
            return forward(*parts).float()

    for name, layer in net.named_modules():
        if isinstance(layer, Joint) or name.endswith("enc1"):
            layer.forward = functools.partial(rounded, layer.forward)  # type: ignore[method-assign]


class Training:
    """The net, its running average, the optimiser and how far they are.

    `half` is None, "float16" or "bfloat16" (see `in_half`); gradients of the first are scaled, and
    a step whose gradients overflow is left out. Neither changes what a checkpoint holds.
    """

    def __init__(
        self,
        folder: Path,
        width: float,
        start: Path | None = None,
        device: str = "cpu",
        half: str | None = None,
    ) -> None:
        self.folder, self.device = folder, torch.device(device)
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(0)
        self.net = UglyNet(width).to(self.device, memory_format=torch.channels_last)
        self.average = UglyNet(width).to(self.device, memory_format=torch.channels_last)
        self.average.load_state_dict(self.net.state_dict())
        if half is not None:
            in_half(self.net, HALVES[half])
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=half == "float16")
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), lr=1e-3, weight_decay=1e-4, betas=(0.9, 0.99)
        )
        self.step, self.minutes, self.best_db = 0, 0.0, -1e9
        last = folder / "last.pt"
        if start is not None and not last.exists():
            kept = torch.load(start, map_location=self.device, weights_only=True)
            for net in (self.net, self.average):
                net.load_state_dict(kept["average"])
        if last.exists():
            kept = torch.load(last, map_location=self.device, weights_only=True)
            self.net.load_state_dict(kept["net"])
            self.average.load_state_dict(kept["average"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.scaler.load_state_dict(kept.get("scaler") or self.scaler.state_dict())
            self.step, self.minutes, self.best_db = kept["step"], kept["minutes"], kept["best_db"]

    def save(self, name: str, whole: bool = True) -> None:
        """Write a checkpoint: `whole`, to go on from, or the average alone, a quarter as large."""
        kept = {
            "average": self.average.state_dict(),
            "step": self.step,
            "minutes": self.minutes,
            "best_db": self.best_db,
            "width": self.net.width,
        }
        if whole:
            kept |= {
                "net": self.net.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "scaler": self.scaler.state_dict(),
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
        return self.learnt(batch, flow_only, taught_share).tolist()

    def learnt(self, batch: tuple[Tensor, ...], flow_only: bool, taught_share: float) -> Tensor:
        """The same, the three losses left on the device, so that nobody waits for them."""
        dropped = not flow_only and np.random.default_rng(self.step).random() < DROP_SHARE
        loss, parts = self._loss(batch, flow_only, taught_share, dropped)
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimiser)
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0 if flow_only else 1.0)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.step += 1
        with torch.no_grad():
            share = 1 - min(AVERAGE_DECAY, (self.step + 1) / (self.step + 10))
            new = list(self.net.parameters())
            torch._foreach_lerp_(list(self.average.parameters()), new, share)
        return parts

    def _loss(
        self, batch: tuple[Tensor, ...], flow_only: bool, taught_share: float, dropped: bool
    ) -> tuple[Tensor, Tensor]:
        frames, motion, sure, t = (part.to(self.device, non_blocking=True) for part in batch)
        a, m, b, *lesson = (
            frames[:, k].contiguous(memory_format=torch.channels_last)
            for k in range(frames.shape[1])
        )
        trust = (motion.abs().amax(1, keepdim=True) < LARGEST_MOTION_PX).float() * sure

        def taught(v: Tensor) -> Tensor:
            scale, shape = motion.shape[-1] // v.shape[-1], (len(v), 1, 1, 1)
            true = torch.nn.functional.avg_pool2d(motion, scale) / scale
            aside = torch.randn(len(v), 2, 1, 1, device=v.device) * 0.6
            true = true + aside + torch.randn_like(v) * 0.15
            return torch.where(torch.rand(shape, device=v.device) < taught_share, true, v)

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
            if lesson:
                of_picture = of_picture + TAUGHT_WEIGHT * taught_loss(picture, m, lesson[0])
            fine = (down(trust) * charbonnier(found[:, :2] - down(motion) * 0.5, 0.1)).mean()
            loss = of_picture + 0.015 * of_flow + 0.003 * of_match + 0.004 * fine
        return loss, torch.stack([of_flow, of_match, of_picture]).detach()
