"""INVITE and CARVE: where knobs do something, and the touched layer says what it does."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from installation.carve.targets import is_site
from installation.experience import Notice
from installation.show.net_picture.network import (
    Shown,
    boxes,
    net_sheets,
    parts_of,
    places,
    site_names,
)
from installation.show.net_picture.node_shape import Lump, lump_strokes
from installation.show.paint.palette import DOUGH, INK, PAPER, shade
from installation.show.paint.shapes import Align, Blob, Colour, Point, Rect, Sheet, Stroke, Text
from installation.show.scenes.panel_picture import rounded, target_name
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.scenes.widgets import bubble, film, guiding, time_left
from installation.show.view_model import PanelPicture, View
from installation.show.words import Words
from installation.vocabulary import Button, Cut, Frame, Operation, SourceKind

SAID_S = 5.0
"""How long one of the lines that take turns is said."""


def _carver(
    view: View, layout: ScreenLayout, words: Words, ground: Colour, says: str
) -> list[Sheet]:
    """The clip, the untouched clip, the nets and a caption: where knobs do something."""
    unit = layout.unit
    sheets = [
        guiding(view, says, layout.header, unit, words),
        time_left(view, layout.clock, unit),
    ]
    sheets.append(Sheet(layout.clip, None, film(view.frame, layout.clip, unit)))
    shown = Shown(view.net, site_names(view.sites), view.panel.touched, view.xray)
    sheets += net_sheets(shown, layout.nets, unit, ground, now_s=view.now_s, calm=view.calm)
    return sheets


_INVITES = {
    SourceKind.CAMERA: "invite.line",
    SourceKind.FILM: "invite.film",
    SourceKind.MADE: "invite.made",
}
"""What a clip would be made of, in words: only who stands before a camera is told of filming."""


_TOLD = (Notice.CAMERA_FAILED, Notice.CARD_READ, Notice.CARD_UNKNOWN, Notice.TAKEN_UP)
"""What is said in place of the invitation's own first line."""


