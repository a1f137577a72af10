"""What a book cover is made of besides letters: inks, paper, a binding, ornaments, bars."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
import numpy.typing as npt

Canvas = npt.NDArray[np.float32]
"""H x W x 3, or a mask H x W; colours 0..255, masks 0..1."""


def colour(hue: float, saturation: float, value: float) -> Canvas:
    return np.asarray(colorsys.hsv_to_rgb(hue % 1, saturation, value), np.float32) * 255


def colours(chance: np.random.Generator) -> tuple[Canvas, Canvas, Canvas]:
    """Ground, ink and a second ink: light on dark, dark on light or loud on loud."""
    hue = chance.random()
    other = hue + chance.choice([0.5, 0.33, 0.08, 0.0])
    manner = chance.random()
    if manner < 0.35:  # paper, dark ink
        ground = colour(
            chance.uniform(0.08, 0.14), chance.uniform(0.05, 0.3), chance.uniform(0.8, 1)
        )
        return (
            ground,
            colour(hue, chance.uniform(0, 0.9), 0.2),
            colour(hue, 0.9, chance.uniform(0.5, 0.9)),
        )
    if manner < 0.7:  # cloth, gold or cream on it
        ground = colour(hue, chance.uniform(0.4, 0.9), chance.uniform(0.15, 0.5))
        return ground, colour(0.12, chance.uniform(0.1, 0.6), 0.95), colour(other, 0.7, 0.9)
    ground = colour(hue, chance.uniform(0.6, 1), chance.uniform(0.7, 1))
    dark = chance.random() < 0.5
    return ground, colour(other, 0.4, 0.1 if dark else 1.0), colour(other, 0.9, 0.7)


def paper(chance: np.random.Generator, size: int, ground: Canvas) -> Canvas:
    """The ground with light from one side and a grain."""
    rough = chance.normal(0, 1, (16, 16)).astype(np.float32)
    rough = cv2.resize(rough, (size, size), interpolation=cv2.INTER_CUBIC) * chance.uniform(0, 8)
    slope = np.linspace(-1, 1, size, dtype=np.float32) * chance.uniform(-14, 14)
    return np.asarray(ground + (rough + slope[:, None])[..., None], np.float32)


def binding(chance: np.random.Generator, canvas: Canvas) -> None:
    """A spine's shadow at the left, sometimes a border."""
    size = len(canvas)
    if chance.random() < 0.7:
        x = round(size * chance.uniform(0.03, 0.08))
        canvas[:, :x] *= chance.uniform(0.7, 0.95)
        canvas[:, x : x + 3] *= 0.6


def stamp(canvas: Canvas, ink: Canvas, x: int, y: int, colour: Canvas) -> None:
    """Mix a colour in where the mask is, cut at the edges."""
    height, width = canvas.shape[:2]
    left, top, right, bottom = (
        max(0, x),
        max(0, y),
        min(width, x + ink.shape[1]),
        min(height, y + ink.shape[0]),
    )
    if left < right and top < bottom:
        mask = ink[top - y : bottom - y, left - x : right - x, None]
        part = canvas[top:bottom, left:right]
        part += (colour - part) * mask


def blank_mask(size: int) -> Canvas:
    return np.zeros((size, size), np.float32)


def ornament(
    chance: np.random.Generator, canvas: Canvas, x: float, y: float, r: float, ink: Canvas
) -> None:
    """A round device: rings, a rosette, a star, a disc or a lozenge."""
    mask, kind = blank_mask(len(canvas)), int(chance.integers(5))
    middle = (round(x), round(y))
    thick = max(1, round(r / 12))
    if kind == 0:
        for share in (1.0, 0.75, 0.5, 0.25)[: int(chance.integers(1, 5))]:
            cv2.circle(mask, middle, round(r * share), 1.0, thick, cv2.LINE_AA)
    elif kind == 1:
        for angle in np.arange(0, 360, 360 / int(chance.integers(4, 13))):
            cv2.ellipse(
                mask,
                middle,
                (round(r), round(r / 4)),
                float(angle),
                0,
                360,
                1.0,
                thick,
                cv2.LINE_AA,
            )
    elif kind == 2:
        points = 2 * int(chance.integers(4, 11))
        angles = np.arange(points) * 2 * np.pi / points
        radii = np.where(np.arange(points) % 2, r * chance.uniform(0.3, 0.7), r)
        star = np.stack([x + radii * np.sin(angles), y - radii * np.cos(angles)], 1)
        cv2.fillPoly(mask, [np.round(star).astype(np.int32)], 1.0, cv2.LINE_AA)
    elif kind == 3:
        cv2.circle(mask, middle, round(r), 1.0, -1, cv2.LINE_AA)
    else:
        corners = np.array([[x, y - r], [x + r, y], [x, y + r], [x - r, y]])
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1.0, cv2.LINE_AA)
    stamp(canvas, mask, 0, 0, ink)


def bar(canvas: Canvas, x: float, y: float, width: float, height: float, ink: Canvas) -> None:
    ones = np.ones((max(1, round(height)), max(1, round(width))), np.float32)
    stamp(canvas, ones, round(x), round(y), ink)
