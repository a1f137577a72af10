"""How a visitor takes a take home: a QR code as large as its place, and what may be typed instead.
Pure."""

from __future__ import annotations

from functools import lru_cache

from installation.show.paint.palette import INK, shade
from installation.show.paint.qr_code import enlarged, qr_code
from installation.show.paint.shapes import Colour, Picture, Rect, Sheet, Stroke, Text
from installation.show.scenes.widgets import bubble
from installation.show.view_model import TakeHome
from installation.show.words import Words
from installation.vocabulary import Frame

_WHITE = Colour(255, 255, 255)


@lru_cache(maxsize=8)
def _code(data: bytes, side_px: int) -> Frame:
    """One frame for one code, so that its sheet stays equal from tick to tick."""
    return enlarged(qr_code(data), side_px)


def take_home_sheet(
    home: TakeHome, box: Rect, unit: float, words: Words, *, framed: bool = True
) -> Sheet:
    """The code, white all round as readers need it, over its words."""
    inner = box.inset(1.6 * unit if framed else 0.0)
    told = min(16 * unit, inner.h * 0.3)
    upper = Rect(inner.x, inner.y, inner.w, inner.h - told)
    first, second = Rect(inner.x, upper.bottom, inner.w, told).rows(2, 0.6 * unit)
    says, below = words("home.scan"), words("home.type", address=home.address, code=home.code)
    if home.wifi:
        says = words("home.both")
    if not home.address:
        says = words("home.alone" if home.alone else "home.no_network")
        below = words("home.photograph")
    codes = _codes(home, upper, unit, words) if home.wifi else (_placed(home.data, upper),)
    strokes: tuple[Stroke, ...] = (
        *((bubble(box, unit, _WHITE),) if framed else ()),
        *codes,
        Text(says, first, 5.6 * unit, INK, lines=2),
        Text(below, second, 4.2 * unit, shade(INK, -0.12), lines=2),
    )
    return Sheet(box, None if framed else _WHITE, strokes)


def _placed(data: bytes, box: Rect) -> Picture:
    """A code in the middle of a box, as large as it may be."""
    code = _code(data, int(min(box.w, box.h)))
    side, middle = code.shape[0], box.centre
    return Picture(code, Rect(round(middle.x - side / 2), round(middle.y - side / 2), side, side))


def _codes(home: TakeHome, box: Rect, unit: float, words: Words) -> tuple[Stroke, ...]:
    """Two codes, one after the other to be scanned: the network, then the take."""
    upright = box.h > box.w
    cells = box.rows(2, 1.6 * unit) if upright else box.columns(2, 1.6 * unit)
    strokes: list[Stroke] = []
    for cell, data, key in zip(cells, (home.wifi, home.data), ("wifi", "take"), strict=True):
        name = Rect(cell.x, cell.y, cell.w, 5.6 * unit)
        rest = Rect(cell.x, name.bottom, cell.w, cell.h - name.h)
        strokes += [Text(words(f"home.{key}"), name, 4.0 * unit, INK), _placed(data, rest)]
    return tuple(strokes)
