"""Dreams as sources: small generators trained here, walking their latent space without end.

After the generators of Alex Roidl's noise tool ("generate cloud, landscape, books"). Each is a
folder of models/dreams: `dream.onnx` (a latent (1, n) to a picture (1, 3, H, W), -1..1),
`stations.npy` (float16 (N, n), the latents of pictures it was never trained on: where the walk
passes) and `manifest.json`, which says what it is.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from installation.graphs import Graph
from installation.settings import HOUSE
from installation.source.walk import position
from installation.vocabulary import Frame, UglyError, as_frame

DREAMS = ("clouds", "landscapes", "books")
UPRIGHT = 0.8
"""Width over height of what stands on a shelf, roughly."""

FOLDER = HOUSE / "models" / "dreams"


@checked(frozen=True, config=ConfigDict(extra="ignore"))
class _Manifest:
    format: Literal["uglynet-dream"]
    version: Literal[1]
    name: str
    latent: int
    step_s: float
    shelf: bool = False  # upright things, shown whole and side by side, each on a way of its own


class Dream:
    """A generator's endless walk. `at` may be asked for any time, in any order.

    Raises:
        UglyError: one line if its folder is missing or damaged.
    """

    def __init__(self, name: str, seed: int = 0, folder: Path = FOLDER) -> None:
        path = folder / name / "manifest.json"
        try:
            manifest = TypeAdapter(_Manifest).validate_json(path.read_bytes())
        except OSError as error:
            raise UglyError(f"{path}: cannot be read ({error.strerror})") from None
        except ValidationError as error:
            raise UglyError(
                f"{path}: not a dream's manifest ({error.errors()[0]['msg']})"
            ) from None
        try:
            stations = np.load(folder / name / "stations.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise UglyError(f"{folder / name / 'stations.npy'}: cannot be read ({error})") from None
        if stations.ndim != 2 or stations.shape[1] != manifest.latent or not len(stations):
            raise UglyError(f"{folder / name / 'stations.npy'}: not this dream's stations")
        self._stations = stations.astype(np.float32)
        self.name, self._seed, self._manifest = name, seed, manifest
        self._graph = Graph(folder / name / "dream.onnx")

    def at(self, seconds: float, size_px: tuple[int, int]) -> Frame:
        """The picture after so many seconds (>= 0), filling (width, height)."""
        if not self._manifest.shelf:
            return filled(self._dreamt(seconds, self._seed), size_px)
        width, height = size_px
        columns = max(1, round(width / height / UPRIGHT))
        rows = max(1, round(height * columns / width * UPRIGHT))
        across = [round(width * k / columns) for k in range(columns + 1)]
        down = [round(height * k / rows) for k in range(rows + 1)]
        shelf = np.empty((height, width, 3), np.uint8)
        for row, (top, bottom) in enumerate(pairwise(down)):
            for column, (left, right) in enumerate(pairwise(across)):
                number = row * columns + column
                # Books turn one after the other, not all at once.
                later_s = seconds + self._manifest.step_s * number / (rows * columns)
                one = self._dreamt(later_s, self._seed + 7919 * number)
                part = (right - left, bottom - top)
                shelf[top:bottom, left:right] = cv2.resize(one, part, interpolation=cv2.INTER_CUBIC)
        return as_frame(shelf)

    def _dreamt(self, seconds: float, seed: int) -> npt.NDArray[np.uint8]:
        """The generator's own picture, square."""
        latent = position(seed, seconds / self._manifest.step_s, self._stations)
        out = self._graph.run(latent[None])[0].transpose(1, 2, 0)
        return np.asarray((np.nan_to_num(out) * 127.5 + 128).clip(0, 255), np.uint8)


def filled(picture: npt.NDArray[np.uint8], size_px: tuple[int, int]) -> Frame:
    """A square picture over the whole of (width, height), its middle kept, without hard pixels."""
    width, height = size_px
    side = max(width, height)
    large = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC)
    y, x = (side - height) // 2, (side - width) // 2
    return as_frame(np.asarray(large[y : y + height, x : x + width], np.uint8))
