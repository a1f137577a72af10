"""ATTRACT: past takes beside their creatures, a knob that turns by itself, an invitation."""

from __future__ import annotations

import math
from dataclasses import replace

from installation.carve.crossover import interpolated
from installation.show.net_picture.looks import LOOKS
from installation.show.net_picture.network import Shown, net_sheets, site_names, tubes
from installation.show.net_picture.node_shape import BEATS_HZ
from installation.show.paint.palette import INK, PAPER
from installation.show.paint.shapes import (
    Align,
    Colour,
    Dot,
    Line,
    Point,
    Rect,
    Sheet,
    Stroke,
    Text,
)
from installation.show.scenes.attract_demo import DEMO_TURN_S, demo_net
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.scenes.spread import Spread
from installation.show.scenes.widgets import (
    bubble,
    card,
    creature,
    film,
    heading,
    spread_film,
    turning_creature,
)
from installation.show.view_model import GalleryPicture, View
from installation.show.words import Words
from installation.vocabulary import Button, Net, Operation

DEMO_S = 12.0
"""How long poster and film take turns in an empty gallery, and how long a take's turn is
thought to be: a creature, then a knob that is turned."""

CREATURE_S = 8.0
"""How much of a turn the creature has; the demonstration has the rest."""

MORPH_S = 1.6
"""How long one net takes to turn into the next, and then its creature."""

_MORPH_STEPS = 24

_BESIDE_W = 75.0
"""How many units of width the call and the line below it need to stand side by side on a card."""


