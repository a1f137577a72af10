"""Training samples on disk: fixed-size memory maps that grow while training reads them.

A shard is a folder with four arrays, rows filled in order:

    images.npy      uint8   (N, S, S, 9)  frame A, the frame at time t, frame B (RGB each)
    motion.npy      float16 (N, S, S, 2)  pixels moved from A to B (x, y), on the grid of t = 1/2
    confidence.npy  uint8   (N, S, S)     1 where `motion` is trusted
    time.npy        float16 (N,)          t in (0, 1)

and `count`, the number of whole rows. A reader asks for `count` again whenever it likes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIDE_PX = 192


class Writer:
    """Append rows to a new shard of `room` rows in `folder`."""

    def __init__(self, folder: Path, room: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.room, self.count = folder, room, 0
        self._note()  # before the arrays are emptied: an older shard may lie here

        def opened(name: str, dtype: type, *shape: int) -> np.ndarray:
            path = folder / f"{name}.npy"
            return np.lib.format.open_memmap(path, "w+", dtype, (room, *shape))

        self._images = opened("images", np.uint8, SIDE_PX, SIDE_PX, 9)
        self._motion = opened("motion", np.float16, SIDE_PX, SIDE_PX, 2)
        self._confidence = opened("confidence", np.uint8, SIDE_PX, SIDE_PX)
        self._time = opened("time", np.float16)

    def add(
        self, images: np.ndarray, motion: np.ndarray, confidence: np.ndarray, time: float
    ) -> None:
        """Write one row and count it."""
        row = self.count
        self._images[row] = images
        self._motion[row] = motion.clip(-120, 120)
        self._confidence[row] = confidence
        self._time[row] = time
        self.count += 1
        self._note()

    def _note(self) -> None:
        new = self._folder / "count.new"
        new.write_text(str(self.count))
        new.replace(self._folder / "count")  # a reader never finds it half written

    @property
    def full(self) -> bool:
        return self.count >= self.room


class Shard:
    """Read a shard, also while it is being written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.motion = np.load(folder / "motion.npy", mmap_mode="r")
        self.confidence = np.load(folder / "confidence.npy", mmap_mode="r")
        self.time = np.load(folder / "time.npy", mmap_mode="r")

    def __len__(self) -> int:
        return int((self._folder / "count").read_text())
