"""Groups painted once and then laid on: a wobble comes round again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any, NamedTuple

import cv2
import numpy as np

from installation.show.paint.canvas import Canvas, draw
from installation.show.paint.shapes import Colour, Dot, Group, Line, Shape, whole_pixels
from installation.show.paint.text_layout import TextLayout

BYTES_A_PIXEL = 14
"""How much memory the sprites may take for every pixel of the screen: a little more than one round
of the network's wobble does. With less, none would be there when it comes round."""


class _Sprite(NamedTuple):
    """A group as it looks on black, where its corner is, and how much of what is below shows
    through (0..255, three times)."""

    x: int
    y: int
    pixels: Canvas
    through: Canvas


class Sprites:
    """The groups that were drawn lately on a screen of so many `pixels`. However a canvas is cut,
    a group looks the same on it."""

    def __init__(self, letters: TextLayout, pixels: int) -> None:
        self._letters, self._room_bytes = letters, BYTES_A_PIXEL * pixels
        self._kept: OrderedDict[Group, _Sprite] = OrderedDict()
        self._bytes = 0

    def draw(self, patch: Canvas, group: Group, x0: int, y0: int) -> None:
        """Draw a group on a patch whose corner is at (x0, y0) of the group's space."""
        sprite = self._kept.get(group)
        if sprite is None:
            sprite = self._keep(group)
        else:
            self._kept.move_to_end(group)
        height, width = sprite.pixels.shape[:2]
        left, top = max(x0, sprite.x), max(y0, sprite.y)
        right = min(x0 + patch.shape[1], sprite.x + width)
        bottom = min(y0 + patch.shape[0], sprite.y + height)
        if right <= left or bottom <= top:
            return
        part = (
            slice(top - sprite.y, bottom - sprite.y),
            slice(left - sprite.x, right - sprite.x),
        )
        onto = patch[top - y0 : bottom - y0, left - x0 : right - x0]
        below = cv2.multiply(onto, sprite.through[part], scale=1 / 255)
        cv2.add(below, sprite.pixels[part], dst=onto)

    def _keep(self, group: Group) -> _Sprite:
        """Paint it, with a fourth colour that tells how much of a pixel is covered."""
        x, y, width, height = (int(v) for v in whole_pixels(group.bounds))
        painted = np.zeros((max(1, height), max(1, width), 4), np.uint8)
        for shape in group.strokes:
            draw(painted, _covering(shape), self._letters, x, y)
        through = cv2.cvtColor(255 - painted[..., 3], cv2.COLOR_GRAY2RGB)
        pixels = np.ascontiguousarray(painted[..., :3])
        sprite = _Sprite(x, y, pixels, np.asarray(through, np.uint8))
        self._kept[group] = sprite
        self._bytes += 2 * pixels.nbytes
        while self._bytes > self._room_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= 2 * oldest.pixels.nbytes
        return sprite


def _covering(shape: Shape) -> Shape:
    """A shape whose colours have a fourth value, 255."""

    def of(colour: Colour | None) -> Any:
        return None if colour is None else (*colour, 255)

    if isinstance(shape, Line):
        return replace(shape, colour=of(shape.colour))
    if isinstance(shape, Dot):
        return replace(shape, fill=of(shape.fill))
    return replace(shape, fill=of(shape.fill), edge=of(shape.edge))
