"""A video file as a camera: it loops at its own pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from installation.source.live import LiveSource, paced
from installation.video import VideoReader
from installation.vocabulary import Frame


class FileSource(LiveSource):
    """Plays a video file round and round.

    Raises:
        UglyError: at once if the file cannot be read, since no waiting will mend that.
    """

    def __init__(
        self,
        path: Path,
        size_px: tuple[int, int],
        fps: float,
        seconds: float,
        *,
        stands_in: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        with VideoReader(path) as reader:
            next(reader.frames())
            fps = min(fps, reader.fps)

        def frames(stop: threading.Event) -> Iterator[Frame]:
            with VideoReader(path) as reader:
                yield from paced(reader.frames(), reader.fps, clock, stop)

        super().__init__(path.name, frames, size_px, fps, seconds, stands_in=stands_in, clock=clock)
