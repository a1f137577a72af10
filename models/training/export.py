"""Export both U-Nets to ONNX with every carve as a graph input, and measure the sites.

    python -m models.training.export CHECKPOINT DATA OUT [--name small]

writes each U-Net in two forms, OUT/flow.onnx, interp.onnx (plain: gain, bias and chisel) and
OUT/flow_full.onnx, interp_full.onnx (every operation, and an X-ray of every site), and
OUT/manifest.json. The weights are the same, and so is every frame both forms can make, to the
bit; `carving` says what a carve is inside. No graph holds an If, Loop or Scan. Inputs:

    a, b     float32 (1, 3, H, W) in 0..1; H and W are multiples of 32
    motion   float32 (1, 9, H/2, W/2), the flow net's output (interp alone)
    t        float32 (1, 1, 1, 1) in 0..1 (interp alone)
    chisel   float32 (sites, 1, 36, 64): where in the picture a site is cut; 1 = everywhere
    cut/...  one for each site, int64 (k,): the numbers of the layer's copies, all of them if
             the site is cut (0, or 0 and 1), none if it isn't: then its carve costs nothing
    plain:   gain, bias  float32 (N,), one value for each carved channel of that graph, sites
             one after another as in the manifest; (1, 0) leaves it untouched
    full:    dials  float32 (10, N), take  int64 (N,), shift  int64 (sites,), carried  float32
             (1, 2, H/2, W/2): the motion of the pairs before, in pixels of its own grid

Outputs: motion, or frame (1, 3, H, W); of the full form also one X-ray a site, float32
(1, 3, h, w): the layer's input along its three main directions, in standard deviations.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn

from .carving import CHISEL_GRID, FullCarve, PlainCarve, rest
from .drift import Readout
from .learner import predictor
from .lifting import Basis, Lift
from .measure import SIZE_PX, mean_gain_db, validation
from .nets import MOTION_CHANNELS, UglyNet

OPSET = 17
MULTIPLE_OF_PX = 32


LIFTED = ("interp/",)
"""How the names of lifted sites begin. The motion net's layers are carved as they are: lifted, a
cut of them is still no match, and no match no motion. Theirs is another way out (`drift`)."""
LEAST_MOTION_SIGMA = 1.5
"""Cells. Most real motion is small; at its own deviation a cut of it would hardly show."""


def _sides(site: str, channels: int) -> str:
    """Which frame each channel of one copy belongs to. Where the picture net carries both
    frames, half of its features go with each."""
    if not site.startswith(("interp/enc", "interp/skip", "interp/latent")):
        return "-" * channels
    of_a = (channels - 6 + 1) // 2
    return "AAABBB" + "A" * of_a + "B" * (channels - 6 - of_a)


class Gauge:
    """Runs the net over real frames and notes every site's shape, sides and statistics.

    With `lifts` the deviations are those of the lifted basis.
    """

    def __init__(self, lifts: dict[str, Basis] | None = None) -> None:
        self.shapes: dict[str, tuple[int, int]] = {}
        self.scales: dict[str, int] = {}
        self._lifts = lifts or {}
        self._means: dict[str, list[Tensor]] = {}
        self._squares: dict[str, list[Tensor]] = {}
        self._values: dict[str, list[np.ndarray]] = {}

    def __call__(self, site: str, x: Tensor) -> Tensor:
        self.shapes[site] = (x.shape[0], x.shape[1])
        self.scales[site] = round(SIZE_PX[0] / x.shape[-1])
        seen = self._lifts.get(site, Basis())(x)[0]
        self._means.setdefault(site, []).append(seen.mean((0, 2, 3)))
        self._squares.setdefault(site, []).append(seen.var((0, 2, 3)))
        some = x.mean(0).flatten(1)[:, :: max(1, x.shape[2] * x.shape[3] // 1000)]
        self._values.setdefault(site, []).append(some.numpy())
        return x

    def sigmas(self, site: str) -> Tensor:
        """Every channel's standard deviation within a frame."""
        sigmas = torch.stack(self._squares[site]).mean(0).sqrt()
        if site.startswith("flow/dec") and self.shapes[site][0] == 1:  # the last two are motion
            sigmas[-2:] = sigmas[-2:].clamp_min(LEAST_MOTION_SIGMA)
        return sigmas

    def lifts(self) -> dict[str, Basis]:
        """Every site's basis, for what was seen."""
        found: dict[str, Basis] = {}
        for site, (_, channels) in self.shapes.items():
            if not site.startswith(LIFTED):
                found[site] = Basis()
                continue
            groups = [
                [k for k, s in enumerate(_sides(site, channels)) if s == side] for side in "AB-"
            ]
            mean = torch.stack(self._means[site]).mean(0)
            found[site] = Lift(site, [g for g in groups if g], mean, self.sigmas(site))
        return found

    def readouts(self) -> dict[str, Readout]:
        """Of every site of the motion net, which way it drifts; for one without lifts."""
        return {
            site: Readout(site, torch.stack(self._means[site]).mean(0), self.sigmas(site))
            for site in self.shapes
            if site.startswith("flow/")
        }

    def rows(self) -> list[dict[str, object]]:
        """The manifest's list of sites, in graph order; for one with lifts."""
        found = []
        for site, (copies, channels) in self.shapes.items():
            basis, sigmas = self._lifts[site], self.sigmas(site).repeat(copies)
            # With two copies the batch holds the layer's for A and for B.
            sides = "A" * channels + "B" * channels if copies == 2 else _sides(site, channels)
            if isinstance(basis, Lift):
                sides = "".join(sides[k] for k in basis.order.tolist())
            marks = [] if basis.fine is None else basis.fine.tolist()
            found.append(
                {
                    "name": site,
                    "sides": sides,
                    "copies": copies,
                    "fine": "".join("+" if mark else "-" for mark in marks),
                    "scale": self.scales[site],
                    "sigma": round(float(sigmas.square().mean().sqrt()), 6),
                    "sigmas": [round(float(s), 6) for s in sigmas],
                }
            )
        return found

    def directions(self) -> dict[str, tuple[Tensor, Tensor]]:
        """Each site's three main directions, (3, C, 1, 1) to deviations, and its middle there.

        Principal components of its values on real frames (Pearson 1901).
        """
        found = {}
        for site, parts in self._values.items():
            values = np.concatenate(parts, 1).astype(np.float64)
            strengths, ways = np.linalg.eigh(np.cov(values))
            main = ways[:, ::-1][:, :3] / np.sqrt(np.maximum(strengths[::-1][:3], 1e-9))
            main = main * np.where(main.sum(0) < 0, -1, 1)  # an eigenvector has no sign of its own
            weight = torch.from_numpy(main.T.astype(np.float32))
            middle = weight @ torch.from_numpy(values.mean(1).astype(np.float32))
            found[site] = weight.view(3, -1, 1, 1), middle.view(3, 1, 1)
        return found


