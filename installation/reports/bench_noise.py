"""Measures the noise rack: what each tool takes, and how it stands beside its peers.

Times are of one thread's work (not of the clock on the wall), the best of several, so that a
busy machine shows less; ratios are peer's time over ours, on the same frames in one run.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

import cv2
import numpy as np

from installation.noise.depth import depth_of
from installation.noise.sorting import sorted_pixels
from installation.noise.tools import TOOLS
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Frame, FrameContext, as_frame

PREVIEW_PX, LARGE_PX = (256, 144), (1280, 720)
LOW, HIGH = 0.25, 0.8
SCENES = 24


def _seconds(work: Callable[[], object], times: int = 7) -> float:
    work()
    best = float("inf")
    for _ in range(times):
        began_s = time.thread_time()
        work()
        best = min(best, time.thread_time() - began_s)
    return best


def measure_noise() -> dict[str, Any]:
    """Milliseconds of every tool at full turn at PREVIEW_PX; ratios at LARGE_PX; depth's order."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with VideoReader(BUNDLED_CLIP) as reader:
            before, after = islice(reader.frames(), 20, 22)
        small = FrameContext(fitted(before, PREVIEW_PX), fitted(after, PREVIEW_PX), 0.5, 1.0)
        tools = {
            name: round(_seconds(lambda t=tool: t(small.after, 1.0, small)) * 1000, 2)  # type: ignore[misc]
            for name, tool in TOOLS.items()
        }
        slowest = max(tools, key=lambda name: tools[name])
        return {
            "slowest_tool": slowest,
            "slowest_tool_ms": tools[slowest],
            "whole_rack_ms": round(sum(tools.values()), 1),
            **_ratios(fitted(before, LARGE_PX)),
            **_depth_order(),
            "tool_ms": tools,
        }
    finally:
        cv2.setNumThreads(threads)


