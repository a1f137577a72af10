"""Synthetic motion with known flow: photographs and cut-outs that move and bend.

    python -m models.training.synthetic DATA OUT --rows 6000 --seed 1

Training reads every shard whose name begins with `synthetic`.

Every sample is a stack of layers. A layer has a texture, an outline and a velocity field
v(x) on the grid of t = 1/2: a point that is at x at half time is at x + (t - 1/2) v(x) at
time t. So frames A (t = 0), B (t = 1) and the target (any t) come from the same field, and
the motion at half time is known exactly, occlusions included.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .shards import SIDE_PX, Writer

Array = np.ndarray
LAYERS, LAYER_ODDS = (0, 1, 2, 3, 4, 6), (0.08, 0.22, 0.25, 0.2, 0.15, 0.1)  # above the ground
STILL_GROUND = 0.2  # of the rows; a tripod's: what moves, moves before it
GRID = np.stack(np.meshgrid(*[np.arange(SIDE_PX, dtype=np.float32)] * 2), -1)


class Velocity:
    """A smooth velocity field: a shift, a small affine part, two slow waves."""

    def __init__(self, rng: np.random.Generator, shift: Array, affine: float, bends: bool) -> None:
        self.centre = rng.uniform(0, SIDE_PX, 2).astype(np.float32)
        self.shift = np.asarray(shift, np.float32)
        zoom, turn = rng.normal(0, 0.5 * affine, 2)
        self.matrix = np.array([[zoom, -turn], [turn, zoom]]) + rng.normal(0, 0.15 * affine, (2, 2))
        self.waves = []
        for _ in range(2 if bends else 0):
            length_px, angle = rng.uniform(50, 220), rng.uniform(0, 2 * np.pi)
            wave = 2 * np.pi / length_px * np.array([np.cos(angle), np.sin(angle)])
            height = rng.normal(0, 0.5, 2) * rng.uniform(0, 0.12) * length_px * rng.uniform(0.2, 1)
            self.waves.append((wave, rng.uniform(0, 2 * np.pi), height))

    def at(self, x: Array) -> Array:
        """Pixels from A to B at half-time positions x, (..., 2)."""
        v = (x - self.centre) @ self.matrix.T + self.shift
        for wave, phase, height in self.waves:
            v = v + np.sin(x @ wave + phase)[..., None] * height
        return v.astype(np.float32)

    def half_time_position(self, t: float) -> Array:
        """For every pixel of the frame at t, where its point is at half time."""
        k = np.float32(t - 0.5)
        x = GRID
        for _ in range(8):  # fixed point of x = grid - k v(x); slopes stay below 0.75
            x = GRID - k * self.at(x)
        return x.astype(np.float32)


class Textures:
    """Random pieces of photographs, and outlines to cut them with."""

    def __init__(self, data: Path, rng: np.random.Generator) -> None:
        self._rng = rng
        self._photos = [cv2.imread(str(p)) for p in sorted((data / "photo").iterdir())]
        self._cutouts = [
            cv2.imread(str(p), cv2.IMREAD_UNCHANGED) for p in sorted((data / "cutout").iterdir())
        ]

    def photo(self) -> tuple[Array, Array]:
        """A photograph at a random scale and the offset of the piece to show."""
        rng, image = self._rng, self._photos[self._rng.integers(len(self._photos))]
        least = max((SIDE_PX + 40) / image.shape[0], (SIDE_PX + 40) / image.shape[1], 0.3)
        scale = np.exp(rng.uniform(np.log(least), np.log(max(1.0, least * 1.05))))
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if rng.random() < 0.5:
            image = np.ascontiguousarray(image[:, ::-1])
        height, width = image.shape[:2]
        offset = rng.uniform(0, 1, 2) * [max(1, width - SIDE_PX), max(1, height - SIDE_PX)]
        return image, offset.astype(np.float32)

    def cutout(self) -> tuple[Array, Array, tuple[int, int]]:
        """One stamp: its colour H x W x 3, alpha H x W, and (H, W)."""
        image = self._cutouts[self._rng.integers(len(self._cutouts))]
        scale = self._rng.uniform(0.25, 1.0)
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if self._rng.random() < 0.5:
            image = np.ascontiguousarray(image[:, ::-1])
        stamp = cv2.copyMakeBorder(image, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
        return np.ascontiguousarray(stamp[..., :3]), stamp[..., 3], stamp.shape[:2]

    def outline(self) -> Array:
        """A random blob, uint8 256 x 256 alpha."""
        rng = self._rng
        corners, radius = rng.integers(3, 9), rng.uniform(12, 70)
        angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
        reach = radius * rng.uniform(0.35, 1, corners)
        squash = rng.uniform(0.4, 1)
        points = 128 + np.stack([np.cos(angle) * reach, np.sin(angle) * reach * squash], 1)
        alpha = np.zeros((256, 256), np.uint8)
        cv2.fillPoly(alpha, [points.astype(np.int32)], 255, cv2.LINE_AA)
        if rng.random() < 0.6:
            kernel = int(radius / 4) * 2 + 1
            soft = cv2.GaussianBlur(alpha, (kernel, kernel), 0).astype(np.float32)
            alpha = ((soft - 100) * 8).clip(0, 255).astype(np.uint8)
        return alpha


def _shift(rng: np.random.Generator) -> Array:
    """A motion in pixels, small ones and large ones alike often."""
    kind, angle = rng.random(), rng.uniform(0, 2 * np.pi)
    size_px = (
        rng.uniform(0, 3)
        if kind < 0.3
        else rng.uniform(2, 12)
        if kind < 0.7
        else rng.uniform(8, 40)
    )
    return size_px * np.array([np.cos(angle), np.sin(angle)])


def _sampled(image: Array, at: Array, border: int) -> Array:
    return cv2.remap(image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=border)


@dataclass(frozen=True, slots=True)
class Layer:
    """What moves: a texture, an outline (none: it covers all), where each lies at half time, and
    how it moves. What `colour` and `alpha` are is the textures' business."""

    colour: Any
    alpha: Any
    colour_at: Array
    alpha_at: Array
    velocity: Velocity


