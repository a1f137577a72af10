"""What stands on the screen while the show cannot: a lump asleep, and kind words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from installation.show.net_picture.node_shape import Lump, lump_strokes
from installation.show.paint.palette import INK, PAPER, ground_of
from installation.show.paint.shapes import Line, Point, Rect, Scene, Sheet, Stroke, Text
from installation.show.scenes.widgets import backdrop, bubble
from installation.show.words import Words
from installation.vocabulary import NEUTRAL_TONE


def outage(code: int | None, size_px: tuple[int, int], tongues: Sequence[Words]) -> Scene:
    """For a screen of (width, height): "back soon" in every language of `tongues` (one at least),
    and for the operator the code, small, if there is one. It stands still: nothing flashes, nothing
    burns the processor."""
    screen = Rect(0.0, 0.0, float(size_px[0]), float(size_px[1]))
    unit = min(size_px) / 100
    page = screen.inset(5 * unit)
    half = Rect(page.x, page.y, page.w, page.h * 0.34)
    box = Rect(page.x, half.bottom + 2 * unit, page.w, page.h * 0.56)
    foot = Rect(page.x, page.bottom - 4 * unit, page.w, 4 * unit)
    ground = ground_of(NEUTRAL_TONE)
    words: list[Stroke] = [bubble(box, unit)]
    for row, tongue in zip(box.inset(4 * unit, 2 * unit).rows(len(tongues)), tongues, strict=True):
        call, line = (
            Rect(row.x, row.y, row.w, row.h * 0.58),
            Rect(row.x, row.y + row.h * 0.58, row.w, row.h * 0.36),
        )
        words += [
            Text(tongue("outage.call"), call, 9 * unit, INK),
            Text(tongue("outage.line"), line, 5 * unit, INK),
        ]
    told: tuple[Stroke, ...] = ()
    if code is not None:
        said = tongues[0]("outage.code", code=str(code))
        told = (Text(said, foot, 3.5 * unit, PAPER, edge=INK, edge_px=0.4 * unit),)
    return (
        backdrop(screen, ground, ()),
        Sheet(half, None, asleep(half, unit)),
        Sheet(box, None, tuple(words)),
        Sheet(foot, None, told),
    )


def asleep(box: Rect, unit: float) -> tuple[Stroke, ...]:
    """A lump with its eyes shut, and the z of a sleeper."""
    radius = box.h * 0.38
    lump = Lump(box.centre, radius, seed="asleep", pen=1.2 * unit)
    lids: list[Stroke] = []
    for side in (-1, 1):
        x, y, w = box.centre.x + side * radius * 0.36, box.centre.y, radius * 0.2
        lid = (Point(x - w, y), Point(x - w / 2, y + w * 0.45), Point(x + w / 2, y + w * 0.45),
               Point(x + w, y))  # fmt: skip
        lids.append(Line(lid, INK, unit))
    zs = tuple(
        Text("z", Rect(box.centre.x + radius * at, box.y + radius * (1.0 - at * 0.7), size, size),
             size, PAPER, edge=INK, edge_px=0.4 * unit)
        for at, size in ((0.9, 6 * unit), (1.2, 8 * unit))
    )  # fmt: skip
    return (*lump_strokes(lump, 0, ground_of(NEUTRAL_TONE)), *lids, *zs)
