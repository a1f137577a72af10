"""Groups as they look on a backdrop, painted once and then copied: a wobble comes round again."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import cv2
import numpy as np

from installation.show.paint.canvas import Canvas, draw, pixels_of
from installation.show.paint.shapes import Group
from installation.show.paint.text_layout import Mask, TextLayout

KEPT_BYTES = 96 * 2**20
"""How much memory the sprites may take, at most: twice what the network's wobble does at 4K."""


class _Sprite(NamedTuple):
    """A group's pixels, where its corner is, and which of them are its own (255)."""

    x: int
    y: int
    pixels: Canvas
    mask: Mask


class Sprites:
    """The groups that were drawn on `backdrop` lately."""

    def __init__(self, backdrop: Canvas, letters: TextLayout) -> None:
        self._backdrop, self._letters = backdrop, letters
        self._kept: OrderedDict[Group, _Sprite | None] = OrderedDict()
        self._bytes = 0

    def forget(self) -> None:
        """The backdrop is another now."""
        self._kept.clear()
        self._bytes = 0

    def draw(self, patch: Canvas, group: Group, x0: int, y0: int) -> None:
        """Draw a group on a patch whose corner is at (x0, y0) of the backdrop."""
        if group in self._kept:
            self._kept.move_to_end(group)
        else:
            self._keep(group, self._painted(group))
        sprite = self._kept[group]
        if sprite is None:
            return
        height, width = sprite.mask.shape
        left, top = max(x0, sprite.x), max(y0, sprite.y)
        right = min(x0 + patch.shape[1], sprite.x + width)
        bottom = min(y0 + patch.shape[0], sprite.y + height)
        if right <= left or bottom <= top:
            return
        rows = slice(top - sprite.y, bottom - sprite.y)
        columns = slice(left - sprite.x, right - sprite.x)
        onto = patch[top - y0 : bottom - y0, left - x0 : right - x0]
        cv2.copyTo(sprite.pixels[rows, columns], sprite.mask[rows, columns], onto)

    def _painted(self, group: Group) -> _Sprite | None:
        height, width = self._backdrop.shape[:2]
        found = pixels_of(group.bounds, width, height)
        if found is None:
            return None
        x0, y0, x1, y1 = found
        under = self._backdrop[y0:y1, x0:x1]
        pixels = under.copy()
        draw(pixels, group, self._letters, x0, y0)
        mask = np.where((pixels != under).any(axis=2), np.uint8(255), np.uint8(0))
        return _Sprite(x0, y0, pixels, mask)

    def _keep(self, group: Group, sprite: _Sprite | None) -> None:
        self._kept[group] = sprite
        self._bytes += _size(sprite)
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(sprite: _Sprite | None) -> int:
    return 0 if sprite is None else sprite.pixels.nbytes + sprite.mask.nbytes
