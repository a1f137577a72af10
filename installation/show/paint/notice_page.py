"""A notice on paper (A4): a heading, what stands below it, and a code that leads to more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from installation.show.paint.palette import INK, PAPER, SUN
from installation.show.paint.qr_code import enlarged
from installation.show.paint.shapes import (
    Align,
    Blob,
    Colour,
    Line,
    Picture,
    Point,
    Rect,
    Stroke,
    Text,
)
from installation.show.paint.text_layout import LINE, TextLayout
from installation.vocabulary import Frame

A4_MM = (210, 297)
PX_PER_MM = 6
_MARGIN, _BAND, _FOOT, _CODE = 16 * PX_PER_MM, 46 * PX_PER_MM, 8 * PX_PER_MM, 42 * PX_PER_MM
_LARGEST, _SMALLEST = 7.5 * PX_PER_MM, 3.2 * PX_PER_MM
_ENDLESS = 1e6
_WHITE, _FAINT = Colour(255, 255, 255), Colour(60, 52, 74)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says: `blocks` are headings ("" for none) and texts; `code` a QR code
    (`qr_code`) with a word below it; with `warns` a triangle warns beside the title."""

    title: str
    blocks: tuple[tuple[str, str], ...]
    code: Frame | None = None
    code_says: str = ""
    foot: str = ""
    warns: bool = False


def notice_page(notice: Notice, letters: TextLayout) -> tuple[Stroke, ...]:
    """The page's strokes, PX_PER_MM a millimetre; the letters are as large as the page allows."""
    width, height = (side * PX_PER_MM for side in A4_MM)
    strokes: list[Stroke] = [
        _box(Rect(0, 0, width, height), _WHITE),
        _box(Rect(0, 0, width, _BAND), SUN),
    ]
    left = float(_MARGIN)
    if notice.warns:
        strokes += _triangle(Rect(_MARGIN, 9 * PX_PER_MM, 32 * PX_PER_MM, 28 * PX_PER_MM))
        left += 38 * PX_PER_MM
    title = Rect(left, 7 * PX_PER_MM, width - left - _MARGIN, _BAND - 14 * PX_PER_MM)
    strokes.append(Text(notice.title, title, 15 * PX_PER_MM, INK, Align.LEFT, lines=2))
    low = _CODE + 10 * PX_PER_MM if notice.code is not None else 0
    top = _BAND + 9 * PX_PER_MM
    room = Rect(_MARGIN, top, width - 2 * _MARGIN, height - top - _MARGIN - _FOOT - low)
    strokes += _paragraphs(notice.blocks, room, letters)
    bottom = height - _MARGIN
    if notice.code is not None:
        strokes += _code(notice, Rect(_MARGIN, bottom - _FOOT - _CODE, room.w, _CODE))
    foot = Rect(_MARGIN, bottom - _FOOT, room.w, _FOOT)
    strokes.append(Text(notice.foot, foot, 3.6 * PX_PER_MM, INK, Align.LEFT))
    return tuple(strokes)


def _paragraphs(blocks: Sequence[tuple[str, str]], room: Rect, letters: TextLayout) -> list[Stroke]:
    """The blocks one below the other, in the largest letters that leave room for all."""
    size = _LARGEST
    while True:
        rows = list(_rows(blocks, size))
        heights = [_height(words, room.w, letter, letters) for words, letter, _ in rows]
        gaps = [gap * size for _, _, gap in rows]
        if sum(heights) + sum(gaps) <= room.h or size <= _SMALLEST:
            break
        size *= 0.96
    strokes: list[Stroke] = []
    y = room.y
    for (words, letter, _), high, gap in zip(rows, heights, gaps, strict=True):
        dark = INK if letter > size else _FAINT
        box = Rect(room.x, y + gap, room.w, high)
        strokes.append(Text(words, box, letter, dark, Align.LEFT, lines=99))
        y = box.bottom
    return strokes


def _rows(blocks: Sequence[tuple[str, str]], size: float) -> Iterator[tuple[str, float, float]]:
    """Every line that was asked for: its words, how large, and the gap above it in `size`. Each by
    itself, since a name may need another font than what is said of it."""
    for number, (head, text) in enumerate(blocks):
        gap = 0.8 if number else 0.0
        if head:
            yield head, 1.1 * size, gap
            gap = 0.0
        for line in text.split("\n"):
            yield line, size, gap
            gap = 0.0


def _height(words: str, width: float, size: float, letters: TextLayout) -> float:
    """How high words are, set that large in that width."""
    text = Text(words, Rect(0, 0, width, _ENDLESS), size, INK, Align.LEFT, lines=99)
    return (len(letters.set(text).lines) * LINE + 0.1) * size


def _code(notice: Notice, box: Rect) -> list[Stroke]:
    assert notice.code is not None
    code = enlarged(notice.code, _CODE)
    side = float(code.shape[0])
    at = Rect(round(box.x), round(box.bottom - side), side, side)
    beside = Rect(at.right + 4 * PX_PER_MM, at.y, box.right - at.right - 4 * PX_PER_MM, side)
    said = Text(notice.code_says, beside, 6 * PX_PER_MM, INK, Align.LEFT, lines=3)
    return [Picture(code, at), said]


def _box(box: Rect, fill: Colour) -> Blob:
    corners = ((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom))
    return Blob(tuple(Point(*corner) for corner in corners), fill)


def _triangle(box: Rect) -> list[Stroke]:
    """A warning triangle, with a flash in it (after ISO 7010, W012's shape)."""
    x, y, w, h = box

    def at(right: float, down: float) -> Point:
        return Point(x + right * w, y + down * h)

    flash = (
        at(0.54, 0.30), at(0.40, 0.64), at(0.50, 0.64), at(0.44, 0.90), at(0.61, 0.54),
        at(0.51, 0.54), at(0.58, 0.30),
    )  # fmt: skip
    corners = (at(0.5, 0.02), at(0.98, 0.96), at(0.02, 0.96))
    return [
        Blob(corners, PAPER),
        Line((*corners, corners[0]), INK, 2.2 * PX_PER_MM),
        Blob(flash, INK),
    ]
