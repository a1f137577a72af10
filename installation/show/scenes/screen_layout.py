"""Where everything stands on a screen of any size: named rectangles, in pixels.

One description for landscape and portrait. The on-screen panel is optional: where hardware
knobs stand in front of the screen, its space goes to the clip and the nets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from installation.show.paint.shapes import Rect
from installation.show.scenes.spread import Spread, spread_over

STAR = 0.6
"""The carved clip's share of a wide screen's width."""

_FRAME = 1.6
"""How much a film's frame adds to its width and height, in units."""

_NETS_W = 56.0
"""How many units of width the nets need at least, so that their names can be read."""

_WORDS_H = 18.0
"""How many units of height what a layer says needs."""

SMALLEST_CAP = 0.0145
"""The smallest capital of what visitors read, as a share of the screen's shorter side."""

LEGIBLE = 200
"""From how many times its height a capital is read, at most."""

SMALLEST_PX = 240
"""The smallest side a screen may have."""


class Part(str, Enum):
    """What of the on-screen panel a pointer is over."""

    KNOB = "knob"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Hit:
    """A knob or a button of the on-screen panel, by its number."""

    part: Part
    number: int


@dataclass(frozen=True, slots=True)
class ScreenLayout:
    """Named rectangles for one screen. `unit` is a hundredth of its shorter side.

    `clip`, `untouched`, `caption` and `nets` are the carver's; `stage` is all that lies
    between header and footer, for phases that show one great thing; `hero` and `side` split
    the stage; `banner` is the line that invites. `spread` is for a film over all of it; None on a
    portrait screen, whose width a film fills as it is. `panel` is None when it is hidden. `strip`
    lies below all, for who plays by one button.
    """

    screen: Rect
    unit: float
    header: Rect
    clock: Rect
    stage: Rect
    clip: Rect
    untouched: Rect
    caption: Rect
    nets: Rect
    hero: Rect
    side: Rect
    banner: Rect
    panel: Rect | None
    knobs: tuple[Rect, ...]
    buttons: tuple[Rect, ...]
    spread: Spread | None = None
    strip: Rect | None = None

    @property
    def is_portrait(self) -> bool:
        return self.screen.h > self.screen.w


@lru_cache(maxsize=32)
def arrange(
    width: int, height: int, *, panel: bool = True, knobs: int = 16, buttons: int = 8
) -> ScreenLayout:
    """Return the layout of a screen of `width` x `height` pixels.

    Raises:
        ValueError: if a side is below 240 pixels.
    """
    if min(width, height) < SMALLEST_PX:
        raise ValueError(f"a screen is at least {SMALLEST_PX} px a side, not {width} x {height}")
    screen = Rect(0, 0, width, height)
    unit = min(width, height) / 100
    page = screen.inset(2.4 * unit)
    return (_portrait if height > width else _landscape)(
        screen, page, unit, knobs if panel else 0, buttons if panel else 0
    )


def read_from_m(size_m: tuple[float, float]) -> float:
    """From how far everything on a picture of (width, height) metres can be read, in metres."""
    return LEGIBLE * SMALLEST_CAP * min(size_m)


def hit(layout: ScreenLayout, x: float, y: float) -> Hit | None:
    """The knob or button of the on-screen panel at that pixel, if any."""
    for part, rects in ((Part.KNOB, layout.knobs), (Part.BUTTON, layout.buttons)):
        for number, rect in enumerate(rects):
            if rect.holds(x, y):
                return Hit(part, number)
    return None


def _header(page: Rect, unit: float) -> tuple[Rect, Rect, Rect]:
    """Header, clock at its right end, and what is left of the page."""
    height = 9.5 * unit
    header = Rect(page.x, page.y, page.w, height)
    clock_w = min(22 * unit, page.w * 0.3)
    clock = Rect(page.right - clock_w, page.y, clock_w, height)
    words = Rect(page.x, page.y, page.w - clock_w - 2 * unit, height)
    top = header.bottom + 1.6 * unit
    return words, clock, Rect(page.x, top, page.w, page.bottom - top)


def _small_film_w(height: float, unit: float) -> float:
    """How wide a film of 16:9 in its frame is, above a tag: what is left goes to the words."""
    return max(8 * unit, _film_w(height - 4.8 * unit, unit))


def _film_w(height: float, unit: float) -> float:
    """How wide a film of 16:9 is in a frame of this height."""
    return (height - _FRAME * unit) * 16 / 9 + _FRAME * unit


def _split(row: Rect, share: float, unit: float, gap: float) -> tuple[Rect, Rect]:
    """The untouched clip, of at most `share` of a row's width, and the caption beside it."""
    untouched_w = min(row.w * share, _small_film_w(row.h, unit))
    untouched = Rect(row.x, row.y, untouched_w, row.h)
    caption_x = untouched.right + gap
    return untouched, Rect(caption_x, row.y, row.right - caption_x, row.h)


def _carver(body: Rect, screen_w: float, unit: float, gap: float) -> tuple[Rect, ...]:
    """Where clip, untouched clip, caption and nets stand in landscape. The clip is the star: a film
    of 16:9 has `STAR` of the screen's width, and what is left goes to the others."""
    clip_w = min(STAR * screen_w + _FRAME * unit, body.w - gap - _NETS_W * unit)
    clip_w = max(clip_w, 0.4 * body.w)
    clip_h = min(body.h, (clip_w - _FRAME * unit) * 9 / 16 + _FRAME * unit)
    right_x = body.x + clip_w + gap
    right = Rect(right_x, body.y, body.right - right_x, body.h)
    clip = Rect(body.x, body.y, clip_w, clip_h)
    below = Rect(clip.x, clip.bottom + gap, clip.w, body.h - clip_h - gap)
    if below.h >= _WORDS_H * unit:
        nets = right
    else:  # flat: the words stand below the nets, and the clip in the middle of its height
        words_h = max(0.3 * body.h, min(_WORDS_H * unit, 0.4 * body.h))
        nets = Rect(right.x, right.y, right.w, right.h - words_h - gap)
        below = Rect(right.x, nets.bottom + gap, right.w, words_h)
        clip = Rect(clip.x, body.y, clip.w, body.h)
    return clip, *_split(below, 0.36, unit, gap), nets


