"""Every net's creature, drawn from its carve alone: the same net, the same creature.

Two things make it. Each cut leaves its own growth on the body, at its site's place around
it, as large as its amount: so relatives look related. And a digest of the whole carve picks
the species (colour, eyes, mouth, limbs, hair): so no two neighbours are mistaken for one
another. The untouched net has a calm creature of its own.
"""

from __future__ import annotations

import colorsys
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from installation.show.net_picture.looks import LOOKS, growth
from installation.show.paint.morph import morphed
from installation.show.paint.palette import INK, PAPER, SUN, shade
from installation.show.paint.shapes import Blob, Colour, Dot, Line, Path, Point, Stroke, ellipse
from installation.vocabulary import Carve, Net, Operation

SIDE = 1000.0
"""Portraits are drawn in a square of this side; scale them with `strokes.moved`."""

_CENTRE = Point(500, 520)
_RADIUS = 262.0
_PEN = 13.0
_TURN = 2 * math.pi
_CORNERS = 144


@dataclass(frozen=True, slots=True)
class Creature:
    """What a digest decides: everything is a plain number, so that it can be compared."""

    ground: Colour
    body: Colour
    limb: Colour
    form: int
    eyes: int
    eye_size: float
    gaze: float
    mouth: int
    legs: int
    leg_kind: int
    arms: int
    hair: int
    coat: int


def portrait(net: Net, sites: Sequence[str] = ()) -> tuple[Stroke, ...]:
    """The strokes of a net's creature, in a square of SIDE units, ground included.

    `sites` are the model's sites' names, in order: they place the growths around the body.
    Only the carve counts: neither tone nor rack nor the net's name change the creature.
    """
    return _portrait(net.carve, tuple(sites))


def creature(net: Net, sites: Sequence[str] = ()) -> tuple[Stroke, ...]:
    """The strokes of `portrait` without ground and rays: for paper, which has a ground."""
    return tuple(stroke for part in _parts(net.carve, tuple(sites))[2:] for stroke in part)


def portrait_between(
    one: Net, other: Net, share: float, sites: Sequence[str] = ()
) -> tuple[Stroke, ...]:
    """The strokes at `share` (0..1) of the way from one net's creature to another's."""
    names = tuple(sites)
    return morphed(_parts(one.carve, names), _parts(other.carve, names), share)


@lru_cache(maxsize=32)
def _portrait(carve: Carve, sites: tuple[str, ...]) -> tuple[Stroke, ...]:
    return tuple(stroke for part in _parts(carve, sites) for stroke in part)


@lru_cache(maxsize=32)
def _parts(carve: Carve, sites: tuple[str, ...]) -> tuple[tuple[Stroke, ...], ...]:
    """A creature from back to front: ground, rays, legs, arms, hair, growths, body, coat,
    mouth, eyes."""
    creature = creature_of(carve)
    around = partial(_at, form=creature.form)
    outline = tuple(_at(turn / _CORNERS, 1.0, creature.form) for turn in range(_CORNERS))
    growths = [growth(cut, _place(cut.site, sites), around, _PEN) for cut in carve.cuts]
    parts: tuple[Sequence[Stroke], ...] = (
        [Blob(_box(), creature.ground)],
        _rays(creature),
        _legs(creature),
        _arms(creature),
        _hair(creature),
        [stroke for grown in growths for stroke in grown],
        [Blob(outline, creature.body, INK, _PEN)],
        _coat(creature),
        _mouth(creature),
        _eyes(creature),
    )
    return tuple(map(tuple, parts))


def ground_of_portrait(net: Net) -> Colour:
    """The ground a net's creature stands on."""
    return creature_of(net.carve).ground


def digest_of(carve: Carve) -> bytes:
    """A digest of everything that makes a carve what it is."""
    told = (
        f"{c.site} {c.operation.value} {c.amount:.3f} {c.side.value} {c.chisel.shape.value} "
        f"{c.chisel.share:.3f} {c.chisel.seed} {c.grain.share:.3f} {c.grain.seed}"
        for c in carve.cuts
    )
    return hashlib.sha256("\n".join(told).encode()).digest()


