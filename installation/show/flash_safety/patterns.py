"""Stripes that may harm without flashing, and how they are softened. Pure.

Regular stripes of high contrast, five light-dark pairs or more over a quarter of the view, can
trigger seizures by themselves (ITU-R BT.1702, annex on patterns). They are found by the spatial
spectrum of relative luminance at a reduced size, in the whole picture, in its halves and in its
quarters: most of what varies there lies then at one frequency.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from installation.show.flash_safety.cells import LINEAR, WEIGHTS
from installation.vocabulary import Frame, as_frame

SIZE = (160, 90)
"""Pixels across and down that stripes are looked for in; finer ones blur to grey there."""

PAIRS = 5
"""Light-dark pairs, along the way across the stripes, from which on they count."""

CONTRAST = 0.2
"""The difference of relative luminance between light and dark from which on they count."""

_PURE = 0.4
"""The share of all variation that lies at one frequency where stripes are regular."""

_AREA = 0.25
"""The share of the view they must cover."""

_EDGES = 0.9
"""The share of a window that counts as all of it: stripes blur at its edges."""

_SOFT = 0.5
"""Softened stripes keep this share of CONTRAST."""

_NONE = 1e-3

_FADE_S = 1.0
"""How long softening takes to come or go once stripes do, in seconds."""

Window = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of SIZE."""


def _windows() -> tuple[Window, ...]:
    found: list[Window] = []
    for across, down in ((1, 1), (2, 1), (1, 2), (2, 2)):
        width, height = SIZE[0] // across, SIZE[1] // down
        for x in range(0, SIZE[0] - width + 1, max(1, width // 2)):
            for y in range(0, SIZE[1] - height + 1, max(1, height // 2)):
                found.append((x, y, x + width, y + height))
    return tuple(found)


WINDOWS = _windows()
"""Where stripes are looked for: each is a quarter of the view or more."""


@dataclass(frozen=True, slots=True)
class Stripes:
    """Stripes in a window: how many light-dark pairs, and how far light is from dark, 0..1."""

    window: Window
    pairs: float
    contrast: float


def stripes(frame: Frame) -> tuple[Stripes, ...]:
    """The stripes of a frame that may harm, each window's by itself; none is empty."""
    small = cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA)
    luminance = np.asarray(cv2.LUT(small, LINEAR), np.float32) @ WEIGHTS[0]
    found = (_stripes_in(luminance, window) for window in WINDOWS)
    return tuple(one for one in found if one is not None)


def _stripes_in(luminance: npt.NDArray[np.float32], window: Window) -> Stripes | None:
    x0, y0, x1, y1 = window
    part = luminance[y0:y1, x0:x1]
    if np.ptp(part) < CONTRAST:
        return None
    rows, columns = part.shape
    hann = np.outer(np.hanning(rows), np.hanning(columns))
    power = np.abs(np.fft.rfft2((part - part.mean()) * hann)) ** 2
    power[:, 1:] *= 2  # the half that a real picture's spectrum leaves out
    down = np.minimum(np.arange(rows), rows - np.arange(rows))[:, None]
    pairs = np.hypot(down, np.arange(power.shape[1])[None, :])
    peak = np.unravel_index(int(np.argmax(np.where(pairs >= PAIRS - 0.5, power, 0))), power.shape)
    near = _near(peak, power.shape)
    total, there = float(power.sum()), float(power[near].sum())
    if total <= 0 or there < _PURE * total or pairs[peak] < PAIRS - 0.5:
        return None
    # A wave of height a has the variance a * a / 2; light to dark is twice its height.
    variance = there / (rows * columns * float((hann**2).sum()))
    least = min(_AREA * luminance.size, _EDGES * part.size)
    contrast = 2 * math.sqrt(2 * variance)
    if contrast < CONTRAST or _covered(part, near) < least:
        return None
    return Stripes(window, float(pairs[peak]), contrast)


def _covered(part: npt.NDArray[np.float32], near: npt.NDArray[np.bool_]) -> int:
    """On how many pixels the wave of these frequencies is high enough to count."""
    spectrum = np.fft.rfft2(part - part.mean()) * near
    wave = np.fft.irfft2(spectrum, part.shape).astype(np.float32)
    variance = cv2.blur(wave * wave, (15, 15))
    return int(np.count_nonzero(2 * np.sqrt(2 * variance) >= CONTRAST))


def _near(peak: tuple[np.intp, ...], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """The frequencies beside one, which a window's edges spread it to."""
    rows = np.abs(np.arange(shape[0]) - peak[0])
    rows = np.minimum(rows, shape[0] - rows)
    mirrored = np.abs(np.arange(shape[0]) - (shape[0] - peak[0]) % shape[0])
    columns = np.abs(np.arange(shape[1]) - peak[1])
    near = (rows <= 2)[:, None] & (columns <= 2)[None, :]
    if peak[1] <= 2:  # such a wave lies on both sides of the axis
        near |= (mirrored <= 2)[:, None] & (np.arange(shape[1]) <= 2)[None, :]
    return np.asarray(near, np.bool_)


class Softener:
    """Takes contrast from stripes, and lets it come back once they are gone."""

    def __init__(self) -> None:
        self._taken = np.zeros(SIZE[::-1], np.float32)
        self._at_s: float | None = None

    @property
    def softening(self) -> bool:
        """True while contrast is taken from something: call `pass_on` again."""
        return bool((self._taken > _NONE).any())

    def pass_on(self, frame: Frame, at_s: float) -> Frame:
        """The frame to show at `at_s`: `frame` itself, or it with its stripes softened."""
        wanted = np.zeros_like(self._taken)
        for one in stripes(frame):
            x0, y0, x1, y1 = one.window
            take = 1 - _SOFT * CONTRAST / one.contrast
            np.maximum(wanted[y0:y1, x0:x1], take, out=wanted[y0:y1, x0:x1])
        since_s = 0.0 if self._at_s is None else max(0.0, at_s - self._at_s)
        first, self._at_s = self._at_s is None, at_s
        step = 1.0 if first else since_s / _FADE_S
        self._taken += np.clip(wanted - self._taken, -step, step)
        if not self.softening:
            return frame
        size = (frame.shape[1], frame.shape[0])
        small = cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA)
        plain = cv2.resize(cv2.blur(small, (33, 33)), size, interpolation=cv2.INTER_LINEAR)
        taken = cv2.resize(cv2.blur(self._taken, (9, 9)), size, interpolation=cv2.INTER_LINEAR)
        return as_frame(np.asarray(cv2.blendLinear(plain, frame, taken, 1 - taken), np.uint8))


def softened(frames: Iterator[Frame], fps: float) -> Iterator[Frame]:
    """A film's frames, their stripes softened; `fps` in frames a second, above 0."""
    softener = Softener()
    for number, frame in enumerate(frames):
        yield softener.pass_on(frame, number / fps)
