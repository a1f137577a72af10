"""QR codes in pictures, read by zxing-cpp (OpenCV's own reader finds almost none)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from installation.vocabulary import Frame

LARGEST_PX = 1600
"""A photograph's longer side is made as small as this first, and looked at whole if need be."""

_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def codes_in(frame: Frame) -> tuple[bytes, ...]:
    """What the QR codes in a camera's picture hold; one quick look."""
    return _read(np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8))


def codes_in_photograph(frame: Frame) -> tuple[bytes, ...]:
    """The same, patiently: in several sizes, sharpened, and evenly lit."""
    whole = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
    scale = LARGEST_PX / max(whole.shape)
    sizes = [whole]
    if scale < 1:
        small = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        sizes.insert(0, np.asarray(small, np.uint8))
    else:  # a code of few pixels is found more easily where they are many
        sizes.append(np.asarray(cv2.resize(whole, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)))
    for grey in sizes:
        for better in (grey, _sharper(grey), _evenly_lit(grey)):
            if found := _read(better):
                return found
    return ()


Grey = npt.NDArray[np.uint8]


def _read(grey: Grey) -> tuple[bytes, ...]:
    return tuple(found.bytes for found in zxingcpp.read_barcodes(grey, formats=_FORMATS))


def _sharper(grey: Grey) -> Grey:
    soft = cv2.GaussianBlur(grey, (0, 0), 2)
    return np.asarray(cv2.addWeighted(grey, 3, soft, -2, 0), np.uint8)


def _evenly_lit(grey: Grey) -> Grey:
    return np.asarray(cv2.createCLAHE(4.0, (8, 8)).apply(grey), np.uint8)
