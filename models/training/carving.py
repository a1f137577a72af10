"""What a carve is inside the exported graphs.

Two forms of the same thing, in the site's own basis (`lifting`): z is what the layer gets there,
and a change of z becomes a change of x, multiplied by the chisel. `PlainCarve` is what most
cuts need:

    change of z = z (gain - 1) + bias

`FullCarve` is every operation of the house:

    u = clip(z[take], -limit, limit)
    change of z = (u - z) taken + u (gain - 1) + rolled(u) moved + round(u fineness) step
                  + mean over the row of u across + mean over the column of u down + bias
                  + (u pulled along `carried`, as far as `fed` says) - u, where fed is not 0

with one value a channel in `dials`, whose rows are named in `DIALS`; `take` puts channels of
the same site in each other's place, as far as `taken` says; `shift` rolls a site's grid by
whole cells, read as one long line: a roll across spills into the next row, as an old
television's does. `carried` is the motion of the pairs before, as the engine has summed it up.
Dials at rest (1 for gain and taken, a huge limit, else 0) leave every bit as it was, in both forms.

In the motion net a cut has a second way out: `drift`.

**A site that isn't cut costs next to nothing.** Every site has an input of its own, `cut/...`,
int64: the numbers of the layer's copies that are carved, all of them (0, or 0 and 1) or none.
What is carved is a batch of that many; with none, every step of it works on nothing, and what
comes out is the layer's input, copied. That needs no If, Loop or Scan, and every operator is
one ONNX Runtime also has for CUDA.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from . import drift
from .lifting import Basis
from .nets import pull

CHISEL_GRID = (36, 64)
DIALS = ("gain", "bias", "taken", "moved", "limit", "fineness", "step", "across", "down", "fed")
NO_LIMIT = 1e30
XRAY_CELL_PX = 8  # an X-ray's cell is this many pixels of the frame, or the site's own if coarser

HALF_PX = (80, 128)
"""The size of `carried` that a resting carve has: of frames of 256 x 160."""

Sites = Sequence[dict[str, Any]]


@torch.jit.script
def rolled(x: Tensor, shift: Tensor) -> Tensor:
    """The grid of x (N, C, H, W) read as one line and turned by `shift` (0-dim int64) cells."""
    # Without a reshape: ONNX Runtime has none for an empty batch whose sides are worked out.
    width = x.size(3)
    down, across = int(shift) // width, int(shift) % width
    below = torch.cat((x[:, :, 1:], x[:, :, :1]), 2)
    turned = torch.cat((x, below), 3)[:, :, :, across : across + width]
    return torch.cat((turned[:, :, down:], turned[:, :, :down]), 2)


class _Carve:
    """What both forms share: where a site's values lie, its basis, its chisel, what is cut.

    With `readouts`, by site, it also sums up how the cuts drift, for `pushed`.
    """

    readouts: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType({})

    def __init__(
        self, sites: Sites, lifts: Mapping[str, Basis], chisel: Tensor, cut: Sequence[Tensor]
    ) -> None:
        self._scales = {site["name"]: site["scale"] for site in sites}
        self._drifts: dict[int, Tensor] = {}
        self._at: dict[str, tuple[int, slice]] = {}
        offset = 0
        for number, site in enumerate(sites):
            length = len(site["sides"])
            self._at[site["name"]] = (number, slice(offset, offset + length))
            offset += length
        self._lifts, self._chisel, self._cut = lifts, chisel, cut

    def __call__(self, site: str, x: Tensor) -> Tensor:
        number, span = self._at[site]
        copies = (span.stop - span.start) // x.shape[1]
        cut, chisel = self._cut[number], self._chisel[number : number + 1]
        where = torch.cat([chisel] * copies, 0).index_select(0, cut)
        where = F.interpolate(where, size=x.shape[-2:], mode="nearest")
        before = x.index_select(0, cut)
        z, lifted = self._lifts[site](before)
        by = self._change(number, span, copies, z, cut)
        after = before + where * self._lifts[site].change(lifted, by)
        if site in self.readouts:
            self._drift(site, before, after, copies, cut)
        return torch.index_put(x, (cut,), after)

    def _drift(self, site: str, before: Tensor, after: Tensor, copies: int, cut: Tensor) -> None:
        read, scale = self.readouts[site], self._scales[site]
        of_cut = read(after) - read(before)
        height, width = of_cut.shape[-2:]
        by = torch.index_put(torch.zeros(copies, 2, height, width), (cut,), of_cut)
        by = by[:1] - by[1:] if copies == 2 else by
        self._drifts[scale] = self._drifts[scale] + by if scale in self._drifts else by

    def pushed(self, motion: Tensor) -> Tensor:
        """The finished motion, (1, 9, h, w), pushed by all that drifts."""
        return drift.pushed(motion, drift.overlaid(self._drifts)) if self._drifts else motion

    def _change(self, number: int, span: slice, copies: int, z: Tensor, cut: Tensor) -> Tensor:
        raise NotImplementedError


def _row(values: Tensor, copies: int, cut: Tensor) -> Tensor:
    """A site's values as (copies, C, 1, 1), those of what is cut."""
    return values.view(copies, -1, 1, 1).index_select(0, cut)


