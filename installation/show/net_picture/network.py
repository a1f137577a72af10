"""The two U-Nets as a picture: encoders down, latent below, decoders up, skips across.

Where a layer stands is read from its site's name; any model's sites find a place.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from installation.show.net_picture.looks import LOOKS
from installation.show.net_picture.node_shape import BEATS_HZ, Lump, beat, lump_strokes
from installation.show.paint.palette import DOUGH, INK, shade
from installation.show.paint.shapes import (
    Colour,
    Dot,
    Group,
    Line,
    Path,
    Picture,
    Point,
    Rect,
    Sheet,
    Stroke,
    grouped,
)
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.vocabulary import Carve, Cut, Frame, Net, Operation, Site

PEN = 0.60
"""How thick the network is inked, in hundredths of the screen's shorter side."""

SWELL = 1.2
"""How much larger the touched layer's lump is drawn."""

_LAYER = re.compile(r"([a-z]+)(\d*)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer's lump stands, and how large it is, in pixels."""

    site: str
    centre: Point
    radius: float


@dataclass(frozen=True, slots=True)
class Places:
    """One U-Net laid out in a box: its lumps, the tube through them, its skips."""

    part: str
    lumps: tuple[Place, ...]
    tube: Path
    skips: tuple[Path, ...]
    mouth: Point | None
    tail: Point | None


def site_names(sites: Sequence[Site]) -> tuple[str, ...]:
    """The names of a model's sites; of the usual model's, before there is one."""
    return tuple(site.name for site in sites) or DEMO_SITES


def parts_of(names: Sequence[str]) -> tuple[str, ...]:
    """The U-Nets that sites belong to, in the order in which they come."""
    return tuple(dict.fromkeys(name.split("/", 1)[0] for name in names))


@lru_cache(maxsize=64)
def places(names: tuple[str, ...], part: str, box: Rect) -> Places:
    """Lay out one U-Net's sites in a box."""
    rows: dict[tuple[str, int], str] = {}
    for name in names:
        if name.startswith(part + "/") and (found := _LAYER.fullmatch(name[len(part) + 1 :])):
            rows[found[1], int(found[2] or 0)] = name
    depth = max((number for _, number in rows), default=0) or 1
    # Room for a swollen spiky lump at every edge, so that none is cut off.
    pitch = box.h / (depth + 1.25)
    largest = min(pitch * 0.42, box.w * 0.125)
    arm = largest * 1.78

    def row_y(number: float) -> float:
        return box.y + (number - 0.46) * pitch

    def lean(number: float) -> float:
        # The arms come together towards the latent, as in the letter U.
        return box.w * 0.10 * float((max(0.0, number - 1) / depth) ** 2.2)

    middle = box.x + box.w / 2
    lumps: list[Place] = []
    tube_down: list[Point] = []
    tube_up: list[Point] = []
    latent: Point | None = None
    skips: list[Path] = []
    for (kind, number), name in rows.items():
        left = Point(box.x + arm + lean(number), row_y(number))
        right = Point(box.right - arm - lean(number), row_y(number))
        radius = largest * (1.0 - 0.03 * (number - 1))
        if kind == "enc":
            lumps.append(Place(name, left, radius))
            tube_down.append(left)
        elif kind == "dec":
            lumps.append(Place(name, right, radius))
            tube_up.append(right)
        elif kind == "skip":
            lumps.append(Place(name, Point(middle, row_y(number)), largest * 0.60))
            skips.append((left, right))
        else:
            latent = Point(middle, row_y(depth + 1))
            lumps.append(Place(name, latent, largest * 1.02))
    tube_down.sort(key=lambda p: p.y)
    tube_up.sort(key=lambda p: -p.y)
    tube = (*tube_down, *((latent,) if latent else ()), *tube_up)
    return Places(
        part,
        tuple(lumps),
        tube,
        tuple(skips),
        tube_down[0] if tube_down else None,
        tube_up[-1] if tube_up else None,
    )


def boxes(parts: Sequence[str], nets: Rect) -> tuple[Rect, ...]:
    """The box of each U-Net, side by side; above them there is room for the arch."""
    room = nets.h * 0.085
    body = Rect(nets.x, nets.y + room, nets.w, nets.h - room)
    return body.columns(max(1, len(parts)))


def arch(tail: Point, mouth: Point, top: float) -> Path:
    """The bridge from one U-Net's end to the next one's beginning, as a half ellipse."""
    middle, half = (tail.x + mouth.x) / 2, (mouth.x - tail.x) / 2
    rise = tail.y - top
    steps = 18
    return tuple(
        Point(
            middle - half * math.cos(math.pi * i / steps),
            tail.y - rise * math.sin(math.pi * i / steps),
        )
        for i in range(steps + 1)
    )


@lru_cache(maxsize=64)
def tubes(names: tuple[str, ...], nets: Rect, ground: Colour, unit: float) -> tuple[Stroke, ...]:
    """What lies still under the lumps: tubes, dashed skips, and the arch from net to net."""
    pen = PEN * unit
    laid = [
        places(names, part, box)
        for part, box in zip(parts_of(names), boxes(parts_of(names), nets), strict=False)
    ]
    strokes: list[Stroke] = []
    glow = shade(ground, -0.55)
    for u in laid:
        strokes.extend(Line(skip, INK, pen * 0.9, pen * 2.0) for skip in u.skips)
    for one, other in itertools.pairwise(laid):
        if one.tail and other.mouth:
            bridge = arch(one.tail, other.mouth, nets.y + 2.4 * pen)
            strokes += [Line(bridge, INK, 3.6 * pen), Line(bridge, glow, 1.8 * pen)]
    for u in laid:
        if len(u.tube) > 1:
            strokes += [Line(u.tube, INK, 3.6 * pen), Line(u.tube, glow, 1.8 * pen)]
    return tuple(strokes)


def lump_of(place: Place, cut: Cut | None, *, touched: bool, pen: float) -> Lump:
    """The lump that shows a site's cut; the touched one swells and opens its eyes."""
    part, layer = place.site.split("/", 1)
    return Lump(
        centre=place.centre,
        radius=place.radius * (SWELL if touched else 1.0),
        operation=cut.operation if cut else Operation.PRESERVE,
        amount=round(cut.amount, 2) if cut else 0.0,
        dough=DOUGH.get(part, LOOKS[Operation.PRESERVE].fill),
        seed=place.site,
        face=touched or layer == "latent",
        pen=pen * (1.25 if touched else 1.0),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn: a net over these sites, the site a hand is at, and what layers see now."""

    net: Net
    names: tuple[str, ...]
    touched: str = ""
    xray: Mapping[str, Frame] = field(default_factory=dict)


def network(
    shown: Shown, part: str, nets: Rect, ground: Colour, *, beat: int, pen: float
) -> tuple[Stroke, ...]:
    """The strokes of one U-Net's lumps, a group each, and what its layers see; the touched one is
    drawn last, above the others."""
    lumps = _lumps(shown.net.carve, shown.names, shown.touched, part, nets, pen)
    strokes: list[Stroke] = []
    for site, lump in lumps:
        seen = shown.xray.get(site)
        strokes.append(_drawn(lump, beat, ground, lensed=seen is not None))
        if seen is not None:
            strokes.append(_lens(lump, seen))
    return tuple(strokes)


@lru_cache(maxsize=64)
def _lumps(
    carve: Carve, names: tuple[str, ...], touched: str, part: str, nets: Rect, pen: float
) -> tuple[tuple[str, Lump], ...]:
    """One U-Net's lumps with their sites' names, the touched one last."""
    parts = parts_of(names)
    box = boxes(parts, nets)[parts.index(part)]
    laid = sorted(places(names, part, box).lumps, key=lambda place: place.site == touched)
    return tuple(
        (
            place.site,
            lump_of(place, carve.at(place.site), touched=place.site == touched, pen=pen),
        )
        for place in laid
    )


@lru_cache(maxsize=2048)
def _drawn(lump: Lump, beat: int, ground: Colour, *, lensed: bool) -> Group:
    """A lump, and the rim of its lens if it has one."""
    strokes = lump_strokes(lump, beat, ground)
    rim = (Dot(lump.centre, _lens_radius(lump) + lump.pen * 0.7, INK),) if lensed else ()
    return grouped((*strokes, *rim))


def _lens_radius(lump: Lump) -> float:
    """Where a lump bears signs, the lens leaves them room."""
    uncut = lump.operation is Operation.PRESERVE or lump.amount <= 0
    return lump.radius * (0.64 if uncut else 0.42)


def _lens(lump: Lump, frame: Frame) -> Picture:
    """What a layer sees, in a round lens in the middle of its lump."""
    height, width = frame.shape[:2]
    return Picture(frame, *_lens_place(lump.centre, _lens_radius(lump), width / height))


@lru_cache(maxsize=256)
def _lens_place(
    centre: Point, radius: float, aspect: float
) -> tuple[Rect, Colour | None, float, Path]:
    """The box of a picture of `aspect` (width / height) that fills a lens, its edge and the
    edge's width (none), and the lens."""
    wide, high = radius * max(1.0, aspect), radius * max(1.0, 1 / aspect)
    box = Rect(centre.x - wide, centre.y - high, 2 * wide, 2 * high)
    return box, None, 0.0, _circle(centre, radius)


@lru_cache(maxsize=256)
def _circle(centre: Point, radius: float) -> Path:
    return tuple(
        Point(
            centre.x + radius * math.cos(i / 14 * math.pi),
            centre.y + radius * math.sin(i / 14 * math.pi),
        )
        for i in range(28)
    )


def net_sheets(
    shown: Shown, box: Rect, unit: float, ground: Colour, *, now_s: float, calm: bool
) -> list[Sheet]:
    """The network in a box, one sheet for each U-Net. They wobble in turns, so that no one
    moment has to paint both."""
    pen = PEN * unit
    parts = parts_of(shown.names)
    sheets = []
    for number, part in enumerate(parts):
        step = beat(now_s + number / len(parts) / BEATS_HZ, calm=calm)
        over = network(shown, part, box, ground, beat=step, pen=pen)
        column = box.columns(len(parts))[number]
        sheets.append(Sheet(column, None, over, can_wait=True))
    return sheets