def invite(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    notice = view.experience.notice
    says = words(f"notice.{notice.value}") if notice in _TOLD else words("carve.begin")
    sheets = _carver(view, layout, words, ground, says)
    unit = layout.unit
    x = layout.untouched.x
    box = Rect(x, layout.caption.y, layout.caption.right - x, layout.caption.h)
    call, line = box.inset(3 * unit, 1.6 * unit).rows(2)
    dreams = view.experience.may_dream and Button.DISCARD in view.panel.buttons
    call = Rect(call.x, call.y, call.w, call.h * (0.75 if dreams else 1.15))
    line = Rect(line.x, call.bottom, line.w, box.bottom - call.bottom - 2.2 * unit)
    told = words(_INVITES[view.source])
    if view.source is SourceKind.CAMERA and not view.experience.keeps:
        told = words("invite.nothing_kept")
    if dreams:
        told = f"{told} {words('invite.no_camera')}"
    said: tuple[Stroke, ...] = (
        bubble(box, unit),
        Text(words("invite.call"), call, 8.6 * unit, INK),
        Text(told, line, 4.0 * unit, INK, lines=4 if dreams else 2),
    )
    sheets.append(Sheet(box, None, said))
    return sheets


def carve(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    if view.experience.solo:
        says = words("carve.solo")
    elif view.mate:
        says = words("carve.breeding", name=view.mate)
    elif view.net.is_untouched:
        says = words("carve.begin")
    elif _says_breeding(view):
        says = words("carve.breed")
    else:
        says = words("carve.going")
    sheets = _carver(view, layout, words, ground, says)
    if view.untouched is not None:
        sheets += _before(view.untouched, layout, words)
    sheets += _caption(view, layout, words, ground)
    return sheets


def _says_breeding(view: View) -> bool:
    """Whether the line on breeding has its turn: where there is a stranger, and a button for it."""
    there = view.may_breed and Button.SURPRISE in view.panel.buttons
    return there and view.now_s % (3 * SAID_S) < SAID_S


def _before(frame: Frame, layout: ScreenLayout, words: Words) -> list[Sheet]:
    """The untouched clip, small, with its name on a tag below it."""
    unit, box = layout.unit, layout.untouched
    tag = Rect(box.x, box.bottom - 4.6 * unit, box.w, 4.6 * unit)
    picture = Rect(box.x, box.y, box.w, box.h - 4.8 * unit)
    return [
        Sheet(picture, None, film(frame, picture, unit)),
        Sheet(tag, None, (Text(words("carve.before"), tag, 4.0 * unit, INK),)),
    ]


def _caption(view: View, layout: ScreenLayout, words: Words, ground: Colour) -> list[Sheet]:
    """The touched layer, talking: what it is, what was done to it, and how far."""
    unit, box, panel = layout.unit, layout.caption, view.panel
    if not panel.touched:
        said: tuple[Stroke, ...] = (
            bubble(box, unit),
            Text(words("attract.call"), box.inset(3 * unit), 8 * unit, INK, lines=3),
        )
        return [Sheet(box, None, said)]
    cut = view.net.carve.at(panel.touched)
    talker = Rect(box.x, box.y, min(box.h * 0.62, box.w * 0.30), box.h)
    speech = Rect(talker.right, box.y, box.right - talker.right, box.h)
    tip = Point(talker.right + 0.8 * unit, box.centre.y)
    root = speech.x + 2.4 * unit
    tail = (tip, Point(root, tip.y - 2.4 * unit), Point(root, tip.y + 2.4 * unit))
    inner = Rect(speech.x + 3.0 * unit, speech.y + 1.3 * unit, speech.w - 5.0 * unit,
                 speech.h - 2.6 * unit)  # fmt: skip
    what = Rect(inner.x, inner.y, inner.w, inner.h * 0.52)
    done = Rect(inner.x, what.bottom + 0.05 * inner.h, inner.w, inner.h * 0.43)
    balloon = speech.inset(0.6 * unit)
    balloon = Rect(balloon.x + 1.2 * unit, balloon.y, balloon.w - 1.2 * unit, balloon.h)
    path = rounded(balloon, 3 * unit)
    strokes: tuple[Stroke, ...] = (
        Blob(path, PAPER, INK, 0.55 * unit),
        Blob(tail, PAPER, INK, 0.55 * unit),
        Blob(path, PAPER),
        Text(words(duty(panel.touched)), what, 5.8 * unit, INK, lines=3),
    )
    lump = _talker(panel.touched, cut, talker, unit)
    line = Text(_done(view, cut, words), done, 4.6 * unit, shade(INK, -0.12), lines=3)
    return [
        Sheet(talker, None, lump_strokes(lump, 0, ground)),
        Sheet(speech, None, strokes),
        Sheet(done, PAPER, (line,)),
    ]


def _done(view: View, cut: Cut | None, words: Words) -> str:
    """What was done to the touched target, how far, and what that does to it."""
    panel = view.panel
    if any(knob.waiting and knob.target == panel.touched for knob in panel.knobs):
        return words("carve.catch")
    if cut is not None:
        manner = words.named(panel.manner or cut.operation.value, "manner", "operation")
        what = f"{manner} {_share(cut.amount, words)}"
        return words("form.pair", what=what, says=words(f"does.{cut.operation.value}"))
    if is_site(panel.touched):
        return words("carve.silent")
    # An arrow key may have turned a tool that has no knob on this page.
    amounts = {f"noise/{step.tool}": step.amount for step in view.net.rack}
    amounts |= {knob.target: knob.amount for knob in panel.knobs}
    amount = amounts.get(panel.touched, 0.0)
    return f"{target_name(panel.touched, words)} {_share(amount, words)}"


def _share(amount: float, words: Words) -> str:
    """An amount (0..1) in percent, as this language writes it."""
    return words("form.share", percent=f"{100 * amount:.0f}")


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


def top_layer(cut: Cut, box: Rect, unit: float, words: Words, ground: Colour) -> Sheet:
    """The layer that did most to the picture, looking out at the left, and what it does."""
    side = Rect(box.x, box.y, box.h * 1.2, box.h)
    lump = replace(_talker(cut.site, cut, side, unit), radius=box.h * 0.30)
    rest = Rect(side.right, box.y, box.right - side.right, box.h)
    what = words("form.pair", what=words("decide.top"), says=words(duty(cut.site)))
    line = Text(what, rest, 4.4 * unit, INK, Align.LEFT, lines=2)
    return Sheet(box, None, (*lump_strokes(lump, 0, ground), line))


def turned_parts(panel: PanelPicture) -> frozenset[str]:
    """The U-Nets, or "noise" and "tone", whose targets the knobs now turn."""
    return frozenset(knob.target.split("/", 1)[0] for knob in panel.knobs if knob.target)


@lru_cache(maxsize=16)
def net_names(
    names: tuple[str, ...], nets: Rect, unit: float, turned: frozenset[str], words: Words
) -> tuple[Stroke, ...]:
    """The name of each U-Net above it, beside the arch; that whose layers the knobs now turn
    stands on a dark tag."""
    strokes: list[Stroke] = []
    parts = parts_of(names)
    for number, (part, box) in enumerate(zip(parts, boxes(parts, nets), strict=True)):
        if part not in ("flow", "interp"):
            continue
        laid = places(names, part, box)
        room = 3.2 * unit
        left = laid.mouth.x + room if number and laid.mouth else box.x
        right = laid.tail.x - room if number + 1 < len(parts) and laid.tail else box.right
        tag = Rect(left, nets.y, right - left, (box.y - nets.y) * 0.92)
        if part in turned:
            strokes.append(Blob(rounded(tag, tag.h / 2), INK))
        ink = PAPER if part in turned else INK
        text = tag.inset(tag.h * 0.4, tag.h * 0.06)
        strokes.append(Text(words(f"page.{part}"), text, 3.8 * unit, ink, lines=2))
    return tuple(strokes)


DEEPEST = 5
"""Of how many depths the words tell; a deeper layer of another model is told of as this one."""


def duty(target: str) -> str:
    """The key of the words that tell what a target does: a layer's voice, which is what a cut of
    it looks like."""
    part, _, layer = target.partition("/")
    if part not in ("flow", "interp"):
        return "other.tone" if part == "tone" else "other.noise"
    kind = layer.rstrip("0123456789")
    if kind not in ("enc", "dec", "skip"):
        return f"{part}.latent"
    number = int(layer[len(kind) :] or 0)
    return f"{part}.{kind}{max(1, min(number, DEEPEST))}"
