"""One drawing turning into another: shapes, places and colours between the two. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from installation.show.paint.shapes import Blob, Colour, Dot, Line, Path, Point, Stroke

Parts = Sequence[Sequence[Stroke]]
"""A drawing by its parts, from back to front; parts of two drawings answer each other."""


def morphed(one: Parts, other: Parts, share: float) -> tuple[Stroke, ...]:
    """What is drawn at `share` (0..1) of the way from one drawing to another.

    Strokes of one kind in one part turn into each other in order. One that has no partner
    shrinks into its middle, or grows out of it.
    """
    if share <= 0.0:
        return tuple(stroke for part in one for stroke in part)
    if share >= 1.0:
        return tuple(stroke for part in other for stroke in part)
    strokes: list[Stroke] = []
    for before, after in zip_longest(one, other, fillvalue=()):
        for a, b in zip_longest(before, after):
            if a is not None and b is not None and type(a) is type(b):
                strokes.append(_between(a, b, share))
                continue
            strokes += [] if a is None else [_scaled(a, 1 - share)]
            strokes += [] if b is None else [_scaled(b, share)]
    return tuple(strokes)


def _mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def _colour(a: Colour, b: Colour, share: float) -> Colour:
    return Colour(*(round(_mix(x, y, share)) for x, y in zip(a, b, strict=True)))


def _either(a: Colour | None, b: Colour | None, share: float) -> Colour | None:
    if a is None or b is None:
        return a if share < 0.5 else b
    return _colour(a, b, share)


def _point(a: Point, b: Point, share: float) -> Point:
    return Point(_mix(a.x, b.x, share), _mix(a.y, b.y, share))


def _path(a: Path, b: Path, share: float, *, closed: bool) -> Path:
    count = max(len(a), len(b))
    pairs = zip(_cornered(a, count, closed), _cornered(b, count, closed), strict=True)
    return tuple(_point(p, q, share) for p, q in pairs)


def _cornered(path: Path, count: int, closed: bool) -> Path:
    """The same path with `count` corners, spread evenly along it."""
    if len(path) == count or len(path) < 2:
        return path if len(path) == count else path * count
    points = np.array([*path, path[0]] if closed else path)
    far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0.0, far[-1], count, endpoint=not closed)
    xs, ys = (np.interp(at, far, points[:, axis]) for axis in (0, 1))
    return tuple(Point(float(x), float(y)) for x, y in zip(xs, ys, strict=True))


def _between(a: Stroke, b: Stroke, share: float) -> Stroke:
    if isinstance(a, Blob) and isinstance(b, Blob):
        return Blob(
            _path(a.points, b.points, share, closed=True),
            _either(a.fill, b.fill, share),
            _either(a.edge, b.edge, share),
            _mix(a.width, b.width, share),
        )
    if isinstance(a, Line) and isinstance(b, Line):
        return Line(
            _path(a.points, b.points, share, closed=False),
            _colour(a.colour, b.colour, share),
            _mix(a.width, b.width, share),
            _mix(a.dash, b.dash, share),
        )
    if isinstance(a, Dot) and isinstance(b, Dot):
        return Dot(
            _point(a.centre, b.centre, share),
            _mix(a.radius, b.radius, share),
            _colour(a.fill, b.fill, share),
        )
    return a if share < 0.5 else b  # texts and pictures have no between


def _scaled(stroke: Stroke, share: float) -> Stroke:
    """A stroke as large as `share` of itself, about its middle."""
    if isinstance(stroke, Dot):
        return Dot(stroke.centre, stroke.radius * share, stroke.fill)
    if not isinstance(stroke, (Blob, Line)):
        return stroke
    middle = Point(
        math.fsum(p.x for p in stroke.points) / len(stroke.points),
        math.fsum(p.y for p in stroke.points) / len(stroke.points),
    )
    points = tuple(_point(middle, p, share) for p in stroke.points)
    if isinstance(stroke, Blob):
        return Blob(points, stroke.fill, stroke.edge, stroke.width * share)
    return Line(points, stroke.colour, stroke.width * share, stroke.dash)
