"""The two carved U-Nets.

A carve is data fed to the graphs; changing it costs nothing. The flow net runs once for a
pair of frames and its motion is kept for every time between them, for as long as neither the
clip nor the flow net's cuts change.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from installation.carve.inputs import GraphInputs, graph_inputs
from installation.interpolator.ahead import Ahead, Key
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.feedback import REMEMBERED, carried
from installation.interpolator.graphs import Feeds, FloatArray, Graphs
from installation.interpolator.model import Model
from installation.interpolator.sessions import Cancel
from installation.interpolator.timeline import carved_time, pair_and_time
from installation.vocabulary import (
    Carve,
    Clip,
    DeviceHealth,
    Frame,
    Net,
    Site,
    as_frame,
)

MOTION_BYTES = 128 * 2**20
TENSORS = 4


@dataclass(frozen=True, slots=True)
class _Motion:
    """What the flow net found between two frames, and its X-rays if they were asked for."""

    found: FloatArray
    xrays: dict[str, Frame]


class UnetInterpolator:
    """The carved pair of a model, on `graphs`: this machine's (`trained.unet_of`) or another's.

    Each U-Net is there in two forms that make the same frames to the bit: the plain one, and the
    full one, a third slower, for the operations only it has and for X-rays. `cancel` breaks off
    what runs, from any thread.
    """

    def __init__(self, model: Model, graphs: Graphs, cancel: Cancel | None = None) -> None:
        self.manifest = manifest = model.manifest
        self._graphs, self._cancel = graphs, cancel or Cancel()
        self._sites_of = {part: manifest.part(part) for part in ("flow", "interp")}
        self._clip: Clip | None = None
        self._tensors: OrderedDict[int, FloatArray] = OrderedDict()
        self._motions: OrderedDict[Key, _Motion] = OrderedDict()
        self._carried: OrderedDict[tuple[int, tuple[int, int]], FloatArray] = OrderedDict()
        self._inputs: dict[str, tuple[Carve, tuple[int, int], GraphInputs]] = {}
        self._ahead = Ahead() if graphs.side_by_side else None
        self._opened: set[str] = set()

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

    def expect(self, clip: Clip, position: float, net: Net, *, xrayed: bool) -> None:
        """Find the motion there beside the frames of the pair before."""
        first, second, _ = pair_and_time(position, len(clip.frames))
        carve, ahead = net.carve.only("flow/"), self._ahead
        key, held = (first, carve), self._motions.get((first, carve))
        if ahead is None or self._cancel.asked or clip is not self._clip:
            return
        if ahead.is_busy or ahead.is_for(key):
            return
        self._hold_what_came(ahead)
        if held is not None and (held.xrays or not xrayed):
            return
        frames = {"a": self._tensor(clip, first), "b": self._tensor(clip, second)}
        # What is fed back needs the motion of the pairs before: that is no more at once.
        if self._inputs_of("flow", frames, carve).fed:
            return
        graph, feeds, size_px = self._fed("flow", first, frames, carve, xrayed)
        if graph not in self._opened:  # to open one takes seconds
            return
        ahead.begin(key, lambda own: self._graphs.run(graph, feeds, size_px, xrayed, own))

    def _made(
        self, clip: Clip, first: int, second: int, t: float, net: Net, *, xrays: bool
    ) -> tuple[Frame, Mapping[str, Frame]]:
        if clip is not self._clip:
            self._move_on(clip)
        a, b = self._tensor(clip, first), self._tensor(clip, second)
        motion = self._motion(first, a, b, net.carve.only("flow/"), xrays)
        when = np.full((1, 1, 1, 1), carved_time(t) if net.carve else t, np.float32)
        given = {"a": a, "b": b, "motion": motion.found, "t": when}
        frame, *seen = self._run("interp", first, given, net.carve.only("interp/"), xrays)
        width, height = clip.size_px
        pictures = motion.xrays | self._xrays("interp", seen)
        return _as_picture(frame, height, width), pictures

    def _fed(
        self, part: str, pair: int, given: dict[str, FloatArray], carve: Carve, xrays: bool
    ) -> tuple[str, Feeds, tuple[int, int]]:
        """The graph that is needed, what it is fed, and the frames' size."""
        size_px, inputs = _size_px(given), self._inputs_of(part, given, carve)
        full = xrays or not inputs.plain
        graph = f"{part}_full" if full else part
        feeds = {**given, **inputs.feeds(full, self._graphs.whole(graph))}
        if full:
            feeds["carried"] = self._carried_to(pair if inputs.fed else 0, size_px)
        return graph, feeds, size_px

    def _inputs_of(self, part: str, given: dict[str, FloatArray], carve: Carve) -> GraphInputs:
        size_px, held = _size_px(given), self._inputs.get(part)
        if held is None or held[:2] != (carve, size_px):
            sites, grid = self._sites_of[part], self.manifest.chisel_grid
            held = (carve, size_px, graph_inputs(carve, sites, grid, size_px))
            self._inputs[part] = held
        return held[2]

    def _run(
        self, part: str, pair: int, given: dict[str, FloatArray], carve: Carve, xrays: bool
    ) -> list[FloatArray]:
        graph, feeds, size_px = self._fed(part, pair, given, carve, xrays)
        self._graphs.open(graph)
        self._opened.add(graph)
        try:
            self._cancel.begin()
            return self._graphs.run(graph, feeds, size_px, xrays)
        except Exception:  # ONNX Runtime's errors share no base of their own
            if self._cancel.asked or self._cancel.broken_off:
                raise RunCancelledError from None
            raise

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
        if self._ahead is not None:
            if self._ahead.is_for(key):
                self._cancel.begin()
                if not self._hold_what_came(self._ahead) and self._cancel.broken_off:
                    raise RunCancelledError
            elif key not in self._motions:
                self._ahead.drop()  # nobody will come to what it is finding
        held = self._motions.get(key)
        if held is None or (xrays and not held.xrays):
            held = self._hold(key, self._run("flow", pair, {"a": a, "b": b}, carve, xrays))
        self._motions.move_to_end(key)
        return held

    def _hold_what_came(self, ahead: Ahead) -> bool:
        """Whether something came."""
        came = ahead.taken()
        if came is not None:
            self._hold(*came)
        return came is not None

    def _hold(self, key: Key, made: list[FloatArray]) -> _Motion:
        """Keep what the flow net gave, as long as there is room."""
        out, *seen = made
        found = np.nan_to_num(np.asarray(out, np.float32), nan=0.0, posinf=1e4, neginf=-1e4)
        held = self._motions[key] = _Motion(found, self._xrays("flow", seen))
        while len(self._motions) > max(1, MOTION_BYTES // found.nbytes):
            self._motions.popitem(last=False)
        return held

    def _carried_to(self, pair: int, size_px: tuple[int, int]) -> FloatArray:
        """The motion that the pairs before `pair` have left, for frames fed at `size_px`."""
        held = self._carried.get((pair, size_px))
        if held is None:
            before = range(max(0, pair - REMEMBERED), pair)
            width, height = size_px
            held = carried([self._plain(k) for k in before], (height // 2, width // 2))
            self._carried[pair, size_px] = held
            while len(self._carried) > 2 * REMEMBERED:
                self._carried.popitem(last=False)
        return held

    def _plain(self, pair: int) -> FloatArray:
        """What the flow net finds, uncut, in a pair of the clip."""
        assert self._clip is not None
        a, b = self._tensor(self._clip, pair), self._tensor(self._clip, pair + 1)
        return self._motion(pair, a, b, Carve(), xrays=False).found

    def _move_on(self, clip: Clip) -> None:
        """To another clip. Pairs of frames that are in both keep their uncut motion: a film is
        rendered as many clips, each a pair further."""
        last = () if self._clip is None else self._clip.frames
        places = {id(frame): place for place, frame in enumerate(clip.frames)}
        kept: dict[Key, _Motion] = {}
        for (pair, carve), motion in self._motions.items():
            at = places.get(id(last[pair]))
            if carve or at is None or pair + 1 >= len(last) or at + 1 >= len(clip.frames):
                continue
            if clip.frames[at + 1] is last[pair + 1]:
                kept[at, carve] = motion
        self._forget()
        self._clip = clip
        self._motions.update(kept)

    def _forget(self) -> None:
        self._clip = None
        if self._ahead is not None:
            self._ahead.drop()
        self._tensors.clear()
        self._graphs.forget()
        self._motions.clear()
        self._carried.clear()

    def health(self) -> DeviceHealth:
        return self._graphs.health(self.manifest.name)

    def cancel(self) -> None:
        self._cancel.ask()
        if self._ahead is not None:
            self._ahead.drop()

    def break_off(self) -> None:
        self._cancel.break_off()
        if self._ahead is not None:
            self._ahead.drop()

    def close(self) -> None:
        self._forget()
        if self._ahead is not None:
            self._ahead.close()
        self._graphs.close()


def _size_px(given: dict[str, FloatArray]) -> tuple[int, int]:
    return given["a"].shape[3], given["a"].shape[2]


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
    """Back to uint8 H x W x 3; NaN becomes 0 (black), values outside 0..1 are clamped."""
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
