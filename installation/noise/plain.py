"""Tools of the rack that look at the frame alone: pixels, sharpness, colours, places."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from installation.vocabulary import NEUTRAL_TONE, Frame, FrameContext, Tone, as_frame

Tool = Callable[[Frame, float, FrameContext], Frame]
"""Frame, amount 0..1 and what is around the frame, to a frame of the same shape.

At 0 it is the frame itself. The same arguments give the same frame.
"""

REGIONS: dict[str, tuple[float, float]] = {
    "": (0.5, 0.5),
    " left": (0.2, 0.5),
    " right": (0.8, 0.5),
    " top": (0.5, 0.2),
    " bottom": (0.5, 0.8),
}
"""Where the sampler looks, as shares of width and height."""


def framed(array: npt.ArrayLike) -> Frame:
    """What OpenCV returned, as a Frame."""
    return as_frame(np.asarray(array, np.uint8))


def pixelate(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Square blocks, up to a sixth of the shorter side."""
    height, width = frame.shape[:2]
    block = max(1.0, amount * amount * min(height, width) / 6)
    small = (max(1, round(width / block)), max(1, round(height / block)))
    if small == (width, height):
        return frame
    shrunk = cv2.resize(frame, small, interpolation=cv2.INTER_AREA)
    return framed(cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_NEAREST))


def blur(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Soft, up to a Gaussian of a tenth of the shorter side."""
    sigma = amount * amount * min(frame.shape[:2]) / 10
    if sigma < 0.2:
        return frame
    # Wide Gaussians at a part of the size: it cannot be told apart, and stays quick.
    height, width = frame.shape[:2]
    part = int(sigma / 2.5)
    if part < 2:
        return framed(cv2.GaussianBlur(frame, (0, 0), sigma))
    small = cv2.resize(
        frame, (max(1, width // part), max(1, height // part)), interpolation=cv2.INTER_AREA
    )
    soft = cv2.GaussianBlur(small, (0, 0), sigma / part)
    return framed(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC))


def sharpen(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Unsharp mask, up to six times the detail: past half a turn the edges crust over."""
    sigma = max(0.8, min(frame.shape[:2]) / 90)
    soft = cv2.GaussianBlur(frame, (0, 0), sigma)
    return framed(cv2.addWeighted(frame, 1 + 6 * amount, soft, -6 * amount, 0))


def rgb_split(down: bool) -> Tool:
    """Across or down: red one way and blue the other, by up to an eighth of the side."""

    def split(frame: Frame, amount: float, scene: FrameContext) -> Frame:
        shift = round(amount * frame.shape[0 if down else 1] / 8)
        if shift == 0:
            return frame
        parted = frame.copy()
        parted[..., 0] = np.roll(frame[..., 0], -shift, 0 if down else 1)
        parted[..., 2] = np.roll(frame[..., 2], shift, 0 if down else 1)
        return as_frame(parted)

    split.__doc__ = (
        f"Red goes {'up' if down else 'left'}, blue {'down' if down else 'right'}, "
        "by up to an eighth of the picture."
    )
    return split


def saturate(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Colours away from grey, up to five times."""
    grey = cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return framed(cv2.addWeighted(frame, 1 + 4 * amount, grey, -4 * amount, 0))


def posterise(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """Fewer and fewer levels of each colour, from 256 down to 2."""
    levels = round(2 + 254 * (1 - amount) ** 5)
    step = 255 / (levels - 1)
    table = (np.round(np.arange(256) / step) * step).round().astype(np.uint8)
    return framed(cv2.LUT(frame, table))


def tile(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """The picture repeated, 1 to 8 times each way."""
    count = 1 + round(7 * amount)
    height, width = frame.shape[:2]
    small = (max(1, -(-width // count)), max(1, -(-height // count)))
    if count == 1:
        return frame
    one = framed(cv2.resize(frame, small, interpolation=cv2.INTER_AREA))
    return as_frame(np.tile(one, (count, count, 1))[:height, :width])


def sampler(region: str) -> Tool:
    """A zoom into a part of the picture, one of REGIONS."""
    across, down = REGIONS[region]

    def sample(frame: Frame, amount: float, scene: FrameContext) -> Frame:
        height, width = frame.shape[:2]
        zoom = 1 + 9 * amount * amount
        part_height, part_width = max(1, round(height / zoom)), max(1, round(width / zoom))
        y, x = round((height - part_height) * down), round((width - part_width) * across)
        part = np.ascontiguousarray(frame[y : y + part_height, x : x + part_width])
        return framed(cv2.resize(part, (width, height), interpolation=cv2.INTER_NEAREST))

    where = region.strip() or "middle"
    sample.__doc__ = f"Zoom into the {where} of the picture, up to ten times."
    return sample


def toned(frame: Frame, tone: Tone) -> Frame:
    """Red, green and blue each by its gain."""
    if tone == NEUTRAL_TONE:
        return frame
    table = np.arange(256)[:, None] * np.asarray(tone)
    return framed(cv2.LUT(frame, (table + 0.5).clip(0, 255).astype(np.uint8).reshape(256, 1, 3)))
