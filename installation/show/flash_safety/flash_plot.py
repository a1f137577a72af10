"""A film's flashes as a picture: counts over time against the limit, and how light it is."""

from __future__ import annotations

from collections.abc import Sequence

from installation.show.flash_safety.flash_meter import LIMIT, Report
from installation.show.net_picture.looks import LOOKS
from installation.show.paint.canvas import blank, paint
from installation.show.paint.palette import INK, NO, PAPER, YES, shade
from installation.show.paint.shapes import (
    Align,
    Blob,
    Colour,
    Line,
    Path,
    Point,
    Rect,
    Sheet,
    Stroke,
    Text,
)
from installation.show.paint.text_layout import TextLayout
from installation.vocabulary import Frame, Operation, as_frame

SIZE_PX = (1280, 640)
"""Width and height of the plot."""

_GENERAL = LOOKS[Operation.SUBTRACT].fill
_TICKS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)


def flash_plot(report: Report, name: str, letters: TextLayout) -> Frame:
    """The plot of a report, SIZE_PX, with `name` and the verdict above it.

    General flashes are an unbroken line, red ones a dashed one, the limit a thin one; what is
    above the limit stands on a dark band. Below, the mean relative luminance.
    """
    width, height = SIZE_PX
    counts = Rect(110, 120, width - 150, 280)
    light = Rect(110, 460, width - 150, 90)
    most = max(LIMIT + 2, report.worst + 1)
    strokes: list[Stroke] = [
        Text(name, Rect(30, 16, width - 330, 44), 36, INK, Align.LEFT),
        _verdict(report, Rect(width - 290, 18, 260, 40)),
        *_legend(Rect(110, 70, width - 150, 30)),
    ]
    strokes += _frame(
        counts, report, [(str(n), n / most) for n in range(0, most + 1, _every(most))]
    )
    strokes += _bands(report, counts)
    limit_y = counts.bottom - counts.h * LIMIT / most
    strokes.append(Line((Point(counts.x, limit_y), Point(counts.right, limit_y)), NO, 2))
    for values, colour, dash in ((report.general, _GENERAL, 0.0), (report.red, NO, 14.0)):
        strokes.append(Line(_steps(values, most, counts), colour, 5, dash))
    strokes += _frame(light, report, [("0", 0.0), ("1", 1.0)], seconds=True)
    strokes.append(Line(_steps(report.luminance, 1.0, light), INK, 3))
    strokes.append(
        Text("Relative luminance, mean of the frame. Seconds below.",
             Rect(110, light.y - 34, 700, 26), 20, INK, Align.LEFT)
    )  # fmt: skip
    canvas = blank(width, height)
    paint(canvas, Sheet(Rect(0, 0, width, height), PAPER, tuple(strokes)), letters)
    return as_frame(canvas)


def _every(most: int) -> int:
    return max(1, -(-most // 10))


def _verdict(report: Report, box: Rect) -> Text:
    words, colour = ("too many flashes", NO) if report.exceeds() else ("within the limit", YES)
    return Text(words, box, 30, shade(colour, 0.25), Align.RIGHT)


def _legend(box: Rect) -> list[Stroke]:
    strokes: list[Stroke] = []
    entries = (
        ("General flashes in any second", _GENERAL, 5.0, 0.0),
        ("Red flashes", NO, 5.0, 14.0),
        (f"Limit, {LIMIT} (WCAG 2.3.1)", NO, 2.0, 0.0),
    )
    for (words, colour, pen, dash), place in zip(entries, box.columns(3), strict=True):
        y = place.centre.y
        strokes.append(Line((Point(place.x, y), Point(place.x + 60, y)), colour, pen, dash))
        rest = Rect(place.x + 76, place.y, place.w - 80, place.h)
        strokes.append(Text(words, rest, 20, INK, Align.LEFT))
    return strokes


def _frame(
    box: Rect, report: Report, ticks: Sequence[tuple[str, float]], *, seconds: bool = False
) -> list[Stroke]:
    """Axes with their ticks: (words, share of the height) at the left, seconds below."""
    faint = shade(PAPER, 0.15)
    strokes: list[Stroke] = []
    for words, share in ticks:
        y = box.bottom - box.h * share
        strokes.append(Line((Point(box.x, y), Point(box.right, y)), faint, 1))
        strokes.append(Text(words, Rect(box.x - 60, y - 12, 48, 24), 20, INK, Align.RIGHT))
    whole_s = len(report.general) / report.fps
    step_s = next((s for s in _TICKS_S if whole_s / s <= 12), _TICKS_S[-1])
    at_s = 0.0
    while seconds and at_s <= whole_s + 1e-9:
        x = box.x + box.w * at_s / whole_s
        strokes.append(Line((Point(x, box.bottom), Point(x, box.bottom + 8)), INK, 2))
        strokes.append(Text(f"{at_s:g}", Rect(x - 40, box.bottom + 12, 80, 24), 20, INK))
        at_s = round(at_s + step_s, 6)
    corner = (Point(box.x, box.y), Point(box.x, box.bottom), Point(box.right, box.bottom))
    return [*strokes, Line(corner, INK, 3)]


def _x(number: float, total: int, box: Rect) -> float:
    return box.x + box.w * number / max(1, total)


def _bands(report: Report, box: Rect) -> list[Stroke]:
    """A band wherever a second holds too many flashes."""
    total, start = len(report.general), None
    strokes: list[Stroke] = []
    over = [max(both) > LIMIT for both in zip(report.general, report.red, strict=True)]
    for number, bad in enumerate([*over, False]):
        if bad and start is None:
            start = number
        elif not bad and start is not None:
            strokes.append(_band(_x(start, total, box), _x(number, total, box), box))
            start = None
    return strokes


def _band(left: float, right: float, box: Rect) -> Blob:
    fill: Colour = shade(NO, -0.72)
    right = max(right, left + 2)
    return Blob(
        (Point(left, box.y), Point(right, box.y), Point(right, box.bottom - 1),
         Point(left, box.bottom - 1)),
        fill,
    )  # fmt: skip


def _steps(values: Sequence[float], most: float, box: Rect) -> Path:
    """Values over time as steps; of a long film, the highest of each few frames."""
    total = len(values)
    chunk = max(1, total // 1500)
    path: list[Point] = []
    for start in range(0, total, chunk):
        y = box.bottom - box.h * max(values[start : start + chunk]) / most
        path.append(Point(_x(start, total, box), y))
        path.append(Point(_x(min(total, start + chunk), total, box), y))
    return tuple(path) or (Point(box.x, box.bottom),)
