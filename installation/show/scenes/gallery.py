"""GALLERY: the visitor's take, large and once through, then beside its creature or its code."""

from __future__ import annotations

import math

from installation.experience import Notice
from installation.show.net_picture.network import site_names
from installation.show.paint.palette import INK, PAPER, YES, shade
from installation.show.paint.shapes import Colour, Rect, Sheet, Stroke, Text
from installation.show.scenes.carving import top_layer
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.scenes.spread import Spread
from installation.show.scenes.take_home import take_home_sheet
from installation.show.scenes.widgets import (
    bar,
    bubble,
    card,
    creature,
    film,
    guiding,
    spread_film,
    time_left,
    walking_creature,
)
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import Frame

WALK_S = 1.6
"""How long the creature takes to walk in."""

_STEPS = 20


def is_first_seen(view: View) -> bool:
    """Whether the take is on its way, or seen for the first time."""
    past = view.gallery
    made = past is not None and past.is_made
    return made or (view.experience.notice is Notice.SAVING and view.seen_at_s is None)


def gallery(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    if layout.spread is not None and is_first_seen(view):
        return _reveal(view, layout, layout.spread, words)
    unit = layout.unit
    sheets = [
        guiding(view, _name(view), layout.header, unit, words),
        time_left(view, layout.clock, unit),
    ]
    sheets += result(view, layout, words, ground)
    box = layout.banner
    if view.home is not None:  # the code has the creature's place, and it sits beside the words
        small = Rect(box.x, box.y, box.h, box.h)
        sheets += _walking(view, small, unit)
        box = Rect(small.right + unit, box.y, box.right - small.right - unit, box.h)
    inner = box.inset(4 * unit, 1.8 * unit)
    sheets.append(Sheet(box, None, (bubble(box, unit), *_said(view, inner, unit, words))))
    return sheets


def _reveal(view: View, layout: ScreenLayout, spread: Spread, words: Words) -> list[Sheet]:
    """The take over the whole screen, as soon as its first second is there; until then, the
    preview of it."""
    unit = layout.unit
    whole, name, _ = spread.lines(told=False)
    cards = [whole, spread.foot]
    sheets = [
        guiding(view, _name(view), name, unit, words),
        Sheet(spread.foot.inset(1.4 * unit), None,
              _said(view, spread.foot.inset(3 * unit, 2 * unit), unit, words)),
    ]  # fmt: skip
    if view.home is not None:
        cards.append(spread.code)
        inside = spread.code.inset(1.2 * unit)
        sheets.append(take_home_sheet(view.home, inside, unit, words, framed=False))
    return [spread_film(_film(view), spread, tuple(cards), unit), *sheets]


def under_gallery(view: View, layout: ScreenLayout) -> tuple[Stroke, ...]:
    """What stands still: the cards on the film."""
    spread = layout.spread
    if spread is None or not is_first_seen(view):
        return ()
    boxes = [spread.lines(told=False)[0], spread.foot]
    if view.home is not None:
        boxes.append(spread.code)
    return tuple(card(box, layout.unit) for box in boxes)


def _name(view: View) -> str:
    kept = view.gallery.name if view.gallery is not None else ""
    return view.net.name or kept or view.title


def _film(view: View) -> Frame | None:
    """The take's own film, if it is there; else the preview."""
    return view.gallery.frame if view.gallery is not None else view.frame


def _walking(view: View, box: Rect, unit: float) -> tuple[Sheet, ...]:
    """The creature, that walks in once the take has been seen."""
    names = site_names(view.sites)
    share = 1.0
    if view.seen_at_s is not None:
        share = (view.now_s - view.seen_at_s) / WALK_S
    if not 0 <= share < 1:
        return creature(view.net, names, box, unit, PAPER)
    step = math.floor(share * _STEPS) / _STEPS
    return walking_creature(view.net, step, names, box, unit, PAPER)


def result(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    """The visitor's film beside the visitor's creature, or the code by which both go home; below
    it, which layer did most."""
    unit, hero = layout.unit, layout.hero
    told = Rect(hero.x, hero.bottom - 9 * unit, hero.w, 9 * unit)
    cut = view.net.carve.at(view.top_site) if view.top_site else None
    box = hero if cut is None else Rect(hero.x, hero.y, hero.w, hero.h - told.h)
    sheets = [Sheet(box, None, film(_film(view), box, unit))]
    if cut is not None:
        sheets.append(top_layer(cut, told, unit, words, ground))
    if view.home is not None:
        sheets.append(take_home_sheet(view.home, layout.side, unit, words))
    else:
        sheets += _walking(view, layout.side, unit)
    return sheets


def _said(view: View, box: Rect, unit: float, words: Words) -> tuple[Stroke, ...]:
    """How keeping goes, and what can be done next."""
    e = view.experience
    says = {
        Notice.SAVED: words("gallery.saved"),
        Notice.SAVED_WITHOUT_STILL: words("notice.still_not_kept"),
        Notice.SAVE_FAILED: words("notice.save_failed"),
        Notice.PRINTING: words("notice.printing"),
        Notice.NET_ALONE: words("gallery.net_alone"),
    }.get(e.notice, words("gallery.saving"))
    upper, lower = box.rows(2, unit)
    strokes: list[Stroke] = [Text(says, upper, 8.6 * unit, INK)]
    if e.notice is Notice.SAVING:
        share = view.progress if view.progress is not None else 0.0
        tube = lower.inset(lower.w * 0.1, lower.h * 0.22)
        strokes += bar(tube, round(share, 2), YES, unit)
    else:
        again = words("gallery.print_or_again" if e.may_print else "gallery.again")
        strokes.append(Text(again, lower, 4.6 * unit, shade(INK, -0.12)))
    return tuple(strokes)
