"""What stands on the screen while the house is closed: a lump asleep, and when it wakes.

Pure. It stands still, and is dark enough for a room at night.
"""

from __future__ import annotations

from collections.abc import Sequence

from installation.opening_hours import DAYS, told
from installation.show.paint.palette import INK
from installation.show.paint.shapes import Colour, Rect, Scene, Sheet, Stroke, Text
from installation.show.scenes.outage import asleep
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.view_model import Closed
from installation.show.words import Words

DIM = Colour(172, 164, 180)
"""The words' colour: eight times as bright as the ground, and a third as bright as paper."""


def closed(house: Closed, layout: ScreenLayout, tongues: Sequence[Words]) -> Scene:
    """When it opens next, and the week's hours, in every language of `tongues` (one at least)."""
    screen, unit = layout.screen, layout.unit
    page = screen.inset(6 * unit)
    top = Rect(page.x, page.y, page.w, page.h * 0.24)
    box = Rect(page.x, top.bottom + 3 * unit, page.w, page.bottom - top.bottom - 3 * unit)
    words: list[Stroke] = []
    for row, tongue in zip(box.rows(len(tongues), 2 * unit), tongues, strict=True):
        call = Rect(row.x, row.y, row.w, row.h * 0.58)
        line = Rect(row.x, call.bottom, row.w, row.h - call.h)
        week = told(house.hours, [tongue(f"day_short.{day}") for day in DAYS])
        words += [
            Text(opens(house, tongue), call, 7.5 * unit, DIM),
            Text(tongue("closed.hours", hours=week), line, 4.2 * unit, DIM, lines=2),
        ]
    return (
        Sheet(screen, INK, ()),
        Sheet(top, INK, asleep(top, unit)),
        Sheet(box, INK, tuple(words)),
    )


def opens(house: Closed, words: Words) -> str:
    """When it opens next, in words."""
    wakes, ahead = house.opens, house.ahead_days
    if wakes is None:
        return words("closed.call")
    when = {"time": f"{wakes.hour}:{wakes.minute:02}", "day": words(f"day.{DAYS[wakes.weekday()]}")}
    if ahead <= 1:
        return words("closed.tomorrow" if ahead else "closed.today", time=when["time"])
    if ahead < 7:
        return words("closed.day", **when)
    return words("closed.later", d=str(wakes.day), m=str(wakes.month), **when)
