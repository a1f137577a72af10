"""Lets motion go on while luminance is eased. Pure.

What flickers too much is not held: its luminance, and its redness where need be, are led along
their own slow mean, and what is finer than the cells they are led by, and every other colour,
passes as it is. Light is taken by dimming, and given by lifting towards white, so that the
structure of the new picture stays. Where that is not enough, the mean's own colour is laid over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from installation.show.flash_safety.cells import (
    GRIDS,
    LINEAR,
    SLICES,
    WEIGHTS,
    Cells,
    Mask,
    Small,
)

MEAN_S = 1.2
"""How fast the mean follows the picture: the time constant, in seconds."""

_LEEWAY = (0.015, 0.01)
"""How far luminance and redness may leave their means."""

_INSIDE = 0.006
"""How far within the bounds of a turn a bounded cell is kept."""

_LAID = (1.0, 0.7, 0.45, 0.25, 0.1)
"""Shares of the corrected picture that are tried, the rest the mean's own colour."""

Plane = npt.NDArray[np.float32]

_FINE = 1 << 14
"""Steps of linear light from 0 to 1: a fifth of a level where sRGB is steepest."""


def _to_srgb() -> Plane:
    c = np.arange(_FINE + 1) / _FINE
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055).astype(np.float32)


_SRGB = _to_srgb()


@dataclass(frozen=True, slots=True)
class Veil:
    """What is laid over a picture, on a grid: it keeps `share` / 255 of itself, (rows, columns),
    and `light` is added, (rows, columns, 3). Both are whole levels, 0..255, since those are what a
    picture has and what a processor multiplies fastest."""

    share: Small
    light: Small

    @property
    def is_nothing(self) -> bool:
        return bool(self.share.min() == 255)


