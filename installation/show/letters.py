"""Words set in the fonts of the house, as masks of ink: fitted to their box, never cut off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import pygame
import pygame.freetype

from installation.show.strokes import Align, Text
from installation.vocabulary import UglyError

Mask: TypeAlias = npt.NDArray[np.uint8]

FONTS = Path(__file__).parent / "fonts"
_OWN = ("FredokaOne-Regular.ttf", "BMJUA.ttf")
_LINE = 1.16
_SMALLEST_PX = 6.0
_STEP = 0.94
_KEPT = 400


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as set: the height of its letters in pixels, its lines, and masks of its letters
    and of its outline (0..255) with their place relative to the box's corner."""

    size_px: float
    lines: tuple[str, ...]
    letters: Mask
    edge: Mask | None
    x: int
    y: int


class Letters:
    """Sets texts, and remembers the last few hundred it set.

    A text is set in the first font that holds all its letters. `folders` may hold further
    fonts (`.ttf`, `.otf`) for an operator's own languages.

    Raises:
        UglyError: if a font cannot be read.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        pygame.freetype.init()
        files = [FONTS / name for name in _OWN]
        for folder in folders:
            files += sorted(f for f in folder.glob("*") if f.suffix.lower() in (".ttf", ".otf"))
        self._fonts = [self._open(file) for file in files]
        self._set: dict[object, Setting] = {}

    @staticmethod
    def _open(file: Path) -> pygame.freetype.Font:
        try:
            font = pygame.freetype.Font(str(file))
        except (OSError, RuntimeError, pygame.error) as error:
            raise UglyError(f"{file}: not a font that can be read ({error})") from None
        font.kerning = True
        font.size = 40.0
        return font

    def missing(self, words: str) -> str:
        """The letters of `words` that the font chosen for them does not hold."""
        return self._missing(self._font(words), words)

    @staticmethod
    def _missing(font: pygame.freetype.Font, words: str) -> str:
        metrics = font.get_metrics(words)
        return "".join(c for c, m in zip(words, metrics, strict=False) if m is None)

    def _font(self, words: str) -> pygame.freetype.Font:
        letters = words.replace("\n", " ")
        return min(self._fonts, key=lambda font: len(self._missing(font, letters)))

    def set(self, text: Text) -> Setting:
        """Set a text in its box: as large as asked, smaller only if the box is too small."""
        key = (
            text.words, round(text.box.w), round(text.box.h), text.size_px, text.align,
            text.lines, text.edge_px if text.edge else 0.0,
        )  # fmt: skip
        found = self._set.pop(key, None)
        if found is None:
            found = self._fit(text)
        self._set[key] = found  # newest last
        if len(self._set) > _KEPT:
            del self._set[next(iter(self._set))]
        return found

    def _fit(self, text: Text) -> Setting:
        font = self._font(text.words)
        rim = text.edge_px if text.edge else 0.0
        width, height = text.box.w - 2 * rim, text.box.h - 2 * rim
        size = text.size_px
        while True:
            lines = self._break(font, text.words, size, width, text.lines)
            fits = lines is not None and len(lines) * size * _LINE <= height
            if fits or size <= _SMALLEST_PX:
                return self._draw(font, text, size, lines or (text.words,), round(rim))
            size = max(_SMALLEST_PX, size * _STEP)

    @staticmethod
    def _break(
        font: pygame.freetype.Font, words: str, size: float, width: float, most: int
    ) -> tuple[str, ...] | None:
        """Lines no wider than `width`, at most `most`, evenly filled; None if impossible."""

        def wide(line: str) -> float:
            rect = font.get_rect(line, size=size)
            return float(max(rect.right, rect.width))

        if "\n" in words:
            given = tuple(words.split("\n"))
            return given if all(wide(line) <= width for line in given) else None
        pieces = words.split()
        for count in range(1, most + 1):
            room = width if count > 1 else max(width, 0.0)
            # The narrowest measure that still needs only `count` lines looks best.
            for share in (0.6, 0.75, 0.9, 1.0) if count > 1 else (1.0,):
                lines: list[str] = []
                for piece in pieces:
                    if lines and wide(f"{lines[-1]} {piece}") <= room * share:
                        lines[-1] += f" {piece}"
                    else:
                        lines.append(piece)
                if len(lines) <= count and all(wide(line) <= width for line in lines):
                    return tuple(lines) or ("",)
        return None

    @staticmethod
    def _draw(
        font: pygame.freetype.Font, text: Text, size: float, lines: tuple[str, ...], rim: int
    ) -> Setting:
        masks: list[tuple[Mask, int, int]] = []
        line_px = size * _LINE
        for row, line in enumerate(lines):
            if not line.strip():
                continue
            surface, rect = font.render(line, fgcolor=(255, 255, 255), size=size)
            mask = np.ascontiguousarray(pygame.surfarray.array_alpha(surface).T)
            baseline = row * line_px + 0.5 * line_px + 0.35 * size
            masks.append((mask, rect.x, round(baseline - rect.y)))
        width = max((mask.shape[1] for mask, _, _ in masks), default=1)
        top = min((y for _, _, y in masks), default=0)
        bottom = max((y + mask.shape[0] for mask, _, y in masks), default=1)
        whole: Mask = np.zeros((bottom - top + 2 * rim, width + 2 * rim), np.uint8)
        for mask, _, y in masks:
            h, w = mask.shape
            slack = width - w
            x = {Align.LEFT: 0, Align.CENTRE: slack // 2, Align.RIGHT: slack}[text.align]
            np.maximum(
                whole[rim + y - top : rim + y - top + h, rim + x : rim + x + w],
                mask,
                out=whole[rim + y - top : rim + y - top + h, rim + x : rim + x + w],
            )
        edge: Mask | None = None
        if rim:
            pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
            edge = np.asarray(cv2.dilate(whole, pen), np.uint8)
        room = text.box.w - whole.shape[1]
        x = round({Align.LEFT: 0.0, Align.CENTRE: room / 2, Align.RIGHT: room}[text.align])
        y = round((text.box.h - len(lines) * line_px) / 2) + top - rim
        return Setting(size, lines, whole, edge, x, y)
