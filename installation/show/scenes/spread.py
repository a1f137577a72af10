"""A film over the whole of a wide screen, with what is said laid on it as cards."""

from __future__ import annotations

import math
from dataclasses import dataclass

from installation.show.paint.shapes import Rect


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the film and the cards on it stand, in whole pixels: `label` says what it is, `corner`
    holds a net or a creature, `code` the code by which a take goes
    home, `foot` says what to do."""

    film: Rect
    label: Rect
    corner: Rect
    code: Rect
    foot: Rect

    @property
    def square(self) -> Rect:
        """The largest square of the corner."""
        side = min(self.corner.w, self.corner.h)
        return Rect(self.corner.right - side, self.corner.bottom - side, side, side)

    def lines(self, *, told: bool) -> tuple[Rect, Rect, Rect]:
        """The label's card, and in it the name's line and, if something more is `told`, that."""
        whole = self.label
        if not told:
            whole = _whole(Rect(whole.x, whole.y, whole.w * 0.5, whole.h * 0.66))
        inner = whole.inset(0.18 * self.label.h, 0.1 * self.label.h)
        name_h = inner.h * (0.62 if told else 1.0)
        return (
            whole,
            Rect(inner.x, inner.y, inner.w, name_h),
            Rect(inner.x, inner.y + name_h, inner.w, inner.h - name_h),
        )


def _whole(box: Rect) -> Rect:
    """A box in whole pixels."""
    x, y = math.floor(box.x), math.floor(box.y)
    return Rect(x, y, math.floor(box.right) - x, math.floor(box.bottom) - y)


def spread_over(area: Rect, unit: float) -> Spread:
    """The film and its cards over an area that is wider than high; `unit` as the layout's."""
    edge = 2.2 * unit
    label = Rect(area.x + edge, area.y + edge, min(84 * unit, 0.64 * area.w), 15 * unit)
    corner_w, corner_h = min(46 * unit, 0.34 * area.w), min(38 * unit, 0.52 * area.h)
    corner = Rect(area.right - edge - corner_w, area.bottom - edge - corner_h, corner_w, corner_h)
    code_h = min(corner_w * 1.15, area.h - 2 * edge - 16 * unit)
    code = Rect(corner.x, corner.bottom - code_h, corner_w, code_h)
    foot_h = min((16 if area.w > 140 * unit else 20) * unit, 0.28 * area.h)
    foot_x = area.x + edge
    foot = Rect(foot_x, area.bottom - edge - foot_h, corner.x - unit - foot_x, foot_h)
    return Spread(_whole(area), *map(_whole, (label, corner, code, foot)))
