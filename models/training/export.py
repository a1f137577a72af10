"""Export both U-Nets to ONNX with every carve as a graph input, and measure the sites.

    python -m models.training.export CHECKPOINT DATA OUT [--name small]

writes OUT/flow.onnx, OUT/interp.onnx and OUT/manifest.json. The graphs hold no If, Loop or
Scan. Inputs beside the frames, all float32:

    gain, bias   (N,)  one value for each carved channel of that graph, sites one after another
                       as the manifest's offsets say; (1, 0) leaves it untouched
    chisel       (sites, 1, 36, 64)  where in the picture a site is cut, 0..1; 1 = everywhere

    flow:    a, b (1, 3, H, W) in 0..1                 -> motion (1, 16, H/2, W/2)
    interp:  a, b, motion, t (1, 1, 1, 1) in 0..1      -> frame (1, 3, H, W) in 0..1

H and W are multiples of 32. At every site y = x + chisel (x (gain - 1) + bias), which is x
to the bit for the empty carve.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .measure import SIZE_PX, mean_gain_db, validation
from .nets import UglyNet
from .train import predictor

CHISEL_GRID = (36, 64)
OPSET = 17
MULTIPLE_OF_PX = 32


class Gauge:
    """Runs the net over real frames and notes every site's shape, sides and deviation."""

    def __init__(self) -> None:
        self.shapes: dict[str, tuple[int, int]] = {}
        self.scales: dict[str, int] = {}
        self._squares: dict[str, list[np.ndarray]] = {}

    def __call__(self, site: str, x: Tensor) -> Tensor:
        self.shapes[site] = (x.shape[0], x.shape[1])
        self.scales[site] = round(SIZE_PX[0] / x.shape[-1])
        self._squares.setdefault(site, []).append(x.var((0, 2, 3)).numpy())
        return x

    def rows(self) -> list[dict[str, object]]:
        """The manifest's list of sites, in graph order."""
        found = []
        for site, (copies, channels) in self.shapes.items():
            sigmas = np.sqrt(np.mean(self._squares[site], 0))
            if copies == 2:  # the batch holds the layer's copy for A and for B
                sides, sigmas = "A" * channels + "B" * channels, np.concatenate([sigmas, sigmas])
            elif site.startswith(("interp/enc", "interp/skip", "interp/latent")):
                sides = "AAABBB" + "-" * (channels - 6)
            else:
                sides = "-" * channels
            found.append(
                {
                    "name": site,
                    "sides": sides,
                    "scale": self.scales[site],
                    "sigma": round(float(np.sqrt(np.mean(sigmas**2))), 6),
                    "sigmas": [round(float(s), 6) for s in sigmas],
                }
            )
        return found


class Carves:
    """The carver inside the exported graph."""

    def __init__(
        self, sites: list[dict[str, object]], gain: Tensor, bias: Tensor, chisel: Tensor
    ) -> None:
        self._at: dict[str, tuple[int, int, int]] = {}
        self._gain, self._bias, self._chisel = gain, bias, chisel
        offset = 0
        for number, site in enumerate(sites):
            length = len(str(site["sides"]))
            self._at[str(site["name"])] = (number, offset, length)
            offset += length

    def __call__(self, site: str, x: Tensor) -> Tensor:
        number, offset, length = self._at[site]
        copies = length // x.shape[1]
        gain = self._gain[offset : offset + length].view(copies, -1, 1, 1)
        bias = self._bias[offset : offset + length].view(copies, -1, 1, 1)
        where = F.interpolate(self._chisel[number : number + 1], size=x.shape[-2:], mode="nearest")
        return x + where * (x * (gain - 1) + bias)


class FlowGraph(nn.Module):
    def __init__(self, net: UglyNet, sites: list[dict[str, object]]) -> None:
        super().__init__()
        self.flow, self._sites = net.flow, sites

    def forward(self, a: Tensor, b: Tensor, gain: Tensor, bias: Tensor, chisel: Tensor) -> Tensor:
        return self.flow(a, b, Carves(self._sites, gain, bias, chisel))[0]


class InterpolationGraph(nn.Module):
    def __init__(self, net: UglyNet, sites: list[dict[str, object]]) -> None:
        super().__init__()
        self.interp, self._sites = net.interp, sites

    def forward(
        self,
        a: Tensor,
        b: Tensor,
        motion: Tensor,
        t: Tensor,
        gain: Tensor,
        bias: Tensor,
        chisel: Tensor,
    ) -> Tensor:
        carves = Carves(self._sites, gain, bias, chisel)
        return self.interp(a, b, motion, t, carves)[0].clamp(0, 1)


def _identity(sites: list[dict[str, object]]) -> tuple[Tensor, Tensor, Tensor]:
    values = sum(len(str(site["sides"])) for site in sites)
    return torch.ones(values), torch.zeros(values), torch.ones(len(sites), 1, *CHISEL_GRID)


def _write(graph: nn.Module, inputs: dict[str, Tensor], output: str, path: Path) -> None:
    spatial = {0: "one", 2: "height", 3: "width"}
    axes = {name: spatial for name in inputs if name in {"a", "b"}}
    if "motion" in inputs:
        axes["motion"] = {0: "one", 2: "half_height", 3: "half_width"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer notes every shape it reads
        torch.onnx.export(
            graph.eval(),
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def sha256(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


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
            pair = [
                torch.from_numpy(f.transpose(2, 0, 1)[None].astype(np.float32) / 255)
                for f in (a, b)
            ]
            net(*pair, torch.full((1, 1, 1, 1), 0.5), gauge)
    sites = gauge.rows()
    out.mkdir(parents=True, exist_ok=True)
    a = torch.rand(1, 3, 160, 256)
    motion, t = torch.zeros(1, 16, 80, 128), torch.full((1, 1, 1, 1), 0.5)
    of_flow = [site for site in sites if str(site["name"]).startswith("flow/")]
    of_interp = [site for site in sites if str(site["name"]).startswith("interp/")]
    names = ("gain", "bias", "chisel")
    with torch.no_grad():
        _write(
            FlowGraph(net, of_flow),
            {"a": a, "b": a.clone(), **dict(zip(names, _identity(of_flow), strict=True))},
            "motion",
            out / "flow.onnx",
        )
        _write(
            InterpolationGraph(net, of_interp),
            {
                "a": a,
                "b": a.clone(),
                "motion": motion,
                "t": t,
                **dict(zip(names, _identity(of_interp), strict=True)),
            },
            "frame",
            out / "interp.onnx",
        )
    manifest: dict[str, object] = {
        "format": "uglynet-model",
        "version": 1,
        "name": name,
        "model": sha256(out / "flow.onnx", out / "interp.onnx"),
        "flow": {"file": "flow.onnx", "sha256": sha256(out / "flow.onnx")},
        "interp": {"file": "interp.onnx", "sha256": sha256(out / "interp.onnx")},
        "multiple_of_px": MULTIPLE_OF_PX,
        "chisel_grid": list(CHISEL_GRID),
        "parameters": sum(p.numel() for p in net.parameters()),
        "sigma_size_px": list(SIZE_PX),
        "training": {
            "minutes": round(kept["minutes"], 1),
            "steps": kept["step"],
            "width": kept["width"],
            "validation_gain_over_blend_db": round(mean_gain_db(predictor(net), rows), 2),
            "data": "see MODEL_CARD.md",
        },
        "sites": sites,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
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