@lru_cache(maxsize=256)
def creature_of(carve: Carve) -> Creature:
    """The species a carve belongs to."""
    if not carve:
        return Creature(SUN, LOOKS[Operation.PRESERVE].fill, PAPER, 0, 2, 0.21, 0, 0, 2, 0, 2, 0, 0)
    d = digest_of(carve)
    hue = d[0] / 256
    body = _vivid(hue, 0.78)
    return Creature(
        ground=_vivid(hue + 0.30 + 0.40 * d[1] / 256, 0.52),
        body=body,
        limb=_vivid(hue + 0.12 + d[2] / 1280, 0.85),
        form=d[3] % 6,
        eyes=1 + d[4] % 5,
        eye_size=0.17 + 0.10 * d[5] / 256,
        gaze=_TURN * d[6] / 256,
        mouth=d[7] % 6,
        legs=2 + d[8] % 5,
        leg_kind=d[9] % 3,
        arms=2 * (d[10] % 3),
        hair=d[11] % 6,
        coat=d[12] % 5,
    )


def _vivid(hue: float, saturation: float) -> Colour:
    r, g, b = colorsys.hsv_to_rgb(hue % 1.0, saturation, 1.0)
    return Colour(round(255 * r), round(255 * g), round(255 * b))


def _box() -> Path:
    return (Point(0, 0), Point(SIDE, 0), Point(SIDE, SIDE), Point(0, SIDE))


def _form(form: int, turn: float) -> float:
    """The body's radius, about 1, at `turn` turns clockwise from the top."""
    a = turn * _TURN
    c, s = math.cos(a), math.sin(a)
    if form == 1:  # a pear
        return 1.0 - 0.24 * c
    if form == 2:  # a bean, wide
        return 1.0 / math.hypot(s / 1.28, c / 0.84)
    if form == 3:  # a tower
        return 1.0 / math.hypot(s / 0.82, c / 1.22)
    if form == 4:  # a cushion
        return 0.98 / float((abs(c) ** 4 + abs(s) ** 4) ** 0.25)
    if form == 5:  # a cloud
        return 1.0 + 0.075 * math.cos(7 * a)
    return 1.0


def _at(turn: float, reach: float, form: int) -> Point:
    """The point at a turn, `reach` times the body's radius from its middle."""
    r = _RADIUS * reach * _form(form, turn)
    a = turn * _TURN - math.pi / 2
    return Point(_CENTRE.x + r * math.cos(a), _CENTRE.y + r * math.sin(a))


def _place(site: str, sites: tuple[str, ...]) -> float:
    """Where around the body a site's growth stands, in turns."""
    if site in sites:
        return (sites.index(site) + 0.5) / len(sites)
    return hashlib.sha256(site.encode()).digest()[0] / 256


def _rays(creature: Creature) -> list[Stroke]:
    far = SIDE * 1.5
    colour = shade(creature.ground, -0.32)
    rays: list[Stroke] = []
    for i in range(9):
        a, b = ((i + turn) / 9 * _TURN for turn in (0.0, 0.5))
        rays.append(
            Blob(
                (
                    _CENTRE,
                    Point(_CENTRE.x + far * math.cos(a), _CENTRE.y + far * math.sin(a)),
                    Point(_CENTRE.x + far * math.cos(b), _CENTRE.y + far * math.sin(b)),
                ),
                colour,
            )
        )
    return rays


def _tube(points: Path, colour: Colour, width: float) -> list[Stroke]:
    return [Line(points, INK, width + 2 * _PEN), Line(points, colour, width)]


