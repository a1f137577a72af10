"""Training samples on disk: fixed-size memory maps that grow while training reads them.

A shard is a folder with four arrays, rows filled in order:

    images.npy      uint8   (N, S, S, 9)  frame A, the frame at time t, frame B (RGB each)
    motion.npy      float16 (N, S, S, 2)  pixels moved from A to B (x, y), on the grid of t = 1/2
    confidence.npy  uint8   (N, S, S)     1 where `motion` is trusted
    time.npy        float16 (N,)          t in (0, 1)

and `count`, the number of whole rows. A reader asks for `count` again whenever it likes. What a
teacher makes of the first `taught` rows lies beside them (see `teach`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIDE_PX = 192


def opened(folder: Path, name: str, dtype: type, *shape: int) -> np.ndarray:
    """A shard's array to be written: as it is, or new and empty."""
    path = folder / f"{name}.npy"
    if path.exists():
        return np.lib.format.open_memmap(path, "r+")
    return np.lib.format.open_memmap(path, "w+", dtype, shape)


def told(folder: Path, name: str, count: int) -> None:
    """Note how many rows are whole; a reader never finds the note half written."""
    new = folder / f"{name}.new"
    new.write_text(str(count))
    new.replace(folder / name)


class Writer:
    """Append rows to a new shard of `room` rows in `folder`."""

    def __init__(self, folder: Path, room: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.room, self.count = folder, room, 0
        told(folder, "count", 0)  # before the arrays are emptied: an older shard may lie here
        for old in (*folder.glob("*.npy"), *folder.glob("taught")):
            old.unlink()
        self._images = opened(folder, "images", np.uint8, room, SIDE_PX, SIDE_PX, 9)
        self._motion = opened(folder, "motion", np.float16, room, SIDE_PX, SIDE_PX, 2)
        self._confidence = opened(folder, "confidence", np.uint8, room, SIDE_PX, SIDE_PX)
        self._time = opened(folder, "time", np.float16, room)

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
        told(self._folder, "count", self.count)

    @property
    def full(self) -> bool:
        return self.count >= self.room


class Shard:
    """Read a shard, also while it is being written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lessons: dict[str, np.ndarray] = {}
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.motion = np.load(folder / "motion.npy", mmap_mode="r")
        self.confidence = np.load(folder / "confidence.npy", mmap_mode="r")
        self.time = np.load(folder / "time.npy", mmap_mode="r")

    def __len__(self) -> int:
        return int((self._folder / "count").read_text())

    @property
    def taught(self) -> int:
        """How many of the first rows a teacher has been asked for."""
        told_so = self._folder / "taught"
        return int(told_so.read_text()) if told_so.is_file() else 0

    def sure_of_all(self, row: int) -> bool:
        """Whether the row's motion is known everywhere, as that of synthetic rows is."""
        return bool(self.confidence[row].all())

    def lesson(self, name: str) -> np.ndarray:
        """What the teacher made: "frame", "motion" or "confidence" of every row."""
        if name not in self._lessons:
            self._lessons[name] = np.load(self._folder / f"taught_{name}.npy", mmap_mode="r")
        return self._lessons[name]
