"""Dreams as sources: small generators trained here, walking their latent space without end.

After the generators of Alex Roidl's noise tool ("generate cloud, landscape, books"). Each is a
folder of models/dreams: `dream.onnx` (a latent (1, n) to a picture (1, 3, H, W), -1..1),
`stations.npy` (float16 (N, n), the latents of pictures it was never trained on: where the walk
passes) and `manifest.json`, which says what it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from installation.graphs import Graph
from installation.settings import HOUSE
from installation.source.walk import position
from installation.vocabulary import Frame, UglyError, as_frame

DREAMS = ("clouds", "landscapes", "books")
FOLDER = HOUSE / "models" / "dreams"


@checked(frozen=True, config=ConfigDict(extra="ignore"))
class _Manifest:
    format: Literal["uglynet-dream"]
    version: Literal[1]
    name: str
    latent: int
    step_s: float


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
        manifest = self._manifest
        latent = position(self._seed, seconds / manifest.step_s, self._stations)
        out = self._graph.run(latent[None])[0].transpose(1, 2, 0)
        picture = (np.nan_to_num(out) * 127.5 + 128).clip(0, 255).astype(np.uint8)
        return filled(picture, size_px)


def filled(picture: np.ndarray, size_px: tuple[int, int]) -> Frame:
    """A square picture over the whole of (width, height), its middle kept, without hard pixels."""
    width, height = size_px
    side = max(width, height)
    large = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC)
    y, x = (side - height) // 2, (side - width) // 2
    return as_frame(np.asarray(large[y : y + height, x : x + width], np.uint8))
