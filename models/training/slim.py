"""Carry a trained net's weights over into a slimmer one, as a start for its own training.

    python -m models.training.slim CHECKPOINT OUT

Every channel that goes is the one whose incoming and outgoing weights, multiplied, weigh least
(magnitude pruning, after Li et al., ICLR 2017). CHECKPOINT may hold the
first design's shapes, too: there the flow net's last layers stood apart, the first layers took
four pixels as channels, and the last painted its coarse strokes separately.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from .nets import UglyNet

Weights = dict[str, Tensor]
# Of every layer the group of its outputs and those of its inputs, in order. A name with a
# digit alone is so many channels that all stay.
LAYERS: dict[str, tuple[str, list[str]]] = {
    "flow.enc1": ("f1", ["3"]),
    "flow.enc2.0": ("f2x", ["f1"]),
    "flow.enc2.1": ("f2", ["f2x"]),
    "flow.enc3.0": ("f3x", ["f2"]),
    "flow.enc3.1": ("f3", ["f3x"]),
    "flow.enc4.0": ("f4x", ["f3"]),
    "flow.enc4.1": ("f4", ["f4x"]),
    "flow.enc5.0": ("f5x", ["f4"]),
    "flow.enc5.1": ("f5", ["f5x"]),
    "flow.bottleneck": ("f6", ["f5"]),
    "flow.dec5.first": ("h5", ["f6", "f5", "f6", "f5", "49"]),
    "flow.dec4.first": ("h4", ["f4", "f4", "25", "y5", "2"]),
    "flow.dec3.first": ("h3", ["f3", "f3", "25", "y4", "2"]),
    "flow.dec2.first": ("h2", ["f2", "f2", "25", "y3", "2"]),
    "flow.dec1.first": ("h1", ["f1", "f1", "9", "y2", "2"]),
    **{f"flow.dec{k}.second": (f"y{k}", [f"h{k}"]) for k in range(1, 6)},
    **{f"flow.dec{k}.correction": ("2", [f"y{k}"]) for k in range(2, 6)},
    "flow.dec1.correction": ("6+m", ["y1"]),
    "interp.enc1": ("s1", ["6"]),
    "interp.moved": ("s1", ["4+m", "1"]),
    "interp.enc2.0": ("s2x", ["6", "s1"]),
    "interp.enc2.1": ("s2", ["s2x"]),
    "interp.enc3.0": ("s3x", ["6", "s2"]),
    "interp.enc3.1": ("s3", ["s3x"]),
    "interp.enc4.0": ("s4x", ["6", "s3"]),
    "interp.enc4.1": ("s4", ["s4x"]),
    "interp.enc5.0": ("s5", ["6", "s4"]),
    "interp.bottleneck": ("d5", ["6", "s5"]),
    **{f"interp.dec{k}": (f"d{k - 1}", ["3", f"d{k}", "6", f"s{k - 1}"]) for k in range(2, 6)},
    **{f"interp.paint{k}": ("4", [f"d{k}"]) for k in range(2, 6)},
    "interp.paint1": ("16", ["d1"]),
}


def _halving(weight: Tensor) -> Tensor:
    """A 3x3 layer over 2x2 pixels as channels (O, 4C, 3, 3) as one of 6x6 (O, C, 6, 6)."""
    made, inputs = weight.shape[0], weight.shape[1] // 4
    apart = weight.view(made, inputs, 2, 2, 3, 3)
    return apart.permute(0, 1, 4, 2, 5, 3).reshape(made, inputs, 6, 6)


def renamed(kept: Weights) -> Weights:
    """Weights in the older shapes, as the layers of today; today's come back as they are."""
    if "flow.out.weight" not in kept:
        return dict(kept)
    found = dict(kept)
    for half in ("weight", "bias"):
        last = (kept[f"flow.dec1.correction.{half}"], found.pop(f"flow.out.{half}"))
        found[f"flow.dec1.correction.{half}"] = torch.cat(last)
        found[f"interp.paint1.{half}"] = kept[f"interp.paint1.{half}"][4:]
        found[f"interp.enc5.0.{half}"] = found.pop(f"interp.enc5.{half}")
    first = kept["interp.enc1.weight"]
    found["interp.enc1.weight"] = _halving(first[:, :24])
    found["interp.moved.weight"] = first[:, 24:]
    found["interp.moved.bias"] = torch.zeros_like(kept["interp.enc1.bias"])
    found["flow.enc1.weight"] = _halving(kept["flow.enc1.weight"])
    return found


def _split(name: str) -> tuple[int, str]:
    """How many channels of a slot all stay, and the group of the others."""
    fixed, _, group = name.rpartition("+")
    if name.isdigit():
        return int(name), ""
    return int(fixed or 0), group


def _placed(slots: list[str], sizes: dict[str, int]) -> Iterator[tuple[int, int, str]]:
    """Of every slot where it begins, how many channels of it all stay, and the group behind."""
    start = 0
    for slot in slots:
        fixed, group = _split(slot)
        yield start, fixed, group
        start += fixed + sizes.get(group, 0)


def _sizes(weights: Weights) -> dict[str, int]:
    found = {}
    for layer, (out, _) in LAYERS.items():
        fixed, group = _split(out)
        if group:
            found[group] = len(weights[f"{layer}.weight"]) - fixed
    return found


def slimmed(kept: Weights, slim: Weights) -> Weights:
    """`kept` with the channels that matter least left out, in the shapes of `slim`.

    Raises:
        ValueError: if `kept` is the slimmer one in some layer.
    """
    kept = renamed(kept)
    wide, narrow = _sizes(kept), _sizes(slim)
    weighs = {group: torch.ones(size) for group, size in wide.items()}
    places: dict[str, list[tuple[str, int]]] = {group: [] for group in wide}
    for layer, (out, slots) in LAYERS.items():
        fixed, group = _split(out)
        if group:
            weighs[group] *= kept[f"{layer}.weight"][fixed:].flatten(1).norm(dim=1)
        for start, fixed, group in _placed(slots, wide):
            if group:
                places[group].append((layer, start + fixed))
    for group, found in places.items():
        spent = torch.zeros(wide[group])
        for layer, start in found:
            part = kept[f"{layer}.weight"][:, start : start + wide[group]]
            spent += part.pow(2).sum((0, 2, 3))
        weighs[group] *= spent.sqrt()
    stay = {}
    for group, size in narrow.items():
        if size > wide[group]:
            raise ValueError(f"{group}: {size} channels cannot be made from {wide[group]}")
        stay[group] = weighs[group].topk(size).indices.sort().values

    def kept_of(slots: list[str]) -> Tensor:
        found = []
        for start, fixed, group in _placed(slots, wide):
            found.append(torch.arange(start, start + fixed))
            if group:
                found.append(start + fixed + stay[group])
        return torch.cat(found)

    made = {name: value.clone() for name, value in kept.items() if name in slim}
    for layer, (out, slots) in LAYERS.items():
        rows, columns = kept_of([out]), kept_of(slots)
        made[f"{layer}.weight"] = kept[f"{layer}.weight"][rows][:, columns].clone()
        made[f"{layer}.bias"] = kept[f"{layer}.bias"][rows].clone()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    kept = torch.load(given.checkpoint, weights_only=True)
    net = UglyNet(kept["width"])
    net.load_state_dict(slimmed(kept["average"], net.state_dict()))
    torch.save({"average": net.state_dict(), "width": kept["width"]}, given.out)
    print(f"{given.out}: {sum(p.numel() for p in net.parameters()):,} parameters")


if __name__ == "__main__":
    main()