def _legs(creature: Creature) -> list[Stroke]:
    strokes: list[Stroke] = []
    for i in range(creature.legs):
        share = (i + 0.5) / creature.legs
        hip = _at(0.5 + 0.17 * (0.5 - share) * 2, 0.86, creature.form)
        foot = Point(hip.x + (share - 0.5) * 150, 905)
        if creature.leg_kind == 1:  # springs
            steps = 7
            path = tuple(
                Point(
                    hip.x + (foot.x - hip.x) * k / steps + (26 if k % 2 else -26) * (k < steps),
                    hip.y + (foot.y - hip.y) * k / steps,
                )
                for k in range(steps + 1)
            )
            strokes += [Line(path, INK, 22)]
        elif creature.leg_kind == 2:  # tentacles
            path = tuple(
                Point(
                    hip.x + (foot.x - hip.x) * k / 10 + 30 * math.sin(k / 10 * _TURN + i),
                    hip.y + (foot.y - hip.y) * k / 10,
                )
                for k in range(11)
            )
            strokes += _tube(path, creature.limb, 34)
            continue
        else:
            strokes += _tube((hip, foot), creature.limb, 38)
        shoe = ellipse(Point(foot.x + (16 if share > 0.5 else -16), foot.y), 58, 30)
        strokes.append(Blob(shoe, creature.limb, INK, _PEN))
    return strokes


