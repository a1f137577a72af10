"""A pop-up's start card: one page beside the laptop, for whoever stands there that day."""

from __future__ import annotations

from installation.show.paint.palette import INK, PAPER, ground_of
from installation.show.paint.pdf import pdf_bytes
from installation.show.paint.shapes import Align, Blob, Dot, Point, Rect, Stroke, Text
from installation.vocabulary import NEUTRAL_TONE

A4_MM = (210, 297)
PX_PER_MM = 4.0

STEPS = (
    ("Plug in", "Power first, then panel, camera and screen."),
    ("Start", "Switch it on; the show starts by itself. By hand: uglynet popup"),
    ("Look", "F1 shows every device. A green dot is fine; a dot with a bar needs you."),
    ("Language", "F2 shows the next one."),
    ("Something is wrong", "Plug it out and in: the show goes on, and takes it up by itself."),
    ("It says Back soon!", "It tries again by itself within ten minutes. The code's meaning is in "
                           "the handbook, under When something is wrong."),
    ("End", "F1, then Escape. Escape alone never ends a show. Then switch it off as usual."),
    ("Pack", "Laptop and its supply, panel, its USB cable, webcam, screen, its cable, extension "
             "lead, tape, cloth, this card, the notice that people are filmed."),
)  # fmt: skip


def strokes() -> tuple[Stroke, ...]:
    """The page's strokes, in pixels of `PX_PER_MM`."""
    page = Rect(0.0, 0.0, A4_MM[0] * PX_PER_MM, A4_MM[1] * PX_PER_MM).inset(15 * PX_PER_MM)
    unit = page.w / 100
    head = Rect(page.x, page.y, page.w, 12 * unit)
    band = (
        Point(head.x, head.y), Point(head.right, head.y),
        Point(head.right, head.bottom), Point(head.x, head.bottom),
    )  # fmt: skip
    drawn: list[Stroke] = [
        Blob(band, ground_of(NEUTRAL_TONE), INK, 0.8 * unit),
        Text("UGly-Net: start here", head.inset(4 * unit, 1.5 * unit), 8 * unit, INK),
    ]
    rest = Rect(page.x, head.bottom + 5 * unit, page.w, page.bottom - head.bottom - 5 * unit)
    for number, ((what, how), row) in enumerate(
        zip(STEPS, rest.rows(len(STEPS), 1.5 * unit), strict=True), 1
    ):
        at = Point(row.x + 5 * unit, row.y + 5 * unit)
        drawn += [
            Dot(at, 4.2 * unit, INK),
            Text(str(number), Rect(at.x - 4 * unit, at.y - 3 * unit, 8 * unit, 6 * unit), 5 * unit,
                 PAPER),
            Text(what, Rect(row.x + 13 * unit, row.y, row.w - 13 * unit, 5.5 * unit), 5 * unit,
                 INK, Align.LEFT),
            Text(how, Rect(row.x + 13 * unit, row.y + 6 * unit, row.w - 13 * unit,
                           row.h - 6 * unit), 3.4 * unit, INK, Align.LEFT, lines=3),
        ]  # fmt: skip
    return tuple(drawn)


def start_card() -> bytes:
    """The page as a PDF, A4."""
    return pdf_bytes(strokes(), A4_MM, PX_PER_MM, title="UGly-Net: start here")
