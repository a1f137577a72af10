"""A checkpoint from a shipped model: the trained weights, read back out of its graphs.

    python -m models.training.recover MODEL CHECKPOINT.pt

The graphs hold every weight as it was trained, under its own name, with zeros beside some of
them (`Joint.align`); this takes the zeros away again. What comes out can be exported anew, with
other carves around the same net, or trained on. The optimiser's memory is in no graph: a
training that goes on from here warms up again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .nets import UglyNet


def _sharpnesses(graph: onnx.GraphProto) -> dict[str, torch.Tensor]:
    """The matchers' sharpness, which the exporter folds into one scalar, ten times as large."""
    scalars = {w.name: numpy_helper.to_array(w) for w in graph.initializer if not w.dims}
    found = {}
    for node in graph.node:
        given = [scalars[name] for name in node.input if name in scalars]
        if node.op_type == "Mul" and given and "/dec" in node.name:
            tenfold = np.float32(given[0])
            near = np.float32(tenfold / 10)
            ways = (near, np.nextafter(near, np.float32(0)), np.nextafter(near, np.float32(99)))
            exact = next((way for way in ways if way * np.float32(10) == tenfold), near)
            found[f"flow.{node.name.split('/')[2]}.sharpness"] = torch.tensor(exact)
    return found


def recovered(model: Path) -> dict[str, object]:
    """The checkpoint of the model in a folder: what `export` and `train --start` read.

    Raises:
        SystemExit: one line if a weight is not in the graphs, or has another shape there.
    """
    training = json.loads((model / "manifest.json").read_text())["training"]
    state = UglyNet(training["width"]).state_dict()
    held: dict[str, torch.Tensor] = {}
    for part in ("flow", "interp"):
        graph = onnx.load(model / f"{part}.onnx").graph
        held |= _sharpnesses(graph)
        for weight in graph.initializer:
            name = weight.name.replace("net.", f"{part}.", 1)
            held[name] = torch.from_numpy(numpy_helper.to_array(weight).copy())
    for name, wanted in state.items():
        if name not in held:
            raise SystemExit(f"{model}: {name} is not in the graphs")
        found = held[name]
        if found.dim() == 4:
            found = found[:, : wanted.shape[1]]  # what is beyond was given twice, with zeros
        if found.shape != wanted.shape:
            shapes = f"{tuple(found.shape)}, not {tuple(wanted.shape)}"
            raise SystemExit(f"{model}: {name} is {shapes}: from another design of the net")
        state[name] = found.contiguous()
    return {
        "width": training["width"],
        "average": state,
        "net": state,
        "minutes": training["minutes"],
        "step": training["steps"],
        "validation_gain_db": training["validation_gain_over_blend_db"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("checkpoint", type=Path)
    given = parser.parse_args()
    torch.save(recovered(given.model), given.checkpoint)


if __name__ == "__main__":
    main()
