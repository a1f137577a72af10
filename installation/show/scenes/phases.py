"""What the visitor sees: View and layout in, strokes out. Pure.

A scene is a backdrop and the sheets on it. Sheets that did not change are equal to those of
the last moment, so that whoever draws them can leave them alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from installation.experience import Phase, Question
from installation.show.net_picture.network import site_names, tubes
from installation.show.paint.palette import INK, LIVE, NO, PAPER, YES, ground_of, shade
from installation.show.paint.shapes import (
    Align,
    Colour,
    Dot,
    Line,
    Point,
    Rect,
    Scene,
    Sheet,
    Stroke,
    Text,
)
from installation.show.scenes.attract import attract, shows_film, under_attract
from installation.show.scenes.carving import carve, invite, net_names, turned_parts
from installation.show.scenes.gallery import gallery, result, under_gallery
from installation.show.scenes.panel_picture import panel_sheets
from installation.show.scenes.scanning import scan_sheets
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.scenes.service import service_sheet
from installation.show.scenes.widgets import (
    backdrop,
    bar,
    bubble,
    film,
    film_box,
    guiding,
    heading,
    time_left,
)
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import Net, SourceKind


def scene(view: View, layout: ScreenLayout, words: Words) -> Scene:
    """The scene of one moment. Deterministic: equal views give equal scenes."""
    ground = ground_of(_net(view).tone)
    sheets = [backdrop(layout.screen, ground, _under(view, layout, words, ground))]
    sheets += _PHASES[view.experience.phase](view, layout, words, ground)
    sheets += panel_sheets(view, layout, words)
    sheets += scan_sheets(view, layout, words)
    if view.service is not None:
        sheets.append(service_sheet(view, layout, words))
    return tuple(sheets)


def _under(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> tuple[Stroke, ...]:
    """What stands still below the network, where there is one."""
    phase, unit = view.experience.phase, layout.unit
    if phase is Phase.ATTRACT:
        return under_attract(view, layout, words, ground)
    if phase is Phase.GALLERY:
        return under_gallery(view, layout)
    if phase not in (Phase.INVITE, Phase.CARVE):
        return ()
    names = site_names(view.sites)
    under = tubes(names, layout.nets, ground, unit)
    return (*under, *net_names(names, layout.nets, unit, turned_parts(view.panel), words))


def _net(view: View) -> Net:
    """The net whose tone paints the ground: in ATTRACT, that of the film now playing."""
    if view.experience.phase is not Phase.ATTRACT:
        return view.net
    if view.gallery is not None:
        return view.gallery.net
    return view.net if shows_film(view) else Net(model="")


_RECORDS = {
    SourceKind.CAMERA: ("record.ready", "record.filming"),
    SourceKind.FILM: ("record.film_ready", "record.film_now"),
    SourceKind.MADE: ("record.made_ready", "record.made_now"),
}
"""What is said before, and while, a clip is taken."""


def _record(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    e, unit, stage = view.experience, layout.unit, layout.stage
    left_s = e.countdown_s(view.now_s)
    ready, now = _RECORDS[view.source]
    says = words(now if e.filming else ready)
    sheets = [Sheet(layout.header, None, (heading(says, layout.header, unit),))]
    strokes: list[Stroke] = []
    counts = layout.is_portrait and not e.filming  # the digit stands below the picture
    hung = stage.rows(2)[0] if counts else stage
    strokes += film(view.frame, hung, unit)
    box = film_box(view.frame, hung, unit)
    if e.filming:
        done = e.elapsed_s(view.now_s) - e.pace.countdown_s
        share = done / e.pace.film_s if e.pace.film_s > 0 else 1.0
        low = Rect(box.x, box.bottom - 9 * unit, box.w, 7 * unit).inset(4 * unit, 0)
        strokes += bar(low, round(share, 2), LIVE, unit)
        at = Point(box.x + 7 * unit, box.y + 7 * unit)
        strokes += [Dot(at, 3.8 * unit, PAPER), Dot(at, 2.8 * unit, LIVE)]
    elif left_s > 0:
        place = stage.rows(2)[1] if layout.is_portrait else box
        digit = str(math.ceil(left_s))
        strokes.append(Text(digit, place, 62 * unit, PAPER, edge=INK, edge_px=2.2 * unit))
    sheets.append(Sheet(stage, None, tuple(strokes)))
    if view.source is SourceKind.CAMERA and not e.filming:
        sheets.append(_bystanders(layout, words))
    return sheets


def _bystanders(layout: ScreenLayout, words: Words) -> Sheet:
    """Whoever stands behind the visitor hears of it before it is filmed."""
    unit, stage = layout.unit, layout.stage
    box = Rect(stage.x, stage.bottom - 7 * unit, stage.w, 7 * unit)
    said = Text(words("record.bystanders"), box.inset(3 * unit, unit), 4.0 * unit, INK, lines=2)
    return Sheet(box, None, (bubble(box, unit), said))


def _decide(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    e, unit = view.experience, layout.unit
    question = e.question.value
    sheets = [
        guiding(view, words(f"decide.{question}"), layout.header, unit, words),
        time_left(view, layout.clock, unit),
    ]
    low = min(layout.hero.h, 9 * unit)
    upper = Rect(layout.hero.x, layout.hero.y, layout.hero.w, layout.hero.h - low)
    beside = Rect(layout.side.x, layout.side.y, layout.side.w, layout.side.h - low)
    sheets += result(view, replace(layout, hero=upper, side=beside), words, ground)
    sheets.append(_what_is_kept(view, layout, low, words))
    boxes = (layout.banner.rows if layout.is_portrait else layout.banner.columns)(2, 1.6 * unit)
    for yes, box in zip((True, False), boxes, strict=True):
        answer = words(f"decide.{question}_{'yes' if yes else 'no'}")
        button = words("button.keep" if yes else "button.discard").upper()
        sheets.append(_answer(answer, button, box, unit, yes=yes))
    return sheets


def _what_is_kept(view: View, layout: ScreenLayout, height: float, words: Words) -> Sheet:
    """What a yes keeps, for how long, and how it is taken back: in one sentence."""
    box = Rect(layout.banner.x, layout.side.bottom - height, layout.banner.w, height)
    days = f"{view.keep_days:g}"
    said = words("decide.kept_by_link" if view.by_link else "decide.kept_ask", days=days)
    if view.experience.question is Question.CLIP:
        said = words("decide.clip_why")
    return Sheet(
        box, None, (Text(said, box.inset(0, layout.unit), 4.2 * layout.unit, INK, lines=3),)
    )


def _answer(answer: str, button: str, box: Rect, unit: float, *, yes: bool) -> Sheet:
    """One of two answers: its sign, its words, and the button that gives it."""
    fill = YES if yes else NO
    side = min(box.h, box.w * 0.26)
    sign = Rect(box.x + 1.2 * unit, box.y, side, box.h).inset(0.2 * side)
    rest = Rect(sign.right + 2 * unit, box.y, box.right - sign.right - 4 * unit, box.h)
    strokes: list[Stroke] = [bubble(box, unit)]
    r = min(sign.w, sign.h) / 2
    c = sign.centre
    strokes += [Dot(c, r, INK), Dot(c, r - 0.5 * unit, fill)]
    marks = (
        [((-0.45, 0.05), (-0.12, 0.4), (0.5, -0.38))]
        if yes
        else [((-0.4, -0.4), (0.4, 0.4)), ((0.4, -0.4), (-0.4, 0.4))]
    )
    for mark in marks:
        path = tuple(Point(c.x + x * r, c.y + y * r) for x, y in mark)
        strokes.append(Line(path, PAPER, 0.24 * r))
    words = Rect(rest.x, rest.y + 1.2 * unit, rest.w, rest.h * 0.58)
    below = Rect(rest.x, words.bottom, rest.w, rest.bottom - words.bottom - 2 * unit)
    strokes.append(Text(answer, words, 7.4 * unit, INK, Align.LEFT, lines=2))
    dot = Point(below.x + 1.9 * unit, below.centre.y)
    strokes += [Dot(dot, 1.7 * unit, INK), Dot(dot, 1.25 * unit, fill)]
    name = Rect(below.x + 4.6 * unit, below.y, below.w - 4.6 * unit, below.h)
    strokes.append(Text(button, name, 3.8 * unit, shade(INK, -0.12), Align.LEFT))
    return Sheet(box, None, tuple(strokes))


_Compose = Callable[[View, ScreenLayout, Words, Colour], list[Sheet]]

_PHASES: Mapping[Phase, _Compose] = {
    Phase.ATTRACT: attract,
    Phase.INVITE: invite,
    Phase.RECORD: _record,
    Phase.CARVE: carve,
    Phase.DECIDE: _decide,
    Phase.GALLERY: gallery,
}
