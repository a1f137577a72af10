"""The colours of the show."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from functools import lru_cache

from installation.show.paint.shapes import Colour, contrast
from installation.vocabulary import Tone

INK = Colour(22, 16, 28)
PAPER = Colour(255, 251, 238)
SUN = Colour(255, 206, 20)
YES = Colour(0, 158, 96)
NO = Colour(226, 56, 40)
LIVE = Colour(214, 30, 60)


DOUGH: Mapping[str, Colour] = {"flow": Colour(255, 245, 214), "interp": Colour(208, 242, 255)}
"""The fill of a layer that is not cut, by U-Net."""


def shade(colour: Colour, share: float) -> Colour:
    """Towards ink by `share` (0..1); below 0, towards paper."""
    to = INK if share >= 0 else PAPER
    s = abs(share)
    mixed = (round(a + (b - a) * s) for a, b in zip(colour, to, strict=True))
    return Colour(*mixed)


@lru_cache(maxsize=512)
def ground_of(tone: Tone) -> Colour:
    """The ground a net's tone paints: vivid, and bright enough for ink on it (4.5:1).

    A neutral tone gives the yellow of the house.
    """
    high, low = max(tone), min(tone)
    if high - low < 0.04:
        return SUN
    hue, _, _ = colorsys.rgb_to_hsv(*(gain / 2 for gain in tone))
    strength = min(1.0, (high - low) / 0.8)
    own = Colour(*(round(255 * c) for c in colorsys.hsv_to_rgb(hue, 0.85, 1.0)))
    mixed = Colour(*(round(a + (b - a) * strength) for a, b in zip(SUN, own, strict=True)))
    while contrast(mixed, INK) < 7.0:
        mixed = shade(mixed, -0.08)
    return mixed


def words_on(fill: Colour) -> Colour:
    """Ink or paper, whichever is read more easily on `fill`."""
    return INK if contrast(INK, fill) >= contrast(PAPER, fill) else PAPER
