"""Films that flash, 256 x 144, 25 frames a second: what the phone's governor has to hold back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from installation.vocabulary import Frame, as_frame

SIZE_PX, FPS, SECONDS = (256, 144), 25, 2
WIDTH, HEIGHT = SIZE_PX


def _plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), colour, np.uint8)


def _strobe(hz: float, one: tuple[int, int, int], other: tuple[int, int, int]):
    return lambda n: _plain(one if int(2 * hz * n / FPS) % 2 else other)


def _checkers(n: int) -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] // 16
    return np.repeat((((x + y + n) % 2) * 255).astype(np.uint8)[..., None], 3, 2)


def _bars(n: int) -> np.ndarray:
    row = ((np.arange(WIDTH) + 4.5 * n) // 18 % 2 * 255).astype(np.uint8)
    return np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3)).copy()


def _corner(n: int) -> np.ndarray:
    frame = _plain((40, 60, 90))
    frame[20:110, 10:120] = 255 * (n % 2)
    return frame


def _coloured_noise(n: int) -> np.ndarray:
    luck = np.random.default_rng([7, n // 2])
    return np.kron(luck.integers(0, 256, (9, 16, 3), np.uint8), np.ones((16, 16, 1), np.uint8))


def _slow_wave(n: int) -> np.ndarray:
    """Motion that harms nobody: it has to come through as it is."""
    x = np.arange(WIDTH)
    row = (128 + 60 * np.sin(x / 40 + n / 12)).astype(np.uint8)
    return np.repeat(np.broadcast_to(row, (HEIGHT, WIDTH))[..., None], 3, 2).copy()


FILMS: dict[str, Callable[[int], np.ndarray]] = {
    "black and white": _strobe(7.5, (0, 0, 0), (255, 255, 255)),
    "twice a second": _strobe(2, (0, 0, 0), (255, 255, 255)),
    "red": _strobe(5, (255, 0, 0), (0, 0, 0)),
    "dark red": _strobe(5, (46, 10, 10), (140, 60, 60)),
    "checkers": _checkers,
    "bars": _bars,
    "a corner": _corner,
    "coloured noise": _coloured_noise,
    "a slow wave": _slow_wave,
}


def film(name: str) -> list[Frame]:
    """Two seconds of one of FILMS."""
    return [as_frame(FILMS[name](n)) for n in range(SECONDS * FPS)]