def _ratios(frame: Frame) -> dict[str, Any]:
    """How many times faster than its peer each is; a package that is not there gives None."""
    height, width = frame.shape[:2]
    still = FrameContext.still(frame)

    def plain_pixelate() -> object:
        little = cv2.resize(frame, (width // 20, height // 20), interpolation=cv2.INTER_AREA)
        return cv2.resize(little, (width, height), interpolation=cv2.INTER_NEAREST)

    def plain_blur() -> object:
        return cv2.GaussianBlur(frame, (0, 0), 0.25 * height / 10)

    def plain_resize() -> object:
        part = frame[height // 4 : -height // 4, width // 4 : -width // 4]
        return cv2.resize(part, (width, height), interpolation=cv2.INTER_NEAREST)

    turn = float(np.sqrt(20 * 6 / height))
    zoom = 1 / 3  # twice: 1 + 9 / 3^2
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "pixelate_vs_opencv": (plain_pixelate, lambda: TOOLS["pixelate"](frame, turn, still)),
        "blur_vs_opencv": (plain_blur, lambda: TOOLS["blur"](frame, 0.5, still)),
        "resize_vs_opencv": (plain_resize, lambda: TOOLS["sampler"](frame, zoom, still)),
    }
    rows: dict[str, Any] = {"pixel_sort_vs_pixelsort": None}
    ours_s = _seconds(lambda: sorted_pixels(frame, "brightness", "right", LOW, HIGH))
    rows["pixel_sort_ms"] = round(ours_s * 1000, 1)
    if (peer := _pixelsort(frame)) is not None:
        rows["pixel_sort_vs_pixelsort"] = round(_seconds(peer, times=1) / ours_s, 1)
    for name, (plain, ours) in pairs.items():
        rows[name] = round(_seconds(plain) / _seconds(ours), 2)
    return rows


def _pixelsort(frame: Frame) -> Callable[[], object] | None:
    """The `pixelsort` package on the same frame with the same thresholds, if it is there."""
    try:
        package = importlib.import_module("pixelsort")
        images = importlib.import_module("PIL.Image")
    except ImportError:
        return None
    picture = images.fromarray(frame)
    return lambda: package.pixelsort(
        picture,
        interval_function="threshold",
        lower_threshold=LOW,
        upper_threshold=HIGH,
        sorting_function="lightness",
    )


def _depth_order() -> dict[str, float]:
    """How often, of two places at different depths, depth_of puts the nearer first.

    On made-up scenes: textured things at known depths before a moving camera. Beside it, what
    "lower is nearer" alone would say; 0.5 is chance.
    """
    right: list[float] = []
    lower: list[float] = []
    for seed in range(SCENES):
        chance = np.random.default_rng(seed)
        before, after, truth = parallax_scene(chance)
        rows = np.broadcast_to(np.arange(truth.shape[0])[:, None], truth.shape)
        right.append(_in_order(depth_of(before, after), truth, chance))
        lower.append(_in_order(rows, truth, chance))
    return {
        "depth_in_order": round(float(np.mean(right)), 3),
        "depth_in_order_by_rows": round(float(np.mean(lower)), 3),
    }


def _in_order(found: np.ndarray, truth: np.ndarray, chance: np.random.Generator) -> float:
    one, other = chance.integers(0, truth.size, (2, 5000))
    deep, guess = truth.reshape(-1), found.reshape(-1)
    apart = np.abs(deep[one] - deep[other]) > 0.05
    agree = (deep[one] > deep[other])[apart] == (guess[one] > guess[other])[apart]
    return float(agree.mean()) if apart.any() else 0.5


def parallax_scene(chance: np.random.Generator) -> tuple[Frame, Frame, np.ndarray]:
    """Two frames (PREVIEW_PX) of a camera that moves past up to three things, and the first
    frame's nearness 0..1 (what moves more is nearer)."""
    width, height = PREVIEW_PX
    shape = (height + 40, width + 40)

    def cloth() -> np.ndarray:
        rough = [cv2.resize(
            chance.integers(0, 256, (shape[0] // k + 1, shape[1] // k + 1, 3)).astype(np.float32),
            shape[::-1], interpolation=cv2.INTER_CUBIC,
        ) for k in (3, 9, 40)]  # fmt: skip
        return np.asarray(sum(rough) / 3)

    things: list[tuple[np.ndarray, np.ndarray, float]] = [(cloth(), np.ones(shape), 0.05)]
    count = int(chance.integers(1, 4))
    for number in range(count):
        mask = np.zeros(shape, np.float32)
        middle = (int(chance.integers(40, width)), int(chance.integers(30, height)))
        axes = (int(chance.integers(15, 60)), int(chance.integers(15, 70)))
        cv2.ellipse(mask, middle, axes, float(chance.uniform(0, 180)), 0, 360, 1.0, -1)
        things.append((cloth(), mask, 0.2 + 0.8 * (number + float(chance.uniform(0, 0.8))) / 4))
    way, speed = chance.uniform(0, 2 * np.pi), chance.uniform(1, 6)
    frames: list[Frame] = []
    nearness = np.zeros((height, width))
    for moment in (0, 1):
        seen = np.zeros((height, width, 3))
        for texture, mask, near in things:
            x = -20 + moment * speed * near * np.cos(way)
            y = -20 + moment * speed * near * 0.4 * np.sin(way)
            move = np.array([[1, 0, x], [0, 1, y]])
            part, shown = (
                cv2.warpAffine(plane, move, PREVIEW_PX, borderMode=cv2.BORDER_REFLECT)
                for plane in (texture, mask)
            )
            seen += (part - seen) * np.asarray(shown)[..., None]
            if moment == 0:
                nearness = np.where(np.asarray(shown) > 0.5, near, nearness)
        frames.append(as_frame(seen.clip(0, 255).astype(np.uint8)))
    return frames[0], frames[1], nearness
