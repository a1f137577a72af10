"""A net on paper: the card (A6) and the receipt that a visitor takes home.

On both: the creature, its name, the day, and the net itself as a QR code, which the booth's
camera reads back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from installation.show.net_picture.portrait import SIDE, creature, ground_of_portrait, portrait
from installation.show.paint.canvas import blank, paint, resized
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
    Sheet,
    Stroke,
    Text,
    moved,
)
from installation.show.paint.text_layout import TextLayout
from installation.vocabulary import Frame, Net, as_frame

CARD_MM = (105, 148)
"""A6, upright."""

PX_PER_MM = 12
"""305 dots an inch."""

_WHITE = Colour(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Printout:
    """What is printed of a net: `code` its QR code (`qr_code`), `day` and `hint` in words, and
    `sites` the model's sites' names, which place the growths of its creature."""

    net: Net
    sites: tuple[str, ...]
    code: Frame
    day: str
    hint: str
    title: str = "UGly-Net"


def card(printout: Printout) -> tuple[Stroke, ...]:
    """The card's strokes, in pixels, PX_PER_MM a millimetre; the card is CARD_MM large."""
    width, height = (side * PX_PER_MM for side in CARD_MM)
    mm = PX_PER_MM
    picture, band = 70 * mm, 13 * mm
    below = Rect(0, picture + band, width, height - picture - band)
    code = enlarged(printout.code, 61 * mm)
    box = Rect(3 * mm, below.y + (below.h - code.shape[0]) / 2, code.shape[1], code.shape[0])
    box = Rect(round(box.x), round(box.y), box.w, box.h)
    beside = Rect(box.right + mm, below.y + 4 * mm, width - box.right - 5 * mm, below.h - 8 * mm)
    upper, middle, lower = beside.rows(3, mm)
    ground = ground_of_portrait(printout.net)
    strokes: list[Stroke] = [
        _filled(Rect(0, 0, width, picture), ground),
        *_creature(printout, Rect((width - picture) / 2, 0, picture, picture), ground=True),
        _filled(Rect(0, picture, width, band), INK),
        _filled(below, _WHITE),
        Picture(code, box),
        Text(printout.day, upper, 4.2 * mm, INK, Align.LEFT, lines=2),
        Text(printout.hint, middle, 4.2 * mm, INK, Align.LEFT, lines=5),
        Text(printout.title, lower, 5.5 * mm, INK, Align.LEFT, lines=2),
    ]
    name = Rect(0, picture, width, band).inset(4 * mm, 1.5 * mm)
    strokes.append(Text(printout.net.name or printout.title, name, 8 * mm, SUN))
    return tuple(strokes)


def card_picture(printout: Printout, letters: TextLayout | None = None) -> Frame:
    """The card as a picture, at PX_PER_MM."""
    width, height = (side * PX_PER_MM for side in CARD_MM)
    return _painted(card(printout), width, height, PAPER, letters)


def receipt(printout: Printout, width_px: int, letters: TextLayout | None = None) -> Frame:
    """What a receipt printer of so many dots across prints: black, white, and the creature's
    colours as grey, which the printer's driver turns into dots. Its ground is left white."""
    w, gap = float(width_px), width_px / 24
    code = enlarged(printout.code, w)
    y = gap
    strokes: list[Stroke] = []

    def put(words: str, height: float, size: float, lines: int = 1) -> None:
        nonlocal y
        strokes.append(Text(words, Rect(gap, y, w - 2 * gap, height), size, _BLACK, lines=lines))
        y += height

    put(printout.title, w / 9, w / 12)
    strokes += _creature(printout, Rect(w * 0.08, y, w * 0.84, w * 0.84), ground=False)
    y += w * 0.86
    put(printout.net.name or printout.title, w / 4, w / 6, lines=2)
    put(printout.day, w / 9, w / 14)
    y = float(round(y))
    left = (width_px - code.shape[1]) // 2
    strokes.append(Picture(code, Rect(left, y, code.shape[1], code.shape[0])))
    y += code.shape[0]
    put(printout.hint, w / 4, w / 14, lines=3)
    y += gap
    strokes.append(Line((Point(0, y), Point(w, y)), _BLACK, 2, dash=gap / 2))
    return _painted(tuple(strokes), width_px, round(y + gap), _WHITE, letters)


_BLACK = Colour(0, 0, 0)


def _filled(box: Rect, colour: Colour) -> Blob:
    right, bottom = box.right, box.bottom
    corners = (Point(box.x, box.y), Point(right, box.y), Point(right, bottom), Point(box.x, bottom))
    return Blob(corners, colour)


def _creature(printout: Printout, box: Rect, *, ground: bool) -> Sequence[Stroke]:
    drawn = (portrait if ground else creature)(printout.net, printout.sites)
    return [moved(stroke, box.w / SIDE, box.x, box.y) for stroke in drawn]


def _painted(
    strokes: tuple[Stroke, ...], width: int, height: int, ground: Colour, letters: TextLayout | None
) -> Frame:
    """Strokes painted at twice the size, for smooth edges; pictures at their own."""
    letters = letters or TextLayout()
    smooth = tuple(moved(s, 2) for s in strokes if not isinstance(s, Picture))
    large = blank(2 * width, 2 * height)
    paint(large, Sheet(Rect(0, 0, 2 * width, 2 * height), ground, smooth), letters)
    canvas = resized(as_frame(large), width, height).copy()
    pictures = tuple(s for s in strokes if isinstance(s, Picture))
    paint(canvas, Sheet(Rect(0, 0, width, height), None, pictures), letters)
    return as_frame(canvas)