def _arms(creature: Creature) -> list[Stroke]:
    strokes: list[Stroke] = []
    for i in range(creature.arms):
        side = -1 if i % 2 else 1
        lift = 0.27 - 0.09 * (i // 2) if creature.gaze < math.pi else 0.20 + 0.09 * (i // 2)
        shoulder = _at(side * 0.25, 0.9, creature.form)
        shoulder = Point(shoulder.x, shoulder.y + 70 * (i // 2))
        hand = Point(_CENTRE.x + side * 425, _CENTRE.y - 900 * (0.27 - lift) + 40 - 130 * (i // 2))
        bend = Point((shoulder.x + hand.x) / 2 + side * 30, max(shoulder.y, hand.y) + 60)
        strokes += _tube((shoulder, bend, hand), creature.limb, 34)
        strokes.append(Blob(ellipse(hand, 42, 42), creature.limb, INK, _PEN))
    return strokes


def _hair(creature: Creature) -> list[Stroke]:
    strokes: list[Stroke] = []
    if creature.hair == 1:  # antennae
        for side in (-0.07, 0.07):
            root = _at(side, 0.9, creature.form)
            tip = Point(root.x + side * 900, 120)
            strokes += [Line((root, tip), INK, 20)]
            strokes.append(Blob(ellipse(tip, 34, 34), creature.limb, INK, _PEN))
    elif creature.hair in (2, 3):  # horns, or a crest of spikes
        turns = (-0.1, 0.1) if creature.hair == 2 else (-0.12, -0.06, 0.0, 0.06, 0.12)
        for turn in turns:
            half = 0.05 if creature.hair == 2 else 0.03
            spike = (
                _at(turn - half, 0.9, creature.form),
                _at(turn * 1.5, 1.48, creature.form),
                _at(turn + half, 0.9, creature.form),
            )
            strokes.append(Blob(spike, PAPER if creature.hair == 2 else creature.limb, INK, _PEN))
    elif creature.hair == 4:  # tousled
        for i in range(9):
            turn = (i - 4) * 0.035
            root, tip = _at(turn, 0.9, creature.form), _at(turn * 1.7, 1.36, creature.form)
            strokes.append(Line((root, tip), INK, 24))
    elif creature.hair == 5:  # a hat
        top = _at(0, 0.92, creature.form)
        w, h = 130.0, 150.0
        crown = (
            Point(top.x - w * 0.7, top.y),
            Point(top.x - w * 0.8, top.y - h),
            Point(top.x + w * 0.8, top.y - h),
            Point(top.x + w * 0.7, top.y),
        )
        strokes.append(Blob(crown, creature.limb, INK, _PEN))
        strokes.append(Line((Point(top.x - 190, top.y), Point(top.x + 190, top.y)), INK, 40))
    return strokes


def _coat(creature: Creature) -> list[Stroke]:
    dark = shade(creature.body, 0.22)
    strokes: list[Stroke] = []
    if creature.coat == 1:  # spots
        for i in range(9):
            at = _at(0.25 + 0.5 * (i + 0.5) / 9, 0.55 + 0.22 * (i % 2), creature.form)
            strokes.append(Dot(at, 22 + 9 * (i % 3), dark))
    elif creature.coat == 2:  # stripes
        for i in range(4):
            turn = 0.32 + 0.045 * i
            path = (_at(turn, 0.86, creature.form), _at(1 - turn, 0.86, creature.form))
            strokes.append(Line(path, dark, 26))
    elif creature.coat == 3:  # a belly
        at = Point(_CENTRE.x, _CENTRE.y + 0.42 * _RADIUS * _form(creature.form, 0.5))
        strokes.append(Blob(ellipse(at, 135, 95), shade(creature.body, -0.6)))
    elif creature.coat == 4:  # freckles, either side
        for side in (-1, 1):
            for i in range(3):
                at = _at(side * (0.25 + 0.025 * i), 0.72, creature.form)
                strokes.append(Dot(at, 15, LOOKS[Operation.ADD].fill))
    return strokes


def _mouth(creature: Creature) -> list[Stroke]:
    x, y = _CENTRE.x, _CENTRE.y + 96
    if creature.mouth == 1:  # teeth
        teeth: list[Stroke] = [
            Blob(
                (Point(x - 120, y - 24), Point(x + 120, y - 24), Point(x + 96, y + 54),
                 Point(x - 96, y + 54)),
                PAPER, INK, _PEN,
            )
        ]  # fmt: skip
        for i in range(-2, 3):
            teeth.append(Line((Point(x + 44 * i, y - 20), Point(x + 40 * i, y + 50)), INK, 9))
        return teeth
    if creature.mouth == 2:  # oh
        return [Blob(ellipse(Point(x, y + 16), 54, 66), INK)]
    if creature.mouth == 3:  # a jagged line
        jag = tuple(Point(x - 130 + 37 * i, y + (22 if i % 2 else -12)) for i in range(8))
        return [Line(jag, INK, 18)]
    if creature.mouth == 4:  # a tongue
        tongue = Blob(ellipse(Point(x + 34, y + 52), 40, 58), LOOKS[Operation.ADD].fill, INK, 9)
        return [tongue, Line((Point(x - 130, y), Point(x + 130, y)), INK, 20)]
    if creature.mouth == 5:  # a frown
        frown = tuple(Point(x + 24 * i, y + 2.1 * i * i) for i in range(-5, 6))
        return [Line(frown, INK, 18)]
    smile = tuple(Point(x + 24 * i, y + 40 - 2.0 * i * i) for i in range(-5, 6))
    return [Line(smile, INK, 18)]


def _eyes(creature: Creature) -> list[Stroke]:
    count, radius = creature.eyes, _RADIUS * creature.eye_size
    if count >= 4:
        radius = min(radius, 52.0)
    pitch = min(2.3 * radius, 2.05 * _RADIUS * 0.78 / max(1, count))
    strokes: list[Stroke] = []
    for i in range(count):
        lift = 26 * math.cos(math.pi * (i - (count - 1) / 2) / max(1, count - 1) * 0.9)
        size = radius * (1.5 if count == 1 else 1.0)
        size *= 1.0 + (0.22 if i % 2 and count % 2 else 0.0)
        at = Point(_CENTRE.x + (i - (count - 1) / 2) * pitch, _CENTRE.y - 70 - lift)
        strokes.append(Dot(at, size + _PEN, INK))
        strokes.append(Dot(at, size, PAPER))
        look = Point(
            at.x + 0.36 * size * math.cos(creature.gaze),
            at.y + 0.36 * size * math.sin(creature.gaze),
        )
        strokes.append(Dot(look, size * 0.46, INK))
    return strokes
