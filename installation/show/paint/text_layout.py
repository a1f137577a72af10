"""Words set in the fonts of the house, as masks of ink: fitted to their box, never cut off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import pygame
import pygame.freetype

from installation.show.paint.shapes import Align, Text
from installation.vocabulary import UglyError

Mask: TypeAlias = npt.NDArray[np.uint8]

FONTS = Path(__file__).resolve().parents[1] / "fonts"
_OWN = ("FredokaOne-Regular.ttf", "BMJUA.ttf")
LINE = 1.16
"""A line's height, as a share of its letters' size."""

_SMALLEST_PX = 6.0
_STEP = 0.94
_KEPT = 600
_REFERENCE_PX = 100.0
_KNOWN = 4000
_KERNED = 1.02
"""How much wider than its letters' advances say a line may be thought to be and still be tried:
kerning brings letters closer."""


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


class TextLayout:
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
        self._files, self._fonts = files, [self._open(file) for file in files]
        self._set: dict[object, Setting] = {}
        self._widths: dict[tuple[int, str], float] = {}
        self._held: dict[str, tuple[bool, ...]] = {}

    @staticmethod
    def _open(file: Path) -> pygame.freetype.Font:
        try:
            font = pygame.freetype.Font(str(file))
        except (OSError, RuntimeError, pygame.error) as error:
            raise UglyError(f"{file}: not a font that can be read ({error})") from None
        font.kerning = True
        font.size = 40.0
        return font

    def font_file(self, words: str) -> Path:
        """The file of the font that `words` are set in."""
        return self._files[self._fonts.index(self._font(words))]

    def missing(self, words: str) -> str:
        """The letters of `words` that the font chosen for them does not hold."""
        return self._missing(self._font(words), words)

    @staticmethod
    def _missing(font: pygame.freetype.Font, words: str) -> str:
        metrics = font.get_metrics(words)
        return "".join(c for c, m in zip(words, metrics, strict=False) if m is None)

    def _font(self, words: str) -> pygame.freetype.Font:
        letters = words.replace("\n", " ")
        for letter in set(letters) - self._held.keys():
            self._held[letter] = tuple(not self._missing(font, letter) for font in self._fonts)
        held = [self._held[letter] for letter in letters]
        lacks = [sum(not has[number] for has in held) for number in range(len(self._fonts))]
        return self._fonts[lacks.index(min(lacks))]

    def _advance(self, font: pygame.freetype.Font, piece: str) -> float:
        """About how wide a piece of a line is, as a share of the letters' size: remembered, and
        so far quicker to ask for than its true width."""
        key = (id(font), piece)
        known = self._widths.get(key)
        if known is None:
            if len(self._widths) > _KNOWN:
                self._widths.clear()
            metrics = font.get_metrics(piece, size=_REFERENCE_PX)
            known = sum(m[4] for m in metrics if m is not None) / _REFERENCE_PX
            self._widths[key] = known
        return known

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
            most = min(text.lines, int(height // (size * LINE)))
            if "\n" in text.words and text.words.count("\n") >= most:
                most = 0
            lines = self._break(font, text.words, size, width, most) if most else None
            if lines is not None or size <= _SMALLEST_PX:
                return self._draw(font, text, size, lines or (text.words,), round(rim))
            size = max(_SMALLEST_PX, size * _STEP)

    def _break(
        self, font: pygame.freetype.Font, words: str, size: float, width: float, most: int
    ) -> tuple[str, ...] | None:
        """Lines no wider than `width`, at most `most`, evenly filled; None if impossible."""

        def fit(lines: Sequence[str]) -> bool:
            rects = (font.get_rect(line, size=size) for line in lines)
            return all(max(rect.right, rect.width) <= width for rect in rects)

        if "\n" in words:
            given = tuple(words.split("\n"))
            return given if fit(given) else None
        pieces = [(piece, size * self._advance(font, piece)) for piece in words.split()]
        space = size * self._advance(font, " ")
        tried = set[tuple[str, ...]]()
        for count in range(1, most + 1):
            # The narrowest measure that still needs only `count` lines looks best.
            for share in (0.6, 0.75, 0.9, 1.0) if count > 1 else (math.inf,):
                lines = _filled(pieces, space, width * share)
                if len(lines) > count or max(far for _, far in lines) > width * _KERNED:
                    continue
                texts = tuple(text for text, _ in lines)
                if texts not in tried and fit(texts):
                    return texts
                tried.add(texts)
        return None

    @staticmethod
    def _draw(
        font: pygame.freetype.Font, text: Text, size: float, lines: tuple[str, ...], rim: int
    ) -> Setting:
        masks: list[tuple[Mask, int, int]] = []
        line_px = size * LINE
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


def _filled(
    pieces: Sequence[tuple[str, float]], space: float, measure: float
) -> list[tuple[str, float]]:
    """Pieces of known widths put into lines about as wide as `measure`, each with its width;
    at least one line, which may be empty."""
    lines: list[tuple[str, float]] = []
    for piece, width in pieces:
        if lines and lines[-1][1] + space + width <= measure:
            lines[-1] = (f"{lines[-1][0]} {piece}", lines[-1][1] + space + width)
        else:
            lines.append((piece, width))
    return lines or [("", 0.0)]
