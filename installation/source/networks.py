"""Raw networks as a source: a grid of small networks nobody trained, each painting its own
picture from where a pixel is and what time it is, (x, y, t) to (r, g, b).

After Alex Roidl's first exploration ("Elements of disruption") and the pattern-producing
networks of Stanley (2007). Cell k of a seed has its own depth, width, activation and weights;
the same seed, cell and time give the same picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from installation.vocabulary import Frame, as_frame

FloatArray = npt.NDArray[np.float32]

COLUMNS, ROWS = 4, 3
CELLS = COLUMNS * ROWS
CELL_PX = 44
"""A cell of the grid is painted at this height, one alone at three times it; then enlarged."""

INPUTS = 6
PLACES = 2048
PERIOD_S = 24.0
"""A cell comes back to where it was after this long, so that the walk never ends."""

KNOBS = 4
"""How many knobs may drive the weights: `steer`."""


def _gauss(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.minimum(x * x, 40)), np.float32)


ACTIVATIONS: tuple[Callable[[FloatArray], FloatArray], ...] = (
    np.tanh, np.sin, _gauss, np.abs, lambda x: np.maximum(x, 0.1 * x), np.cos,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Network:
    """One coordinate network: its weights (inputs, outputs) layer by layer, and what is between."""

    layers: tuple[FloatArray, ...]
    activation: int
    phase: float

    @classmethod
    def of(cls, seed: int, cell: int) -> Network:
        """Cell `cell` (>= 0) of a seed: depth 2..5, width 8..20, one of ACTIVATIONS."""
        chance = np.random.default_rng((seed, cell))
        depth, width = int(chance.integers(2, 6)), int(chance.integers(8, 21))
        sizes = [INPUTS, *[width] * depth, 3]
        boldness = chance.uniform(1.0, 2.2)
        layers = []
        for number, (given, made) in enumerate(pairwise(sizes)):
            weights = chance.standard_normal((given, made)) * boldness / np.sqrt(given)
            layers.append((weights * (2.0 if number == 0 else 1.0)).astype(np.float32))
        activation = int(chance.integers(len(ACTIVATIONS)))
        return cls(tuple(layers), activation, float(chance.uniform(0, 2 * np.pi)))

    def paint(self, seconds: float, size_px: tuple[int, int], knobs: tuple[float, ...]) -> Frame:
        """Its picture at a time, (width, height). Knobs 0..1 bend its weights; 0 leaves them."""
        width, height = size_px
        bent = tuple(knobs) + (0.0,) * (KNOBS - len(knobs))
        turn = 2 * np.pi * seconds / PERIOD_S + self.phase
        # The first knob zooms, the second makes every weight bolder, the third twists place
        # into time, the fourth mixes neighbouring channels.
        twist = np.diag([1 + 3 * bent[0]] * 3 + [1.0] * 3)
        spin, (c, s) = np.eye(INPUTS), (np.cos(np.pi * bent[2]), np.sin(np.pi * bent[2]))
        spin[[0, 3], [0, 3]], spin[0, 3], spin[3, 0] = c, s, -s
        values = _places(width, height) @ (twist @ spin).astype(np.float32)
        moment = np.array([0, 0, 0, np.sin(turn), np.cos(turn), 0]) @ spin
        values += moment.astype(np.float32)
        layers = [layer * np.float32(1 + 2 * bent[1]) for layer in self.layers[:-1]]
        layers = [layer + np.float32(bent[3]) * np.roll(layer, 1, 1) for layer in layers]
        act = ACTIVATIONS[self.activation]
        colours = np.empty((len(values), 3), np.uint8)
        # Some thousand places at a time: larger products would wake the matrix library's
        # threads, which then wait in a loop on the net's core.
        for start in range(0, len(values), PLACES):
            part = values[start : start + PLACES]
            for layer in layers:
                part = np.asarray(act(part @ layer), np.float32)
            waves = np.sin(part @ (self.layers[-1] * np.float32(1.5)))
            colours[start : start + PLACES] = 127.5 + 127.5 * waves
        return as_frame(colours.reshape(height, width, 3))


@lru_cache(maxsize=8)
def _places(width: int, height: int) -> FloatArray:
    """x, y and the distance from the middle of every pixel, then 0, 0 (for the time) and 1."""
    down, across = np.mgrid[0:height, 0:width].reshape(2, -1).astype(np.float32)
    y = (down + 0.5) / height * 2 - 1
    x = ((across + 0.5) / width * 2 - 1) * (width / height)
    none = np.zeros_like(x)
    return np.stack([x, y, np.hypot(x, y), none, none, none + 1], 1).astype(np.float32)


class Networks:
    """The grid of a seed, or with `cell` (1..) a single network over the whole picture."""

    def __init__(self, seed: int = 0, cell: int = 0) -> None:
        self.name = f"network {cell}" if cell else "networks"
        chosen = (cell - 1,) if cell else range(CELLS)
        self._networks = tuple(Network.of(seed, number) for number in chosen)
        self._knobs: tuple[float, ...] = ()

    def steer(self, knobs: tuple[float, ...]) -> None:
        """Let up to KNOBS knobs, each 0..1, bend all weights from now on."""
        self._knobs = tuple(knobs[:KNOBS])

    def at(self, seconds: float, size_px: tuple[int, int]) -> Frame:
        """The picture after so many seconds, (width, height)."""
        width, height = size_px
        if len(self._networks) == 1:
            part = (max(1, round(CELL_PX * ROWS * width / height)), CELL_PX * ROWS)
            return _enlarged(self._networks[0].paint(seconds, part, self._knobs), size_px)
        part = (max(1, round(CELL_PX * width * ROWS / (height * COLUMNS))), CELL_PX)
        cells = [network.paint(seconds, part, self._knobs) for network in self._networks]
        rows = [np.hstack(cells[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(ROWS)]
        return _enlarged(np.vstack(rows), size_px)


def _enlarged(picture: npt.NDArray[np.uint8], size_px: tuple[int, int]) -> Frame:
    return as_frame(
        np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_LINEAR), np.uint8)
    )
