"""A clip that is made beside the running show: what is not needed for the first picture does not
keep anybody waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from installation.vocabulary import Clip
from installation.worker import Latest, Worker

Stopped = Callable[[], bool]


class LateClip:
    """Makes a clip in a thread of its own; `make` looks at what it is given, and gives None once
    that says to stop."""

    def __init__(self, make: Callable[[Stopped], Clip | None]) -> None:
        self._make, self._made = make, Latest[Clip | None](None)
        self._worker = Worker("dream", self._run)

    def clip(self) -> Clip | None:
        """The clip, once it is there; at once."""
        return self._made.get()

    def close(self) -> None:
        """Break it off; may be called twice."""
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        if self._made.get() is None:
            self._made.put(self._make(stop.is_set))
        stop.wait()
