"""Strokes painted on an array of pixels: antialiased, in place, without a display."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from installation.show.paint.shapes import (
    Blob,
    Colour,
    Dot,
    Group,
    Line,
    Path,
    Picture,
    Point,
    Rect,
    Sheet,
    Stroke,
    Text,
    box_fitted,
    moved,
    whole_pixels,
)
from installation.show.paint.text_layout import Mask, TextLayout
from installation.video import png_bytes as encoded
from installation.vocabulary import Frame, as_frame

Canvas: TypeAlias = npt.NDArray[np.uint8]
"""H x W x 3, RGB, writeable."""

DrawGroup: TypeAlias = Callable[[Canvas, Group, int, int], None]
"""Draws a group on a patch whose corner is at those whole pixels of the group's space."""

_SHIFT = 4
_SUB = 1 << _SHIFT


def blank(width: int, height: int) -> Canvas:
    """A black canvas of that size in pixels."""
    return np.zeros((height, width, 3), np.uint8)


def paint(
    canvas: Canvas,
    sheet: Sheet,
    letters: TextLayout,
    backdrop: Canvas | None = None,
    draw_group: DrawGroup | None = None,
) -> Rect | None:
    """Paint a sheet; nothing outside its box changes. Return the whole pixels it covers.

    A sheet without a ground stands on `backdrop` (a canvas of the same size); its groups are drawn
    by `draw_group`, if given.
    """
    height, width = canvas.shape[:2]
    box = whole_pixels(sheet.box)
    x0, y0 = int(max(0, box.x)), int(max(0, box.y))
    x1, y1 = int(min(width, box.right)), int(min(height, box.bottom))
    if x1 <= x0 or y1 <= y0:
        return None
    patch = canvas[y0:y1, x0:x1]
    spared = [_within(patch, rect, x0, y0) for rect in sheet.spares]
    as_it_was = [part.copy() for part in spared]
    if sheet.ground is not None:
        cv2.rectangle(patch, (0, 0), (x1 - x0, y1 - y0), sheet.ground, cv2.FILLED)
    elif backdrop is not None:
        patch[:] = backdrop[y0:y1, x0:x1]
    for stroke in sheet.strokes:
        if isinstance(stroke, Group) and draw_group is not None and sheet.ground is None:
            draw_group(patch, stroke, x0, y0)
        else:
            draw(patch, stroke, letters, x0, y0)
    for part, kept in zip(spared, as_it_was, strict=True):
        part[:] = kept
    return Rect(x0, y0, x1 - x0, y1 - y0)


def _within(patch: Canvas, rect: Rect, x0: int, y0: int) -> Canvas:
    """The part of a patch, whose corner is at (x0, y0), that lies in a rectangle."""
    left, top = max(0, math.floor(rect.x) - x0), max(0, math.floor(rect.y) - y0)
    right, bottom = max(0, math.ceil(rect.right) - x0), max(0, math.ceil(rect.bottom) - y0)
    return patch[top:bottom, left:right]


def draw(patch: Canvas, stroke: Stroke, letters: TextLayout, dx: float = 0, dy: float = 0) -> None:
    """Draw one stroke on a patch whose corner is at (dx, dy) of the stroke's space."""
    if isinstance(stroke, Blob):
        _blob(patch, stroke, dx, dy)
    elif isinstance(stroke, Line):
        _line(patch, stroke, dx, dy)
    elif isinstance(stroke, Dot):
        at = (round((stroke.centre.x - dx) * _SUB), round((stroke.centre.y - dy) * _SUB))
        radius = max(1, round(stroke.radius * _SUB))
        cv2.circle(patch, at, radius, stroke.fill, cv2.FILLED, cv2.LINE_AA, _SHIFT)
    elif isinstance(stroke, Text):
        _text(patch, stroke, letters, dx, dy)
    elif isinstance(stroke, Group):
        for inner in stroke.strokes:
            draw(patch, inner, letters, dx, dy)
    else:
        _picture(patch, stroke, dx, dy)


def _fixed(points: Path, dx: float, dy: float) -> npt.NDArray[np.int32]:
    flat = np.fromiter(itertools.chain.from_iterable(points), np.float64, 2 * len(points))
    flat = flat.reshape(-1, 2)
    flat -= (dx, dy)
    flat *= _SUB
    return np.rint(flat).astype(np.int32)


def _blob(patch: Canvas, blob: Blob, dx: float, dy: float) -> None:
    points = _fixed(blob.points, dx, dy)
    if blob.edge is not None and blob.width > 0:
        pen = max(1, round(blob.width * 2 if blob.fill is not None else blob.width))
        cv2.polylines(patch, [points], True, blob.edge, pen, cv2.LINE_AA, _SHIFT)
    if blob.fill is not None:
        cv2.fillPoly(patch, [points], blob.fill, cv2.LINE_AA, _SHIFT)


def _line(patch: Canvas, line: Line, dx: float, dy: float) -> None:
    pieces = dashes(line.points, line.dash) if line.dash > 0 else (line.points,)
    fixed = [_fixed(piece, dx, dy) for piece in pieces]
    pen = max(1, round(line.width))
    cv2.polylines(patch, fixed, False, line.colour, pen, cv2.LINE_AA, _SHIFT)


