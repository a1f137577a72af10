"""A decoded picture as it is to be looked at: RGB, square pixels, turned and mirrored as meant."""

from __future__ import annotations

import struct
import threading
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import av
import cv2
import numpy as np
from av.sidedata.sidedata import SideData, Type
from av.video.reformatter import Colorspace, VideoReformatter

from installation.vocabulary import Frame, as_frame

_UNSPECIFIED = 2
"""ITU-T H.273, matrix coefficients: 2 is "unspecified"."""

_WIDEST = 8
"""A pixel more oblong than this is a slip in the file, not a shape."""

_held = threading.local()

Matrix = tuple[int, ...]
AS_STORED: Matrix = (1, 0, 0, 1)


def upright(picture: av.VideoFrame, pixel: Fraction | None) -> Frame:
    """The picture in RGB; `pixel` is how much wider than high a stored pixel is shown (None or 0:
    square). The longer side grows, so that nothing is lost.

    Pictures that do not say how their colours were made are read as every player does: BT.709
    from HD on, BT.601 below.
    """
    matrix = matrix_of(picture)
    untold = picture.colorspace == _UNSPECIFIED and not picture.format.is_rgb
    is_hd = untold and (picture.width >= 1280 or picture.height > 576)
    picture = _reformatter().reformat(
        picture, format="rgb24", src_colorspace=Colorspace.ITU709 if is_hd else None, threads=1
    )
    rgb = np.asarray(picture.to_ndarray(), np.uint8)
    shape = square_px(rgb.shape[1], rgb.shape[0], pixel)
    if shape != (rgb.shape[1], rgb.shape[0]):
        rgb = np.asarray(cv2.resize(rgb, shape, interpolation=cv2.INTER_LINEAR), np.uint8)
    return as_frame(np.ascontiguousarray(turned(rgb, matrix)))


def _reformatter() -> VideoReformatter:
    """This thread's own. A picture that converts itself begins threads for it, one for each core,
    that live as long as it does: four times slower, on two."""
    found: VideoReformatter | None = getattr(_held, "reformatter", None)
    if found is None:
        found = _held.reformatter = VideoReformatter()
    return found


def square_px(width: int, height: int, pixel: Fraction | None) -> tuple[int, int]:
    """(width, height) in square pixels, of a picture whose pixels are `pixel` as wide as high."""
    if not pixel or not 1 / _WIDEST <= pixel <= _WIDEST:
        return width, height
    if pixel >= 1:
        return max(1, round(width * pixel)), height
    return width, max(1, round(height / pixel))


def matrix_of(picture: av.VideoFrame) -> Matrix:
    """The display matrix (ISO 14496-12, tkhd) without its shifts: a, b, c, d of
    x' = a x + c y, y' = b x + d y."""
    beside = cast(Mapping[Type, SideData], picture.side_data)  # iterated, releases differ
    data = bytes(beside.get(Type.DISPLAYMATRIX) or b"")
    if len(data) < 36:
        return AS_STORED
    a, b, _, c, d = struct.unpack_from("=5i", data)
    return a, b, c, d


def turned(
    rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], matrix: Matrix
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The picture (rows x columns x 3) under a display matrix, to the nearest quarter turn."""
    a, b, c, d = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        across, down = a, d
    else:
        rgb, across, down = rgb.transpose(1, 0, 2), c, b
    return rgb[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1]