def _landscape(screen: Rect, page: Rect, unit: float, knobs: int, buttons: int) -> ScreenLayout:
    header, clock, body = _header(page, unit)
    gap = 2.4 * unit
    panel: Rect | None = None
    knob_rects: tuple[Rect, ...] = ()
    button_rects: tuple[Rect, ...] = ()
    if knobs or buttons:
        height = 14.5 * unit
        panel = Rect(body.x, body.bottom - height, body.w, height)
        body = Rect(body.x, body.y, body.w, body.h - height - gap)
        knob_rects, button_rects = _strip(panel, unit, knobs, buttons)
    clip, untouched, caption, nets = _carver(body, screen.w, unit, gap)
    banner_h = 17 * unit
    banner = Rect(body.x, body.bottom - banner_h, body.w, banner_h)
    upper = Rect(body.x, body.y, body.w, body.h - banner_h - gap)
    # As large as a film of 16:9 becomes in that height, if the creature has its third.
    hero_w = min(upper.w * 0.68, _film_w(upper.h, unit))
    hero = Rect(upper.x, upper.y, hero_w, upper.h)
    side = Rect(hero.right + gap, upper.y, upper.right - hero.right - gap, upper.h)
    spread = spread_over(Rect(page.x, page.y, page.w, body.bottom - page.y), unit)
    return ScreenLayout(
        screen, unit, header, clock, body, clip, untouched, caption, nets, hero, side, banner,
        panel, knob_rects, button_rects, spread,
    )  # fmt: skip


def _portrait(screen: Rect, page: Rect, unit: float, knobs: int, buttons: int) -> ScreenLayout:
    header, clock, body = _header(page, unit)
    gap = 2.4 * unit
    panel: Rect | None = None
    knob_rects: tuple[Rect, ...] = ()
    button_rects: tuple[Rect, ...] = ()
    if knobs or buttons:
        height = min(38 * unit, body.h * 0.26)
        panel = Rect(body.x, body.bottom - height, body.w, height)
        body = Rect(body.x, body.y, body.w, body.h - height - gap)
        knob_rects, button_rects = _block(panel, unit, knobs, buttons)
    clip = Rect(body.x, body.y, body.w, min(body.w * 9 / 16, body.h * 0.38))
    small_h = min(21 * unit, body.h * 0.2)
    small = Rect(body.x, clip.bottom + gap, body.w, small_h)
    untouched, caption = _split(small, 0.38, unit, gap)
    top = small.bottom + gap
    nets = Rect(body.x, top, body.w, body.bottom - top)
    banner_h = 30 * unit
    banner = Rect(body.x, body.bottom - banner_h, body.w, banner_h)
    upper = Rect(body.x, body.y, body.w, body.h - banner_h - gap)
    hero_h = min(upper.w * 0.75, upper.h * 0.52)
    hero = Rect(upper.x, upper.y, upper.w, hero_h)
    side = Rect(upper.x, hero.bottom + gap, upper.w, upper.bottom - hero.bottom - gap)
    return ScreenLayout(
        screen, unit, header, clock, body, clip, untouched, caption, nets, hero, side, banner,
        panel, knob_rects, button_rects,
    )  # fmt: skip


def _grid(box: Rect, count: int, columns: int, gap: float) -> tuple[Rect, ...]:
    if not count:
        return ()
    rows = box.rows(-(-count // columns), gap)
    cells = [cell for row in rows for cell in row.columns(columns, gap)]
    return tuple(cells[:count])


def _strip(panel: Rect, unit: float, knobs: int, buttons: int) -> tuple[tuple[Rect, ...], ...]:
    """One row of knobs, and the buttons in two rows at its right."""
    inner = panel.inset(1.2 * unit)
    both = 0.68 if inner.w > 150 * unit else 0.60
    share = both if knobs and buttons else 1.0 if knobs else 0.0
    left = Rect(inner.x, inner.y, inner.w * share, inner.h)
    x = left.right + (1.6 * unit if 0 < share < 1 else 0)
    right = Rect(x, inner.y, inner.right - x, inner.h)
    rows = 2 if inner.w * share / max(1, knobs) < inner.h * 0.40 else 1
    return (
        _grid(left, knobs, max(1, -(-knobs // rows)), 0.4 * unit),
        _grid(right, buttons, max(1, -(-buttons // 2)), 1.0 * unit),
    )


def _block(panel: Rect, unit: float, knobs: int, buttons: int) -> tuple[tuple[Rect, ...], ...]:
    """Two rows of knobs, and the buttons in two rows below them."""
    inner = panel.inset(1.2 * unit)
    upper = Rect(inner.x, inner.y, inner.w, inner.h * (0.58 if buttons else 1))
    lower_y = upper.bottom + 1.2 * unit
    lower = Rect(inner.x, lower_y, inner.w, inner.bottom - lower_y)
    return (
        _grid(upper, knobs, max(1, -(-knobs // 2)), 0.4 * unit),
        _grid(lower, buttons, max(1, -(-buttons // 2)), 1.0 * unit),
    )
