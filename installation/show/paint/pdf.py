"""Strokes as a PDF, by fpdf2: shapes stay shapes, words stay words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.enums import PathPaintRule, StrokeCapStyle, StrokeJoinStyle
from PIL import Image

from installation.show.paint.canvas import dashes
from installation.show.paint.shapes import (
    Align,
    Colour,
    Dot,
    Group,
    Line,
    Path,
    Picture,
    Shape,
    Stroke,
    Text,
    box_fitted,
    moved,
)
from installation.show.paint.text_layout import LINE, TextLayout

_POINTS_PER_MM = 72 / 25.4


def pdf_bytes(
    strokes: Iterable[Stroke],
    size_mm: tuple[int, int],
    px_per_mm: float,
    *,
    title: str = "",
    letters: TextLayout | None = None,
) -> bytes:
    """A page of `size_mm` (width, height) with these strokes, `px_per_mm` of whose pixels are a
    millimetre. The same strokes give the same page; nothing tells when it was made."""
    return pdf_pages([strokes], size_mm, px_per_mm, title=title, letters=letters)


def pdf_pages(
    pages: Iterable[Iterable[Stroke]],
    size_mm: tuple[int, int],
    px_per_mm: float,
    *,
    title: str = "",
    letters: TextLayout | None = None,
) -> bytes:
    """As `pdf_bytes`, of several pages of one size."""
    letters = letters or TextLayout()
    pdf = FPDF(unit="mm", format=size_mm)
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    pdf.set_producer("UGly-Net")
    pdf.set_creation_date(datetime(1970, 1, 1, tzinfo=timezone.utc))
    for strokes in pages:
        pdf.add_page()
        for stroke in strokes:
            _stroke(pdf, stroke, px_per_mm, letters)
    return bytes(pdf.output())


def _stroke(pdf: FPDF, stroke: Stroke, px_per_mm: float, letters: TextLayout) -> None:
    small = moved(stroke, 1 / px_per_mm)
    if isinstance(small, Text):
        assert isinstance(stroke, Text)
        _words(pdf, stroke, px_per_mm, letters)
    elif isinstance(small, Picture):
        _picture(pdf, small)
    elif isinstance(small, Group):
        for shape in small.strokes:
            _shape(pdf, shape)
    else:
        _shape(pdf, small)


def _shape(pdf: FPDF, shape: Shape) -> None:
    if isinstance(shape, Dot):
        pdf.set_fill_color(*shape.fill)
        pdf.circle(shape.centre.x, shape.centre.y, shape.radius, style="F")
        return
    if isinstance(shape, Line):
        pieces = dashes(shape.points, shape.dash) if shape.dash > 0 else (shape.points,)
        for piece in pieces:
            _path(pdf, piece, None, shape.colour, shape.width, closed=False)
        return
    if shape.edge is not None and shape.width > 0:
        width = shape.width * (2 if shape.fill is not None else 1)
        _path(pdf, shape.points, None, shape.edge, width, closed=True)
    if shape.fill is not None:
        _path(pdf, shape.points, shape.fill, None, 0, closed=True)


def _path(
    pdf: FPDF,
    points: Path,
    fill: Colour | None,
    edge: Colour | None,
    width: float,
    *,
    closed: bool,
) -> None:
    path = PaintedPath(*points[0])
    for point in points[1:]:
        path.line_to(*point)
    if closed:
        path.close()
    style: Any = path.style
    style.auto_close = False
    style.fill_color = None if fill is None else "#{:02x}{:02x}{:02x}".format(*fill)
    style.stroke_color = None if edge is None else "#{:02x}{:02x}{:02x}".format(*edge)
    style.paint_rule = PathPaintRule.STROKE if fill is None else PathPaintRule.FILL_NONZERO
    if edge is not None:
        style.stroke_width = width
        style.stroke_join_style = StrokeJoinStyle.ROUND
        style.stroke_cap_style = StrokeCapStyle.ROUND
    with pdf.drawing_context() as drawing:
        drawing.add_item(path)


def _picture(pdf: FPDF, picture: Picture) -> None:
    height, width = picture.frame.shape[:2]
    box = box_fitted(width, height, picture.box)
    pdf.image(Image.fromarray(picture.frame), box.x, box.y, box.w, box.h)


def _words(pdf: FPDF, text: Text, px_per_mm: float, letters: TextLayout) -> None:
    """The lines as `TextLayout` sets them on the screen, in the same font."""
    if not text.words.strip():
        return
    setting, file = letters.set(text), letters.font_file(text.words)
    family = file.stem.replace(" ", "")
    if family.lower() not in pdf.fonts:
        pdf.add_font(family, fname=file)
    pdf.set_font(family, size=setting.size_px / px_per_mm * _POINTS_PER_MM)
    pdf.set_text_color(*text.colour)
    line = setting.size_px * LINE
    top = text.box.y + (text.box.h - len(setting.lines) * line) / 2
    for row, words in enumerate(setting.lines):
        baseline = top + row * line + 0.5 * line + 0.35 * setting.size_px
        room = text.box.w / px_per_mm - pdf.get_string_width(words)
        x = {Align.LEFT: 0.0, Align.CENTRE: room / 2, Align.RIGHT: room}[text.align]
        pdf.text(text.box.x / px_per_mm + x, baseline / px_per_mm, words)
