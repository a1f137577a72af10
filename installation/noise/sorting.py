"""Pixel sorting: rows or columns put in order of brightness or hue, where they lie between
two thresholds.

After Kim Asendorf's ASDF Pixel Sort (2010) and Alex Roidl's noise tool. Every pixel moves,
none changes.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from installation.noise.plain import Tool
from installation.vocabulary import Frame, FrameContext, as_frame

DIRECTIONS = ("right", "left", "down", "up")
"""Where the brightest (or the last hue) of every run goes."""

KEYS = ("brightness", "hue")

CYCLE_S = 4.0
"""How long auto sort's window takes through all brightnesses and back, in the clip's seconds."""


def sorted_pixels(frame: Frame, key: str, direction: str, low: float, high: float) -> Frame:
    """Sort every run of pixels whose brightness is at least `low` and below `high`.

    `key` is one of KEYS, `direction` one of DIRECTIONS; `low` and `high` are shares of full
    brightness, so (0, 1.01) sorts whole rows and columns. Equal pixels keep their order.
    """
    upright = direction in ("down", "up")
    turned = frame.transpose(1, 0, 2) if upright else frame
    if direction in ("left", "up"):
        turned = turned[:, ::-1]
    turned = np.ascontiguousarray(turned)
    light = np.asarray(cv2.cvtColor(turned, cv2.COLOR_RGB2GRAY), np.uint8)
    places = _sorted_places(light, _key(turned, light, key), low * 255, high * 255)
    rows = np.arange(turned.shape[0], dtype=np.intp)[:, None] * turned.shape[1]
    # Four bytes a pixel are fetched in one go; three would be fetched one by one.
    wide = np.asarray(cv2.cvtColor(turned, cv2.COLOR_RGB2RGBA), np.uint8)
    found = wide.view(np.uint32).reshape(-1).take(rows + places)
    moved = np.asarray(
        cv2.cvtColor(found.view(np.uint8).reshape(wide.shape), cv2.COLOR_RGBA2RGB), np.uint8
    )
    if direction in ("left", "up"):
        moved = moved[:, ::-1]
    return as_frame(moved.transpose(1, 0, 2) if upright else moved)


def _key(frame: npt.NDArray[np.uint8], light: npt.NDArray[np.uint8], key: str) -> Frame:
    if key == "brightness":
        return light
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2HSV_FULL)[..., 0], np.uint8)


def _sorted_places(
    light: npt.NDArray[np.uint8], key: npt.NDArray[np.uint8], low: float, high: float
) -> npt.NDArray[np.intp]:
    """For every pixel of the result, the column it comes from, runs sorted each by itself.

    One sort of plain numbers does it: run, key and column share one integer, run foremost, so
    that runs stay where they are and what is equal keeps its order.
    """
    width = light.shape[1]
    table = ((np.arange(256) >= low) & (np.arange(256) < high)).astype(np.uint8)
    within = np.asarray(cv2.LUT(light, table), np.uint8)
    # A run begins at every pixel outside the window, and wherever the window is entered.
    begins = within[:, 1:] & within[:, :-1] ^ 1
    bits = max(1, (width - 1).bit_length())
    kind = np.uint32 if 2 * bits + 8 <= 32 else np.uint64
    code = np.zeros(light.shape, kind)
    np.cumsum(begins, axis=1, dtype=kind, out=code[:, 1:])
    code <<= kind(8)
    code |= key
    code <<= kind(bits)
    code |= np.arange(width, dtype=kind)
    code.sort(axis=1)
    code &= kind((1 << bits) - 1)
    return code.astype(np.intp)


def pixel_sort(key: str, direction: str) -> Tool:
    """A sort whose window opens from the brightest pixels to all of them."""

    def sort(frame: Frame, amount: float, scene: FrameContext) -> Frame:
        if amount <= 0:
            return frame
        low, high = _tones(frame, 1 - amount, 1.0)
        return sorted_pixels(frame, key, direction, low, high)

    sort.__doc__ = (
        f"Pixels in order of {key}, towards the {_END[direction]}; more of them with every turn."
    )
    return sort


def _tones(frame: Frame, start: float, end: float) -> tuple[float, float]:
    """Thresholds between which this picture's tones from `start` to `end` lie, as shares of
    its pixels from the darkest: so a turn shows as much in a dark picture as in a bright one."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    share = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]).reshape(-1)) / grey.size
    low = int(np.searchsorted(share, start, side="right"))
    high = 256 if end >= 1 else int(np.searchsorted(share, end, side="left")) + 1
    return (0 if start <= 0 else low) / 255, high / 255


_END = {"right": "right", "left": "left", "down": "bottom", "up": "top"}


def auto_sort(key: str) -> Tool:
    """A sort that runs on: its window wanders with the clip's own time."""

    def sort(frame: Frame, amount: float, scene: FrameContext) -> Frame:
        if amount <= 0:
            return frame
        turn = (scene.moment_s / CYCLE_S) % 1.0
        middle = 0.5 - 0.5 * np.cos(2 * np.pi * turn)
        direction = DIRECTIONS[int(scene.moment_s / CYCLE_S) % len(DIRECTIONS)]
        # The window's own width is the amount; it never leaves the picture's tones.
        start = middle * (1 - amount)
        low, high = _tones(frame, start, start + amount)
        return sorted_pixels(frame, key, direction, low, high)

    sort.__doc__ = f"Sorts by {key} without end: the window wanders as the clip runs."
    return sort
