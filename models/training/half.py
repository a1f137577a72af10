"""Make a model's half-precision twin, for GPUs, and hold it against the original.

    python -m models.training.half MODEL OUT

writes every graph with the convolutions of its hidden layers in float16, what goes in and what
comes out of each float32 as before: so that the engine takes it as it is. Those that write motion,
strokes or a matched displacement stay as they are, and so does all else: motion is dozens of
pixels, and a picture's error counts from its thousandth on; eleven bits bear neither. (In 16 bits
throughout, an NVIDIA H200's uncarved frames were 7 levels of 255 from the processor's in the mean,
150 at the most.) Prints how far the twin's frames are from the original's on real pairs, uncarved
and carved, on the CPU. Use it with `[model] path = "OUT"`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from installation.carve.random_nets import roll
from installation.carve.sites import GRAPHS
from installation.interpolator.model import load_model
from installation.interpolator.trained import unet_of
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Clip, Net

from .export import sha256

HIDDEN = {
    "flow": re.compile(r"/net/(enc[\d.]+|bottleneck|dec\d/(first|second))/Conv"),
    "interp": re.compile(r"/net/(enc[\d.]+|moved|bottleneck|dec\d)/Conv"),
}
"""Names of the convolutions in half precision, in the graphs of either net."""


def halved(model: Path, out: Path) -> None:
    """Write the twin of the model in folder `model` to folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((model / "manifest.json").read_text())
    for name in GRAPHS:
        graph = onnx.load(model / manifest["graphs"][name]["file"])
        for node in hidden(graph.graph, name):
            in_half(graph.graph, node)
        path = out / manifest["graphs"][name]["file"]
        onnx.save(graph, path)
        manifest["graphs"][name]["sha256"] = sha256(path)
    manifest["name"] += "-half"
    # Nets carved on the original fit its twin: same sites, same numbers; so "model" stays.
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    card = model / "MODEL_CARD.md"
    if card.exists():
        shutil.copy(card, out / card.name)


def hidden(graph: onnx.GraphProto, name: str) -> list[onnx.NodeProto]:
    """The nodes of the graph called `name` that half precision is for, in their order."""
    pattern = HIDDEN[name.removesuffix("_full")]
    return [node for node in graph.node if node.op_type == "Conv" and pattern.fullmatch(node.name)]


def in_half(graph: onnx.GraphProto, node: onnx.NodeProto) -> None:
    """Let one convolution multiply in float16, between two casts."""
    weights = {tensor.name: tensor for tensor in graph.initializer}
    for name in node.input[1:]:
        tensor = weights[name]
        if tensor.data_type == TensorProto.FLOAT:
            halves = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(halves, name))
    before, given, made = node.input[0], f"{node.name}/half", f"{node.name}/made"
    down = onnx.helper.make_node("Cast", [before], [given], f"{given}/Cast", to=TensorProto.FLOAT16)
    up = onnx.helper.make_node(
        "Cast", [made], [node.output[0]], f"{made}/Cast", to=TensorProto.FLOAT
    )
    node.input[0], node.output[0] = given, made
    at = list(graph.node).index(node)
    graph.node.insert(at + 1, up)
    graph.node.insert(at, down)


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
