"""Made-up pictures for tests."""

from __future__ import annotations

import numpy as np

from installation.vocabulary import Frame, as_frame


def gradient(width: int, height: int, shift: int = 0) -> Frame:
    """A picture with structure in every direction, moved `shift` pixels to the right."""
    y, x = np.mgrid[0:height, 0:width]
    x = x - shift
    rgb = np.stack([127 + 120 * np.sin(x / 7), 127 + 120 * np.sin(y / 5), (x * 3 + y) % 256], -1)
    return as_frame(rgb.astype(np.uint8))