class Easing:
    """The slow mean of a picture's cells, and where it is followed.

    `first` are the cells (3, cells) of linear light that were shown last.
    """

    def __init__(self, first: Cells) -> None:
        self.scale = 2
        """Which of GRIDS the picture is led by now; the finest is 0."""
        self._mean = first[:, SLICES[0]].copy()
        self._pinned = np.zeros(GRIDS[0][::-1], np.float32)
        self._where = np.zeros((2, *GRIDS[0][::-1]), np.float32)

    def follow(self, cells: Cells, since_s: float) -> None:
        """Let the mean follow a picture, `since_s` after the one before."""
        self._pinned[:] = 0
        share = np.float32(1 - math.exp(-max(0.0, since_s) / MEAN_S))
        self._mean += share * (cells[:, SLICES[0]] - self._mean)

    def settle(self, shown: Cells) -> None:
        """Start the mean anew from the cells that were shown, which had to stay behind it."""
        self._mean = shown[:, SLICES[0]].copy()

    def pin(self, turned: Mask) -> None:
        """Of this picture, show nothing but the mean in the cells that turned, (2, cells)."""
        for grid, part in zip(GRIDS, SLICES, strict=True):
            cells = (turned[0, part] | turned[1, part]).reshape(grid[1], grid[0])
            plane = cv2.resize(cells.astype(np.float32), GRIDS[0], interpolation=cv2.INTER_NEAREST)
            np.maximum(self._pinned, cv2.dilate(plane, np.ones((3, 3))), out=self._pinned)

    def spread(self, turned: Mask, box: tuple[float, float, float, float]) -> None:
        """From now on, also lead the cells that turned (2, cells), within a box of shares."""
        across, down = GRIDS[0]
        where = np.zeros((2, down, across), np.uint8)
        for grid, part in zip(GRIDS[:-1], SLICES[:-1], strict=True):
            for kind in range(2):
                cells = turned[kind, part].reshape(grid[1], grid[0]).astype(np.uint8)
                where[kind] |= cv2.resize(cells, (across, down), interpolation=cv2.INTER_NEAREST)
        left, top, right, bottom = box
        if right <= left or bottom <= top:  # nothing but the mean of the whole turns
            if self._where.any():
                return
            left, top, right, bottom = 0.0, 0.0, 1.0, 1.0
            where[turned[:, -1]] = 1
        rows = slice(math.floor(top * down), math.ceil(bottom * down))
        columns = slice(math.floor(left * across), math.ceil(right * across))
        for kind in range(2):
            inside = np.zeros((down, across), np.uint8)
            inside[rows, columns] = where[kind, rows, columns]
            spread = cv2.dilate(inside, np.ones((3, 3), np.uint8))
            np.maximum(self._where[kind], spread, out=self._where[kind])

    def veil(self, cells: Cells, scale: int, bounds: tuple[Cells, Cells] | None = None) -> Veil:
        """What to lay over a picture of these cells, led on the grid of that scale; within
        `bounds` (of luminance and redness, each (2, cells)), if given."""
        grid = GRIDS[scale]
        now, mean = cells[:, SLICES[scale]], _coarser(self._mean, grid)
        where, red = _coarser(self._where.reshape(2, -1), grid)
        luminance, middle = WEIGHTS[0] @ now, WEIGHTS[0] @ mean
        goal = np.clip(luminance, middle - _LEEWAY[0], middle + _LEEWAY[0])
        goal = luminance + where * (goal - luminance)
        if bounds is not None:
            goal = _bounded(goal, scale, bounds)
        share, white = _light(luminance, goal)
        colour = _encoded(mean)
        laid = np.ones(goal.shape, np.float32)
        if where.any() or red.any():
            corrected = share * _encoded(now) + (1 - share) * white
            redness = np.maximum(WEIGHTS[1] @ mean, 0)
            low = np.stack([goal - 2 * _LEEWAY[0], redness - _LEEWAY[1]])
            high = np.stack([goal + 2 * _LEEWAY[0], redness + _LEEWAY[1]])
            if bounds is not None:
                low = bounds[0][:, SLICES[scale]] + _INSIDE / 2
                high = bounds[1][:, SLICES[scale]] - _INSIDE / 2
            laid = _laid(corrected, colour, (low, high), np.stack([where, red]) > 0)
        if self._pinned.any():
            laid[_coarser(self._pinned.reshape(1, -1), grid)[0] > 0] = 0
        kept = laid * share
        light = laid * (1 - share) * white + (1 - laid) * colour
        shape = (grid[1], grid[0])
        return Veil(_levels(kept).reshape(shape), _levels(light.T).reshape(*shape, 3))


def _laid(corrected: Cells, colour: Cells, within: tuple[Cells, Cells], led: Mask) -> Plane:
    """The largest share of corrected colours, over the mean's, that keeps luminance and redness
    within bounds, (2, cells) each, in the cells where either is led."""
    one, other = _levels(corrected), _levels(colour)
    laid = np.zeros(led.shape[1], np.float32)
    laid[~led.any(axis=0)] = 1
    for share in _LAID:
        mixed = cv2.addWeighted(one, share, other, 1 - share, 0.0)
        values = np.maximum(WEIGHTS[:2] @ np.asarray(cv2.LUT(mixed, LINEAR), np.float32), 0)
        off = (((values < within[0]) | (values > within[1])) & led).any(axis=0)
        laid[~off & (laid == 0)] = share
        if laid.all():
            break
    return laid


def _coarser(fine: Cells, grid: tuple[int, int]) -> Cells:
    """The means of fine cells, (n, cells), on a coarser grid."""
    if grid == GRIDS[0]:
        return fine
    across, down = GRIDS[0]
    planes = fine.reshape(-1, down, across)
    scaled = [cv2.resize(plane, grid, interpolation=cv2.INTER_AREA) for plane in planes]
    return np.stack(scaled).reshape(len(planes), -1).astype(np.float32)