def drawn(rng: np.random.Generator, textures: Any) -> tuple[list[Layer], float]:
    """The layers of one row, the ground first, and its t.

    `textures` has `photo()`, a texture and where in it to look; `cutout()`, colour, alpha and their
    shape (H, W); and `outline()`, an alpha of 256 x 256.
    """
    t = 0.5 if rng.random() < 0.5 else float(rng.uniform(0.05, 0.95))
    camera = _shift(rng) * (rng.random() < 0.8)
    photo, offset = textures.photo()
    if rng.random() < STILL_GROUND:
        camera = np.zeros(2)
        ground = Velocity(rng, camera, 0.0, False)
    else:
        ground = Velocity(rng, camera, rng.choice([0.02, 0.1, 0.2]), rng.random() < 0.4)
    layers = [Layer(photo, None, offset, offset, ground)]
    for _ in range(rng.choice(LAYERS, p=LAYER_ODDS)):
        shift = camera * rng.choice([0, 1, 1]) + _shift(rng) * 0.8
        velocity = Velocity(rng, shift, rng.choice([0.02, 0.1, 0.25]), rng.random() < 0.3)
        place = rng.uniform(-20, SIDE_PX - 20, 2).astype(np.float32)
        if rng.random() < 0.45:
            colour, alpha, (height, width) = textures.cutout()
            at = -place + np.array((width, height), np.float32) / 4
            layers.append(Layer(colour, alpha, at, at, velocity))
        else:
            colour, offset = textures.photo()
            layers.append(Layer(colour, textures.outline(), offset, -place + 100, velocity))
    return layers, t


def sample(rng: np.random.Generator, textures: Textures) -> tuple[Array, Array, float]:
    """One row: images (S, S, 9) RGB uint8, motion (S, S, 2) float32, t."""
    layers, t = drawn(rng, textures)
    return *painted(layers, t), t


def painted(layers: list[Layer], t: float) -> tuple[Array, Array]:
    """The layers as images (S, S, 9), RGB of what was BGR, and their motion (S, S, 2)."""
    motion = layers[0].velocity.at(GRID)

    def composed(when: float) -> Array:
        nonlocal motion
        picture = np.zeros((SIDE_PX, SIDE_PX, 3), np.float32)
        for layer in layers:
            x = layer.velocity.half_time_position(when)
            colour = _sampled(layer.colour, x + layer.colour_at, cv2.BORDER_REFLECT_101)
            colour = colour.astype(np.float32)
            if layer.alpha is None:
                picture = colour
                continue
            cover = _sampled(layer.alpha, x + layer.alpha_at, cv2.BORDER_CONSTANT)[..., None]
            share = cover.astype(np.float32) / 255
            picture = picture * (1 - share) + colour * share
            if when == 0.5:
                motion = np.where(cover > 127, layer.velocity.at(GRID), motion)
        return (picture + 0.5).clip(0, 255).astype(np.uint8)[..., ::-1]

    half = composed(0.5)
    frames = [composed(0.0), half if t == 0.5 else composed(t), composed(1.0)]
    return np.concatenate(frames, -1), motion


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that `footage` filled")
    parser.add_argument("out", type=Path, help="the new shard")
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(given.seed)
    textures, writer, began = Textures(given.data, rng), Writer(given.out, given.rows), time.time()
    sure = np.ones((SIDE_PX, SIDE_PX), np.uint8)
    while not writer.full:
        images, motion, t = sample(rng, textures)
        if images[..., 3:6].std() < 10:
            continue
        writer.add(images, motion, sure, t)
        if writer.count % 500 == 0:
            each_ms = (time.time() - began) / writer.count * 1000
            print(f"{writer.count} rows, {each_ms:.0f} ms each", flush=True)


if __name__ == "__main__":
    main()
