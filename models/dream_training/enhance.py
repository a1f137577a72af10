"""Make the graph of the rack's enhance: gradient ascent on learned features, written out.

    python -m models.dream_training.enhance DIR models/dreams

The network is one layer, learned without labels from the dreams' own training pictures: 64
features of 9 x 9 pixels by k-means on whitened patches (Coates, Lee and Ng 2011). Of
sum(max_k relu(w_k * x)^2) / 2, the energy of the strongest feature everywhere, the gradient is the
transposed convolution of those strongest answers; so a step of ascent ("deep dream",
Mordvintsev et al. 2015) is two convolutions, and the graph holds STEPS of them. Nothing is
approximated, and it runs live.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES, SIDE, STEPS, STRIDE = 64, 9, 2, 2
STEP_SIZE = 0.16


def patches(folder: Path, kinds: tuple[str, ...], count: int, seed: int) -> np.ndarray:
    """(N, SIDE^2) of grey patches with something in them, each of mean 0 and length 1."""
    chance = np.random.default_rng(seed)
    found = []
    for kind in kinds:
        pictures = np.load(folder / f"{kind}.npz")["training"]
        while sum(len(f) for f in found) < count * (kinds.index(kind) + 1) / len(kinds):
            grey = cv2.cvtColor(pictures[int(chance.integers(len(pictures)))], cv2.COLOR_RGB2GRAY)
            windows = np.lib.stride_tricks.sliding_window_view(grey, (SIDE, SIDE))
            y, x = chance.integers(0, windows.shape[0], (2, 60))
            flat = windows[y, x].reshape(60, -1).astype(np.float32)
            flat -= flat.mean(1, keepdims=True)
            found.append(flat[flat.std(1) > 12])
    rows = np.concatenate(found)[:count]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def learned(rows: np.ndarray, seed: int, rounds: int = 15) -> np.ndarray:
    """(FEATURES, SIDE, SIDE) features of mean 0 and length 1: spherical k-means, whitened."""
    values, vectors = np.linalg.eigh(np.cov(rows.T))
    whiten = vectors @ np.diag(1 / np.sqrt(values + 0.02 * values.max())) @ vectors.T
    white = rows @ whiten
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    centres = white[np.random.default_rng(seed).permutation(len(white))[:FEATURES]]
    for _ in range(rounds):
        near = np.argmax(white @ centres.T, axis=1)
        for k in range(FEATURES):
            if (near == k).any():
                centres[k] = white[near == k].sum(0)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    # Back among pictures: the mean of what is nearest each centre.
    means = np.stack([rows[near == k].mean(0) for k in range(FEATURES)])
    means -= means.mean(1, keepdims=True)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return means.reshape(FEATURES, SIDE, SIDE).astype(np.float32)


class Ascent(nn.Module):
    """Brightness (1, 1, H, W), 0..1, to what STEPS of ascent add to it, about -1..1."""

    kernel: Tensor

    def __init__(self, features: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("kernel", torch.from_numpy(features)[:, None])

    def forward(self, light: Tensor) -> Tensor:
        edge = SIDE // 2
        x = light
        for _ in range(STEPS):
            # The border repeated: beside black it would be the strongest feature of all.
            wide = functional.pad(x, (edge, edge, edge, edge), mode="replicate")
            answers = functional.relu(functional.conv2d(wide, self.kernel, stride=STRIDE))
            strongest = answers.amax(1, keepdim=True)
            winners = torch.where(answers >= strongest, answers, torch.zeros_like(answers))
            ascent = functional.conv_transpose2d(
                winners, self.kernel, stride=STRIDE, padding=edge, output_padding=STRIDE - 1
            )
            # Steps of one size wherever there is something, and none where all is flat.
            size = functional.avg_pool2d(ascent.square(), 15, 1, 7, count_include_pad=False).sqrt()
            x = x + STEP_SIZE * ascent / (size + 0.05)
        return x - light


def main() -> None:
    """Read the command line and write enhance/enhance.onnx."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2]) / "enhance"
    torch.set_num_threads(1)
    net = Ascent(learned(patches(folder, ("books", "landscapes"), 40_000, 3), 3)).eval()
    out.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(1, 1, 64, 96),),
        str(out / "enhance.onnx"),
        input_names=["light"],
        output_names=["added"],
        dynamic_axes={"light": {2: "height", 3: "width"}, "added": {2: "height", 3: "width"}},
        opset_version=17,
        dynamo=False,
    )
    print(out / "enhance.onnx")


if __name__ == "__main__":
    main()
