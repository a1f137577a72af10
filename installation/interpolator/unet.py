"""The two carved U-Nets, run by ONNX Runtime.

A carve is data fed to the graphs; changing it costs nothing. The flow net runs once for a
pair of frames and its motion is kept for every time between them, for as long as neither the
clip nor the flow net's cuts change.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from installation.carve.inputs import GraphInputs, graph_inputs
from installation.interpolator.binding import BoundSession
from installation.interpolator.model import Model
from installation.interpolator.timeline import carved_time, pair_and_time
from installation.vocabulary import (
    Carve,
    Clip,
    DeviceHealth,
    Frame,
    Health,
    Net,
    Site,
    UglyError,
    as_frame,
)

FloatArray = npt.NDArray[np.float32]

MOTION_BYTES = 128 * 2**20
TENSORS = 4

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}


def gpu_is_there() -> bool:
    """Whether a CUDA device's node exists: a desktop's, or a Jetson's."""
    nodes = ("/dev/nvidiactl", "/dev/nvhost-gpu", "/dev/nvgpu")
    return any(Path(node).exists() for node in nodes)


def available_providers() -> tuple[str, ...]:
    """The providers this ONNX Runtime was built with; that one is listed does not mean it runs."""
    return tuple(ort.get_available_providers())


def choose_provider(asked: str) -> str:
    """Turn the setting (auto, cpu, cuda, tensorrt) into one provider's key.

    `auto` means CUDA where both a device and the provider are there, else the CPU.

    Raises:
        UglyError: if what was asked for by name isn't in this ONNX Runtime.
    """
    available = ort.get_available_providers()
    if asked == "auto":
        return "cuda" if PROVIDERS["cuda"] in available and gpu_is_there() else "cpu"
    if PROVIDERS[asked] not in available:
        raise UglyError(
            f"{asked} was asked for, but this ONNX Runtime has no {PROVIDERS[asked]}; install "
            'onnxruntime-gpu or set [model] provider = "cpu"'
        )
    return asked


