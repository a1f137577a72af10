"""What cuts leave on a creature's body: growths, each as large as its cut's amount.

A growth is drawn for an amount of 0..1 at a turn around the body, filled with a colour and outlined
with a pen. Which operation leaves which is said in `looks`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from installation.show.paint.palette import INK
from installation.show.paint.shapes import Blob, Colour, Dot, Line, Path, Point, Stroke

Around: TypeAlias = Callable[[float, float], Point]
"""The place at a turn (0..1, clockwise from the top) and a reach (1 is the body's edge)."""

Growth: TypeAlias = Callable[[float, float, Around, float, Colour], list[Stroke]]
"""From amount, turn, the places around the body, pen and fill."""

_TURN = 2 * math.pi


def ellipse(centre: Point, rx: float, ry: float, corners: int = 28) -> Path:
    """An ellipse's outline."""
    return tuple(
        Point(
            centre.x + rx * math.cos(_TURN * i / corners),
            centre.y + ry * math.sin(_TURN * i / corners),
        )
        for i in range(corners)
    )


def _size(amount: float) -> float:
    return 34 + 84 * amount


def _reach(amount: float) -> float:
    return 1.0 + 0.24 * amount


def bud(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    size = _size(amount) * 0.62
    return [Blob(ellipse(at(turn, _reach(amount)), size, size), fill, INK, pen)]


def spike(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    spread = 0.028 + 0.012 * amount
    spike = (at(turn - spread, 0.9), at(turn, 1.12 + 0.42 * amount), at(turn + spread, 0.9))
    return [Blob(spike, fill, INK, pen)]


def fin(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    spread, reach = 0.035 + 0.02 * amount, _reach(amount)
    fin = (
        at(turn - spread, 0.9),
        at(turn - spread * 0.8, reach),
        at(turn + spread * 0.8, reach),
        at(turn + spread, 0.9),
    )
    return [Blob(fin, fill, INK, pen)]


def stump(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A stump, and what came off it."""
    size, reach = _size(amount), _reach(amount)
    off = at(turn, reach + 0.16)
    return [
        Line((at(turn, 0.88), at(turn, reach)), INK, size * 0.9),
        Dot(off, size * 0.30, fill),
    ]


def square(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A stalk with a square end."""
    end, half = at(turn, _reach(amount)), _size(amount) * 0.5
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    square = tuple(Point(end.x + half * dx, end.y + half * dy) for dx, dy in corners)
    return [Line((at(turn, 0.88), end), INK, 22), Blob(square, fill, INK, pen)]


def hook(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A wave that breaks to one side."""
    far = 1.16 + 0.30 * amount
    wave = (
        at(turn - 0.05, 0.9),
        at(turn - 0.02, far),
        at(turn + 0.05 + 0.03 * amount, far - 0.06),
        at(turn + 0.025, 1.06 + 0.10 * amount),
        at(turn + 0.05, 0.9),
    )
    return [Blob(wave, fill, INK, pen)]


def ringed(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A horn in rings, each smaller than the one below it."""
    strokes: list[Stroke] = []
    for ring in range(4):
        place = at(turn, 1.0 + (0.06 + 0.08 * amount) * ring)
        radius = _size(amount) * (0.52 - 0.10 * ring)
        strokes.append(Blob(ellipse(place, radius, radius), fill, INK, pen))
    return strokes


def berries(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Three berries that changed places."""
    radius = _size(amount) * 0.34
    places = ((-0.035, 1.02), (0.035, 1.02), (0.0, 1.14 + 0.16 * amount))
    return [
        Blob(ellipse(at(turn + aside, reach), radius, radius), fill, INK, pen)
        for aside, reach in places
    ]


def pair(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Two stalks crossed, each with the other's end."""
    reach, strokes = _reach(amount) + 0.06, list[Stroke]()
    radius = _size(amount) * 0.36
    for side in (-0.04, 0.04):
        strokes.append(Line((at(turn - side, 0.88), at(turn + side, reach)), INK, 22))
    for side in (-0.04, 0.04):
        strokes.append(Blob(ellipse(at(turn + side, reach), radius, radius), fill, INK, pen))
    return strokes


def steps(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A staircase that ends in the air."""
    rise = 0.10 + 0.09 * amount
    stairs = (
        at(turn - 0.06, 0.9),
        at(turn - 0.06, 1.0 + rise * 0.4),
        at(turn - 0.02, 1.0 + rise * 0.4),
        at(turn - 0.02, 1.0 + rise * 1.2),
        at(turn + 0.02, 1.0 + rise * 1.2),
        at(turn + 0.02, 1.0 + rise * 2.0),
        at(turn + 0.06, 1.0 + rise * 2.0),
        at(turn + 0.06, 0.9),
    )
    return [Blob(stairs, fill, INK, pen)]


def mushroom(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A stem whose top was cut flat."""
    low, high, wide = 1.06 + 0.08 * amount, 1.14 + 0.16 * amount, 0.055 + 0.03 * amount
    cap = (at(turn - wide, low), at(turn - wide, high), at(turn + wide, high), at(turn + wide, low))
    return [Line((at(turn, 0.88), at(turn, low)), INK, 40), Blob(cap, fill, INK, pen)]


def streamers(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Three ribbons that lean the same way, as in a wind."""
    strokes: list[Stroke] = []
    for number in range(3):
        root = turn - 0.03 + 0.03 * number
        ribbon = (at(root, 0.9), at(root + 0.03, 1.14), at(root + 0.10, 1.20 + 0.24 * amount))
        strokes += [Line(ribbon, INK, 22 + 2 * pen), Line(ribbon, fill, 22)]
    return strokes


def drops(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A lump that melts: it drips down the screen, wherever it grows."""
    lump, radius = at(turn, 1.02), _size(amount) * 0.48
    strokes: list[Stroke] = []
    for aside, fall in ((-0.55, 0.9), (0.1, 1.7), (0.6, 1.2)):
        x = lump.x + aside * radius
        drip = (Point(x, lump.y), Point(x, lump.y + fall * radius * (0.8 + amount)))
        strokes += [Line(drip, INK, radius * 0.5 + 2 * pen), Line(drip, fill, radius * 0.5)]
    return [*strokes, Blob(ellipse(lump, radius, radius), fill, INK, pen)]


def bristles(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Hairs of every length, each with a speck at its tip."""
    strokes: list[Stroke] = []
    for number, length in enumerate((0.6, 1.0, 0.45, 0.85, 0.7)):
        way = turn + 0.022 * (number - 2)
        tip = at(way, 1.05 + (0.10 + 0.28 * amount) * length)
        strokes += [Line((at(way, 0.9), tip), INK, 14), Dot(tip, 13 + 11 * amount + pen, INK)]
        strokes.append(Dot(tip, 13 + 11 * amount, fill))
    return strokes


def trail(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A lump and what it was before: ever smaller ones that lag behind it."""
    strokes: list[Stroke] = []
    for number in (3, 2, 1, 0):
        size = _size(amount) * 0.52 * 0.78**number
        lump = at(turn - 0.035 * number, 1.05 + (0.16 - 0.05 * number) * (0.4 + amount))
        strokes.append(Blob(ellipse(lump, size, size), fill, INK, pen))
    return strokes