def _bounded(goal: Plane, scale: int, bounds: tuple[Cells, Cells]) -> Plane:
    """A goal moved to where neither its cells nor coarser ones turn."""
    for _ in range(2):
        for coarse in range(len(GRIDS) - 1, scale - 1, -1):
            part, grid = SLICES[coarse], GRIDS[coarse]
            means = goal
            if coarse != scale:
                plane = goal.reshape(GRIDS[scale][::-1])
                scaled = cv2.resize(plane, grid, interpolation=cv2.INTER_AREA)
                means = np.asarray(scaled, np.float32).ravel()
            low, high = bounds[0][0, part] + _INSIDE, bounds[1][0, part] - _INSIDE
            more = np.clip(means, low, np.maximum(low, high)) - means
            if coarse != scale:
                plane = more.reshape(grid[::-1]).astype(np.float32)
                scaled = cv2.resize(plane, GRIDS[scale], interpolation=cv2.INTER_LINEAR)
                more = np.asarray(scaled, np.float32).ravel()
            goal = goal + more
    return np.clip(goal, 0, 1).astype(np.float32)


def _light(luminance: Plane, goal: Plane) -> tuple[Plane, Plane]:
    """The share to keep, and the level to lay over (0 black, 1 white), for a luminance to
    become another."""
    darker = goal < luminance
    before, after = _encoded(luminance), _encoded(goal)
    share = np.where(darker, after, 1 - after)
    share /= np.maximum(np.where(darker, before, 1 - before), 1e-3)
    share[np.abs(goal - luminance) < 5e-4] = 1
    return np.clip(share, 0, 1).astype(np.float32), (~darker).astype(np.float32)


def _encoded(linear: Cells) -> Cells:
    """Linear light, 0..1, as sRGB, 0..1."""
    return np.asarray(_SRGB[(np.clip(linear, 0, 1) * _FINE).astype(np.int32)], np.float32)


def _levels(values: Cells) -> Small:
    """0..1 in whole levels, 0..255."""
    return np.asarray(np.clip(255 * values + 0.5, 0, 255), np.uint8)


def veiled(frame: Small, veil: Veil) -> Small:
    """A frame with a veil over it, in memory of its own."""
    height, width = frame.shape[:2]
    rows, columns = veil.share.shape[:2]
    if (columns, rows) == GRIDS[0] and (width < columns or height < rows):
        # Pixel by pixel, as such a picture is measured.
        y = np.minimum(-(-np.arange(height) * rows // height), rows - 1)
        x = np.minimum(-(-np.arange(width) * columns // width), columns - 1)
        return _under(frame, veil.share[y][:, x], veil.light[y][:, x])
    size = (width, height)
    shown: Small = frame.copy()
    # The veil is scaled whole, so that a part of it is what it is in the whole.
    share = np.asarray(cv2.resize(veil.share, size), np.uint8)
    light = np.asarray(cv2.resize(veil.light, size), np.uint8)
    part = _veiled_part(veil, size)
    shown[part] = _under(frame[part], share[part], light[part])
    return shown


def _veiled_part(veil: Veil, size: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns of a picture of `size` (width, height) outside of which a veil, scaled
    to it, is nothing."""
    laid = (veil.share < 255) | veil.light.any(axis=2)
    found = []
    for axis, pixels in ((1, size[1]), (0, size[0])):
        cells = np.flatnonzero(laid.any(axis=axis))
        if not cells.size:
            return slice(0, 0), slice(0, 0)
        scale = pixels / laid.shape[1 - axis]
        # Between two cells' middles both are mixed: a cell reaches to the next ones' middles.
        first, last = cells[0] - 1, cells[-1] + 2
        found.append(slice(max(0, math.floor(first * scale)), math.ceil(last * scale)))
    return found[0], found[1]


def _under(frame: Small, share: Small, light: Small) -> Small:
    """A picture of which as much is kept as `share` (rows, columns) tells, with light added."""
    kept = cv2.multiply(frame, cv2.cvtColor(share, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    return np.asarray(cv2.add(kept, light, dst=kept), np.uint8)