class PlainCarve(_Carve):
    """Gain, bias and chisel. gain and bias are (N,), chisel (sites, 1, 36, 64), and one int64
    (0 or copies,) a site."""

    def __init__(
        self,
        sites: Sites,
        lifts: Mapping[str, Basis],
        gain: Tensor,
        bias: Tensor,
        chisel: Tensor,
        *cut: Tensor,
    ) -> None:
        super().__init__(sites, lifts, chisel, cut)
        self._gain, self._bias = gain, bias

    def _change(self, number: int, span: slice, copies: int, z: Tensor, cut: Tensor) -> Tensor:
        gain, bias = (_row(v[span], copies, cut) for v in (self._gain, self._bias))
        return z * (gain - 1) + bias


class FullCarve(_Carve):
    """Every operation. `inputs`: dials (10, N), take int64 (N,), shift int64 (sites,), carried
    (1, 2, H/2, W/2) in its own pixels; then chisel and what is cut, as above.

    With `directions` (site name to a (3, C, 1, 1) projection and a (3, 1, 1) middle) it also
    keeps an X-ray of what each site's layer gets: `xrays`, (1, 3, h, w) in deviations.
    """

    def __init__(
        self,
        sites: Sites,
        lifts: Mapping[str, Basis],
        *inputs: Tensor,
        directions: dict[str, tuple[Tensor, Tensor]] | None = None,
    ) -> None:
        self._dials, self._take, self._shift, self._carried, chisel, *cut = inputs
        super().__init__(sites, lifts, chisel, cut)
        self._cell_px = [site["scale"] for site in sites]
        self._directions = directions or {}
        self.xrays: list[Tensor] = []

    def __call__(self, site: str, x: Tensor) -> Tensor:
        y = super().__call__(site, x)
        if site in self._directions:
            self.xrays.append(self._xray(site, y))
        return y

    def _change(self, number: int, span: slice, copies: int, z: Tensor, cut: Tensor) -> Tensor:
        row = {name: _row(self._dials[k, span], copies, cut) for k, name in enumerate(DIALS)}
        # Both copies side by side as channels, so that A's may take the place of B's.
        channels = z.shape[1]
        beside = torch.cat([z[k : k + 1] for k in range(copies)], 1) if copies > 1 else z
        beside = beside.index_select(1, self._take[span])
        u = torch.cat([beside[:, k * channels : (k + 1) * channels] for k in range(copies)], 0)
        u = torch.minimum(torch.maximum(u, -row["limit"]), row["limit"])
        by = (u - z) * row["taken"] + u * (row["gain"] - 1)
        by = by + rolled(u, self._shift[number]) * row["moved"]
        by = by + torch.round(u * row["fineness"]) * row["step"]
        by = by + (u.mean(3, keepdim=True) * row["across"] + row["bias"])
        by = by + u.mean(2, keepdim=True) * row["down"]
        return self._fed(u, row["fed"], by, 2 / self._cell_px[number])

    def _fed(self, u: Tensor, fed: Tensor, by: Tensor, cells: float) -> Tensor:
        """`by`, and what pulling u along `carried` changes; `cells` are a site's in one of its
        pixels. A site that isn't fed pulls a batch of nothing."""
        far = fed.amax(1)[:, 0, 0]
        at = torch.nonzero(far)[:, 0]
        own = u.index_select(0, at)
        along = F.interpolate(
            self._carried, size=u.shape[-2:], mode="bilinear", align_corners=False
        )
        along = along * (far.index_select(0, at)[:, None, None, None] * cells)
        moved = (pull(own, along) - own) * torch.sign(fed.index_select(0, at))
        return torch.index_put(by, (at,), by.index_select(0, at) + moved)

    def _xray(self, site: str, y: Tensor) -> Tensor:
        weight, middle = self._directions[site]
        cell = max(1, XRAY_CELL_PX // self._scales[site])
        small = F.avg_pool2d(y, cell) if cell > 1 else y
        return F.conv2d(small.mean(0, keepdim=True), weight) - middle


def rest(sites: Sites) -> dict[str, Tensor]:
    """The inputs that leave everything as it is, for both forms, though every site is cut."""
    values = sum(len(site["sides"]) for site in sites)
    dials = torch.zeros(len(DIALS), values)
    dials[DIALS.index("gain")] = dials[DIALS.index("taken")] = 1.0
    dials[DIALS.index("limit")] = NO_LIMIT
    take = torch.cat([torch.arange(len(site["sides"])) for site in sites])
    return {
        "gain": torch.ones(values),
        "bias": torch.zeros(values),
        "dials": dials,
        "take": take,
        "shift": torch.zeros(len(sites), dtype=torch.int64),
        "carried": torch.zeros(1, 2, *HALF_PX),
        "chisel": torch.ones(len(sites), 1, *CHISEL_GRID),
        **{f"cut/{site['name']}": torch.arange(site["copies"]) for site in sites},
    }
