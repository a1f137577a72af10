"""Where a cut is made: which channels its grain reaches, which places its chisel. Pure."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

from installation.vocabulary import Chisel, ChiselShape, Grain, Side, Site

FloatArray = npt.NDArray[np.float32]


def chance(seed: int, word: str) -> np.random.Generator:
    """Chance that is the same everywhere for a seed and a word."""
    return np.random.default_rng([abs(seed), crc32(word.encode())])


def channels(site: Site, side: Side, grain: Grain) -> npt.NDArray[np.bool_]:
    """Which of a site's carved values a cut reaches, bool (channels,).

    The grain picks the same channels from A's copy as from B's. Channels without a side are
    reached whatever the side.
    """
    tags = np.array(list(site.sides))
    reached = np.zeros(len(tags), bool)
    for tag in ("A", "B", "-"):
        if tag != "-" and side is not Side.BOTH and tag.lower() != side.value:
            continue
        members = np.flatnonzero(tags == tag)
        if not len(members):
            continue
        group = "-" if tag == "-" else "AB"
        order = chance(grain.seed, site.name + group).permutation(len(members))
        count = max(1, round(grain.share * len(members)))
        reached[members[order[:count]]] = True
    return reached


def mask(chisel: Chisel, grid: tuple[int, int]) -> FloatArray:
    """Where a chisel cuts, float32 (rows, columns) of 0 and 1."""
    rows, columns = grid
    luck = chance(chisel.seed, chisel.shape.value)
    if chisel.shape is ChiselShape.WHOLE:
        return np.ones(grid, np.float32)
    if chisel.shape is ChiselShape.DISC:
        y, x = np.mgrid[0:rows, 0:columns] + 0.5
        centre_y, centre_x = luck.uniform(0.25, 0.75, 2) * grid
        # Cells are square in the picture when the grid has the picture's shape.
        radius = np.sqrt(chisel.share * rows * columns / np.pi)
        inside = (y - centre_y) ** 2 + (x - centre_x) ** 2 <= radius**2
        return np.asarray(inside, np.float32)
    tall = 1 if chisel.shape is ChiselShape.COLUMNS else max(1, rows // 12)
    wide = 1 if chisel.shape is ChiselShape.ROWS else max(1, columns // 16)
    down = 1 if chisel.shape is ChiselShape.COLUMNS else -(-rows // tall)
    across = 1 if chisel.shape is ChiselShape.ROWS else -(-columns // wide)
    count = down * across
    chosen = np.zeros(count, np.float32)
    chosen[luck.permutation(count)[: round(chisel.share * count)]] = 1
    cells = chosen.reshape(down, across)
    if chisel.shape is ChiselShape.ROWS:
        cells = np.repeat(cells, columns, 1)
    elif chisel.shape is ChiselShape.COLUMNS:
        cells = np.repeat(cells, rows, 0)
    if chisel.shape is not ChiselShape.COLUMNS:
        cells = np.repeat(cells, tall, 0)
    if chisel.shape is not ChiselShape.ROWS:
        cells = np.repeat(cells, wide, 1)
    return np.ascontiguousarray(cells[:rows, :columns])
