"""Pieces that several scenes share: backdrop, film, portrait, bubble, clock, bars."""

from __future__ import annotations

import math
from functools import lru_cache

from installation.show.net_picture.node_shape import Lump, lump_strokes
from installation.show.net_picture.portrait import SIDE, portrait, portrait_between
from installation.show.net_picture.portrait import creature as walker
from installation.show.paint.palette import INK, PAPER, shade
from installation.show.paint.shapes import (
    Align,
    Blob,
    Colour,
    Line,
    Picture,
    Point,
    Rect,
    Sheet,
    Stroke,
    Text,
    box_fitted,
    moved,
)
from installation.show.scenes.panel_picture import rounded
from installation.show.scenes.spread import Spread
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import Frame, Net


@lru_cache(maxsize=64)
def backdrop(screen: Rect, ground: Colour, under: tuple[Stroke, ...] = ()) -> Sheet:
    """The whole screen's ground, with rays as on a fair's posters, and what stands still."""
    far = math.hypot(screen.w, screen.h)
    middle = Point(screen.x + screen.w * 0.5, screen.y + screen.h * 0.62)
    light = shade(ground, -0.28)
    rays = tuple(
        Blob(
            (
                middle,
                *(
                    Point(
                        middle.x + far * math.cos((i + turn + 0.2) / 11 * 2 * math.pi),
                        middle.y + far * math.sin((i + turn + 0.2) / 11 * 2 * math.pi),
                    )
                    for turn in (0.0, 0.5)
                ),
            ),
            light,
        )
        for i in range(11)
    )
    return Sheet(screen, ground, (*rays, *under))


def film(frame: Frame | None, box: Rect, unit: float) -> tuple[Stroke, ...]:
    """A picture in a thick frame that stays inside its box; without one, a dark screen with
    two eyes that wait for it."""
    pen = 0.8 * unit
    if frame is None:
        dark = box_fitted(16, 9, box.inset(pen))
        lump = Lump(dark.centre, dark.h * 0.2, face=True, pen=pen)
        return (Blob(rounded(dark, 0.0), shade(INK, -0.18), INK, pen), *lump_strokes(lump, 0, INK))
    return (Picture(frame, box.inset(pen), INK, pen),)


def film_box(frame: Frame | None, box: Rect, unit: float) -> Rect:
    """Where a film's picture stands in its box."""
    height, width = frame.shape[:2] if frame is not None else (9, 16)
    return box_fitted(width, height, box.inset(0.8 * unit))


@lru_cache(maxsize=16)
def creature(
    net: Net, names: tuple[str, ...], box: Rect, unit: float, ground: Colour
) -> tuple[Sheet, ...]:
    """A net's portrait, as a card in the middle of a box."""
    pen = 0.8 * unit
    side = math.floor(min(box.w, box.h) - 2 * pen)
    at = Rect(round(box.centre.x - side / 2), round(box.centre.y - side / 2), side, side)
    frame = at.inset(-pen)
    inside = tuple(moved(stroke, side / SIDE, at.x, at.y) for stroke in portrait(net, names))
    return (Sheet(frame, INK), Sheet(at, ground, inside))


def turning_creature(
    before: Net,
    net: Net,
    share: float,
    names: tuple[str, ...],
    box: Rect,
    unit: float,
    ground: Colour,
) -> tuple[Sheet, ...]:
    """The card of `creature` on its way from one net's to another's, `share` 0..1."""
    frame, card = creature(net, names, box, unit, ground)
    at = card.box
    strokes = portrait_between(before, net, share, names)
    inside = tuple(moved(stroke, at.w / SIDE, at.x, at.y) for stroke in strokes)
    return (frame, Sheet(at, ground, inside))


def walking_creature(
    net: Net, share: float, names: tuple[str, ...], box: Rect, unit: float, ground: Colour
) -> tuple[Sheet, ...]:
    """The card of `creature` while the creature walks onto it from the right, `share` 0..1: in
    four hops, each as high as a tenth of the card."""
    frame, whole = creature(net, names, box, unit, ground)
    at = whole.box
    left_px = (1 - share) * at.w
    hop_px = 0.1 * at.h * abs(math.sin(4 * math.pi * share))
    still = len(whole.strokes) - len(walker(net, names))  # ground and rays
    walks = tuple(moved(stroke, 1.0, left_px, -hop_px) for stroke in whole.strokes[still:])
    return (frame, Sheet(at, ground, (*whole.strokes[:still], *walks)))


