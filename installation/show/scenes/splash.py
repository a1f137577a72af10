"""What is on the screen from the first moment until the net is there. Pure."""

from __future__ import annotations

import math

from installation.show.paint.palette import INK, PAPER, ground_of
from installation.show.paint.shapes import Dot, Point, Rect, Scene, Sheet, Stroke, Text
from installation.show.scenes.screen_layout import ScreenLayout
from installation.show.scenes.widgets import backdrop, bubble
from installation.show.words import Words
from installation.vocabulary import NEUTRAL_TONE

BEAT_S = 1.2
"""How long each dot is the large one: slow, and small, so that nothing flashes."""

DOTS = 5


def splash(title: str, now_s: float, layout: ScreenLayout, words: Words) -> Scene:
    """The title, what is being waited for, and a row of dots that shows that it goes on."""
    unit = layout.unit
    ground = ground_of(NEUTRAL_TONE)
    top = Rect(layout.screen.x, layout.header.y, layout.screen.w,
               layout.banner.y - layout.header.y).inset(6 * unit)  # fmt: skip
    letters = Text(title, top, 40 * unit, PAPER, lines=2, edge=INK, edge_px=1.5 * unit)
    banner = layout.banner
    said, row = banner.inset(3 * unit, 1.6 * unit).rows(2)
    line: tuple[Stroke, ...] = (
        bubble(banner, unit),
        Text(words("splash.line"), said, 8 * unit, INK, lines=1),
        *_dots(row, now_s, unit),
    )
    return (
        backdrop(layout.screen, ground, ()),
        Sheet(top, None, (letters,)),
        Sheet(banner, None, line),
    )


def _dots(box: Rect, now_s: float, unit: float) -> tuple[Stroke, ...]:
    large = math.floor(now_s / BEAT_S) % DOTS
    c = box.centre
    return tuple(
        Dot(Point(c.x + (n - (DOTS - 1) / 2) * 6 * unit, c.y),
            (1.8 if n == large else 1.0) * unit, INK)
        for n in range(DOTS)
    )  # fmt: skip
