"""Takes as moving pictures: a thread that decodes whichever is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from installation.gallery.baking import Baking
from installation.gallery.driver import Shown
from installation.gallery.record import VIDEO
from installation.video import VideoReader
from installation.vocabulary import Take, UglyError
from installation.worker import Latest, Worker

MADE_LATE_S = 0.04
"""How often it is looked whether a frame that isn't there yet has been made."""


class GalleryLoop:
    """Loops the video of one take after another, at its own pace; shows what is being made once
    through, no faster than it is made."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._wanted = Latest[Take | Baking | None](None)
        self._shown = Latest[Shown | None](None)
        self._worker = Worker("gallery loop", self._run, device="gallery", within_s=15.0)

    def show(self, what: Take | Baking | None) -> None:
        """Show this from now on, or none; returns at once."""
        if what != self._wanted.get():
            self._wanted.put(what)

    def latest(self) -> Shown | None:
        """The newest frame of what was asked for; before its first, that of the one before it, so
        that nothing blinks in between. None where there is none."""
        return self._shown.get() if self._wanted.get() is not None else None

    def forget(self, take_id: str) -> None:
        """A take was deleted or hidden: if it is the one that is shown, it no longer is. From any
        thread."""
        wanted = self._wanted.get()
        if isinstance(wanted, Take) and wanted.id == take_id:
            self._wanted.put(None)

    def close(self) -> None:
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            version, wanted = self._wanted.versioned()
            if wanted is None:
                self._shown.put(None)
                self._wanted.wait_newer(version, 0.2)
                continue
            try:
                if isinstance(wanted, Baking):
                    self._reveal(wanted, version, stop)
                else:
                    self._play(wanted, version, stop)
            except UglyError:  # deleted or damaged meanwhile: the next one comes soon
                self._shown.put(None)
                self._wanted.wait_newer(version, 1.0)

    def _play(self, take: Take, version: int, stop: threading.Event) -> None:
        with VideoReader(self._folder / "takes" / take.id / VIDEO) as reader:
            due_s = self._clock()
            for frame in reader.frames():
                self._shown.put(Shown(frame, take.net, take.id))
                due_s = max(due_s + 1 / reader.fps, self._clock() - 0.5)
                pause_s = max(0.001, due_s - self._clock())
                if stop.is_set() or self._wanted.wait_newer(version, pause_s):
                    return

    def _reveal(self, baking: Baking, version: int, stop: threading.Event) -> None:
        """Show what is being made to its end, then rest on its last frame."""
        number, due_s = 0, self._clock()
        while not baking.is_past(number):
            pause_s = MADE_LATE_S
            if baking.begins and baking.has(number):
                self._shown.put(Shown(baking.frame(number), baking.net))
                number += 1
                due_s = max(due_s + 1 / baking.fps, self._clock())
                pause_s = max(0.001, due_s - self._clock())
            if stop.is_set() or self._wanted.wait_newer(version, pause_s):
                return
        baking.see()
        self._wanted.wait_newer(version, 0.2)
