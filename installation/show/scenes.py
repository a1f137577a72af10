"""What the visitor sees: View and layout in, strokes out. Pure.

A scene is a backdrop and the sheets on it. Sheets that did not change are equal to those of
the last moment, so that whoever draws them can leave them alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from installation.carve.layout import is_site
from installation.experience import Notice, Phase, Question
from installation.show.dough import BEATS, Lump, beat, lump_strokes
from installation.show.layout import Layout
from installation.show.network import network, parts_of, tubes
from installation.show.palette import DOUGH, INK, LIVE, LOOKS, NO, PAPER, YES, ground_of, shade
from installation.show.panel_picture import panel_sheets, rounded
from installation.show.pieces import (
    backdrop,
    bar,
    bubble,
    clock,
    creature,
    film,
    film_box,
    heading,
)
from installation.show.service import service_sheet
from installation.show.strokes import (
    Align,
    Blob,
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
from installation.show.view import View
from installation.show.words import Words
from installation.vocabulary import Carve, Cut, Frame, Net, Operation

DEMO_TURN_S = 4.0
"""How long the demonstration takes to turn a knob up and down again."""

DEMO_S = 12.0
"""How long portrait and demonstration take turns in ATTRACT."""


def scene(view: View, layout: Layout, words: Words) -> Scene:
    """The scene of one moment. Deterministic: equal views give equal scenes."""
    ground = ground_of(_net(view).tone)
    sheets = [backdrop(layout.screen, ground)]
    sheets += _PHASES[view.experience.phase](view, layout, words, ground)
    sheets += panel_sheets(view, layout, words)
    if view.service:
        sheets.append(service_sheet(view, layout, words))
    return tuple(sheets)


def _names(view: View) -> tuple[str, ...]:
    return tuple(site.name for site in view.sites) or DEMO_SITES


def _net(view: View) -> Net:
    """The net whose tone paints the ground: in ATTRACT, that of the take now playing."""
    if view.experience.phase is Phase.ATTRACT:
        return view.gallery.net if view.gallery else Net(model="")
    return view.net


# The demonstration, for an empty gallery and in between.

DEMO_SITES = tuple(
    f"{part}/{layer}"
    for part in ("flow", "interp")
    for layer in (
        *(f"enc{i}" for i in range(1, 6)),
        "latent",
        *(f"dec{i}" for i in range(5, 0, -1)),
        *(f"skip{i}" for i in range(1, 6)),
    )
)
"""The sites of the usual model, for a show that has none yet."""

_DEMO_OPERATIONS = tuple(o for o in Operation if o is not Operation.PRESERVE)


def demo_net(names: tuple[str, ...], now_s: float) -> tuple[Net, str, float]:
    """A net that carves itself, for passers-by; which site it is turning, and how far."""
    turn = math.floor(now_s / DEMO_TURN_S)
    share = (now_s / DEMO_TURN_S) % 1.0
    amount = round(0.5 - 0.5 * math.cos(2 * math.pi * share), 2)
    site = names[(turn * 7 + 2) % len(names)]
    cuts = [Cut(site, _DEMO_OPERATIONS[turn % 5], amount)]
    for back in range(1, 5):  # what earlier turns have left
        old = turn - back
        cuts.append(
            Cut(
                names[(old * 7 + 2) % len(names)],
                _DEMO_OPERATIONS[old % 5],
                round(0.25 + 0.15 * (old % 4), 2),
            )
        )
    return Net(model="", carve=Carve.of(reversed(cuts))), site, amount


def net_sheets(
    net: Net,
    names: tuple[str, ...],
    box: Rect,
    layout: Layout,
    ground: Colour,
    *,
    touched: str,
    now_s: float,
    calm: bool,
    xray: Mapping[str, Frame] | None = None,
) -> list[Sheet]:
    """The network in a box, one sheet for each U-Net; they step in turns."""
    pen = 0.42 * layout.unit
    under = tubes(names, box, ground, pen)
    parts = parts_of(names)
    sheets = []
    for number, part in enumerate(parts):
        step = beat(now_s + number / len(parts) / 12, calm=calm)
        seen = tuple((xray or {}).items())
        over = network(
            net, names, part, box, ground, touched=touched, beat=step, pen=pen, xray=seen
        )
        column = box.columns(len(parts))[number]
        sheets.append(Sheet(column, None, (*under, *over)))
    return sheets


# Phases.


def _attract(view: View, layout: Layout, words: Words, ground: Colour) -> list[Sheet]:
    names, unit = _names(view), layout.unit
    demo, site, amount = demo_net(names, beat_time(view))
    title = Rect(layout.header.x, layout.header.y, layout.clock.right - layout.header.x,
                 layout.header.h)  # fmt: skip
    sheets = []
    past = view.gallery
    if past is None:
        sheets.append(_poster(view, layout))
    else:
        sheets.append(Sheet(title, None, (heading(view.title, title, unit),)))
        told = Rect(layout.hero.x, layout.hero.bottom - 5 * unit, layout.hero.w, 5 * unit)
        box = Rect(layout.hero.x, layout.hero.y, layout.hero.w, layout.hero.h - 5 * unit)
        line = words("attract.kept", when=past.when) if past.when else ""
        sheets.append(Sheet(box, None, film(past.frame, box, unit)))
        sheets.append(Sheet(told, None, (Text(line, told, 3.6 * unit, INK),)))
    if past is not None and view.now_s % (2 * DEMO_S) < DEMO_S:
        sheets.append(Sheet(layout.side, None, creature(past.net, names, layout.side, unit)))
    else:
        sheets += net_sheets(
            demo, names, layout.side, layout, ground, touched=site, now_s=view.now_s,
            calm=view.calm,
        )  # fmt: skip
    sheets += _invitation(view, layout, words, demo, site, amount)
    return sheets


def beat_time(view: View) -> float:
    """The moment, at the pace of the wobble: what a drawing made by hand would show."""
    return math.floor(view.now_s * 12) / 12


def _poster(view: View, layout: Layout) -> Sheet:
    """The title as large as it goes."""
    box = Rect(layout.hero.x, layout.header.y, layout.hero.w,
               layout.hero.bottom - layout.header.y)  # fmt: skip
    words = view.title.replace("-", "- ") if not layout.is_portrait else view.title
    size = 27 * layout.unit
    title = Rect(box.x, box.y, box.w, box.h * 0.94)
    text = Text(words, title, size, PAPER, lines=2, edge=INK, edge_px=1.3 * layout.unit)
    return Sheet(box, None, (text,))


def _invitation(
    view: View, layout: Layout, words: Words, demo: Net, site: str, amount: float
) -> list[Sheet]:
    """The banner that calls, with a knob that turns by itself."""
    unit, banner = layout.unit, layout.banner
    height = banner.h - 5.5 * unit if view.credits else banner.h
    dial = Rect(banner.x, banner.y, height, height)
    rest = Rect(dial.right + unit, banner.y, banner.right - dial.right - unit, height)
    cut = demo.carve.at(site)
    operation = cut.operation if cut else Operation.PRESERVE
    call, line = rest.rows(2)
    call = Rect(call.x, call.y, call.w, rest.h * 0.58)
    line = Rect(line.x, call.bottom, line.w, rest.h * 0.34)
    many = 2 if layout.is_portrait else 1
    said: tuple[Stroke, ...] = (
        bubble(rest, unit),
        Text(words("attract.call"), call.inset(3 * unit, unit), 10.5 * unit, INK, lines=many),
        Text(words("attract.line"), line.inset(3 * unit, 0), 4.6 * unit, INK, lines=many),
    )
    sheets = [
        Sheet(dial, None, _big_knob(dial, amount, operation, unit)),
        Sheet(rest, None, said),
    ]
    if view.credits:
        foot = Rect(banner.x, banner.bottom - 4.5 * unit, banner.w, 4.5 * unit)
        sheets.append(Sheet(foot, None, (Text(view.credits, foot, 3.0 * unit, INK),)))
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


def _carver(view: View, layout: Layout, words: Words, ground: Colour, says: str) -> list[Sheet]:
    """The clip, the untouched clip, the nets and a caption: where knobs do something."""
    unit = layout.unit
    sheets = [Sheet(layout.header, None, (heading(says, layout.header, unit),))]
    sheets.append(
        Sheet(layout.clock, None, clock(view.experience.left_s(view.now_s), layout.clock, unit))
    )
    if view.clip is not None:
        sheets.append(Sheet(layout.clip, None, film(view.clip, layout.clip, unit)))
    sheets += net_sheets(
        view.net, _names(view), layout.nets, layout, ground, touched=view.panel.touched,
        now_s=view.now_s, calm=view.calm, xray=view.xray,
    )  # fmt: skip
    return sheets


def _invite(view: View, layout: Layout, words: Words, ground: Colour) -> list[Sheet]:
    failed = view.experience.notice is Notice.CAMERA_FAILED
    says = words("notice.camera_failed") if failed else words("carve.begin")
    sheets = _carver(view, layout, words, ground, says)
    unit = layout.unit
    x = layout.untouched.x
    box = Rect(x, layout.caption.y, layout.caption.right - x, layout.caption.h)
    call, line = box.inset(3 * unit, 1.6 * unit).rows(2)
    call = Rect(call.x, call.y, call.w, call.h * 1.15)
    line = Rect(line.x, call.bottom, line.w, box.bottom - call.bottom - 2.2 * unit)
    said: tuple[Stroke, ...] = (
        bubble(box, unit),
        Text(words("invite.call"), call, 8.6 * unit, INK),
        Text(words("invite.line"), line, 4.0 * unit, INK, lines=2),
    )
    sheets.append(Sheet(box, None, said))
    return sheets


def _record(view: View, layout: Layout, words: Words, ground: Colour) -> list[Sheet]:
    e, unit, stage = view.experience, layout.unit, layout.stage
    left_s = e.countdown_s(view.now_s)
    says = words("record.filming") if e.filming else words("record.ready")
    sheets = [Sheet(layout.header, None, (heading(says, layout.header, unit),))]
    strokes: list[Stroke] = []
    box = stage
    if view.clip is not None:
        strokes += film(view.clip, stage, unit, mirror=True)
        box = film_box(view.clip, stage, unit)
    else:
        strokes.append(Blob(rounded(stage.inset(unit), 3 * unit), shade(ground, 0.25), INK, unit))
    if e.filming:
        done = e.elapsed_s(view.now_s) - e.pace.countdown_s
        share = done / e.pace.film_s if e.pace.film_s > 0 else 1.0
        low = Rect(box.x, box.bottom - 9 * unit, box.w, 7 * unit).inset(4 * unit, 0)
        strokes += bar(low, round(share, 2), LIVE, unit)
        at = Point(box.x + 7 * unit, box.y + 7 * unit)
        strokes += [Dot(at, 3.8 * unit, PAPER), Dot(at, 2.8 * unit, LIVE)]
    elif left_s > 0:
        size = min(box.h * 0.9, 62 * unit)
        digit = str(math.ceil(left_s))
        strokes.append(Text(digit, box, size, PAPER, edge=INK, edge_px=2.2 * unit))
    sheets.append(Sheet(stage, None, tuple(strokes)))
    return sheets


def _carve(view: View, layout: Layout, words: Words, ground: Colour) -> list[Sheet]:
    if view.experience.solo:
        says = words("carve.solo")
    elif view.net.is_untouched:
        says = words("carve.begin")
    else:
        says = words("carve.going")
    sheets = _carver(view, layout, words, ground, says)
    if view.untouched is not None:
        sheets += _before(view.untouched, layout, words)
    sheets.append(_caption(view, layout, words))
    return sheets


def _before(frame: Frame, layout: Layout, words: Words) -> list[Sheet]:
    """The untouched clip, small, with its name on a tag below it."""
    unit, box = layout.unit, layout.untouched
    tag = Rect(box.x, box.bottom - 4.6 * unit, box.w, 4.6 * unit)
    picture = Rect(box.x, box.y, box.w, box.h - 4.8 * unit)
    return [
        Sheet(picture, None, film(frame, picture, unit)),
        Sheet(tag, None, (Text(words("carve.before"), tag, 4.0 * unit, INK),)),
    ]


def _caption(view: View, layout: Layout, words: Words) -> Sheet:
    """The touched layer, talking: what it is, what was done to it, and how far."""
    unit, box, panel = layout.unit, layout.caption, view.panel
    if not panel.touched:
        said: tuple[Stroke, ...] = (
            bubble(box, unit),
            Text(words("attract.call"), box.inset(3 * unit), 8 * unit, INK, lines=3),
        )
        return Sheet(box, None, said)
    cut = view.net.carve.at(panel.touched)
    talker = Rect(box.x, box.y, min(box.h * 0.62, box.w * 0.30), box.h)
    speech = Rect(talker.right, box.y, box.right - talker.right, box.h)
    strokes: list[Stroke] = [bubble(speech, unit)]
    tip = Point(talker.right - 1.2 * unit, box.centre.y)
    root = speech.x + 1.2 * unit
    strokes.append(
        Blob((tip, Point(root, tip.y - 2.4 * unit), Point(root, tip.y + 2.4 * unit)), PAPER, INK,
             0.55 * unit)
    )  # fmt: skip
    strokes.append(Blob(rounded(speech.inset(0.9 * unit), 2.8 * unit), PAPER))
    strokes += lump_strokes(_talker(panel.touched, cut, talker, unit), 0, _ground(view))
    inner = speech.inset(2.4 * unit, 1.6 * unit)
    what = Rect(inner.x, inner.y, inner.w, inner.h * 0.66)
    done = Rect(inner.x, what.bottom, inner.w, inner.h * 0.34)
    strokes.append(Text(words(duty(panel.touched, _names(view))), what, 5.8 * unit, INK, lines=3))
    waiting = any(k.waiting and k.target == panel.touched for k in panel.knobs)
    if waiting:
        line = words("carve.catch")
    elif cut is not None:
        line = f"{panel.manner or words(f'operation.{cut.operation.value}')} {cut.amount:.0%}"
    elif is_site(panel.touched):
        line = words("carve.silent")
    else:
        line = panel.touched.split("/", 1)[1] if panel.touched.startswith("noise/") else ""
    strokes.append(Text(line, done, 4.4 * unit, shade(INK, -0.12)))
    return Sheet(box, None, tuple(strokes))


def _ground(view: View) -> Colour:
    return ground_of(view.net.tone)


def _talker(target: str, cut: Cut | None, box: Rect, unit: float) -> Lump:
    return Lump(
        Point(box.centre.x - 0.4 * unit, box.centre.y + box.w * 0.06),
        min(box.w, box.h) * 0.34,
        cut.operation if cut else Operation.PRESERVE,
        round(cut.amount, 2) if cut else 0.0,
        DOUGH.get(target.split("/", 1)[0], PAPER),
        target,
        face=True,
        pen=0.55 * unit,
    )


def duty(target: str, names: tuple[str, ...]) -> str:
    """The key of the words that tell what a target does."""
    part, _, layer = target.partition("/")
    if part not in ("flow", "interp"):
        return "other.tone" if part == "tone" else "other.noise"
    kind = layer.rstrip("0123456789")
    number = int(layer[len(kind) :] or 0)
    if kind == "enc":
        return f"{part}.{'first' if number <= 2 else 'deep'}"
    if kind == "dec":
        return f"{part}.{'last' if number <= 2 else 'back'}"
    return f"{part}.{'skip' if kind == 'skip' else 'latent'}"


def _result(view: View, layout: Layout) -> list[Sheet]:
    """The visitor's film beside the visitor's creature."""
    unit = layout.unit
    sheets = []
    if view.clip is not None:
        sheets.append(Sheet(layout.hero, None, film(view.clip, layout.hero, unit)))
    card = creature(view.net, _names(view), layout.side, unit)
    sheets.append(Sheet(layout.side, None, card))
    return sheets


def _decide(view: View, layout: Layout, words: Words, ground: Colour) -> list[Sheet]:
    e, unit = view.experience, layout.unit
    question = "keep" if e.question is Question.KEEP else "share"
    sheets = [
        Sheet(layout.header, None, (heading(words(f"decide.{question}"), layout.header, unit),)),
        Sheet(layout.clock, None, clock(e.left_s(view.now_s), layout.clock, unit)),
    ]
    sheets += _result(view, layout)
    for yes, box in zip((True, False), layout.banner.columns(2, 2.4 * unit), strict=True):
        answer = words(f"decide.{question}_{'yes' if yes else 'no'}")
        button = words("button.keep" if yes else "button.discard").upper()
        sheets.append(_answer(answer, button, box, unit, yes=yes))
    return sheets


def _answer(answer: str, button: str, box: Rect, unit: float, *, yes: bool) -> Sheet:
    """One of two answers: its sign, its words, and the button that gives it."""
    fill = YES if yes else NO
    sign = Rect(box.x, box.y, min(box.h, box.w * 0.26), box.h).inset(3.4 * unit)
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
    strokes.append(Text(f"» {button}", below, 3.8 * unit, shade(INK, -0.12), Align.LEFT))
    return Sheet(box, None, tuple(strokes))


def _gallery(view: View, layout: Layout, words: Words, ground: Colour) -> list[Sheet]:
    e, unit = view.experience, layout.unit
    says = {
        Notice.SAVED: words("gallery.saved"),
        Notice.SAVE_FAILED: words("notice.save_failed"),
    }.get(e.notice, words("gallery.saving"))
    sheets = [
        Sheet(layout.header, None, (heading(view.title, layout.header, unit),)),
        Sheet(layout.clock, None, clock(e.left_s(view.now_s), layout.clock, unit)),
    ]
    sheets += _result(view, layout)
    box = layout.banner
    upper, lower = box.inset(4 * unit, 1.8 * unit).rows(2, unit)
    strokes: list[Stroke] = [bubble(box, unit), Text(says, upper, 8.6 * unit, INK)]
    if e.notice is Notice.SAVING:
        share = view.progress if view.progress is not None else 0.0
        tube = lower.inset(lower.w * 0.1, lower.h * 0.22)
        strokes += bar(tube, round(share, 2), YES, unit)
    else:
        strokes.append(Text(words("gallery.again"), lower, 4.6 * unit, shade(INK, -0.12)))
    sheets.append(Sheet(box, None, tuple(strokes)))
    return sheets


_Compose = Callable[[View, Layout, Words, Colour], list[Sheet]]

_PHASES: Mapping[Phase, _Compose] = {
    Phase.ATTRACT: _attract,
    Phase.INVITE: _invite,
    Phase.RECORD: _record,
    Phase.CARVE: _carve,
    Phase.DECIDE: _decide,
    Phase.GALLERY: _gallery,
}

assert set(_PHASES) == set(Phase)
assert BEATS > 0