def _session(graph: bytes, name: str, provider: str, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    # Never more threads than cores: three on two cores take twice the time of two.
    options.intra_op_num_threads = max(1, min(threads, os.cpu_count() or 1))
    options.inter_op_num_threads = 1
    # Spinning would take the screen's core between two frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    wanted = PROVIDERS[provider]
    providers = [wanted] if provider == "cpu" else [wanted, PROVIDERS["cpu"]]
    try:
        session = ort.InferenceSession(graph, options, providers=providers)
    except Exception as error:  # ONNX Runtime's errors share no base of their own
        raise UglyError(
            f"{name}: ONNX Runtime cannot load it ({str(error).splitlines()[0][:100]})"
        ) from None
    if session.get_providers()[0] != wanted:
        raise UglyError(
            f"{provider} was asked for, but {name} came up on {session.get_providers()[0]}: "
            'mend the driver (see `uglynet doctor`) or set [model] provider = "cpu"'
        )
    return session


@dataclass(frozen=True, slots=True)
class _Motion:
    """What the flow net found between two frames, and its X-rays if they were asked for."""

    found: FloatArray
    xrays: dict[str, Frame]


class UnetInterpolator:
    """The carved pair. `threads` are ONNX Runtime's; `provider` auto, cpu, cuda or tensorrt.

    Each U-Net is loaded in two forms that make the same frames to the bit: the plain one, and
    the full one, a fifth slower, for the operations only it has and for X-rays. `memory` is
    where their inputs are held ("cuda", "cpu"); left out, a GPU's own, and nowhere on the CPU.

    Raises:
        UglyError: if a graph cannot be loaded or the provider asked for isn't what runs.
    """

    def __init__(
        self, model: Model, provider: str = "auto", threads: int = 1, memory: str = ""
    ) -> None:
        manifest = model.manifest
        self.provider = choose_provider(provider)
        self.manifest = manifest
        self._sites_of = {part: manifest.part(part) for part in ("flow", "interp")}
        self._model, self._threads = model, threads
        self._memory = memory or ("" if self.provider == "cpu" else "cuda")
        self._sessions: dict[str, ort.InferenceSession] = {}
        self._bound: dict[str, BoundSession] = {}
        for graph in ("flow", "interp"):
            self._opened(graph)
        self._clip: Clip | None = None
        self._tensors: OrderedDict[int, FloatArray] = OrderedDict()
        self._motions: OrderedDict[tuple[int, Carve], _Motion] = OrderedDict()
        self._inputs: dict[str, tuple[Carve, tuple[int, int], GraphInputs]] = {}

    @property
    def model(self) -> str:
        return self.manifest.model

    @property
    def sites(self) -> tuple[Site, ...]:
        return self.manifest.sites

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        first, second, t = pair_and_time(position, len(clip.frames))
        if not net.carve and t in (0.0, 1.0):
            return clip.frames[first if t == 0.0 else second]
        return self._made(clip, first, second, t, net, xrays=False)[0]

    def xrayed_frame_at(
        self, clip: Clip, position: float, net: Net
    ) -> tuple[Frame, Mapping[str, Frame]]:
        first, second, t = pair_and_time(position, len(clip.frames))
        frame, xrays = self._made(clip, first, second, t, net, xrays=True)
        if not net.carve and t in (0.0, 1.0):
            frame = clip.frames[first if t == 0.0 else second]
        return frame, xrays

    def _made(
        self, clip: Clip, first: int, second: int, t: float, net: Net, *, xrays: bool
    ) -> tuple[Frame, Mapping[str, Frame]]:
        if clip is not self._clip:
            self._forget()
            self._clip = clip
        a, b = self._tensor(clip, first), self._tensor(clip, second)
        motion = self._motion(first, a, b, net.carve.only("flow/"), xrays)
        when = np.full((1, 1, 1, 1), carved_time(t) if net.carve else t, np.float32)
        given = {"a": a, "b": b, "motion": motion.found, "t": when}
        frame, *seen = self._run("interp", given, net.carve.only("interp/"), xrays)
        width, height = clip.size_px
        pictures = motion.xrays | self._xrays("interp", seen)
        return _as_picture(frame, height, width), pictures

    def _run(
        self, part: str, given: dict[str, FloatArray], carve: Carve, xrays: bool
    ) -> list[FloatArray]:
        size_px = (given["a"].shape[3], given["a"].shape[2])
        held = self._inputs.get(part)
        if held is None or held[:2] != (carve, size_px):
            sites, grid = self._sites_of[part], self.manifest.chisel_grid
            held = (carve, size_px, graph_inputs(carve, sites, grid, size_px))
            self._inputs[part] = held
        inputs = held[2]
        full = xrays or not inputs.plain
        graph = f"{part}_full" if full else part
        session = self._opened(graph)
        names = [output.name for output in session.get_outputs()]
        wanted = names if xrays else names[:1]
        feeds = {**given, **inputs.feeds(full)}
        if self._memory:
            return self._bound[graph].run(wanted, feeds)
        return list(session.run(wanted, feeds))

    def _opened(self, graph: str) -> ort.InferenceSession:
        """A graph's session; the full ones are loaded when first needed."""
        session = self._sessions.get(graph)
        if session is None:
            name = self.manifest.files[graph][0]
            session = _session(self._model.graphs[graph], name, self.provider, self._threads)
            self._sessions[graph] = session
            if self._memory:
                self._bound[graph] = BoundSession(session, self._memory)
        return session

    def _xrays(self, part: str, seen: list[FloatArray]) -> dict[str, Frame]:
        return {
            site.name: _as_xray(planes)
            for site, planes in zip(self._sites_of[part], seen, strict=False)
        }

    def _tensor(self, clip: Clip, index: int) -> FloatArray:
        found = self._tensors.get(index)
        if found is None:
            found = _as_tensor(clip.frames[index], self.manifest.multiple_of_px)
            self._tensors[index] = found
            while len(self._tensors) > TENSORS:
                self._tensors.popitem(last=False)
        return found

    def _motion(
        self, pair: int, a: FloatArray, b: FloatArray, carve: Carve, xrays: bool
    ) -> _Motion:
        key = (pair, carve)
        held = self._motions.get(key)
        if held is None or (xrays and not held.xrays):
            out, *seen = self._run("flow", {"a": a, "b": b}, carve, xrays)
            found = np.nan_to_num(np.asarray(out, np.float32), nan=0.0, posinf=1e4, neginf=-1e4)
            held = _Motion(found, self._xrays("flow", seen))
            self._motions[key] = held
            while len(self._motions) > max(1, MOTION_BYTES // found.nbytes):
                self._motions.popitem(last=False)
        self._motions.move_to_end(key)
        return held

    def _forget(self) -> None:
        self._clip = None
        self._tensors.clear()
        for bound in self._bound.values():
            bound.forget()
        self._motions.clear()

    def health(self) -> DeviceHealth:
        name = self._sessions["interp"].get_providers()[0]
        return DeviceHealth("net", Health.FINE, f'"{self.manifest.name}" on {name}')

    def close(self) -> None:
        self._forget()


def _as_tensor(frame: Frame, multiple_px: int) -> FloatArray:
    """Float (1, 3, H, W) in 0..1, the border repeated up to a multiple."""
    height, width = frame.shape[:2]
    below, right = -height % multiple_px, -width % multiple_px
    if below or right:
        frame = np.asarray(
            cv2.copyMakeBorder(frame, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8
        )
    planes = np.ascontiguousarray(frame.transpose(2, 0, 1)[None])
    return np.asarray(planes * np.float32(1 / 255), np.float32)


def _as_picture(out: Any, height: int, width: int) -> Frame:
    """Back to uint8 H x W x 3; what a carve drove out of all numbers becomes black."""
    planes = np.nan_to_num(out[0, :, :height, :width], nan=0.0)
    scaled = np.clip(planes * 255 + 0.5, 0, 255).astype(np.uint8)
    return as_frame(np.ascontiguousarray(scaled.transpose(1, 2, 0)))


def _as_xray(planes: FloatArray) -> Frame:
    """A small false-colour picture of (1, 3, h, w) deviations.

    Most of each colour's own mean is taken away: in a dark clip every layer would otherwise be
    one flat tone. What is left of it still tells an added from a subtracted cut.
    """
    found = np.nan_to_num(planes[0], nan=0.0, posinf=1e3, neginf=-1e3)
    found = found - 0.7 * np.clip(found.mean((1, 2), keepdims=True), -3, 3)
    picture = np.clip(found * 80 + 128, 0, 255).astype(np.uint8).transpose(1, 2, 0)
    return as_frame(np.ascontiguousarray(picture))
