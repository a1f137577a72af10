"""What cuts mean to the graphs: gains, biases and chisel masks. Pure numbers.

At every site a graph computes x + chisel (x (gain - 1) + bias), one gain and one bias a
channel; the bias is in units of the channel's standard deviation. The empty carve is
(1, 0) everywhere and leaves every bit as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Operation,
    Side,
    Site,
)

FloatArray = npt.NDArray[np.float32]

REACH = {"flow": (-6.0, 6.0), "interp": (4.0, 1.6)}
"""Furthest gain and bias (standard deviations) by U-Net. The flow net matches normalised
features, which a positive gain hardly moves, so there Multiply goes through 0 to the far side;
the interpolation net carries the picture itself, which is white long before motion has torn."""


def affine(operation: Operation, amount: float, part: str) -> tuple[float, float]:
    """Gain and bias (in standard deviations) of an operation turned to `amount` (0..1).

    `part` is the U-Net it is done in, "flow" or "interp".

    Steady from (1, 0) at 0; Multiply and Add open slowly, since most of what can be seen
    happens in their first half.
    """
    opened = amount * amount
    far_gain, far_bias = REACH[part]
    return {
        Operation.PRESERVE: (1.0, 0.0),
        Operation.ADD: (1.0, far_bias * opened),
        Operation.SUBTRACT: (1.0, -far_bias * opened),
        Operation.MULTIPLY: (1.0 + (far_gain - 1.0) * opened, 0.0),
        Operation.CUT_OFF: (1.0 - amount, 0.0),
        Operation.INVERT: (1.0 - 2.0 * amount, 0.0),
    }[operation]


def _chance(seed: int, word: str) -> np.random.Generator:
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
        order = _chance(grain.seed, site.name + group).permutation(len(members))
        count = max(1, round(grain.share * len(members)))
        reached[members[order[:count]]] = True
    return reached


def mask(chisel: Chisel, grid: tuple[int, int]) -> FloatArray:
    """Where a chisel cuts, float32 (rows, columns) of 0 and 1."""
    rows, columns = grid
    chance = _chance(chisel.seed, chisel.shape.value)
    if chisel.shape is ChiselShape.WHOLE:
        return np.ones(grid, np.float32)
    if chisel.shape is ChiselShape.DISC:
        y, x = np.mgrid[0:rows, 0:columns] + 0.5
        centre_y, centre_x = chance.uniform(0.25, 0.75, 2) * grid
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
    chosen[chance.permutation(count)[: round(chisel.share * count)]] = 1
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


@dataclass(frozen=True, eq=False)
class GraphInputs:
    """One graph's carve inputs: gain and bias float32 (N,), chisel float32 (sites, 1, r, c)."""

    gain: FloatArray
    bias: FloatArray
    chisel: FloatArray


def graph_inputs(carve: Carve, sites: Sequence[Site], grid: tuple[int, int]) -> GraphInputs:
    """Turn a carve into the inputs of the graph that has `sites`, in graph order.

    Cuts at other sites are not this graph's and are left out.
    """
    total = sum(site.channels for site in sites)
    gain, bias = np.ones(total, np.float32), np.zeros(total, np.float32)
    chisel = np.ones((len(sites), 1, *grid), np.float32)
    offset = 0
    for number, site in enumerate(sites):
        cut = carve.at(site.name)
        if cut is not None and not cut.is_idle:
            _apply(cut, site, gain[offset:], bias[offset:])
            chisel[number, 0] = mask(cut.chisel, grid)
        offset += site.channels
    for array in (gain, bias, chisel):
        array.flags.writeable = False
    return GraphInputs(gain, bias, chisel)


def _apply(cut: Cut, site: Site, gain: FloatArray, bias: FloatArray) -> None:
    reached = np.flatnonzero(channels(site, cut.side, cut.grain))
    g, b = affine(cut.operation, cut.amount, site.part)
    gain[reached] = g
    bias[reached] = b * np.asarray(site.sigmas, np.float32)[reached]
