"""The on-screen panel: sixteen knobs and eight buttons, where there is no hardware."""

from __future__ import annotations

import math
from functools import lru_cache

from installation.carve.targets import is_site
from installation.show.net_picture.looks import LOOKS
from installation.show.net_picture.node_shape import Lump, lump_strokes
from installation.show.paint.palette import DOUGH, INK, NO, PAPER, SUN, shade, words_on
from installation.show.paint.shapes import (
    Blob,
    Colour,
    Dot,
    Line,
    Path,
    Point,
    Rect,
    Sheet,
    Stroke,
    Text,
)
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.view_model import KnobPicture, View
from installation.show.window.keymap import hint
from installation.show.words import Words
from installation.vocabulary import Button, Operation

_SWEEP = 0.375
"""How far a pointer goes either way from the top, in turns."""

BUTTON_FILLS: dict[Button, Colour] = {
    Button.RECORD: Colour(255, 92, 80),
    Button.KEEP: Colour(60, 206, 134),
    Button.DISCARD: Colour(255, 176, 160),
    Button.SURPRISE: Colour(255, 120, 208),
    Button.PAGE: Colour(120, 190, 255),
    Button.OPERATION: Colour(255, 160, 66),
    Button.SOLO: Colour(190, 160, 255),
    Button.CALM: Colour(160, 236, 226),
}


@lru_cache(maxsize=512)
def rounded(box: Rect, radius: float) -> Path:
    """A rectangle with round corners, as a path."""
    radius = min(radius, box.w / 2, box.h / 2)
    corners = (
        (box.right - radius, box.y + radius, -0.25),
        (box.right - radius, box.bottom - radius, 0.0),
        (box.x + radius, box.bottom - radius, 0.25),
        (box.x + radius, box.y + radius, 0.5),
    )
    return tuple(
        Point(
            x + radius * math.cos((turn + 0.25 * i / 5) * 2 * math.pi),
            y + radius * math.sin((turn + 0.25 * i / 5) * 2 * math.pi),
        )
        for x, y, turn in corners
        for i in range(6)
    )


def panel_sheets(view: View, layout: ScreenLayout, words: Words) -> tuple[Sheet, ...]:
    """The sheets of the panel: none when it is hidden."""
    if layout.panel is None:
        return ()
    panel = view.panel
    board = Blob(rounded(layout.panel.inset(0.3 * layout.unit), 2 * layout.unit), INK)
    sheets = [Sheet(layout.panel, None, (board,))]
    for number, rect in enumerate(layout.knobs):
        knob = panel.knobs[number] if number < len(panel.knobs) else KnobPicture()
        cut = view.net.carve.at(knob.target)
        strokes = _knob(
            knob,
            rect,
            cut.operation if cut and knob.amount > 0 else Operation.PRESERVE,
            touched=knob.target == panel.touched and bool(knob.target),
            selected=number == panel.selected,
            unit=layout.unit,
            name=target_name(knob.target, words),
        )
        sheets.append(Sheet(rect, INK, strokes))
    for number, rect in enumerate(layout.buttons):
        button = panel.buttons[number] if number < len(panel.buttons) else None
        if button is None:
            continue
        strokes = _button(
            button,
            rect,
            words,
            lit=number in panel.lamps,
            down=number in panel.pressed,
            keys=panel.selected is not None,
            unit=layout.unit,
        )
        sheets.append(Sheet(rect, INK, strokes))
    return tuple(sheets)


@lru_cache(maxsize=256)
def _knob(
    knob: KnobPicture,
    rect: Rect,
    operation: Operation,
    *,
    touched: bool,
    selected: bool,
    unit: float,
    name: str,
) -> tuple[Stroke, ...]:
    strokes: list[Stroke] = []
    if selected:
        strokes.append(Blob(rounded(rect.inset(unit * 0.15), unit), None, SUN, unit * 0.35))
    name_h = rect.h * 0.28
    dial = Rect(rect.x, rect.y, rect.w, rect.h - name_h).inset(unit * 0.5)
    r = min(dial.w, dial.h) / 2
    centre = dial.centre
    if not knob.target:
        return (*strokes, Dot(centre, r * 0.25, shade(INK, -0.3)))
    rim = SUN if touched else PAPER
    strokes += [Dot(centre, r, rim), Dot(centre, r * 0.88, INK)]
    shown = knob.reading if knob.waiting else knob.amount
    if is_site(knob.target):
        part = knob.target.split("/", 1)[0]
        lump = Lump(
            centre,
            r * 0.76,
            operation,
            knob.amount if operation is not Operation.PRESERVE else 0.0,
            DOUGH.get(part, PAPER),
            pen=0.0,
        )
        strokes += lump_strokes(lump, 0, INK)
    else:
        fill = {
            "tone/r": Colour(255, 90, 80),
            "tone/g": Colour(80, 210, 110),
            "tone/b": Colour(110, 160, 255),
        }.get(knob.target, LOOKS[Operation.PRESERVE].fill)
        strokes.append(Dot(centre, r * 0.76, fill))
    if knob.waiting:
        strokes.append(_pointer(centre, r * 0.95, r * 0.55, knob.amount, NO, r * 0.16))
    strokes.append(_pointer(centre, r * 0.86, r * 0.20, shown, PAPER, r * 0.30))
    strokes.append(_pointer(centre, r * 0.86, r * 0.20, shown, INK, r * 0.14))
    box = Rect(rect.x, rect.bottom - name_h, rect.w, name_h)
    strokes += _name(knob.target, name, box, unit)
    return tuple(strokes)


