"""The tools of the noise rack: pure functions from a frame and a turn to a frame.

After Alex Roidl's noise tool ("Elements of disruption"). Every tool takes a Frame and an
amount 0..1, returns a Frame of the same shape, and at 0 returns the frame as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from installation.vocabulary import NEUTRAL_TONE, Frame, Tone, as_frame

Tool: TypeAlias = Callable[[Frame, float], Frame]


def _frame(array: npt.ArrayLike) -> Frame:
    return as_frame(np.asarray(array, np.uint8))


def pixelate(frame: Frame, amount: float) -> Frame:
    """Square blocks, up to a sixth of the shorter side."""
    height, width = frame.shape[:2]
    block = max(1.0, amount * amount * min(height, width) / 6)
    small = (max(1, round(width / block)), max(1, round(height / block)))
    shrunk = cv2.resize(frame, small, interpolation=cv2.INTER_AREA)
    return _frame(cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_NEAREST))


def blur(frame: Frame, amount: float) -> Frame:
    """Gaussian, its sigma up to a twentieth of the shorter side."""
    sigma = amount * amount * min(frame.shape[:2]) / 20
    return frame if sigma < 0.2 else _frame(cv2.GaussianBlur(frame, (0, 0), sigma))


def sharpen(frame: Frame, amount: float) -> Frame:
    """Unsharp mask, up to six times the detail: past half a turn the edges crust over."""
    sigma = max(0.8, min(frame.shape[:2]) / 90)
    soft = cv2.GaussianBlur(frame, (0, 0), sigma)
    return _frame(cv2.addWeighted(frame, 1 + 6 * amount, soft, -6 * amount, 0))


def rgb_split(frame: Frame, amount: float) -> Frame:
    """Red goes left, blue goes right, by up to an eighth of the width."""
    shift = round(amount * frame.shape[1] / 8)
    if shift == 0:
        return frame
    split = frame.copy()
    split[..., 0] = np.roll(frame[..., 0], -shift, 1)
    split[..., 2] = np.roll(frame[..., 2], shift, 1)
    return as_frame(split)


def saturate(frame: Frame, amount: float) -> Frame:
    """Colours away from grey, up to five times."""
    grey = cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return _frame(cv2.addWeighted(frame, 1 + 4 * amount, grey, -4 * amount, 0))


def posterise(frame: Frame, amount: float) -> Frame:
    """Fewer and fewer levels of each colour, from 256 down to 2."""
    levels = round(2 + 254 * (1 - amount) ** 5)
    step = 255 / (levels - 1)
    table = (np.round(np.arange(256) / step) * step).round().astype(np.uint8)
    return _frame(cv2.LUT(frame, table))


def tile(frame: Frame, amount: float) -> Frame:
    """The picture repeated, 1 to 8 times each way."""
    count = 1 + round(7 * amount)
    height, width = frame.shape[:2]
    small = (max(1, -(-width // count)), max(1, -(-height // count)))
    one = _frame(cv2.resize(frame, small, interpolation=cv2.INTER_AREA))
    return as_frame(np.tile(one, (count, count, 1))[:height, :width])


def sampler(frame: Frame, amount: float) -> Frame:
    """Zoom into the middle, up to ten times."""
    height, width = frame.shape[:2]
    zoom = 1 + 9 * amount * amount
    part_height, part_width = max(1, round(height / zoom)), max(1, round(width / zoom))
    y, x = (height - part_height) // 2, (width - part_width) // 2
    part = np.ascontiguousarray(frame[y : y + part_height, x : x + part_width])
    return _frame(cv2.resize(part, (width, height), interpolation=cv2.INTER_NEAREST))


def colorize(frame: Frame, amount: float) -> Frame:
    """Brightness painted with a palette, mixed in by the amount."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    painted = cv2.cvtColor(cv2.applyColorMap(grey, cv2.COLORMAP_TURBO), cv2.COLOR_BGR2RGB)
    return _frame(cv2.addWeighted(painted, amount, frame, 1 - amount, 0))


def amplify(frame: Frame, amount: float) -> Frame:
    """Contrast about the picture's own mean, up to five times."""
    mean = np.asarray(cv2.mean(frame)[:3])
    gain = 1 + 4 * amount
    table = (np.arange(256)[:, None] - mean) * gain + mean
    return _frame(cv2.LUT(frame, table.clip(0, 255).astype(np.uint8).reshape(256, 1, 3)))


TOOLS: dict[str, Tool] = {
    "sampler": sampler,
    "tile": tile,
    "pixelate": pixelate,
    "blur": blur,
    "sharpen": sharpen,
    "saturate": saturate,
    "posterise": posterise,
    "colorize": colorize,
    "amplify": amplify,
    "rgb split": rgb_split,
}
"""Every tool by its name, in the default order."""


def toned(frame: Frame, tone: Tone) -> Frame:
    """Red, green and blue each by its gain."""
    if tone == NEUTRAL_TONE:
        return frame
    table = np.arange(256)[:, None] * np.asarray(tone)
    return _frame(cv2.LUT(frame, (table + 0.5).clip(0, 255).astype(np.uint8).reshape(256, 1, 3)))
