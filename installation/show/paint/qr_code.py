"""QR codes as pictures: black on white, with the quiet zone that readers need."""

from __future__ import annotations

import numpy as np
import segno

from installation.vocabulary import Frame, UglyError, as_frame

QUIET = 4
"""Modules of white around a code (ISO/IEC 18004, 9.1)."""


def qr_code(data: bytes) -> Frame:
    """The code of these bytes, one pixel a module, quiet zone included.

    It is as small as level M allows (15 % of it may be lost), and of the highest level that
    makes it no larger; what is too long for that has level L.

    Raises:
        UglyError: if there is no code so large.
    """
    for level in ("M", "L"):
        try:
            code = segno.make_qr(data, error=level, mode="byte")
        except segno.DataOverflowError:
            continue
        dark = np.array([[bool(module & 1) for module in row] for row in code.matrix])
        light = np.where(np.pad(dark, QUIET), 0, 255).astype(np.uint8)
        return as_frame(np.repeat(light[..., None], 3, 2))
    raise UglyError(f"{len(data)} bytes are more than a QR code holds; give it a shorter name")


def enlarged(code: Frame, side_px: float) -> Frame:
    """A code as large as fits `side_px` with a whole number of pixels a module, at least 1."""
    times = max(1, int(side_px // code.shape[0]))
    return as_frame(np.repeat(np.repeat(code, times, 0), times, 1))
