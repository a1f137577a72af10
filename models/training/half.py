"""Make a model's half-precision twin, for GPUs, and hold it against the original.

    python -m models.training.half MODEL OUT

converts every graph to float16 inside (inputs and outputs stay float32, so the engine takes it
as it is), except GridSample, which ONNX Runtime's CUDA provider has for float32 alone, and the
operators around motion and limits that overflow or lose a pixel in 16 bits. Prints how far the
twin's frames are from the original's on real pairs, uncarved and carved, on the CPU. Use it with
`[model] path = "OUT"`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

from installation.carve.random_nets import roll
from installation.carve.sites import GRAPHS
from installation.interpolator.model import load_model
from installation.interpolator.trained import unet_of
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Clip, Net

from .export import sha256

KEPT_FLOAT32 = ("GridSample", "Min", "Max", "Range")


def halved(model: Path, out: Path) -> None:
    """Write the twin of the model in folder `model` to folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((model / "manifest.json").read_text())
    for name in GRAPHS:
        graph = onnx.load(model / manifest["graphs"][name]["file"])
        for number, node in enumerate(graph.graph.node):  # its casts are named after nodes
            node.name = f"node{number}"
        twin = convert_float_to_float16(
            graph, keep_io_types=True, op_block_list=[*KEPT_FLOAT32], disable_shape_infer=False
        )
        _deduplicate(twin.graph)
        path = out / manifest["graphs"][name]["file"]
        onnx.save(twin, path)
        manifest["graphs"][name]["sha256"] = sha256(path)
    manifest["name"] += "-half"
    # Nets carved on the original fit its twin: same sites, same numbers; so "model" stays.
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    card = model / "MODEL_CARD.md"
    if card.exists():
        shutil.copy(card, out / card.name)


def _deduplicate(graph: onnx.GraphProto) -> None:
    """The converter casts a value once for every reader, each time under the same name."""
    seen: set[tuple[str, ...]] = set()
    for node in list(graph.node):
        outputs = tuple(node.output)
        if outputs in seen:
            graph.node.remove(node)
        seen.add(outputs)


def compared(model: Path, out: Path) -> dict[str, float]:
    """Mean and largest difference of frames, in levels of 255: uncarved, and over five nets, whole
    and with the motion net's cuts alone."""
    one, other = (unet_of(load_model(folder), "cpu", 2) for folder in (model, out))
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, (256, 160)) for f, _ in zip(reader.frames(), range(40), strict=False)]
    clip = Clip((frames[30], frames[33]), 25)
    found: dict[str, float] = {}
    rolled = [roll(one.sites, one.model, seed) for seed in range(5)]
    nets = [Net(one.model), *rolled, *(Net(one.model, net.carve.only("flow/")) for net in rolled)]
    differences = []
    for net in nets:
        a, b = (engine.frame_at(clip, 0.5, net).astype(np.int16) for engine in (one, other))
        differences.append(np.abs(a - b))
    found["uncarved_mean"] = round(float(differences[0].mean()), 4)
    found["uncarved_most"] = float(differences[0].max())
    found["carved_mean"] = round(float(np.mean([d.mean() for d in differences[1:6]])), 4)
    found["motion_carved_mean"] = round(float(np.mean([d.mean() for d in differences[6:]])), 4)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    halved(given.model, given.out)
    print(json.dumps(compared(given.model, given.out), indent=1))


if __name__ == "__main__":
    main()
