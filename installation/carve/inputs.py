"""A carve as the arrays the graphs take. Pure numbers.

Every site has a basis of its own (`models.training.lifting`). The full graphs change what its layer
is there, z, with one value a channel, by

    u = clip(z[take], -limit, limit)
    (u - z) taken + u (gain - 1) + rolled(u) moved + round(u fineness) step
        + mean of the row across + mean of the column down + bias
        + (u pulled as far as `fed` along the motion of the pairs before) - u

where the chisel is open, and the plain ones by z (gain - 1) + bias. What isn't cut is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from installation.carve.masks import FloatArray, chance, channels, mask
from installation.carve.operations import (
    FINE,
    NO_LIMIT,
    NOTHING,
    PLAIN,
    Effect,
    effect,
    reach_of,
)
from installation.vocabulary import Carve, Cut, Operation, Site

IntArray = npt.NDArray[np.int64]

DIALS = ("gain", "bias", "taken", "moved", "limit", "fineness", "step", "across", "down", "fed")
_ROW = {name: number for number, name in enumerate(DIALS)}


@dataclass(frozen=True, eq=False)
class GraphInputs:
    """One graph's carve: dials float32 (10, N), take int64 (N,), shift int64 (sites,), chisel
    float32 (sites, 1, r, c). `plain` tells whether the plain graph can do it all, `fed` whether
    it asks for the motion of the pairs before (the full graph's `carried`). `cut` holds
    by site the numbers of the layer's copies that are carved, int64, all or none; `every` all."""

    dials: FloatArray
    take: IntArray
    shift: IntArray
    chisel: FloatArray
    plain: bool
    fed: bool
    cut: Mapping[str, IntArray]
    every: Mapping[str, IntArray]

    def feeds(self, full: bool, whole: bool = False) -> Mapping[str, npt.NDArray[np.generic]]:
        """What to feed the full graph, or the plain one, by name. With `whole` every site is
        carved, those at rest too: the same frames, at shapes that never change."""
        taken = self.every if whole else self.cut
        cut = {f"cut/{name}": numbers for name, numbers in taken.items()}
        if full:
            return {
                "dials": self.dials,
                "take": self.take,
                "shift": self.shift,
                "chisel": self.chisel,
                **cut,
            }
        gain, bias = self.dials[_ROW["gain"]], self.dials[_ROW["bias"]]
        return {"gain": gain, "bias": bias, "chisel": self.chisel, **cut}


def graph_inputs(
    carve: Carve, sites: Sequence[Site], grid: tuple[int, int], size_px: tuple[int, int]
) -> GraphInputs:
    """Turn a carve into the inputs of the graph that has `sites`, in graph order.

    `grid` is (rows, columns) of the chisel, `size_px` (width, height) of the frames fed to
    the graph. Cuts at other sites are not this graph's and are left out.
    """
    total = sum(site.channels for site in sites)
    dials = np.zeros((len(DIALS), total), np.float32)
    dials[_ROW["gain"]] = dials[_ROW["taken"]] = 1.0
    dials[_ROW["limit"]] = NO_LIMIT
    take = np.concatenate([np.arange(site.channels) for site in sites]) if sites else np.arange(0)
    shift = np.zeros(len(sites), np.int64)
    chisel = np.ones((len(sites), 1, *grid), np.float32)
    plain, fed, offset = True, False, 0
    every = {site.name: np.arange(site.copies) for site in sites}
    cuts = {name: numbers[:0] for name, numbers in every.items()}
    for number, site in enumerate(sites):
        cut = carve.at(site.name)
        if cut is not None and not cut.is_idle:
            span = slice(offset, offset + site.channels)
            done = effect(cut.operation, site.strength(cut.operation, cut.amount), reach_of(site))
            if done != NOTHING:
                _dial(cut, site, done, dials[:, span])
                take[span] = _places(cut, site, done)
                shift[number] = _cells(site, done, size_px)
                chisel[number, 0] = _mask(cut, site, grid)
                cuts[site.name] = every[site.name]
                plain = plain and cut.operation in PLAIN
                fed = fed or done.fed > 0
        offset += site.channels
    for array in (dials, take, shift, chisel):
        array.flags.writeable = False
    return GraphInputs(dials, take, shift, chisel, plain, fed, cuts, every)


def _reached(cut: Cut, site: Site) -> IntArray:
    """The numbers of the values a cut reaches."""
    reached = np.flatnonzero(channels(site, cut.side, cut.grain))
    if cut.operation in FINE and site.fine:
        fine = np.array([mark == "+" for mark in site.fine])
        return reached[fine[reached]] if fine[reached].any() else reached
    return reached


def _dial(cut: Cut, site: Site, done: Effect, dials: FloatArray) -> None:
    reached = _reached(cut, site)
    sigmas = np.asarray(site.sigmas, np.float32)[reached]
    bias = done.bias * sigmas
    if cut.operation is Operation.NOISE:  # each channel its own way, and A another than B
        bias = bias * chance(cut.grain.seed, f"{site.name} signs").choice((-1, 1), len(reached))
    dials[_ROW["gain"], reached] = done.gain
    dials[_ROW["bias"], reached] = bias
    dials[_ROW["taken"], reached] = done.shuffled or done.swapped or 1.0
    dials[_ROW["moved"], reached] = done.moved
    dials[_ROW["across"], reached] = done.across
    dials[_ROW["down"], reached] = done.down
    dials[_ROW["fed"], reached] = done.fed
    if done.limit < NO_LIMIT:
        dials[_ROW["limit"], reached] = done.limit * sigmas
    if done.step > 0:
        step = np.maximum(done.step * sigmas, 1e-6)
        dials[_ROW["step"], reached], dials[_ROW["fineness"], reached] = step, 1 / step


def _places(cut: Cut, site: Site, done: Effect) -> IntArray:
    """Which of the site's values stands in each one's place."""
    take = np.arange(site.channels)
    reached = np.flatnonzero(channels(site, cut.side, cut.grain))
    tags = np.array(list(site.sides))
    if done.shuffled > 0:
        for tag, group in (("A", "AB"), ("B", "AB"), ("-", "-")):
            members = reached[tags[reached] == tag]
            # The same order for A as for B, so that cut alike they still match.
            luck = chance(cut.grain.seed, f"{site.name} {group} shuffle")
            mixed = members[luck.permutation(len(members))]
            take[mixed] = np.roll(mixed, 1)
    if done.swapped > 0:
        of_a, of_b = np.flatnonzero(tags == "A"), np.flatnonzero(tags == "B")
        other = dict(zip((*of_a, *of_b), (*of_b, *of_a), strict=True))
        shared = np.flatnonzero(tags == "-")
        even = shared[: len(shared) // 2 * 2]
        other |= dict(zip(even, even.reshape(-1, 2)[:, ::-1].ravel(), strict=True))
        for place in reached:
            take[place] = other.get(place, place)
    return take


def _cells(site: Site, done: Effect, size_px: tuple[int, int]) -> int:
    """How far the site's grid rolls, in cells along the line of its rows; at least one."""
    width, height = size_px
    columns = width // site.scale
    down_px, across_px = (
        min(share * side, done.roll_px)
        for share, side in zip(done.roll, (height, width), strict=True)
    )
    if down_px > 0:
        return max(1, round(down_px / site.scale)) * columns
    return max(1, round(across_px / site.scale)) if across_px > 0 else 0


def _mask(cut: Cut, site: Site, grid: tuple[int, int]) -> FloatArray:
    where = mask(cut.chisel, grid)
    if cut.operation is not Operation.NOISE:
        return where
    grains = chance(cut.chisel.seed, f"{site.name} grains").uniform(-1, 1, grid)
    return np.asarray(where * grains, np.float32)
