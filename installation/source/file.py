"""A video file as a camera: it loops at its own pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from installation.source.live import LiveSource
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
                due_s = clock()
                for frame in reader.frames():
                    yield frame
                    due_s = max(due_s + 1 / reader.fps, clock() - 1.0)
                    # In short naps, so that it keeps to the clock it was given.
                    while clock() < due_s and not stop.wait(min(0.01, due_s - clock())):
                        pass

        super().__init__(path.name, frames, size_px, fps, seconds, stands_in=stands_in, clock=clock)
