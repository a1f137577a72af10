"""What a carve is inside the exported graphs.

Two forms of the same thing. `PlainCarve` is what most cuts need and costs next to nothing:

    y = x + chisel (x (gain - 1) + bias)

`FullCarve` is every operation of the house:

    u = clip(x[take], -limit, limit)
    y = x + chisel ((u - x) taken + u (gain - 1) + rolled(u) moved + round(u fineness) step
                    + mean over the row of u across + mean over the column of u down
                    + bias)

with one value a channel in `dials`, whose rows are named in `DIALS`; `take` puts channels of
the same site in each other's place, as far as `taken` says; `shift` rolls a site's grid by
whole cells, read as one long line: a roll across spills into the next row, as an old
television's does. Dials at rest (1 for gain and taken, a huge limit, else 0) leave every bit
as it was, in both forms.

Both avoid If, Loop and Scan, and every operator is one ONNX Runtime also has for CUDA.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

CHISEL_GRID = (36, 64)
DIALS = ("gain", "bias", "taken", "moved", "limit", "fineness", "step", "across", "down")
NO_LIMIT = 1e30
XRAY_CELL_PX = 8  # an X-ray's cell is this many pixels of the frame, or the site's own if coarser

Sites = Sequence[dict[str, Any]]


@torch.jit.script
def rolled(x: Tensor, shift: Tensor) -> Tensor:
    """The grid of x (N, C, H, W) read as one line and turned by `shift` (0-dim int64) cells."""
    line = x.flatten(2)
    start = int(shift)
    return torch.cat((line[:, :, start:], line[:, :, :start]), 2).view(x.shape)


class _Places:
    """Where each site's values lie in the arrays."""

    def __init__(self, sites: Sites) -> None:
        self.at: dict[str, tuple[int, slice]] = {}
        offset = 0
        for number, site in enumerate(sites):
            length = len(site["sides"])
            self.at[site["name"]] = (number, slice(offset, offset + length))
            offset += length
        self.values = offset


def _spread(chisel: Tensor, number: int, x: Tensor) -> Tensor:
    return F.interpolate(chisel[number : number + 1], size=x.shape[-2:], mode="nearest")


class PlainCarve:
    """Gain, bias and chisel. gain and bias are (N,), chisel (sites, 1, 36, 64)."""

    def __init__(self, sites: Sites, gain: Tensor, bias: Tensor, chisel: Tensor) -> None:
        self._places = _Places(sites)
        self._gain, self._bias, self._chisel = gain, bias, chisel

    def __call__(self, site: str, x: Tensor) -> Tensor:
        number, span = self._places.at[site]
        copies = (span.stop - span.start) // x.shape[1]
        gain, bias = (v[span].view(copies, -1, 1, 1) for v in (self._gain, self._bias))
        return x + _spread(self._chisel, number, x) * (x * (gain - 1) + bias)


class FullCarve:
    """Every operation. dials (9, N), take int64 (N,), shift int64 (sites,), chisel as above.

    With `directions` (site name to a (3, C, 1, 1) projection and a (3, 1, 1) middle) it also
    keeps an X-ray of what each site's layer gets: `xrays`, (1, 3, h, w) in deviations.
    """

    def __init__(
        self,
        sites: Sites,
        dials: Tensor,
        take: Tensor,
        shift: Tensor,
        chisel: Tensor,
        directions: dict[str, tuple[Tensor, Tensor]] | None = None,
    ) -> None:
        self._places = _Places(sites)
        self._scales = {site["name"]: site["scale"] for site in sites}
        self._dials, self._take, self._shift, self._chisel = dials, take, shift, chisel
        self._directions = directions or {}
        self.xrays: list[Tensor] = []

    def __call__(self, site: str, x: Tensor) -> Tensor:
        number, span = self._places.at[site]
        copies, channels = (span.stop - span.start) // x.shape[1], x.shape[1]
        row = {
            name: self._dials[k, span].view(copies, channels, 1, 1) for k, name in enumerate(DIALS)
        }
        # Both copies side by side as channels, so that A's may take the place of B's.
        side_by_side = x.reshape(1, copies * channels, *x.shape[2:])
        u = side_by_side.index_select(1, self._take[span]).reshape(x.shape)
        u = torch.minimum(torch.maximum(u, -row["limit"]), row["limit"])
        more = (u - x) * row["taken"] + u * (row["gain"] - 1)
        more = more + rolled(u, self._shift[number]) * row["moved"]
        more = more + torch.round(u * row["fineness"]) * row["step"]
        more = more + (u.mean(3, keepdim=True) * row["across"] + row["bias"])
        more = more + u.mean(2, keepdim=True) * row["down"]
        y = x + _spread(self._chisel, number, x) * more
        if site in self._directions:
            self.xrays.append(self._xray(site, y))
        return y

    def _xray(self, site: str, y: Tensor) -> Tensor:
        weight, middle = self._directions[site]
        cell = max(1, XRAY_CELL_PX // self._scales[site])
        small = F.avg_pool2d(y, cell) if cell > 1 else y
        return F.conv2d(small.mean(0, keepdim=True), weight) - middle


def rest(sites: Sites) -> dict[str, Tensor]:
    """The inputs that leave everything as it is, for both forms."""
    values = _Places(sites).values
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
        "chisel": torch.ones(len(sites), 1, *CHISEL_GRID),
    }
