"""SVG text, piece by piece; lengths in millimetres."""

from __future__ import annotations

from html import escape

CUT = 'fill="none" stroke="#ff0000" stroke-width="0.1"'
"""Hairline red: what a laser cutter takes for a cut."""

ENGRAVE = 'fill="none" stroke="#000000"'
"""Black: engraved or printed."""


def number(value: float) -> str:
    """A length without needless digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def circle(x: float, y: float, diameter: float, style: str) -> str:
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(diameter / 2)}" {style}/>'


def rectangle(
    x: float, y: float, width: float, height: float, style: str, radius: float = 0.0
) -> str:
    box = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect {box} rx="{number(radius)}" {style}/>'


def line(points: list[tuple[float, float]], style: str) -> str:
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polyline points="{path}" {style}/>'


def polygon(corners: list[tuple[float, float]], style: str) -> str:
    path = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
    return f'<polygon points="{path}" {style}/>'


def text(x: float, y: float, words: str, size: float, anchor: str = "middle") -> str:
    fonts = "DejaVu Sans, Arial, Noto Sans CJK KR, Malgun Gothic, sans-serif"
    font = f'font-family="{fonts}" font-weight="bold"'
    place = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}" text-anchor="{anchor}"'
    return f"<text {place} {font}>{escape(words)}</text>"


def drawing(title: str, width: float, height: float, parts: list[str]) -> str:
    """A whole file, life-size: one unit of its viewBox is one millimetre."""
    size = f'width="{number(width)}mm" height="{number(height)}mm"'
    box = f'viewBox="0 0 {number(width)} {number(height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>'
    return "\n".join([head, f"<title>{escape(title)}</title>", *parts, "</svg>"]) + "\n"
