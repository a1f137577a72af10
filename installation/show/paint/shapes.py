"""Drawing primitives: frozen values in a space of pixels, x to the right and y down.

A scene is a tuple of sheets. A **sheet** owns a rectangle, paints its ground and its strokes
in order; sheets of one scene do not overlap unless a later one means to cover an earlier
one. Whoever draws may skip a sheet that is equal to the one it drew there before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

from installation.vocabulary import Frame

_SOFT = 2.0
"""How far, in pixels, antialiasing may reach beyond a shape."""


class Colour(NamedTuple):
    """sRGB, each 0..255."""

    r: int
    g: int
    b: int


class Point(NamedTuple):
    """A place, in pixels."""

    x: float
    y: float


class Rect(NamedTuple):
    """A rectangle, in pixels: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def centre(self) -> Point:
        return Point(self.x + self.w / 2, self.y + self.h / 2)

    def inset(self, dx: float, dy: float | None = None) -> Rect:
        """The same rectangle with `dx` off its sides and `dy` (default `dx`) off top and
        bottom; never below nothing."""
        dy = dx if dy is None else dy
        return Rect(self.x + dx, self.y + dy, max(0.0, self.w - 2 * dx), max(0.0, self.h - 2 * dy))

    def holds(self, x: float, y: float) -> bool:
        """True when the point is inside; the right and bottom edges are outside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def overlaps(self, other: Rect) -> bool:
        """True when they share some area."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: Rect) -> bool:
        """True when nothing of the other is outside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def columns(self, count: int, gap: float = 0.0) -> tuple[Rect, ...]:
        """Split into `count` equal columns, from left to right."""
        w = (self.w - gap * (count - 1)) / count
        return tuple(Rect(self.x + i * (w + gap), self.y, w, self.h) for i in range(count))

    def rows(self, count: int, gap: float = 0.0) -> tuple[Rect, ...]:
        """Split into `count` equal rows, from top to bottom."""
        h = (self.h - gap * (count - 1)) / count
        return tuple(Rect(self.x, self.y + i * (h + gap), self.w, h) for i in range(count))


class Align(str, Enum):
    """Where a text or a picture stands in its box, sideways."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


Path: TypeAlias = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Blob:
    """A closed shape. `fill` None is hollow; `width` is the outline's, in pixels, 0 for none.

    The outline of a filled shape lies outside it; that of a hollow one, half outside.
    """

    points: Path
    fill: Colour | None
    edge: Colour | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """An open line with round ends; `dash` is the length of its dashes and gaps, 0 unbroken."""

    points: Path
    colour: Colour
    width: float
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc, filled."""

    centre: Point
    radius: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Text:
    """Words in a box: as large as `size_px` (the height of a line) allows, smaller if the
    box asks for it, broken at spaces into at most `lines` lines, never cut off.

    `edge` draws an outline of `edge_px` around the letters.
    """

    words: str
    box: Rect
    size_px: float
    colour: Colour
    align: Align = Align.CENTRE
    lines: int = 1
    edge: Colour | None = None
    edge_px: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame, whole, in the middle of its box, with an outline of `width` pixels.

    `shape` cuts it out along a path. Two pictures are equal when they show the same frame
    object: frames are read-only, so that is enough. Nothing here mirrors: a source does.
    """

    frame: Frame
    box: Rect
    edge: Colour | None = None
    width: float = 0.0
    shape: Path | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Picture):
            return NotImplemented
        return self.frame is other.frame and self._rest() == other._rest()

    def __hash__(self) -> int:
        return hash((id(self.frame), self._rest()))

    def stands_as(self, other: Picture) -> bool:
        """Whether it differs from another in nothing but the frame, of the same size."""
        return self.frame.shape == other.frame.shape and self._rest() == other._rest()

    def _rest(self) -> tuple[object, ...]:
        return (self.box, self.edge, self.width, self.shape)