def _pointer(
    centre: Point, far: float, near: float, amount: float, colour: Colour, width: float
) -> Line:
    angle = (amount * 2 - 1) * _SWEEP * 2 * math.pi - math.pi / 2
    c, s = math.cos(angle), math.sin(angle)
    return Line(
        (Point(centre.x + near * c, centre.y + near * s),
         Point(centre.x + far * c, centre.y + far * s)),
        colour, width,
    )  # fmt: skip


def target_name(target: str, words: Words) -> str:
    """What a tool or a colour is called; "" for a layer, which is drawn instead."""
    kind, _, name = target.partition("/")
    tables = {"noise": "tool", "tone": "tone", "source": "source"}
    return words.named(name, tables[kind]) if kind in tables else ""


def _name(target: str, name: str, box: Rect, unit: float) -> list[Stroke]:
    """A knob's place in the U as a tiny drawing, or a tool's name."""
    if not is_site(target):
        return [Text(name, box.inset(0.5 * unit, 0.0), unit * 2.2, PAPER, lines=2)]
    layer = target.split("/", 1)[1]
    kind, number = layer.rstrip("0123456789"), layer.lstrip("abcdefghijklmnopqrstuvwxyz")
    share = (int(number) - 1) / 5 if number else 0.0
    pen = max(1.0, min(unit * 0.28, box.h * 0.09))
    u = box.inset(box.w * 0.5 - box.h * 0.46, max(box.h * 0.16, 2 * pen))
    legs = (
        Point(u.x, u.y),
        Point(u.x, u.y + u.h * 0.55),
        Point(u.centre.x, u.bottom),
        Point(u.right, u.y + u.h * 0.55),
        Point(u.right, u.y),
    )
    strokes: list[Stroke] = [Line(legs, shade(PAPER, 0.45), pen)]
    y = u.y + u.h * 0.9 * share
    if kind == "skip":
        strokes.append(Line((Point(u.x, y), Point(u.right, y)), SUN, pen * 1.6))
        return strokes
    spot = {
        "enc": Point(u.x, y),
        "dec": Point(u.right, y),
    }.get(kind, Point(u.centre.x, u.bottom))
    strokes.append(Dot(spot, pen * 1.9, SUN))
    return strokes


@lru_cache(maxsize=256)
def _button(
    button: Button, rect: Rect, words: Words, *, lit: bool, down: bool, keys: bool, unit: float
) -> tuple[Stroke, ...]:
    fill = BUTTON_FILLS[button]
    if not lit and not down:
        fill = shade(fill, 0.62)
    box = rect.inset(unit * 0.35)
    drop = 0.0 if down else unit * 0.5
    face = Rect(box.x, box.y + (unit * 0.5 if down else 0.0), box.w, box.h - unit * 0.5)
    base = Rect(face.x, face.y + drop, face.w, face.h)
    ink = words_on(fill)
    name = face.inset(unit * 0.4, unit * 0.2)
    strokes: list[Stroke] = [
        Blob(rounded(base, unit * 1.4), shade(BUTTON_FILLS[button], 0.75), PAPER, unit * 0.18),
        Blob(rounded(face, unit * 1.4), fill),
    ]
    if keys:
        name = Rect(name.x, name.y, name.w, name.h * 0.62)
        strokes.append(
            Text(hint(button), Rect(name.x, name.bottom, name.w, face.bottom - name.bottom),
                 unit * 1.7, ink)
        )  # fmt: skip
    strokes.append(Text(words(f"button.{button.value}"), name, unit * 2.9, ink))
    return tuple(strokes)