def attract(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    names, unit = site_names(view.sites), layout.unit
    past, sheets = view.gallery, []
    demo, site, amount = _demo(view, names)
    if layout.spread is not None and shows_film(view):
        return _spread(view, layout, layout.spread, words, ground)
    if shows_film(view):
        sheets.append(Sheet(layout.header, None, (heading(view.title, layout.header, unit),)))
        told = Rect(layout.hero.x, layout.hero.bottom - 5 * unit, layout.hero.w, 5 * unit)
        box = Rect(layout.hero.x, layout.hero.y, layout.hero.w, layout.hero.h - 5 * unit)
        frame = past.frame if past else view.frame
        sheets.append(Sheet(box, None, film(frame, box, unit)))
        if past and (line := _told(past, view, words)):
            sheets.append(Sheet(told, None, (Text(line, told, 3.6 * unit, INK),)))
    else:
        sheets.append(_poster(view, layout))
    if not shows_network(view):
        assert past is not None
        sheets += _creature(past, view, names, layout.side, unit)
    else:
        sheets += _network(view, layout.side, unit, ground)
    sheets += _invitation(view, layout, words, demo, site, amount)
    return sheets


def _network(view: View, box: Rect, unit: float, ground: Colour) -> list[Sheet]:
    names = site_names(view.sites)
    net, touched = drawn(view, names)
    shown = Shown(net, names, touched)
    return net_sheets(shown, box, unit, ground, now_s=view.now_s, calm=view.calm)


def _spread(
    view: View, layout: ScreenLayout, spread: Spread, words: Words, ground: Colour
) -> list[Sheet]:
    """The film over the whole screen; title, net and invitation are cards on it."""
    names, unit, past = site_names(view.sites), layout.unit, view.gallery
    told = _told(past, view, words) if past else ""
    whole, name, more = spread.lines(told=bool(told))
    if shows_network(view):
        beside, corner = _network(view, _inside(spread), unit, ground), spread.corner
    else:
        assert past is not None
        beside = list(_creature(past, view, names, spread.square, unit))
        corner = beside[0].box
    frame = past.frame if past else view.frame
    sheets = [
        spread_film(frame, spread, (whole, corner, spread.foot), unit),
        Sheet(name, None, (heading(view.title, name, unit),)),
    ]
    if told:
        said = Text(told, more, 3.6 * unit, INK, Align.LEFT, lines=2)
        sheets.append(Sheet(more, None, (said,)))
    demo, site, amount = _demo(view, names)
    return [*sheets, *beside, *_invitation(view, layout, words, demo, site, amount)]


def _inside(spread: Spread) -> Rect:
    return spread.corner.inset(0.04 * spread.corner.w)


def under_attract(
    view: View, layout: ScreenLayout, words: Words, ground: Colour
) -> tuple[Stroke, ...]:
    """What stands still: the cards, and the network's tubes."""
    names, unit, spread = site_names(view.sites), layout.unit, layout.spread
    network = shows_network(view)
    if spread is None or not shows_film(view):
        return tubes(names, layout.side, ground, unit) if network else ()
    told = view.gallery is not None and bool(_told(view.gallery, view, words))
    cards = [card(spread.lines(told=told)[0], unit), card(spread.foot, unit)]
    if not network:
        return tuple(cards)
    return (*cards, card(spread.corner, unit, ground), *tubes(names, _inside(spread), ground, unit))


def _told(past: GalleryPicture, view: View, words: Words) -> str:
    """Whose net it is, and how it is taken up, where there is a button for it."""
    lines = [words("attract.kept", name=past.name)] if past.name else []
    if Button.SURPRISE in view.panel.buttons:
        lines.append(words("attract.take_up"))
    return " · ".join(lines)


def shows_film(view: View) -> bool:
    """True while a film plays: a past take, or in an empty gallery the demo, by turns with
    the poster."""
    first_half = view.now_s % (2 * DEMO_S) < DEMO_S
    return view.gallery is not None or (view.frame is not None and not first_half)


def shows_network(view: View) -> bool:
    """True while the network, not a creature, is shown: first of all while one net turns into
    the next, at the end while a knob is turned on it."""
    if view.gallery is None:
        return True
    since_s = view.now_s - view.turned_at_s
    return 0 <= since_s < _turning_s(view) or since_s % DEMO_S >= CREATURE_S


def _turning_s(view: View) -> float:
    """How long the net takes to come from the last one's cuts: no time if there is none."""
    shown = view.gallery.net if view.gallery is not None else view.net
    return 0.0 if view.before is None or view.before == shown else MORPH_S


def drawn(view: View, names: tuple[str, ...]) -> tuple[Net, str]:
    """The net as it is drawn, on its way from the one drawn before; and the site a knob of it
    is being turned at ("" for none)."""
    now_s = beat_time(view)
    demo, site, _ = _demo(view, names)
    since_s = now_s - view.turned_at_s
    if view.gallery is not None:
        return _on_the_way(view.before, demo, since_s), site
    half_s = now_s % DEMO_S
    made = _on_the_way(view.before, view.net, since_s)
    if shows_film(view):
        last, _, _ = demo_net(names, now_s - half_s)
        return _on_the_way(last, made, half_s), ""
    return _on_the_way(made if view.frame is not None else None, demo, half_s), site


def _on_the_way(before: Net | None, net: Net, since_s: float) -> Net:
    """What is drawn `since_s` after one net began to turn into another."""
    if before is None or not 0 <= since_s < MORPH_S:
        return net
    return interpolated(replace(before, model=net.model), net, _eased(since_s / MORPH_S))


def _eased(share: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * share)


def _creature(
    past: GalleryPicture, view: View, names: tuple[str, ...], box: Rect, unit: float
) -> tuple[Sheet, ...]:
    """The take's creature, which grows out of the last one's once the net has changed."""
    share = (view.now_s - view.turned_at_s - MORPH_S) / MORPH_S
    if view.before is None or not _turning_s(view) or not 0 <= share < 1:
        return creature(past.net, names, box, unit, PAPER)
    step = math.floor(_eased(share) * _MORPH_STEPS) / _MORPH_STEPS
    return turning_creature(view.before, past.net, step, names, box, unit, PAPER)


def _demo(view: View, names: tuple[str, ...]) -> tuple[Net, str, float]:
    past = view.gallery
    return demo_net(names, _demo_time(view), past.net if past is not None else None)


def _demo_time(view: View) -> float:
    """The demonstration's own time: beside a take it begins with the take's turn, so that the
    knob is at rest whenever the network comes and goes."""
    if view.gallery is None:
        return beat_time(view)
    turns = math.floor(view.turned_at_s / DEMO_TURN_S)  # so that every take shows other sites
    return turns * DEMO_TURN_S + _beat(view.now_s - view.turned_at_s)


def beat_time(view: View) -> float:
    """The moment, at the pace of the wobble: what a drawing made by hand would show."""
    return _beat(view.now_s)


def _beat(seconds: float) -> float:
    return math.floor(seconds * BEATS_HZ) / BEATS_HZ


def _poster(view: View, layout: ScreenLayout) -> Sheet:
    """The title as large as it goes."""
    box = Rect(layout.hero.x, layout.header.y, layout.hero.w,
               layout.hero.bottom - layout.header.y)  # fmt: skip
    first, _, second = view.title.replace("-", "-\n").partition("\n")
    stacked = bool(second) and not layout.is_portrait
    words = f"{first}\n{second}" if stacked else view.title
    size = 40 * layout.unit
    text = Text(words, box, size, PAPER, lines=2, edge=INK, edge_px=1.5 * layout.unit)
    return Sheet(box, None, (text,))


def _invitation(
    view: View, layout: ScreenLayout, words: Words, demo: Net, site: str, amount: float
) -> list[Sheet]:
    """The banner that calls, with a knob that turns by itself."""
    unit, spread = layout.unit, layout.spread if shows_film(view) else None
    banner = layout.banner if spread is None else spread.foot.inset(1.4 * unit)
    foot_h = 4.0 * unit if view.credits else 0.0
    height = banner.h - foot_h
    dial = Rect(banner.x, banner.y, height, height)
    rest = Rect(dial.right + unit, banner.y, banner.right - dial.right - unit, height)
    cut = demo.carve.at(site)
    operation = cut.operation if cut else Operation.PRESERVE
    inner = rest.inset(3 * unit, 1.4 * unit)
    if layout.is_portrait or (spread is not None and inner.w < _BESIDE_W * unit):
        call = Rect(inner.x, inner.y, inner.w, inner.h * 0.60)
        line = Rect(inner.x, call.bottom, inner.w, inner.h * 0.40)
    else:
        call = Rect(inner.x, inner.y, inner.w * 0.52, inner.h)
        line = Rect(call.right + 3 * unit, inner.y, inner.right - call.right - 3 * unit, inner.h)
    said: tuple[Stroke, ...] = (
        *((bubble(rest, unit),) if spread is None else ()),
        Text(words("attract.call"), call, 12 * unit, INK, lines=2),
        Text(words("attract.line"), line, 5.2 * unit, INK, lines=2),
    )
    sheets = [
        Sheet(dial, None, _big_knob(dial, amount, operation, unit)),
        Sheet(rest, None, said),
    ]
    if view.credits:
        foot = Rect(banner.x, banner.bottom - foot_h, banner.w, foot_h)
        sheets.append(Sheet(foot, None, (Text(view.credits, foot, 2.8 * unit, INK, Align.RIGHT),)))
    return sheets


def _big_knob(box: Rect, amount: float, operation: Operation, unit: float) -> tuple[Stroke, ...]:
    r = min(box.w, box.h) * 0.40
    c = box.centre
    angle = (amount * 2 - 1) * 0.375 * 2 * math.pi - math.pi / 2
    tip = Point(c.x + 0.74 * r * math.cos(angle), c.y + 0.74 * r * math.sin(angle))
    heel = Point(c.x + 0.2 * r * math.cos(angle), c.y + 0.2 * r * math.sin(angle))
    sweep = tuple(
        Point(c.x + 1.13 * r * math.cos(a), c.y + 1.13 * r * math.sin(a))
        for a in ((-0.375 + 0.75 * i / 24) * 2 * math.pi - math.pi / 2 for i in range(25))
    )
    fill = LOOKS[operation].fill
    return (
        Line(sweep, INK, 0.5 * unit, 1.2 * unit),
        Dot(c, r, INK),
        Dot(c, r - 0.9 * unit, fill),
        Line((heel, tip), INK, 2.6 * unit),
        Line((heel, tip), PAPER, 1.3 * unit),
    )
