"""Below the show, for who plays by one button: what it could do, and what is pointed at. Pure."""

from __future__ import annotations

from dataclasses import replace

from installation.experience import Experience, Phase
from installation.show.paint.palette import INK, PAPER, SUN
from installation.show.paint.shapes import Blob, Point, Rect, Sheet, Stroke, Text
from installation.show.scenes.panel_picture import rounded
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.view_model import Choice, Hold, View
from installation.show.words import Words
from installation.vocabulary import Button

STRIP = 0.13
"""The strip's share of the screen's shorter side."""


def with_strip(layout: ScreenLayout, height: float) -> ScreenLayout:
    """A layout that leaves its last `height` pixels free, with the strip in them."""
    screen = layout.screen
    return replace(layout, strip=Rect(0, screen.bottom, screen.w, height))


def said(choice: Choice, experience: Experience, words: Words) -> str:
    """What a choice is called: where it answers a question, the answer."""
    if choice is None:
        return words("scan.stay")
    if isinstance(choice, Hold):
        return words(f"scan.{choice.value}")
    if experience.phase is Phase.DECIDE and choice in (Button.KEEP, Button.DISCARD):
        return words(
            f"decide.{experience.question.value}_{'yes' if choice is Button.KEEP else 'no'}"
        )
    key = {
        (Phase.INVITE, Button.OPERATION): "scan.language",
        (Phase.INVITE, Button.DISCARD): "scan.dream",
        (Phase.CARVE, Button.DISCARD): "scan.heal",
        (Phase.CARVE, Button.RECORD): "scan.again",
        (Phase.GALLERY, Button.RECORD): "scan.anew",
        (Phase.GALLERY, Button.KEEP): "scan.print",
    }.get((experience.phase, choice), f"button.{choice.value}")
    return words(key)


def scan_sheets(view: View, layout: ScreenLayout, words: Words) -> tuple[Sheet, ...]:
    """The strip; none where every button does for itself."""
    if view.scan is None or layout.strip is None:
        return ()
    unit, box, offered = layout.unit, layout.strip, view.scan.offered
    inner = box.inset(2.4 * unit, 1.6 * unit)
    if not offered:
        attract = view.experience.phase is Phase.ATTRACT
        line = words("scan.begin" if attract else "scan.wait")
        return (Sheet(box, INK, (Text(line, inner, 5.4 * unit, PAPER),)),)
    strokes: list[Stroke] = []
    cells = inner.columns(len(offered), 1.4 * unit)
    for number, (choice, cell) in enumerate(zip(offered, cells, strict=True)):
        strokes += _cell(said(choice, view.experience, words), cell, unit, number == view.scan.at)
    return (Sheet(box, INK, tuple(strokes)),)


def _cell(name: str, cell: Rect, unit: float, pointed: bool) -> tuple[Stroke, ...]:
    """One possibility; the one that is pointed at is filled, and has an arrow over it."""
    face = Rect(cell.x, cell.y + 1.4 * unit, cell.w, cell.h - 1.4 * unit)
    text = face.inset(0.8 * unit, 0.5 * unit)
    if not pointed:
        outline = Blob(rounded(face.inset(0.3 * unit), 1.6 * unit), INK, PAPER, 0.3 * unit)
        return outline, Text(name, text, 4.2 * unit, PAPER, lines=2)
    x, top = face.centre.x, cell.y - 1.2 * unit
    arrow = (Point(x - 2 * unit, top), Point(x + 2 * unit, top), Point(x, face.y + 0.4 * unit))
    return (
        Blob(rounded(face, 1.6 * unit), SUN),
        Blob(arrow, SUN),
        Text(name, text, 4.2 * unit, INK, lines=2),
    )
