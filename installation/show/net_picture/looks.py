"""How each operation looks: one row an operation, with its colour, sign, shape and growth.

Told apart by sign and silhouette too, so that no colour has to be seen. A growth is what a cut
leaves on a creature's body: drawn for an amount of 0..1 at a turn around the body, filled with a
colour and outlined with a pen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from installation.show.paint.palette import INK, PAPER
from installation.show.paint.shapes import Blob, Colour, Dot, Line, Point, Stroke, ellipse
from installation.vocabulary import Cut, Operation

Numbers: TypeAlias = npt.NDArray[np.float64]
Outline: TypeAlias = Callable[[Numbers, Numbers, Numbers], Numbers]
"""The radii, about 1, of a shape from angle (radians), its cosine and its sine."""

Corners: TypeAlias = tuple[tuple[float, float], ...]
Sign: TypeAlias = tuple[tuple[Corners, ...], tuple[tuple[float, float, float], ...]]
"""A sign's lines, by their corners, and its dots, by middle and radius; all as shares of half its
width."""

Around: TypeAlias = Callable[[float, float], Point]
"""The place at a turn (0..1, clockwise from the top) and a reach (1 is the body's edge)."""

Growth: TypeAlias = Callable[[float, float, Around, float, Colour], list[Stroke]]
"""From amount, turn, the places around the body, pen and fill."""

_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class Look:
    """How a layer cut by an operation looks, and what the cut leaves on a creature's body.

    `corners` is how many its outline has: as few as look smooth, since each has to be inked.
    """

    fill: Colour
    sign: Sign
    corners: int
    outline: Outline
    growth: Growth
    ink: Colour = INK


def _round(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.ones_like(a)


def _cloud(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.98 + 0.10 * np.cos(6 * a))


def _squashed(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(1.0 / np.hypot(c / 1.10, s / 0.80))


def _star(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.82 + 0.34 * np.abs((a * 8 / _TURN) % 1.0 - 0.5) * 2)


def _hexagon(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    side = a % (math.pi / 3) - math.pi / 6
    return np.asarray(0.98 * math.cos(math.pi / 6) / np.cos(side))


def _cushion(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.90 / (np.abs(c) ** 5 + np.abs(s) ** 5) ** 0.2)


def _leaning_crate(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.80 / np.maximum(np.abs(c + 0.5 * s), np.abs(s)))


def _crate_on_its_tip(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(1.06 / (np.abs(c) / 0.86 + np.abs(s)))


def _petals(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.86 + 0.22 * np.cos(4 * a + math.pi))


def _two_halves(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.80 + 0.30 * np.cos(2 * a))


def _cog(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.where((a * 8 / _TURN) % 1.0 < 0.5, 1.06, 0.80)


def _peaks_cut_off(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(np.minimum(1.10, 0.66 / np.maximum(np.abs(s), 1e-3)))


def _comet(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.80 + 0.40 * np.maximum(c, 0.0) ** 5)


def _dripping(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.86 + np.where(s > 0.2, 0.26 * np.cos(5.5 * (a - math.pi / 2)) * s, 0.0))


def _thistle(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.92 + 0.17 * np.sin(17 * a + 1.0) * (0.6 + 0.4 * np.sin(5 * a)))


def _lagging(a: Numbers, c: Numbers, s: Numbers) -> Numbers:
    return np.asarray(0.74 + 0.34 * ((a / _TURN) % 1.0))


_NO_SIGN: Sign = ((), ())
_PLUS: Sign = ((((-1, 0), (1, 0)), ((0, -1), (0, 1))), ())
_MINUS: Sign = ((((-1, 0), (1, 0)),), ())
_TIMES: Sign = ((((-0.75, -0.75), (0.75, 0.75)), ((-0.75, 0.75), (0.75, -0.75))), ())
_SLASH: Sign = ((((-0.525, 0.975), (0.525, -0.975)),), ())
_DOT: Sign = ((), ((0, 0, 0.72),))
_ACROSS: Sign = ((((-0.6, -1), (0.7, 0), (-0.6, 1)),), ())
_DOWN: Sign = ((((-1, -0.6), (0, 0.7), (1, -0.6)),), ())
_THREE: Sign = ((), ((-0.75, 0.6, 0.42), (0.75, 0.6, 0.42), (0, -0.7, 0.42)))
_SWAPPED: Sign = ((((-1, 0.6), (1, 0.6)), ((-0.2, -0.6), (1, -0.6))), ())
_STAIRS: Sign = ((((-1, 1), (-1, 0), (0, 0), (0, -1), (1, -1)),), ())
_LID: Sign = ((((-1, 0.9), (-1, -0.7), (1, -0.7), (1, 0.9)),), ())
_STREAKS: Sign = ((((-1, -0.8), (1.2, -0.8)), ((-1, 0), (0.2, 0)), ((-1, 0.8), (1, 0.8))), ())
_DRIPS: Sign = ((((-0.8, -1), (-0.8, 1.2)), ((0, -1), (0, 0.2)), ((0.8, -1), (0.8, 0.9))), ())
_SPECKS: Sign = (
    (),
    ((-0.8, -0.6, 0.3), (0.6, -0.9, 0.2), (0.9, 0.4, 0.3), (-0.3, 0.9, 0.22), (0, 0, 0.2)),
)
_AGAIN: Sign = (
    (((0.9, -0.9), (-0.9, -0.9), (-0.9, 0.7), (0.9, 0.7)), ((0.3, 0.1), (0.9, 0.7), (0.3, 1.3))),
    (),
)


def _size(amount: float) -> float:
    return 34 + 84 * amount


def _reach(amount: float) -> float:
    return 1.0 + 0.24 * amount


def _bud(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    size = _size(amount) * 0.62
    return [Blob(ellipse(at(turn, _reach(amount)), size, size), fill, INK, pen)]


def _spike(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    spread = 0.028 + 0.012 * amount
    spike = (at(turn - spread, 0.9), at(turn, 1.12 + 0.42 * amount), at(turn + spread, 0.9))
    return [Blob(spike, fill, INK, pen)]


def _fin(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    spread, reach = 0.035 + 0.02 * amount, _reach(amount)
    fin = (
        at(turn - spread, 0.9),
        at(turn - spread * 0.8, reach),
        at(turn + spread * 0.8, reach),
        at(turn + spread, 0.9),
    )
    return [Blob(fin, fill, INK, pen)]


def _stump(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A stump, and what came off it."""
    size, reach = _size(amount), _reach(amount)
    off = at(turn, reach + 0.16)
    return [
        Line((at(turn, 0.88), at(turn, reach)), INK, size * 0.9),
        Dot(off, size * 0.30, fill),
    ]


def _square(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A stalk with a square end."""
    end, half = at(turn, _reach(amount)), _size(amount) * 0.5
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    square = tuple(Point(end.x + half * dx, end.y + half * dy) for dx, dy in corners)
    return [Line((at(turn, 0.88), end), INK, 22), Blob(square, fill, INK, pen)]


def _hook(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
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


def _ringed(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A horn in rings, each smaller than the one below it."""
    strokes: list[Stroke] = []
    for ring in range(4):
        place = at(turn, 1.0 + (0.06 + 0.08 * amount) * ring)
        radius = _size(amount) * (0.52 - 0.10 * ring)
        strokes.append(Blob(ellipse(place, radius, radius), fill, INK, pen))
    return strokes


def _berries(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Three berries that changed places."""
    radius = _size(amount) * 0.34
    places = ((-0.035, 1.02), (0.035, 1.02), (0.0, 1.14 + 0.16 * amount))
    return [
        Blob(ellipse(at(turn + aside, reach), radius, radius), fill, INK, pen)
        for aside, reach in places
    ]


def _pair(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Two stalks crossed, each with the other's end."""
    reach, strokes = _reach(amount) + 0.06, list[Stroke]()
    radius = _size(amount) * 0.36
    for side in (-0.04, 0.04):
        strokes.append(Line((at(turn - side, 0.88), at(turn + side, reach)), INK, 22))
    for side in (-0.04, 0.04):
        strokes.append(Blob(ellipse(at(turn + side, reach), radius, radius), fill, INK, pen))
    return strokes


def _steps(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
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


def _mushroom(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A stem whose top was cut flat."""
    low, high, wide = 1.06 + 0.08 * amount, 1.14 + 0.16 * amount, 0.055 + 0.03 * amount
    cap = (at(turn - wide, low), at(turn - wide, high), at(turn + wide, high), at(turn + wide, low))
    return [Line((at(turn, 0.88), at(turn, low)), INK, 40), Blob(cap, fill, INK, pen)]


def _streamers(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Three ribbons that lean the same way, as in a wind."""
    strokes: list[Stroke] = []
    for number in range(3):
        root = turn - 0.03 + 0.03 * number
        ribbon = (at(root, 0.9), at(root + 0.03, 1.14), at(root + 0.10, 1.20 + 0.24 * amount))
        strokes += [Line(ribbon, INK, 22 + 2 * pen), Line(ribbon, fill, 22)]
    return strokes


def _drops(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A lump that melts: it drips down the screen, wherever it grows."""
    lump, radius = at(turn, 1.02), _size(amount) * 0.48
    strokes: list[Stroke] = []
    for aside, fall in ((-0.55, 0.9), (0.1, 1.7), (0.6, 1.2)):
        x = lump.x + aside * radius
        drip = (Point(x, lump.y), Point(x, lump.y + fall * radius * (0.8 + amount)))
        strokes += [Line(drip, INK, radius * 0.5 + 2 * pen), Line(drip, fill, radius * 0.5)]
    return [*strokes, Blob(ellipse(lump, radius, radius), fill, INK, pen)]


def _bristles(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """Hairs of every length, each with a speck at its tip."""
    strokes: list[Stroke] = []
    for number, length in enumerate((0.6, 1.0, 0.45, 0.85, 0.7)):
        way = turn + 0.022 * (number - 2)
        tip = at(way, 1.05 + (0.10 + 0.28 * amount) * length)
        strokes += [Line((at(way, 0.9), tip), INK, 14), Dot(tip, 13 + 11 * amount + pen, INK)]
        strokes.append(Dot(tip, 13 + 11 * amount, fill))
    return strokes


def _trail(amount: float, turn: float, at: Around, pen: float, fill: Colour) -> list[Stroke]:
    """A lump and what it was before: ever smaller ones that lag behind it."""
    strokes: list[Stroke] = []
    for number in (3, 2, 1, 0):
        size = _size(amount) * 0.52 * 0.78**number
        lump = at(turn - 0.035 * number, 1.05 + (0.16 - 0.05 * number) * (0.4 + amount))
        strokes.append(Blob(ellipse(lump, size, size), fill, INK, pen))
    return strokes


LOOKS: Mapping[Operation, Look] = {
    Operation.PRESERVE: Look(Colour(255, 245, 214), _NO_SIGN, 26, _round, _bud),
    Operation.ADD: Look(Colour(255, 98, 40), _PLUS, 42, _cloud, _bud),
    Operation.SUBTRACT: Look(Colour(58, 134, 255), _MINUS, 26, _squashed, _fin),
    Operation.MULTIPLY: Look(Colour(255, 92, 190), _TIMES, 32, _star, _spike),
    Operation.CUT_OFF: Look(Colour(52, 44, 66), _SLASH, 30, _hexagon, _stump, PAPER),
    Operation.INVERT: Look(Colour(28, 190, 120), _DOT, 32, _cushion, _square),
    Operation.ROLL_ACROSS: Look(Colour(0, 224, 236), _ACROSS, 32, _leaning_crate, _hook),
    Operation.ROLL_DOWN: Look(Colour(20, 60, 178), _DOWN, 32, _crate_on_its_tip, _ringed, PAPER),
    Operation.SHUFFLE: Look(Colour(178, 116, 255), _THREE, 36, _petals, _berries),
    Operation.SWAP: Look(Colour(146, 232, 40), _SWAPPED, 34, _two_halves, _pair),
    Operation.QUANTISE: Look(Colour(0, 94, 90), _STAIRS, 48, _cog, _steps, PAPER),
    Operation.CLIP: Look(Colour(166, 178, 196), _LID, 32, _peaks_cut_off, _mushroom),
    Operation.SMEAR_ACROSS: Look(Colour(255, 176, 150), _STREAKS, 34, _comet, _streamers),
    Operation.SMEAR_DOWN: Look(Colour(142, 10, 44), _DRIPS, 44, _dripping, _drops, PAPER),
    Operation.NOISE: Look(Colour(116, 108, 106), _SPECKS, 34, _thistle, _bristles, PAPER),
    Operation.FEEDBACK: Look(Colour(112, 16, 224), _AGAIN, 44, _lagging, _trail, PAPER),
}


def silhouette(operation: Operation, angles: Numbers) -> Numbers:
    """The radii, about 1, of an operation's shape at some angles (radians)."""
    return LOOKS[operation].outline(angles, np.cos(angles), np.sin(angles))


def growth(cut: Cut, turn: float, at: Around, pen: float) -> list[Stroke]:
    """The strokes of one cut's growth at a turn around the body, outlined with `pen`."""
    look = LOOKS[cut.operation]
    return look.growth(cut.amount, turn, at, pen, look.fill)
