"""Past takes as moving pictures: a thread that decodes whichever take is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from installation.gallery.driver import Shown
from installation.gallery.record import VIDEO
from installation.video import VideoReader
from installation.vocabulary import Take, UglyError
from installation.worker import Latest, Worker


class GalleryLoop:
    """Loops the video of one take after another, at its own pace."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._wanted = Latest[Take | None](None)
        self._shown = Latest[Shown | None](None)
        self._worker = Worker("gallery loop", self._run, device="gallery", within_s=15.0)

    def show(self, take: Take | None) -> None:
        """Show this take from now on, or none; returns at once."""
        if take != self._wanted.get():
            self._wanted.put(take)

    def latest(self) -> Shown | None:
        """The newest frame of the take that was asked for; before its first, that of the one
        before it, so that nothing blinks in between. None where there is none."""
        return self._shown.get() if self._wanted.get() is not None else None

    def forget(self, take_id: str) -> None:
        """A take was deleted or hidden: if it is the one that is shown, it no longer is. From any
        thread."""
        wanted = self._wanted.get()
        if wanted is not None and wanted.id == take_id:
            self._wanted.put(None)

    def close(self) -> None:
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            version, take = self._wanted.versioned()
            if take is None:
                self._shown.put(None)
                self._wanted.wait_newer(version, 0.2)
                continue
            try:
                self._play(take, version, stop)
            except UglyError:  # deleted or damaged meanwhile: the next one comes soon
                self._shown.put(None)
                self._wanted.wait_newer(version, 1.0)

    def _play(self, take: Take, version: int, stop: threading.Event) -> None:
        with VideoReader(self._folder / "takes" / take.id / VIDEO) as reader:
            due_s = self._clock()
            for frame in reader.frames():
                self._shown.put(Shown(take, frame))
                due_s = max(due_s + 1 / reader.fps, self._clock() - 0.5)
                pause_s = max(0.001, due_s - self._clock())
                if stop.is_set() or self._wanted.wait_newer(version, pause_s):
                    return