class Graph(nn.Module):
    """One U-Net in one form, with its carve as inputs after `frames` others."""

    frames: int

    def __init__(
        self,
        net: nn.Module,
        sites: list[dict[str, object]],
        lifts: dict[str, Basis],
        directions: dict[str, tuple[Tensor, Tensor]] | None = None,
        readouts: Mapping[str, Readout] | None = None,
    ) -> None:
        super().__init__()
        self.net, self._sites, self._directions = net, sites, directions
        self.lifts = nn.ModuleDict({str(site["name"]): lifts[str(site["name"])] for site in sites})
        self.readouts = nn.ModuleDict(dict(readouts or {}))

    def finished(self, out: Tensor, carve: PlainCarve | FullCarve) -> Tensor:
        raise NotImplementedError

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        given, cuts = inputs[: self.frames], inputs[self.frames :]
        if self._directions is None:
            plain = PlainCarve(self._sites, self.lifts, *cuts)
            plain.readouts = self.readouts
            return self.finished(self.net(*given, plain)[0], plain)
        full = FullCarve(self._sites, self.lifts, *cuts, directions=self._directions)
        full.readouts = self.readouts
        out = self.finished(self.net(*given, full)[0], full)
        return (out, *full.xrays)


class FlowGraph(Graph):
    frames = 2

    def finished(self, out: Tensor, carve: PlainCarve | FullCarve) -> Tensor:
        return carve.pushed(out)


class InterpolationGraph(Graph):
    frames = 4

    def finished(self, out: Tensor, carve: PlainCarve | FullCarve) -> Tensor:
        return out.clamp(0, 1)


GRAPHS = ("flow", "interp", "flow_full", "interp_full")
PLAIN, FULL = ("gain", "bias", "chisel"), ("dials", "take", "shift", "carried", "chisel")


