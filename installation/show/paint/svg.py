"""Strokes as a standalone SVG file: for portraits to be printed and taken home."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from installation.show.paint.shapes import Blob, Colour, Dot, Line, Path, Stroke


def svg(strokes: Iterable[Stroke], side: float = 1000.0, title: str = "") -> str:
    """Return an SVG document that shows a square of `side` units.

    Outlines lie outside their shape, as on the screen.

    Raises:
        ValueError: for texts and pictures, which would need fonts and files.
    """
    body = "\n".join(_element(stroke) for stroke in strokes)
    name = f"<title>{escape(title)}</title>\n" if title else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side:g} {side:g}" '
        'stroke-linejoin="round" stroke-linecap="round">\n'
        f"{name}{body}\n</svg>\n"
    )


def _element(stroke: Stroke) -> str:
    if isinstance(stroke, Blob):
        fill = _hex(stroke.fill) if stroke.fill is not None else "none"
        if stroke.edge is None or stroke.width <= 0:
            return f'<polygon points="{_points(stroke.points)}" fill="{fill}"/>'
        width = stroke.width * (2 if stroke.fill is not None else 1)
        return (
            f'<polygon points="{_points(stroke.points)}" fill="{fill}" '
            f'stroke="{_hex(stroke.edge)}" stroke-width="{width:.1f}" paint-order="stroke"/>'
        )
    if isinstance(stroke, Line):
        dash = f' stroke-dasharray="{stroke.dash:.1f}"' if stroke.dash > 0 else ""
        return (
            f'<polyline points="{_points(stroke.points)}" fill="none" '
            f'stroke="{_hex(stroke.colour)}" stroke-width="{stroke.width:.1f}"{dash}/>'
        )
    if isinstance(stroke, Dot):
        x, y = stroke.centre
        fill = _hex(stroke.fill)
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{stroke.radius:.1f}" fill="{fill}"/>'
    raise ValueError(f"an SVG here holds shapes, not a {type(stroke).__name__}")


def _points(points: Path) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