Shape: TypeAlias = Blob | Line | Dot


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Strokes that change together, and the `bounds` that nothing of them leaves: where a sheet is
    made of groups and pictures, only those that changed are painted anew. A group equals itself
    alone, so that nobody has to compare its many points: who makes them keeps them."""

    strokes: tuple[Shape, ...]
    bounds: Rect


Stroke: TypeAlias = Shape | Text | Picture | Group


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rectangle of the screen with its ground and its strokes, painted in order.

    Without a ground of its own it stands on the backdrop: the scene's first sheet. One that
    `can_wait` may be painted a moment later, so that no one moment has too much to paint. What
    lies on top of it, in the rectangles that it `spares`, is not painted over: those are whole
    pixels, and no part of it.
    """

    box: Rect
    ground: Colour | None
    strokes: tuple[Stroke, ...] = ()
    can_wait: bool = False
    spares: tuple[Rect, ...] = ()

    def touches(self, box: Rect) -> bool:
        """Whether painting it changes pixels of that box."""
        return self.box.overlaps(box) and not any(spared.contains(box) for spared in self.spares)


Scene: TypeAlias = tuple[Sheet, ...]


def box_fitted(width: int, height: int, box: Rect) -> Rect:
    """Where a picture of that size stands when it is shown whole in the middle of `box`."""
    scale = min(box.w / width, box.h / height)
    w, h = width * scale, height * scale
    return Rect(box.x + (box.w - w) / 2, box.y + (box.h - h) / 2, w, h)


def whole_pixels(box: Rect) -> Rect:
    """The pixels that a box touches."""
    x, y = math.floor(box.x), math.floor(box.y)
    return Rect(x, y, math.ceil(box.right) - x, math.ceil(box.bottom) - y)


def grouped(strokes: Iterable[Stroke]) -> Group:
    """Shapes as a group, its bounds worked out.

    Raises:
        TypeError: if one is a text, a picture or a group.
    """
    kept: list[Shape] = []
    corners: list[Point] = []
    for stroke in strokes:
        if isinstance(stroke, Dot):
            points: Path = (stroke.centre,)
            reach = stroke.radius
        elif isinstance(stroke, (Blob, Line)):
            points, reach = stroke.points, stroke.width
        else:
            raise TypeError(f"no {type(stroke).__name__} in a group")
        kept.append(stroke)
        across, down = zip(*points, strict=True)
        reach += _SOFT
        corners.append(Point(min(across) - reach, min(down) - reach))
        corners.append(Point(max(across) + reach, max(down) + reach))
    across, down = zip(*corners, strict=True) if corners else ((0.0,), (0.0,))
    x, y = min(across), min(down)
    return Group(tuple(kept), Rect(x, y, max(across) - x, max(down) - y))


def moved(stroke: Stroke, scale: float, dx: float = 0.0, dy: float = 0.0) -> Stroke:
    """The same stroke, scaled about the origin, then moved."""

    def at(p: Point) -> Point:
        return Point(p.x * scale + dx, p.y * scale + dy)

    def of(r: Rect) -> Rect:
        return Rect(r.x * scale + dx, r.y * scale + dy, r.w * scale, r.h * scale)

    if isinstance(stroke, Blob):
        points = tuple(map(at, stroke.points))
        return Blob(points, stroke.fill, stroke.edge, stroke.width * scale)
    if isinstance(stroke, Line):
        points = tuple(map(at, stroke.points))
        return Line(points, stroke.colour, stroke.width * scale, stroke.dash * scale)
    if isinstance(stroke, Dot):
        return Dot(at(stroke.centre), stroke.radius * scale, stroke.fill)
    if isinstance(stroke, Text):
        return Text(
            stroke.words, of(stroke.box), stroke.size_px * scale, stroke.colour, stroke.align,
            stroke.lines, stroke.edge, stroke.edge_px * scale,
        )  # fmt: skip
    if isinstance(stroke, Group):
        return grouped(moved(inner, scale, dx, dy) for inner in stroke.strokes)
    shape = tuple(map(at, stroke.shape)) if stroke.shape is not None else None
    return Picture(stroke.frame, of(stroke.box), stroke.edge, stroke.width * scale, shape)


def ellipse(centre: Point, rx: float, ry: float, corners: int = 28) -> Path:
    """An ellipse's outline."""
    return tuple(
        Point(
            centre.x + rx * math.cos(2 * math.pi * i / corners),
            centre.y + ry * math.sin(2 * math.pi * i / corners),
        )
        for i in range(corners)
    )


def luminance(colour: Colour) -> float:
    """Relative luminance, 0..1 (WCAG 2.2, "relative luminance")."""

    def linear(channel: int) -> float:
        c = channel / 255
        return c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, 1..21 (WCAG 2.2, "contrast ratio")."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