def bubble(box: Rect, unit: float, fill: Colour = PAPER) -> Blob:
    """A speech bubble that fills its box."""
    return Blob(rounded(box.inset(0.6 * unit), 3 * unit), fill, INK, 0.55 * unit)


def bar(box: Rect, share: float, fill: Colour, unit: float) -> tuple[Stroke, ...]:
    """How far something is, 0..1, as a tube that fills from the left."""
    pen = 0.5 * unit
    inner = box.inset(pen)
    y, r = inner.centre.y, inner.h / 2
    left, right = inner.x + r, inner.right - r
    end = left + (right - left) * min(1.0, max(0.0, share))
    return (
        Line((Point(left, y), Point(right, y)), INK, inner.h + 2 * pen),
        Line((Point(left, y), Point(right, y)), PAPER, inner.h),
        Line((Point(left, y), Point(end, y)), fill, inner.h * 0.76),
    )


def clock(seconds: float, box: Rect, unit: float, *, warned: bool = False) -> tuple[Stroke, ...]:
    """Time left, in minutes and seconds, on a paper badge; where the visitor is `warned` of its
    end, the badge is dark and its hourglass runs out."""
    whole = math.ceil(seconds)
    words = f"{whole // 60}:{whole % 60:02d}"
    badge = Rect(box.right - min(box.w, 19 * unit), box.y, min(box.w, 19 * unit), box.h)
    inner = badge.inset(2.4 * unit, 1.2 * unit)
    if not warned:
        return bubble(badge, unit), Text(words, inner, 6.2 * unit, INK)
    glass = Rect(inner.x, inner.y + 0.6 * unit, 3.6 * unit, inner.h - 1.2 * unit)
    x, middle, right = glass.x, glass.centre, glass.right
    corners = ((x, glass.y), (right, glass.y), middle, (right, glass.bottom), (x, glass.bottom))
    rest = Rect(right + 0.6 * unit, inner.y, inner.right - right - 0.6 * unit, inner.h)
    path = tuple(Point(*corner) for corner in (*corners, middle))
    return bubble(badge, unit, INK), Blob(path, PAPER), Text(words, rest, 5.6 * unit, PAPER)


def heading(words: str, box: Rect, unit: float, align: Align = Align.LEFT) -> Text:
    """The one line that says what to do now."""
    return Text(words, box, 7.4 * unit, INK, align)


def guiding(view: View, says: str, box: Rect, unit: float, words: Words) -> Sheet:
    """The line that says what to do now and, before time takes the visitor on, below it how they
    stay."""
    e = view.experience
    if not e.is_warned(view.now_s):
        return Sheet(box, None, (heading(says, box, unit),))
    upper = Rect(box.x, box.y, box.w, 0.56 * box.h)
    lower = Rect(box.x, upper.bottom, box.w, box.h - upper.h)
    stay = words("stay.touch" if e.may_stay(view.now_s) else "stay.over")
    return Sheet(box, None, (heading(says, upper, unit), Text(stay, lower, 3.5 * unit, INK,
                 Align.LEFT)))  # fmt: skip


def time_left(view: View, box: Rect, unit: float) -> Sheet:
    """How long this phase goes on without a hand."""
    e = view.experience
    left_s, warned = e.left_s(view.now_s), e.is_warned(view.now_s)
    return Sheet(box, None, clock(left_s, box, unit, warned=warned))


def card(box: Rect, unit: float, face: Colour = PAPER) -> Blob:
    """A card's face and edge; it fills its box."""
    inner = box.inset(0.8 * unit)
    corners = ((inner.x, inner.y), (inner.right, inner.y), (inner.right, inner.bottom),
               (inner.x, inner.bottom))  # fmt: skip
    return Blob(tuple(Point(x, y) for x, y in corners), face, INK, 0.8 * unit)


def spread_film(frame: Frame | None, spread: Spread, cards: tuple[Rect, ...], unit: float) -> Sheet:
    """The film, that spares the cards on it."""
    return Sheet(spread.film, None, film(frame, spread.film, unit), spares=cards)
