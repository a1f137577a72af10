"""What the net is measured against and how it is called: predictors of the middle frame.

Each is a function of uint8 RGB frames A and B (H, W, 3) that returns the frame half way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import onnxruntime as ort
import torch

from .learner import predictor
from .nets import UglyNet

Predictor: TypeAlias = Callable[[np.ndarray, np.ndarray], np.ndarray]


def dis() -> Predictor:
    """OpenCV's DIS flow (Kroeger et al., ECCV 2016) both ways, each frame pulled half of it."""
    of = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def pulled(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
        height, width = flow.shape[:2]
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
        return cv2.remap(
            image, grid + 0.5 * flow, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )

    def predict(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        grey_a, grey_b = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in (a, b))
        forth, back = of.calc(grey_a, grey_b, None), of.calc(grey_b, grey_a, None)
        # Pixels near x at half time came from about x + half the flow *towards* A, and alike.
        both = pulled(a, back).astype(np.float32) + pulled(b, forth)
        return (both / 2 + 0.5).astype(np.uint8)

    return predict


def of_checkpoint(path: Path) -> Predictor:
    """A training checkpoint's running average, through torch."""
    kept = torch.load(path, map_location="cpu", weights_only=True)
    net = UglyNet(kept["width"])
    net.load_state_dict(kept["average"])
    return predictor(net.eval())


def of_model(folder: Path, threads: int) -> Predictor:
    """An exported model, through ONNX Runtime on the CPU with nothing carved."""
    manifest = json.loads((folder / "manifest.json").read_text())
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    half = np.full((1, 1, 1, 1), 0.5, np.float32)

    def opened(graph: str) -> tuple[ort.InferenceSession, dict[str, np.ndarray]]:
        session = ort.InferenceSession(
            folder / manifest["graphs"][graph]["file"], options, providers=["CPUExecutionProvider"]
        )
        shapes = {given.name: given.shape for given in session.get_inputs()}
        untouched: dict[str, np.ndarray] = {
            name: (np.zeros if name == "bias" else np.ones)(shapes[name], np.float32)
            for name in ("gain", "bias", "chisel")
        }
        untouched |= {name: np.zeros(0, np.int64) for name in shapes if name.startswith("cut/")}
        return session, untouched

    (flow, flow_carve), (interp, interp_carve) = opened("flow"), opened("interp")

    def predict(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        pair = {
            name: frame.transpose(2, 0, 1)[None].astype(np.float32) / 255
            for name, frame in (("a", a), ("b", b))
        }
        (motion,) = flow.run(["motion"], {**pair, **flow_carve})
        (frame,) = interp.run(["frame"], {**pair, "motion": motion, "t": half, **interp_carve})
        return (frame[0].transpose(1, 2, 0) * 255 + 0.5).astype(np.uint8)

    return predict


def of(model: Path, threads: int) -> Predictor:
    """A checkpoint file or an exported model's folder."""
    if model.is_dir():
        return of_model(model, threads)
    if not model.is_file():
        raise SystemExit(f"{model}: neither a checkpoint nor a folder with a manifest.json")
    return of_checkpoint(model)
