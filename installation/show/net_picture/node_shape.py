"""One layer as a wobbling blob, cut like a pie as far as its knob is turned.

Pure and deterministic: `beat` counts the steps of the wobble, BEATS to a round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

import numpy as np

from installation.show.net_picture.looks import LOOKS, Sign, silhouette
from installation.show.paint.palette import INK, PAPER, shade
from installation.show.paint.shapes import Blob, Colour, Dot, Line, Path, Point, Stroke
from installation.vocabulary import Operation

BEATS = 24
"""Steps of one round of the wobble."""

BEATS_HZ = 12.0
"""Steps a second: few enough to look drawn by hand, and to be drawn cheaply."""

_WIDEST_BITE = 0.9

_TURN = 2 * math.pi


def beat(now_s: float, *, calm: bool = False) -> int:
    """Which step of the wobble a time is at; CALM goes at a third of the pace."""
    return math.floor(now_s * BEATS_HZ / (3 if calm else 1)) % BEATS


@dataclass(frozen=True, slots=True)
class Lump:
    """What to draw: where, how large (pixels), cut how, and by how much (0..1).

    `seed` gives every lump its own wobble; `face` gives it eyes.
    """

    centre: Point
    radius: float
    operation: Operation = Operation.PRESERVE
    amount: float = 0.0
    dough: Colour = LOOKS[Operation.PRESERVE].fill
    seed: str = ""
    face: bool = False
    pen: float = 4.0


def _edges(lump: Lump, beat: int, start: float, sweep: float, *beyond: float) -> tuple[Path, ...]:
    """The outline of a lump, as `_outline`."""
    return _outline(replace(lump, amount=0.0, face=False), beat, start, sweep, beyond)


@lru_cache(maxsize=2048)
def _outline(
    lump: Lump, beat: int, start: float, sweep: float, beyond: tuple[float, ...]
) -> tuple[Path, ...]:
    """The outline from `start` (0..1 turns clockwise from the top) over `sweep` turns, once for
    each number of pixels it is to lie beyond."""
    own = crc32(lump.seed.encode()) % 1000 / 1000 * _TURN
    t = _TURN * beat / BEATS
    corners = LOOKS[lump.operation].corners
    grid = np.arange(corners) / corners
    if sweep < 1.0:  # the same corners as all round, so that a piece fits the whole
        end = start + sweep
        grid = np.array([start, *grid[(grid > start + 0.004) & (grid < end - 0.004)], end])
    angles = grid * _TURN - math.pi / 2
    wobble = 1 + 0.030 * np.sin(2 * angles + own + t) + 0.022 * np.sin(3 * angles - own - t)
    radii = lump.radius * silhouette(lump.operation, angles) * wobble
    way = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return tuple(
        tuple(map(Point._make, (lump.centre + (radii + far)[:, None] * way).tolist()))
        for far in beyond
    )


def bite(amount: float) -> float:
    """How much of a lump is cut away, in turns, for an amount of 0..1."""
    return _WIDEST_BITE * amount


@lru_cache(maxsize=2048)
def lump_strokes(lump: Lump, beat: int, ground: Colour) -> tuple[Stroke, ...]:
    """The strokes of a lump at a step of the wobble, on a ground."""
    look = LOOKS[lump.operation]
    cut = bite(lump.amount) if lump.operation is not Operation.PRESERVE else 0.0
    strokes: list[Stroke] = []
    # Ink is a larger shape below the dough: a pen along the outline costs ten times as much.
    outer, whole = _edges(lump, beat, 0, 1, lump.pen, 0.0)
    if lump.pen > 0:
        strokes.append(Blob(outer, INK))
    if cut <= 0.0:
        strokes.append(Blob(whole, lump.dough))
    else:
        strokes.append(Blob(whole, shade(ground, 0.30)))
        (arc,) = _edges(lump, beat, cut, 1 - cut, 0.0)
        strokes.append(Blob((lump.centre, *arc), look.fill))
        if lump.pen > 0:
            strokes.append(Line((arc[0], lump.centre, arc[-1]), INK, lump.pen * 1.5))
        strokes.extend(_marks(lump.centre, lump.radius, lump.operation, cut))
    if lump.face:
        strokes.extend(_face(lump, beat))
    return tuple(strokes)


@lru_cache(maxsize=512)
def _marks(centre: Point, radius: float, operation: Operation, cut: float) -> tuple[Stroke, ...]:
    """The operation's signs, drawn where the blob is not cut away; they don't wobble."""
    strokes: list[Stroke] = []
    look = LOOKS[operation]
    size, pen = radius * 0.17, max(1.5, radius * 0.085)
    room = 0.055
    for place in range(7):
        turn = (place + 0.5) / 7
        if turn < cut + room or turn > 1 - room / 2:
            continue
        angle = turn * _TURN - math.pi / 2
        # Where the shape has a waist, its signs keep away from the edge.
        reach = radius * min(1.0, float(silhouette(operation, np.array([angle]))[0]))
        at = Point(
            centre.x + 0.58 * reach * math.cos(angle), centre.y + 0.56 * reach * math.sin(angle)
        )
        strokes.extend(sign(look.sign, at, size, pen, look.ink))
    if not strokes:  # a last sliver still shows what was done to it
        angle = (cut + (1 - cut) / 2) * _TURN - math.pi / 2
        at = Point(
            centre.x + 0.68 * radius * math.cos(angle), centre.y + 0.68 * radius * math.sin(angle)
        )
        strokes.extend(sign(look.sign, at, size * 0.7, pen * 0.8, look.ink))
    return tuple(strokes)


def sign(drawn: Sign, at: Point, size: float, pen: float, ink: Colour) -> list[Stroke]:
    """An operation's sign as strokes; `size` is half its width."""
    lines, dots = drawn

    def place(x: float, y: float) -> Point:
        return Point(at.x + size * x, at.y + size * y)

    return [
        *(Line(tuple(place(x, y) for x, y in corners), ink, pen) for corners in lines),
        *(Dot(place(x, y), size * share, ink) for x, y, share in dots),
    ]


def _face(lump: Lump, beat: int) -> list[Stroke]:
    """Two eyes on top, as a frog's: no bite can reach them. They look about, and blink."""
    r = lump.radius
    eye = r * 0.27
    strokes: list[Stroke] = []
    glance = math.sin(_TURN * beat / BEATS)
    shut = beat in (BEATS - 2, BEATS - 1)
    for side in (-0.36, 0.30):
        at = Point(lump.centre.x + side * r, lump.centre.y - 0.90 * r)
        strokes.append(Dot(at, eye + lump.pen * 0.8, INK))
        if shut:
            lid = (Point(at.x - eye * 0.6, at.y), Point(at.x + eye * 0.6, at.y))
            strokes.append(Line(lid, PAPER, max(1.5, lump.pen * 0.6)))
            continue
        strokes.append(Dot(at, eye, PAPER))
        pupil = Point(at.x + glance * eye * 0.38, at.y + eye * 0.2)
        strokes.append(Dot(pupil, eye * 0.5, INK))
    return strokes
