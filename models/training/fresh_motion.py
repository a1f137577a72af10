"""Synthetic rows made on a device: `synthetic`'s layers, all rows of a batch at a time.

`synthetic.drawn` draws what moves where, as for shards; the pieces of photographs, the cut-outs and
the outlines it asks for lie on the device in a `Bank`, and the layers are put together there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .shards import SIDE_PX
from .synthetic import Layer, Textures, Velocity, drawn

MARGIN_PX = 64  # of a photograph around the piece to show; beyond it the piece is mirrored
TILE_PX = SIDE_PX + 2 * MARGIN_PX
LEAST_CONTRAST = 10  # levels of 255; flatter targets are left out, as by `synthetic`
STEPS = 8  # of the fixed point, as in `Velocity.half_time_position`
Rows = list[tuple[list[Layer], float]]


class Bank:
    """Tiles of TILE_PX a side on the device: `count` pieces of photographs, cut-outs and outlines.

    `colour` is uint8 (2 count, 3, T, T), RGB, photographs first; `alpha` uint8 (2 count, T, T),
    outlines first; behind both lie the cut-outs. For `synthetic.drawn` it is the textures: what it
    gives are numbers of tiles.
    """

    def __init__(
        self, data: Path, rng: np.random.Generator, count: int, device: torch.device
    ) -> None:
        self._textures, self._rng, self._count = Textures(data, rng), rng, count
        self._shapes = [(0, 0)] * count
        self.colour = torch.zeros(2 * count, 3, TILE_PX, TILE_PX, dtype=torch.uint8)
        self.alpha = torch.zeros(2 * count, TILE_PX, TILE_PX, dtype=torch.uint8)
        for number in range(count):
            self._paint(number)
        self.colour, self.alpha = self.colour.to(device), self.alpha.to(device)

    def renew(self) -> None:
        """Another piece, cut-out and outline in the place of some."""
        self._paint(int(self._rng.integers(self._count)))

    def photo(self) -> tuple[int, np.ndarray]:
        return int(self._rng.integers(self._count)), np.full(2, MARGIN_PX, np.float32)

    def cutout(self) -> tuple[int, int, tuple[int, int]]:
        number = int(self._rng.integers(self._count))
        return self._count + number, self._count + number, self._shapes[number]

    def outline(self) -> int:
        return int(self._rng.integers(self._count))

    def _paint(self, number: int) -> None:
        image, offset = self._textures.photo()
        edges = (MARGIN_PX,) * 4
        image = cv2.copyMakeBorder(image, *edges, cv2.BORDER_REFLECT_101)
        x, y = offset.astype(int)
        piece = image[y : y + TILE_PX, x : x + TILE_PX, ::-1].transpose(2, 0, 1)
        self.colour[number] = torch.from_numpy(np.ascontiguousarray(piece))
        outline = torch.from_numpy(self._textures.outline())
        self.alpha[number, : len(outline), : len(outline)] = outline
        colour, alpha, (height, width) = self._textures.cutout()
        self._shapes[number] = (height, width)
        inside = (..., slice(height), slice(width))
        stamp = np.ascontiguousarray(colour[..., ::-1].transpose(2, 0, 1))
        self.colour[self._count + number].zero_()
        self.colour[self._count + number][inside] = torch.from_numpy(stamp).to(self.colour.device)
        self.alpha[self._count + number].zero_()
        self.alpha[self._count + number][inside] = torch.from_numpy(np.ascontiguousarray(alpha)).to(
            self.alpha.device
        )


def drawn_rows(rng: np.random.Generator, bank: Bank, size: int) -> Rows:
    """The layers and t of `size` rows."""
    return [drawn(rng, bank) for _ in range(size)]


@dataclass(frozen=True, slots=True)
class Velocities:
    """`Velocity` for many layers at a time; every field has a layer for its first axis."""

    centre: Tensor
    shift: Tensor
    matrix: Tensor
    wave: Tensor
    phase: Tensor
    height: Tensor

    @classmethod
    def of(cls, velocities: list[Velocity], device: torch.device) -> Velocities:
        def stacked(rows: list[np.ndarray]) -> Tensor:
            return torch.from_numpy(np.stack(rows).astype(np.float32)).to(device)

        still = (np.zeros(2), 0.0, np.zeros(2))  # a wave of no height
        waves = [[*v.waves, still, still][:2] for v in velocities]
        fields = [np.array([[w[k] for w in pair] for pair in waves]) for k in range(3)]
        return cls(
            stacked([v.centre for v in velocities]),
            stacked([v.shift for v in velocities]),
            stacked([v.matrix for v in velocities]),
            *(stacked(list(field)) for field in fields),
        )

    def at(self, x: Tensor) -> Tensor:
        """Pixels from A to B at half-time positions x, (P, S, S, 2)."""
        v = (x - self.centre[:, None, None]) @ self.matrix.transpose(1, 2)[:, None]
        v = v + self.shift[:, None, None]
        for k in range(self.wave.shape[1]):
            turn = x @ self.wave[:, k, None, :, None] + self.phase[:, k].view(-1, 1, 1, 1)
            v = v + torch.sin(turn) * self.height[:, k, None, None]
        return v


def composed(rows: Rows, bank: Bank) -> tuple[Tensor, Tensor, Tensor]:
    """Frames (N, 3, 3, S, S) in 0..1, motion (N, 2, S, S) and t (N, 1, 1, 1) on the bank's device.

    A row whose target is flat is left out, and another stands there twice.
    """
    device, stack = bank.colour.device, [layer for layers, _ in rows for layer in layers]
    layers = _Layers(stack, bank)
    order = [number for row, _ in rows for number in range(len(row))]
    row_of = torch.tensor([k for k, (row, _) in enumerate(rows) for _ in row], device=device)
    floors = [
        torch.tensor([k for k, height in enumerate(order) if height == floor], device=device)
        for floor in range(max(order) + 1)
    ]
    t = torch.tensor([when for _, when in rows], device=device).view(-1, 1, 1, 1)
    frames = []
    for when in (torch.zeros_like(t), t, torch.ones_like(t)):
        colour, share = layers.seen(when[row_of] - 0.5)
        picture = colour[floors[0]]
        for floor in floors[1:]:
            here = row_of[floor]
            picture[here] = torch.lerp(picture[here], colour[floor], share[floor])
        frames.append((picture * 255 + 0.5).floor().clamp(0, 255) / 255)
    _, share = layers.seen(torch.zeros_like(t)[row_of], colours=False)
    moved = layers.velocities.at(layers.grid.expand(len(stack), -1, -1, -1)).permute(0, 3, 1, 2)
    motion = moved[floors[0]]
    for floor in floors[1:]:
        here = row_of[floor]
        motion[here] = torch.where(share[floor] > 127 / 255, moved[floor], motion[here])
    found = torch.stack(frames, 1)
    contrast = found[:, 1].flatten(1).std(1)
    flat = contrast * 255 < LEAST_CONTRAST
    kept = torch.where(flat, contrast.argmax(), torch.arange(len(rows), device=device))
    return found[kept], motion[kept], t[kept]


class _Layers:
    """The layers of all rows, one after the other, as tensors."""

    def __init__(self, stack: list[Layer], bank: Bank) -> None:
        device = bank.colour.device

        def places(name: str) -> Tensor:
            at = np.stack([getattr(layer, name) for layer in stack]).astype(np.float32)
            return torch.from_numpy(at).to(device)[:, None, None]

        self._bank = bank
        self._colour = torch.tensor([layer.colour for layer in stack], device=device)
        alphas = [0 if layer.alpha is None else layer.alpha for layer in stack]
        self._alpha = torch.tensor(alphas, device=device)
        self._colour_at, self._alpha_at = places("colour_at"), places("alpha_at")
        self.velocities = Velocities.of([layer.velocity for layer in stack], device)
        axis = torch.arange(SIDE_PX, dtype=torch.float32, device=device)
        self.grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)[None]

    def seen(self, k: Tensor, colours: bool = True) -> tuple[Tensor, Tensor]:
        """Colour (P, 3, S, S) and cover (P, 1, S, S) of every layer, in 0..1, at t = k + 1/2;
        k is (P, 1, 1, 1)."""
        x = self.grid.expand(len(self._colour), -1, -1, -1)
        for _ in range(STEPS):
            x = self.grid - k * self.velocities.at(x)
        share = _sampled(self._bank.alpha[self._alpha][:, None], x + self._alpha_at, "zeros")
        if not colours:
            return share, share
        colour = _sampled(self._bank.colour[self._colour], x + self._colour_at, "reflection")
        return colour, share


def _sampled(tiles: Tensor, at: Tensor, border: str) -> Tensor:
    grid = at * (2 / (TILE_PX - 1)) - 1
    return F.grid_sample(tiles.float() / 255, grid, padding_mode=border, align_corners=True)
