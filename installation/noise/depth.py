"""Depth: how near things are, guessed from how they move; as a picture, and as a hand that
colours and moves the picture by it (Exploration 2 of "Elements of disruption").

What is near moves more than what is far when the camera or a visitor moves (motion parallax).
The motion between the clip's two untouched frames is measured by dense inverse search (Kroeger
et al. 2016, OpenCV's DIS) on a small copy, taken relative to the ground's (the lower quartile),
and smoothed along the picture's edges (guided filter, He et al. 2010). Where nothing moves, two
weak monocular cues stand in: lower in the picture is nearer, and detail is nearer than haze.
"""

from __future__ import annotations

import threading

import cv2
import numpy as np
import numpy.typing as npt

from installation.noise.plain import framed
from installation.vocabulary import Frame, FrameContext

FloatArray = npt.NDArray[np.float32]

LONGEST_PX = 96
WOBBLE_S = 2.0
"""One sway of `depth move`, in the clip's seconds."""

_RAMP = np.array([[18, 12, 60], [70, 40, 150], [210, 60, 130], [255, 150, 60], [255, 250, 190]])
_LIGHTS = ((0.12, 1.5), (0.2, 1.15), (0.6, 0.7))
"""Gains of red, green and blue: of the farthest, and of the nearest."""

_held = threading.local()


def depth_of(before: Frame, after: Frame) -> FloatArray:
    """Nearness 0..1 (1 is nearest), float32 H x W of the frames' size, from two frames."""
    height, width = before.shape[:2]
    scale = min(1.0, LONGEST_PX / max(height, width))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    first, second = (
        np.asarray(
            cv2.cvtColor(cv2.resize(f, small, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY),
            np.uint8,
        )
        for f in (before, after)
    )
    guide = np.asarray(first * np.float32(1 / 255), np.float32)
    moved = _parallax(first, second)
    rows = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
    detail = np.asarray(cv2.boxFilter(np.abs(guide - cv2.blur(guide, (5, 5))), -1, (9, 9)))
    still = 0.75 * rows + 0.25 * np.minimum(1, detail * 12)
    # A third of a pixel of the small copy is already motion; below it the monocular cues count.
    most = float(np.percentile(moved, 97)) if moved.size else 0.0
    sure = min(1.0, max(0.0, (most - 0.05) / 0.3))
    near = sure * np.minimum(1, moved / max(most, 1e-3)) + (1 - sure) * still
    smooth = _guided(guide, near.astype(np.float32))
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full, 0, 1), np.float32)


def _parallax(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> FloatArray:
    """How far each pixel of a small copy moved beyond the ground, in its pixels."""
    if min(first.shape) < 16 or np.array_equal(first, second):
        return np.zeros(first.shape, np.float32)
    search = getattr(_held, "search", None)
    if search is None:
        search = _held.search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        # Half the small copy's size, then refined: as right as full size, in half the time.
        search.setFinestScale(1)
        search.setVariationalRefinementIterations(3)
    motion = search.calc(first, second, np.zeros((*first.shape, 2), np.float32))
    length = np.hypot(motion[..., 0], motion[..., 1])
    beyond = np.maximum(0, length - np.percentile(length, 25))
    return np.asarray(np.minimum(beyond, 24), np.float32)


def _guided(guide: FloatArray, values: FloatArray) -> FloatArray:
    """Smooth `values` along the edges of `guide`."""
    size = (9, 9)
    mean_g, mean_v = cv2.blur(guide, size), cv2.blur(values, size)
    spread = cv2.blur(guide * guide, size) - mean_g * mean_g
    slope = (cv2.blur(guide * values, size) - mean_g * mean_v) / (spread + 2e-3)
    rest = mean_v - slope * mean_g
    return np.asarray(cv2.blur(slope, size) * guide + cv2.blur(rest, size), np.float32)


def _scenes_depth(frame: Frame, scene: FrameContext) -> FloatArray:
    """The scene's depth at the frame's size."""
    depth = depth_of(scene.before, scene.after)
    if depth.shape != frame.shape[:2]:
        depth = np.asarray(cv2.resize(depth, (frame.shape[1], frame.shape[0])), np.float32)
    return depth


def _ramp(depth: FloatArray) -> npt.NDArray[np.uint8]:
    """Far is night, near is light: depth through a row of colours."""
    at = np.linspace(0, 255, len(_RAMP))
    table = np.stack([np.interp(np.arange(256), at, _RAMP[:, c]) for c in range(3)], 1)
    level = cv2.cvtColor((depth * 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.LUT(level, table.astype(np.uint8).reshape(256, 1, 3)), np.uint8)


def depth_map(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """How near things are, as colours from night to light, mixed in."""
    if amount <= 0:
        return frame
    return framed(cv2.addWeighted(_ramp(_scenes_depth(frame, scene)), amount, frame, 1 - amount, 0))


def depth_shade(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Light by depth: the near glows warm, the far sinks into the blue."""
    if amount <= 0:
        return frame
    depth = _scenes_depth(frame, scene)
    gains = [1 + amount * (cold - 1 + depth * (warm - cold)) for cold, warm in _LIGHTS]
    planes = [cv2.multiply(frame[..., c], gains[c], dtype=cv2.CV_8U) for c in range(3)]
    return framed(cv2.merge(planes))


def depth_move(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Everything sways with the clip's time, the near further than the far."""
    if amount <= 0:
        return frame
    height, width = frame.shape[:2]
    depth = _scenes_depth(frame, scene)
    turn = 2 * np.pi * scene.moment_s / WOBBLE_S
    reach = amount * width / 10
    x = np.arange(width, dtype=np.float32) + np.float32(reach * np.cos(turn)) * (depth - 0.3)
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5 * reach * np.sin(turn)) * (
        depth - 0.3
    )
    return framed(cv2.remap(frame, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101))