def dashes(points: Path, dash: float) -> tuple[Path, ...]:
    """The dashes of a path: pieces and gaps of `dash` pixels each, beginning with a piece."""
    pieces: list[Path] = []
    left, drawing = dash, True
    piece = [points[0]]
    for start, end in itertools.pairwise(points):
        length = math.hypot(end.x - start.x, end.y - start.y)
        done = 0.0
        while length - done > left:
            done += left
            share = done / length
            at = Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
            if drawing:
                pieces.append((*piece, at))
            piece, left, drawing = [at], dash, not drawing
        left -= length - done
        piece.append(end)
    if drawing and len(piece) > 1:
        pieces.append(tuple(piece))
    return tuple(pieces)


def _blend(patch: Canvas, mask: Mask, colour: Colour, x: int, y: int) -> None:
    """Lay ink on the patch through a mask whose corner is at (x, y) of it."""
    height, width = patch.shape[:2]
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(width, x + mask.shape[1]), min(height, y + mask.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    ink = mask[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.float32) * (1 / 255)
    under = np.ascontiguousarray(patch[y0:y1, x0:x1])
    over = np.empty_like(under)
    over[:] = colour
    patch[y0:y1, x0:x1] = cv2.blendLinear(over, under, ink, 1 - ink)


def _text(patch: Canvas, text: Text, letters: TextLayout, dx: float, dy: float) -> None:
    if not text.words:
        return
    setting = letters.set(text)
    x, y = round(text.box.x - dx) + setting.x, round(text.box.y - dy) + setting.y
    if setting.edge is not None and text.edge is not None:
        _blend(patch, setting.edge, text.edge, x, y)
    _blend(patch, setting.letters, text.colour, x, y)


@lru_cache(maxsize=256)
def _cut_out(shape: Path, dx: float, dy: float, width: int, height: int) -> Mask:
    """Of a picture of that size whose corner is at (dx, dy), what lies within a path: 255 there."""
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [_fixed(shape, dx, dy)], 255, cv2.LINE_8, _SHIFT)
    return mask


def resized(
    frame: Frame, width: int, height: int, into: Canvas | None = None
) -> npt.NDArray[np.uint8]:
    """A frame at another size, in pixels: halved, which averages fast, while that is too
    large, then interpolated; straight `into` a canvas of that size, if there is one."""
    small: npt.NDArray[np.uint8] = frame
    while small.shape[1] >= 2 * width and small.shape[0] >= 2 * height:
        even = small[: small.shape[0] // 2 * 2, : small.shape[1] // 2 * 2]
        half = (even.shape[1] // 2, even.shape[0] // 2)
        small = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(small, (width, height), dst=into), np.uint8)


def _picture(patch: Canvas, picture: Picture, dx: float, dy: float) -> None:
    height, width = picture.frame.shape[:2]
    box = box_fitted(width, height, picture.box)
    # A half always goes the same way, wherever the patch's corner is (whole pixels).
    x0, y0 = math.floor(box.x + 0.5) - round(dx), math.floor(box.y + 0.5) - round(dy)
    w, h = max(1, round(box.w)), max(1, round(box.h))
    if picture.edge is not None and picture.width > 0:
        pen = round(picture.width)
        left, top, right, bottom = x0 - pen, y0 - pen, x0 + w + pen - 1, y0 + h + pen - 1
        for corner, far in (
            ((left, top), (right, y0 - 1)),
            ((left, y0 + h), (right, bottom)),
            ((left, y0), (x0 - 1, y0 + h - 1)),
            ((x0 + w, y0), (right, y0 + h - 1)),
        ):
            cv2.rectangle(patch, corner, far, picture.edge, cv2.FILLED)
    if picture.shape is None and 0 <= x0 <= patch.shape[1] - w and 0 <= y0 <= patch.shape[0] - h:
        resized(picture.frame, w, h, into=patch[y0 : y0 + h, x0 : x0 + w])
        return
    scaled = resized(picture.frame, w, h)
    px0, py0 = max(0, x0), max(0, y0)
    px1, py1 = min(patch.shape[1], x0 + w), min(patch.shape[0], y0 + h)
    if px1 <= px0 or py1 <= py0:
        return
    inside = scaled[py0 - y0 : py1 - y0, px0 - x0 : px1 - x0]
    if picture.shape is None:
        patch[py0:py1, px0:px1] = inside
        return
    mask = _cut_out(picture.shape, dx + px0, dy + py0, inside.shape[1], inside.shape[0])
    cv2.copyTo(inside, mask, patch[py0:py1, px0:px1])


def png_bytes(
    strokes: tuple[Stroke, ...],
    size_px: int,
    ground: Colour,
    letters: TextLayout | None = None,
    *,
    side: float | None = None,
) -> bytes:
    """Strokes drawn in a square of `side` units (default: `size_px`) as a PNG of
    `size_px` x `size_px` pixels, antialiased."""
    scale = 2
    drawn = round(side or size_px)
    canvas = blank(drawn * scale, drawn * scale)
    sheet = Sheet(
        Rect(0, 0, drawn * scale, drawn * scale),
        ground,
        tuple(moved(stroke, scale) for stroke in strokes),
    )
    paint(canvas, sheet, letters or TextLayout())
    return encoded(as_frame(resized(canvas, size_px, size_px)))
