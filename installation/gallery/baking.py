"""The frames of a take's film while it is made, so that its visitor sees them before it is kept."""

from __future__ import annotations

import threading

from installation.video import from_jpeg, jpeg_bytes
from installation.vocabulary import Frame, Net

FIRST_S = 1.0
"""How much of a film has to be there, in its own seconds, before it begins to be shown."""


class Baking:
    """A film of `fps` frames a second by `net`, on its way: one thread adds, one shows.

    Held as JPEG: the 200 frames of a usual take are some 8 MB. They go with the last one who
    holds this, and touch no disk.
    """

    def __init__(self, net: Net, fps: float) -> None:
        self.net, self.fps = net, fps
        self._frames: list[bytes] = []
        self._ended = threading.Event()
        self._seen = threading.Event()

    def add(self, frame: Frame) -> None:
        """The next frame was made."""
        if not self._seen.is_set():
            self._frames.append(jpeg_bytes(frame))

    def end(self) -> None:
        """No more frames come: all are made, or it failed."""
        self._ended.set()

    @property
    def begins(self) -> bool:
        """Whether enough of it is there to be shown."""
        return self._ended.is_set() or len(self._frames) >= FIRST_S * self.fps

    def has(self, number: int) -> bool:
        """Whether the frame of that number, from 0, was made."""
        return number < len(self._frames)

    def is_past(self, number: int) -> bool:
        """Whether there is no such frame, and never will be."""
        return self._ended.is_set() and not self.has(number)

    def frame(self, number: int) -> Frame:
        """The frame of that number.

        Raises:
            IndexError: if it was not made.
        """
        return from_jpeg(self._frames[number])

    def see(self) -> None:
        """It was shown to its end: what is held of it goes."""
        self._seen.set()
        self._frames = []

    @property
    def seen(self) -> bool:
        """Whether it was shown to its end."""
        return self._seen.is_set()
