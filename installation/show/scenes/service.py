"""The operator's page: how every device is, and what is measured, over the running show."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from installation.show.net_picture.looks import LOOKS
from installation.show.paint.palette import INK, NO, PAPER, YES, shade
from installation.show.paint.shapes import Align, Blob, Dot, Line, Point, Rect, Sheet, Stroke, Text
from installation.show.scenes.panel_picture import rounded
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.view_model import ServicePicture, View
from installation.show.words import Words
from installation.vocabulary import DeviceHealth, Health, Operation, Reason

_FILLS = {
    Health.FINE: YES,
    Health.MISSING: NO,
    Health.FAILING: LOOKS[Operation.ADD].fill,
}
_LINE = 1.2
"""A line's height, in the size of its letters."""
_SLACK, _GAP = 0.4, 0.15
"""What a paragraph is higher than its lines, and the gap to the next, likewise."""
_SIZE = 3.2
"""The letters' size, in units; smaller only where all lines together would not fit."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A paragraph of the page, with a device's sign before it or none. `size` in units."""

    text: str
    size: float = _SIZE
    health: Health | None = None
    faint: bool = False


def service_sheet(view: View, layout: ScreenLayout, words: Words) -> Sheet:
    """A card over the middle of the screen; told apart by sign as well as by colour."""
    page = view.service or ServicePicture()
    unit = layout.unit
    box = layout.screen.inset(layout.screen.w * 0.06, layout.screen.h * 0.06)
    inner = box.inset(4 * unit, 3 * unit)
    rows = _rows(page, view.health, words)
    shrink = 1.0
    while True:
        laid = [_wrapped(row, inner.w, shrink * row.size * unit) for row in rows]
        heights = [
            (len(lines) * _LINE + _SLACK + _GAP) * shrink * row.size * unit
            for row, lines in zip(rows, laid, strict=True)
        ]
        if sum(heights) <= inner.h or shrink < 0.5:
            break
        shrink *= 0.94
    box = Rect(box.x, box.y, box.w, sum(heights) + 6 * unit)
    strokes: list[Stroke] = []
    y = inner.y
    for row, lines, height in zip(rows, laid, heights, strict=True):
        strokes += _row(row, lines, Rect(inner.x, y, inner.w, height), shrink * row.size * unit)
        y += height
    strokes.append(Blob(rounded(box.inset(0.5 * unit), 0.0), None, INK, unit))
    return Sheet(box, PAPER, tuple(strokes))


def _rows(page: ServicePicture, health: tuple[DeviceHealth, ...], words: Words) -> list[_Row]:
    rows = [_Row(words("service.title"), 5.0)]
    rows += [_Row(said(device, words), health=device.health) for device in health]
    if page.trouble is None:
        rows.append(_Row(words("service.no_trouble"), faint=True))
    else:
        trouble = page.trouble
        what = said(trouble.device, words)
        told = words("service.trouble", at=trouble.at, count=str(trouble.count), what=what)
        rows.append(_Row(told, faint=True))
    rows += [_Row(words(f"fact.{fact.key}", **dict(fact.names)), faint=True) for fact in page.facts]
    names = {"closes": f"{page.closes_s:.0f}", "hold": f"{page.hold_s:g}"}
    if page.buttons:
        named = (words(f"button.{button.value}").upper() for button in page.buttons)
        rows.append(_Row(words("service.closes_held", buttons=" + ".join(named), **names)))
    else:
        rows.append(_Row(words("service.closes", **names)))
    return rows


def said(device: DeviceHealth, words: Words) -> str:
    """How a device is, in the screen's language; what has no words of ours is told as it is."""
    name = words.named(device.device, "device")
    state = words(f"service.{device.health.value}")
    about = " ".join(device.about.split())
    if device.reason is Reason.NONE:
        why = device.note
    else:
        key = f"reason.{device.reason.value}"
        why = words(key, about=about)
        if about and why == words(key, about=""):
            why = f"{why} ({about})"
    line = words("form.pair", what=name, says=state)
    return f"{line}. {why}" if why else line


def _row(row: _Row, lines: tuple[str, ...], box: Rect, size: float) -> list[Stroke]:
    strokes: list[Stroke] = []
    left = box.x
    if row.health is not None:
        r = size * 0.42
        at = Point(box.x + size * 0.6, box.y + size * 0.5 * (_LINE + _SLACK))
        strokes += [Dot(at, r, INK), Dot(at, r * 0.82, _FILLS[row.health])]
        if row.health is not Health.FINE:
            ends = (Point(at.x - r * 0.5, at.y), Point(at.x + r * 0.5, at.y))
            strokes.append(Line(ends, PAPER, r * 0.3))
        left += _sign_w(size)
    colour = shade(INK, -0.15) if row.faint else INK
    # A little higher than its lines: a slash reaches below them.
    rest = Rect(left, box.y, box.right - left, (len(lines) * _LINE + _SLACK) * size)
    strokes.append(Text("\n".join(lines), rest, size, colour, Align.LEFT, lines=len(lines)))
    return strokes


def _sign_w(size: float) -> float:
    return 1.5 * size


@lru_cache(maxsize=256)
def _wrapped(row: _Row, width: float, size: float) -> tuple[str, ...]:
    """A row's words in lines that fit a width, by a careful guess at how wide letters are: a
    word too long for a line, such as a folder's path, goes on in the next."""
    room = (width - (_sign_w(size) if row.health is not None else 0.0)) / size
    lines, filled = [""], 0.0
    for word in row.text.split():
        wide = _ems(word)
        if lines[-1] and filled + 0.3 + wide > room:
            lines.append("")
            filled = 0.0
        while wide > room:
            part = _fitting(word, room)
            lines[-1] = part
            lines.append("")
            word = word[len(part) :]
            wide, filled = _ems(word), 0.0
        lines[-1] += f" {word}" if lines[-1] else word
        filled += wide + (0.3 if filled else 0.0)
    return tuple(line for line in lines if line) or ("",)


def _fitting(word: str, room: float) -> str:
    count = 1
    while count < len(word) and _ems(word[: count + 1]) <= room:
        count += 1
    return word[:count]


def _ems(text: str) -> float:
    """About how wide a text is, in the size of its letters; rather too wide than too narrow."""
    return sum(
        1.0
        if unicodedata.east_asian_width(c) in "WF"
        else 0.72
        if c.isupper() or c in "mw"
        else 0.6
        for c in text
    )
