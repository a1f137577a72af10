"""What the cells of a picture show: luminance and redness, at four scales. Pure.

The governor's eyes. The cells of all scales and both kinds lie in one array, (2, cells), so that
a frame costs few calls.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

GRIDS = ((160, 90), (48, 27), (16, 9), (1, 1))
"""Cells across and down, at four scales. The fine ones are 12 pixels a side at 1080p: about 0.1
degrees on a large screen seen from a few metres, below which WCAG exempts fine patterns. The
coarse ones see what moving patterns do on average, which no fine cell may do by itself; the last
is the mean of the picture, which is all that some analysers look at."""

Cells: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]
Small: TypeAlias = npt.NDArray[np.uint8]
Measure: TypeAlias = "tuple[Cells, Mask]"
"""Luminance and redness, 0..1, of every cell; and where it is dark enough, or red enough, to
count. Both are (2, cells): general, then red; the finest scale's cells first."""

KINDS = ("general", "red")
SIZES = tuple(across * down for across, down in GRIDS)
SLICES = tuple(slice(sum(SIZES[:n]), sum(SIZES[: n + 1])) for n in range(len(GRIDS)))
"""Where each scale's cells lie."""

# A little stricter than the letter, since cells and rounding blur what a ruler would read.
_DARK = 0.84
_SATURATED = 0.76

WEIGHTS = np.array([[0.2126, 0.7152, 0.0722], [1.0, -1.0, -1.0], [1.0, 1.0, 1.0]], np.float32)


def _to_linear() -> Cells:
    c = np.arange(256) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


LINEAR = _to_linear()
"""The linear light, 0..1, of every value of a pixel."""


def halved(frame: Small) -> Small:
    """A frame at half its size, an odd last row or column left out."""
    if frame.shape[1] % 2 or frame.shape[0] % 2:
        frame = frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2]
    size = (frame.shape[1] // 2, frame.shape[0] // 2)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def is_large(frame: Small) -> bool:
    """True while a frame is to be halved before it is measured."""
    height, width = frame.shape[:2]
    return bool(width >= 3 * GRIDS[0][0] and height >= 3 * GRIDS[0][1])


def halvings(frame: Small) -> list[Small]:
    """A frame halved while it stays well above the grid, each time: exact halves are averaged
    fast. Empty if the frame is small already."""
    levels: list[Small] = []
    while is_large(frame):
        frame = halved(frame)
        levels.append(frame)
    return levels


def small_of(frame: Small) -> Small:
    """The last of a frame's halvings, or the frame itself."""
    return (halvings(frame) or [frame])[-1]


def linear_cells(small: Small) -> Cells:
    """Red, green and blue of the cells of every scale in linear light, (3, cells)."""
    linear = np.asarray(cv2.LUT(small, LINEAR), np.float32)
    cells = np.empty((3, SLICES[-1].stop), np.float32)
    for grid, part in zip(GRIDS, SLICES, strict=True):
        # A picture of fewer pixels than cells is judged pixel by pixel, not blurred.
        larger = linear.shape[1] >= grid[0] and linear.shape[0] >= grid[1]
        way = cv2.INTER_AREA if larger else cv2.INTER_NEAREST
        scaled = np.asarray(cv2.resize(linear, grid, interpolation=way), np.float32)
        if larger:  # coarser cells are means of finer ones
            linear = scaled
        cells[:, part] = scaled.reshape(-1, 3).T
    return cells


def measured(small: Small) -> Measure:
    """What the cells of every scale show."""
    return measured_cells(linear_cells(small))


def measured_cells(cells: Cells) -> Measure:
    """What cells of linear light, (3, cells), show."""
    values = WEIGHTS @ cells
    marks = np.empty((2, cells.shape[1]), np.bool_)
    np.less(values[0], _DARK, out=marks[0])
    np.greater_equal(cells[0], _SATURATED * np.maximum(values[2], 1e-3), out=marks[1])
    np.maximum(values[1], 0.0, out=values[1])
    # Of the whole picture, how red its saturated parts are: some analysers leave the rest out.
    fine = SLICES[0]
    # Exactly so saturated, since redness comes and goes there at one blow.
    saturated = cells[0, fine] >= 0.8 * np.maximum(values[2, fine], 1e-6)
    values[1, -1] = np.dot(values[1, fine], saturated) / SIZES[0]
    marks[1, -1] = True
    return values[:2], marks
