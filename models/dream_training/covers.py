"""Book covers, composed: layouts, type in many fonts, ornaments, paper. All by chance.

The books that Alex Roidl's network saw were scraped and cannot be had again; these are laid
out by rules a jobbing printer would know. Needs pygame for its fonts (SDL_ttf).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame.freetype

from models.dream_training.cover_shapes import (
    Canvas,
    bar,
    binding,
    blank_mask,
    colour,
    colours,
    ornament,
    paper,
    stamp,
)

Picture = npt.NDArray[np.uint8]

SYLLABLES = [
    "al", "an", "ar", "be", "ber", "bo", "ca", "cel", "da", "der", "do", "el", "en", "er", "fa",
    "fen", "ga", "gel", "ha", "hol", "in", "is", "ka", "ko", "la", "len", "li", "lo", "ma",
    "mer", "mo", "na", "nen", "no", "or", "os", "pa", "per", "ra", "ren", "ri", "ro", "sa",
    "sel", "si", "so", "ta", "ten", "ti", "tor", "tu", "ul", "un", "va", "ver", "vo", "wa",
    "wen",
]  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """How type is set: its size, its colour, where its lines' middle lies across the picture,
    and how wide they may be; longer ones are shrunk."""

    size_px: float
    colour: Canvas
    centre_px: float
    widest_px: float


class Composer:
    """Composes covers with the fonts of these files; those that cannot draw are left out."""

    def __init__(self, fonts: list[Path]) -> None:
        pygame.freetype.init()
        self._fonts = []
        for path in fonts:
            try:
                font = pygame.freetype.Font(str(path), 20)
                shown = pygame.surfarray.array_alpha(font.render("Hamburg", (0, 0, 0))[0])
                missing = pygame.surfarray.array_alpha(font.render("\uffff" * 7, (0, 0, 0))[0])
            except (pygame.error, OSError, ValueError):
                continue
            if shown.max() > 0 and shown.shape[0] > 20 and shown.shape != missing.shape:
                self._fonts.append(font)
        if not self._fonts:
            raise ValueError("none of the fonts can draw letters")

    def cover(self, chance: np.random.Generator, side_px: int) -> Picture:
        """One cover, square; drawn at twice its size and scaled down."""
        size = 2 * side_px
        ground, ink, second = colours(chance)
        canvas = paper(chance, size, ground)
        LAYOUTS[int(chance.integers(len(LAYOUTS)))](self, chance, canvas, ink, second)
        binding(chance, canvas)
        worn = canvas + chance.normal(0, chance.uniform(0, 5), (size, size, 1))
        small = cv2.resize(
            worn.clip(0, 255).astype(np.uint8), (side_px, side_px), interpolation=cv2.INTER_AREA
        )
        return np.asarray(small, np.uint8)

    def font(self, chance: np.random.Generator) -> pygame.freetype.Font:
        return self._fonts[int(chance.integers(len(self._fonts)))]

    def line(
        self, canvas: Canvas, font: pygame.freetype.Font, text: str, y: float, setting: Setting
    ) -> float:
        """Set a line about the height y, shrunk to fit; returns the height it took."""
        size_px = setting.size_px
        surface = font.render(text, (0, 0, 0), size=max(6.0, size_px))[0]
        ink = pygame.surfarray.array_alpha(surface).T.astype(np.float32) / 255
        if 0 in ink.shape:
            return 0.0
        scale = min(1.0, setting.widest_px / ink.shape[1], 2.0 * size_px / ink.shape[0])
        if scale < 1:
            to = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
            ink = cv2.resize(ink, to, interpolation=cv2.INTER_AREA)
        left, top = setting.centre_px - ink.shape[1] / 2, y - ink.shape[0] / 2
        stamp(canvas, ink, round(left), round(top), setting.colour)
        return float(ink.shape[0])

    def block(
        self,
        canvas: Canvas,
        chance: np.random.Generator,
        top: float,
        setting: Setting,
        lines: int = 1,
    ) -> float:
        """A title in one font over some lines; returns where it ends."""
        font, upper = self.font(chance), chance.random() < 0.5
        y = top
        for _ in range(lines):
            text = words(chance, int(chance.integers(1, 3)))
            text = text.upper() if upper else text.title()
            y += self.line(canvas, font, text, y + setting.size_px / 2, setting)
            y += 0.35 * setting.size_px
        return y


def words(chance: np.random.Generator, count: int) -> str:
    """Words that sound like some language, and are none."""
    made = []
    for _ in range(count):
        picks = chance.integers(len(SYLLABLES), size=int(chance.integers(1, 4)))
        made.append("".join(SYLLABLES[int(pick)] for pick in picks))
    return " ".join(made)


def _classic(
    c: Composer, chance: np.random.Generator, canvas: Canvas, ink: Canvas, second: Canvas
) -> None:
    """A frame, the title high, a device in the middle, the publisher at the foot."""
    size = len(canvas)
    margin = size * chance.uniform(0.05, 0.1)
    for inset in (1.0, 1.4)[: int(chance.integers(1, 3))]:
        m, thick = round(margin * inset), int(chance.integers(1, 5))
        mask = blank_mask(size)
        cv2.rectangle(mask, (m, m), (size - m, size - m), 1.0, thick)
        stamp(canvas, mask, 0, 0, second)
    big = size * chance.uniform(0.09, 0.15)
    end = c.block(
        canvas,
        chance,
        size * 0.16,
        Setting(big, ink, size / 2, size * 0.72),
        int(chance.integers(1, 3)),
    )
    ornament(
        chance, canvas, size / 2, (end + size * 0.84) / 2, size * chance.uniform(0.06, 0.13), second
    )
    c.block(canvas, chance, size * 0.84, Setting(size * 0.05, ink, size / 2, size * 0.6))


def _label(
    c: Composer, chance: np.random.Generator, canvas: Canvas, ink: Canvas, second: Canvas
) -> None:
    """A pattern all over, and a label with the title on it."""
    size = len(canvas)
    step = size / int(chance.integers(4, 11))
    across = chance.random() < 0.4
    for i in np.arange(0, size, step):
        if across:
            bar(canvas, 0, i, size, step / 2, second)
            continue
        for j in np.arange(0, size, step):
            mask = np.zeros((round(step), round(step)), np.float32)
            cv2.circle(
                mask, (round(step / 2), round(step / 2)), round(step / 3.2), 1.0, -1, cv2.LINE_AA
            )
            stamp(canvas, mask, round(j), round(i), second)
    width, height = size * chance.uniform(0.55, 0.8), size * chance.uniform(0.3, 0.45)
    x, y = (size - width) / 2, size * chance.uniform(0.12, 0.5)
    bar(canvas, x, y, width, height, colour(0.12, 0.15, 0.97))
    dark = colour(chance.random(), 0.6, 0.2)
    end = c.block(
        canvas, chance, y + height * 0.16, Setting(height * 0.3, dark, size / 2, width * 0.88)
    )
    c.block(
        canvas,
        chance,
        min(end, y + height * 0.66),
        Setting(height * 0.15, dark, size / 2, width * 0.8),
    )


def _modern(
    c: Composer, chance: np.random.Generator, canvas: Canvas, ink: Canvas, second: Canvas
) -> None:
    """Bands and a large form, type ranged to one side."""
    size = len(canvas)
    if chance.random() < 0.6:
        y = size * chance.uniform(0.3, 0.8)
        bar(canvas, 0, y, size, size * chance.uniform(0.04, 0.35), second)
    if chance.random() < 0.7:
        x, y = size * chance.uniform(0.2, 0.8), size * chance.uniform(0.4, 0.8)
        ornament(
            chance,
            canvas,
            x,
            y,
            size * chance.uniform(0.12, 0.35),
            second if chance.random() < 0.5 else ink,
        )
    big = size * chance.uniform(0.1, 0.2)
    c.block(
        canvas,
        chance,
        size * chance.uniform(0.06, 0.2),
        Setting(big, ink, size / 2, size * 0.86),
        int(chance.integers(1, 4)),
    )
    c.block(
        canvas,
        chance,
        size * chance.uniform(0.85, 0.92),
        Setting(size * 0.05, ink, size * chance.uniform(0.3, 0.7), size * 0.5),
    )


def _picture(
    c: Composer, chance: np.random.Generator, canvas: Canvas, ink: Canvas, second: Canvas
) -> None:
    """A made-up view in a window (hills before a sky), title above or below it."""
    size = len(canvas)
    top = chance.random() < 0.5
    y0 = size * (0.36 if top else 0.08)
    x0, wide, high = size * 0.12, size * 0.76, size * 0.52
    hue = chance.random()
    for k, row in enumerate(np.linspace(0, 1, round(high))):
        bar(canvas, x0, y0 + k, wide, 1, colour(hue, 0.25 + 0.5 * (1 - row), 0.55 + 0.45 * row))
    sun = (x0 + wide * chance.uniform(0.2, 0.8), y0 + high * chance.uniform(0.2, 0.5))
    mask = blank_mask(size)
    cv2.circle(
        mask,
        (round(sun[0]), round(sun[1])),
        round(size * chance.uniform(0.03, 0.1)),
        1.0,
        -1,
        cv2.LINE_AA,
    )
    stamp(canvas, mask, 0, 0, second)
    xs = np.arange(round(wide))
    for layer in range(3):
        wave = sum(
            np.sin(xs / size * f + chance.uniform(0, 6)) / f for f in chance.uniform(4, 40, 4)
        )
        tops = (high * (0.5 + 0.15 * layer) + wave * size * 0.5).clip(0, high)
        hill = (np.arange(round(high))[:, None] >= tops).astype(np.float32)
        stamp(
            canvas, hill, round(x0), round(y0), colour(hue + 0.1 * layer, 0.6, 0.6 - 0.18 * layer)
        )
    big = size * chance.uniform(0.08, 0.13)
    c.block(
        canvas,
        chance,
        size * (0.07 if top else 0.66),
        Setting(big, ink, size / 2, size * 0.8),
        int(chance.integers(1, 3)),
    )


def _text_only(
    c: Composer, chance: np.random.Generator, canvas: Canvas, ink: Canvas, second: Canvas
) -> None:
    """Type from top to bottom, each block in a size and a font of its own, rules between."""
    size = len(canvas)
    y = size * 0.08
    while y < size * 0.86:
        big = size * chance.choice([0.05, 0.08, 0.12, 0.18])
        y = c.block(
            canvas,
            chance,
            y,
            Setting(big, ink if chance.random() < 0.7 else second, size / 2, size * 0.84),
        )
        if chance.random() < 0.4:
            bar(canvas, size * 0.2, y, size * 0.6, chance.uniform(1, 5), second)
        y += size * chance.uniform(0.02, 0.08)


LAYOUTS = (_classic, _classic, _label, _modern, _modern, _picture, _text_only)
