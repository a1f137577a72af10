"""How each operation looks: one row an operation, with its colour, sign, shape and growth.

Told apart by sign and silhouette too, so that no colour has to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from installation.show.net_picture import growths
from installation.show.net_picture.growths import Around, Growth
from installation.show.paint.palette import INK, PAPER
from installation.show.paint.shapes import Colour, Stroke
from installation.vocabulary import Cut, Operation

Numbers: TypeAlias = npt.NDArray[np.float64]
Outline: TypeAlias = Callable[[Numbers, Numbers, Numbers], Numbers]
"""The radii, about 1, of a shape from angle (radians), its cosine and its sine."""

Corners: TypeAlias = tuple[tuple[float, float], ...]
Sign: TypeAlias = tuple[tuple[Corners, ...], tuple[tuple[float, float, float], ...]]
"""A sign's lines, by their corners, and its dots, by middle and radius; all as shares of half its
width."""

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

LOOKS: Mapping[Operation, Look] = {
    Operation.PRESERVE: Look(Colour(255, 245, 214), _NO_SIGN, 26, _round, growths.bud),
    Operation.ADD: Look(Colour(255, 98, 40), _PLUS, 42, _cloud, growths.bud),
    Operation.SUBTRACT: Look(Colour(58, 134, 255), _MINUS, 26, _squashed, growths.fin),
    Operation.MULTIPLY: Look(Colour(255, 92, 190), _TIMES, 32, _star, growths.spike),
    Operation.CUT_OFF: Look(Colour(52, 44, 66), _SLASH, 30, _hexagon, growths.stump, PAPER),
    Operation.INVERT: Look(Colour(28, 190, 120), _DOT, 32, _cushion, growths.square),
    Operation.ROLL_ACROSS: Look(Colour(0, 224, 236), _ACROSS, 32, _leaning_crate, growths.hook),
    Operation.ROLL_DOWN: Look(
        Colour(20, 60, 178), _DOWN, 32, _crate_on_its_tip, growths.ringed, PAPER
    ),
    Operation.SHUFFLE: Look(Colour(178, 116, 255), _THREE, 36, _petals, growths.berries),
    Operation.SWAP: Look(Colour(146, 232, 40), _SWAPPED, 34, _two_halves, growths.pair),
    Operation.QUANTISE: Look(Colour(0, 94, 90), _STAIRS, 48, _cog, growths.steps, PAPER),
    Operation.CLIP: Look(Colour(166, 178, 196), _LID, 32, _peaks_cut_off, growths.mushroom),
    Operation.SMEAR_ACROSS: Look(Colour(255, 176, 150), _STREAKS, 34, _comet, growths.streamers),
    Operation.SMEAR_DOWN: Look(Colour(142, 10, 44), _DRIPS, 44, _dripping, growths.drops, PAPER),
    Operation.NOISE: Look(Colour(116, 108, 106), _SPECKS, 34, _thistle, growths.bristles, PAPER),
    Operation.FEEDBACK: Look(Colour(112, 16, 224), _AGAIN, 44, _lagging, growths.trail, PAPER),
}


def silhouette(operation: Operation, angles: Numbers) -> Numbers:
    """The radii, about 1, of an operation's shape at some angles (radians)."""
    return LOOKS[operation].outline(angles, np.cos(angles), np.sin(angles))


def growth(cut: Cut, turn: float, at: Around, pen: float) -> list[Stroke]:
    """The strokes of one cut's growth at a turn around the body, outlined with `pen`."""
    look = LOOKS[cut.operation]
    return look.growth(cut.amount, turn, at, pen, look.fill)
