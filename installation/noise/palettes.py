"""Colorize: brightness painted with a palette."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from installation.noise.plain import Tool, framed
from installation.vocabulary import Frame, FrameContext

Stops = tuple[tuple[int, int, int], ...]

PALETTES: dict[str, Stops] = {
    "": ((30, 10, 60), (0, 90, 200), (0, 210, 160), (250, 230, 60), (230, 40, 40)),
    " fire": ((0, 0, 0), (90, 0, 20), (220, 40, 0), (255, 170, 0), (255, 255, 220)),
    " ice": ((4, 8, 40), (20, 60, 140), (60, 170, 220), (180, 240, 250), (255, 255, 255)),
    " neon": ((20, 0, 50), (255, 0, 140), (0, 230, 255), (190, 255, 0), (255, 255, 255)),
    " print": ((24, 24, 60), (24, 24, 60), (240, 80, 80), (245, 235, 205), (245, 235, 205)),
}
"""Colours from dark to light, evenly apart."""


def _table(stops: Stops) -> npt.NDArray[np.uint8]:
    """256 colours (256, 1, 3) through the stops."""
    at = np.linspace(0, 255, len(stops))
    columns = [np.interp(np.arange(256), at, [stop[c] for stop in stops]) for c in range(3)]
    return np.asarray(np.stack(columns, 1).round(), np.uint8).reshape(256, 1, 3)


def colorize(palette: str) -> Tool:
    """A tool that paints with one of PALETTES, mixed in by the amount."""
    table = _table(PALETTES[palette])

    def paint(frame: Frame, amount: float, scene: FrameContext) -> Frame:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        painted = cv2.LUT(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), table)
        return framed(cv2.addWeighted(painted, amount, frame, 1 - amount, 0))

    paint.__doc__ = f"Brightness painted with the palette{palette or ' of a heat camera'}."
    return paint
