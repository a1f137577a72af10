"""The operator's page: how every device is, and what is measured, over the running show."""

from __future__ import annotations

from installation.show.paint.palette import INK, LOOKS, NO, PAPER, YES, shade
from installation.show.paint.shapes import Align, Blob, Dot, Line, Point, Rect, Sheet, Stroke, Text
from installation.show.scenes.panel_picture import rounded
from installation.show.scenes.screen_layout import Layout
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import Health, Operation

_FILLS = {
    Health.FINE: YES,
    Health.MISSING: NO,
    Health.FAILING: LOOKS[Operation.ADD].fill,
}


def service_sheet(view: View, layout: Layout, words: Words) -> Sheet:
    """A card over the middle of the screen; told apart by sign as well as by colour."""
    unit = layout.unit
    box = layout.screen.inset(layout.screen.w * 0.08, layout.screen.h * 0.08)
    inner = box.inset(4 * unit, 3 * unit)
    strokes: list[Stroke] = []
    rows = len(view.health) + len(view.facts) + 2
    row_h = min(inner.h / rows, 8 * unit)
    box = Rect(box.x, box.y, box.w, rows * row_h + 6 * unit)
    lines = [Rect(inner.x, inner.y + i * row_h, inner.w, row_h * 0.94) for i in range(rows)]
    strokes.append(Text(words("service.title"), lines[0], 5 * unit, INK, Align.LEFT))
    for device, line in zip(view.health, lines[1:], strict=False):
        at = Point(line.x + line.h / 2, line.centre.y)
        r = line.h * 0.3
        strokes += [Dot(at, r, INK), Dot(at, r * 0.82, _FILLS[device.health])]
        if device.health is not Health.FINE:
            strokes.append(
                Line((Point(at.x - r * 0.5, at.y), Point(at.x + r * 0.5, at.y)), PAPER, r * 0.3)
            )
        said = f"{device.device}: {words(f'service.{device.health.value}')}"
        told = f"{said}. {device.note}" if device.note else said
        rest = Rect(line.x + line.h * 1.2, line.y, line.w - line.h * 1.2, line.h)
        strokes.append(Text(told, rest, 3.2 * unit, INK, Align.LEFT))
    for fact, line in zip(view.facts, lines[1 + len(view.health) :], strict=False):
        strokes.append(Text(fact, line, 3.2 * unit, shade(INK, -0.15), Align.LEFT))
    strokes.append(Text(words("service.keys"), lines[-1], 3.2 * unit, INK, Align.LEFT))
    strokes.append(Blob(rounded(box.inset(0.5 * unit), 0.0), None, INK, unit))
    return Sheet(box, PAPER, tuple(strokes))