def _write(graph: nn.Module, inputs: dict[str, Tensor], outputs: list[str], path: Path) -> None:
    spatial = {0: "one", 2: "height", 3: "width"}
    axes = {name: spatial for name in inputs if name in {"a", "b"}}
    axes |= {name: {0: name} for name in inputs if name.startswith("cut/")}
    if "motion" in inputs:
        axes["motion"] = {0: "one", 2: "half_height", 3: "half_width"}
    if "carried" in inputs:
        axes["carried"] = {0: "one", 2: "half_height", 3: "half_width"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer notes every shape it reads
        torch.onnx.export(
            graph.eval(),
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def fold(path: Path) -> None:
    """Fold in a graph what is the same for every frame and every size, as ONNX Runtime would each
    time it is loaded: half of the nodes go, and half of that time; its numbers stay to the bit.

    The full graphs only: out of the plain ones the weights are read back (`recover`).
    """
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path.with_suffix(".folded"))
    options.log_severity_level = 3
    options.enable_mem_reuse = False  # planning it is most of the time, and leaves no trace here
    ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    path.with_suffix(".folded").replace(path)


def sha256(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _tensors(*frames: np.ndarray) -> list[Tensor]:
    return [torch.from_numpy(f.transpose(2, 0, 1)[None].astype(np.float32) / 255) for f in frames]


def export(checkpoint: Path, data: Path, out: Path, name: str) -> dict[str, object]:
    """Write the graphs and the manifest; returns the manifest."""
    kept = torch.load(checkpoint, weights_only=True)
    net = UglyNet(kept["width"])
    net.load_state_dict(kept["average"])
    net.eval()
    rows = validation(data)
    gauge = Gauge()
    with torch.inference_mode():
        for a, _, b in rows[::3]:
            net(*_tensors(a, b), torch.full((1, 1, 1, 1), 0.5), gauge)
        lifts = gauge.lifts()
        lifted = Gauge(lifts)
        for a, _, b in rows[::3]:
            net(*_tensors(a, b), torch.full((1, 1, 1, 1), 0.5), lifted)
    sites = lifted.rows()
    out.mkdir(parents=True, exist_ok=True)
    a = torch.rand(1, 3, 160, 256)
    motion, t = torch.zeros(1, MOTION_CHANNELS, 80, 128), torch.full((1, 1, 1, 1), 0.5)
    given = {
        "flow": {"a": a, "b": a.clone()},
        "interp": {"a": a, "b": a.clone(), "motion": motion, "t": t},
    }
    kinds = {
        "flow": (FlowGraph, net.flow, "motion"),
        "interp": (InterpolationGraph, net.interp, "frame"),
    }
    directions, readouts = gauge.directions(), {"flow": gauge.readouts(), "interp": {}}
    parameters = sum(p.numel() for p in net.parameters())
    # Weights that came back out of a model were judged when it was made.
    judged_db = kept.get("validation_gain_db") or mean_gain_db(predictor(net), rows)
    gain_db = round(judged_db, 2)
    net.align()
    for part, (kind, unet, output) in kinds.items():
        here = [site for site in sites if str(site["name"]).startswith(f"{part}/")]
        resting = rest(here)
        cuts = [f"cut/{site['name']}" for site in here]
        xrays = [f"xray/{site['name']}" for site in here]
        with torch.no_grad():
            _write(
                kind(unet, here, lifts, None, readouts[part]),
                {**given[part], **{name: resting[name] for name in (*PLAIN, *cuts)}},
                [output],
                out / f"{part}.onnx",
            )
            _write(
                kind(unet, here, lifts, directions, readouts[part]),
                {**given[part], **{name: resting[name] for name in (*FULL, *cuts)}},
                [output, *xrays],
                out / f"{part}_full.onnx",
            )
            fold(out / f"{part}_full.onnx")
    manifest = _manifest(out, name, kept, sites, (parameters, gain_db))
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return manifest


def _manifest(
    out: Path,
    name: str,
    kept: Mapping[str, Any],
    sites: list[dict[str, object]],
    measured: tuple[int, float],
) -> dict[str, object]:
    """What the program reads of a model: `kept` is the checkpoint, `measured` the number of
    parameters and the gain over a plain blend of the two frames, in dB."""
    parameters, gain_db = measured
    graphs = {name: out / f"{name}.onnx" for name in GRAPHS}
    manifest: dict[str, object] = {
        "format": "uglynet-model",
        "version": 4,
        "name": name,
        "model": sha256(*graphs.values()),
        "graphs": {
            name: {"file": path.name, "sha256": sha256(path)} for name, path in graphs.items()
        },
        "multiple_of_px": MULTIPLE_OF_PX,
        "chisel_grid": list(CHISEL_GRID),
        "parameters": parameters,
        "sigma_size_px": list(SIZE_PX),
        "training": {
            "minutes": round(kept["minutes"], 1),
            "steps": kept["step"],
            "width": kept["width"],
            "validation_gain_over_blend_db": gain_db,
            "data": "see MODEL_CARD.md",
        },
        "sites": sites,
    }
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="small")
    given = parser.parse_args()
    manifest = export(given.checkpoint, given.data, given.out, given.name)
    shown = {key: value for key, value in manifest.items() if key != "sites"}
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
