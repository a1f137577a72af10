"""The motion of the pair to come, found in another thread while the present frames are made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from installation.interpolator.graphs import FloatArray
from installation.interpolator.sessions import Cancel
from installation.vocabulary import Carve

Key = tuple[int, Carve]
"""A pair of the clip, and the flow net's cuts."""

CLOSES_WITHIN_S = 5.0


class Ahead:
    """One motion at a time, each in a thread of its own that gives way to the screen as the one
    that began it does. Begun and taken by one thread; dropped by any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel = Cancel()
        self._begun: tuple[Key, Future[list[FloatArray]]] | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a motion is under way, also one that nobody wants any more."""
        return self._thread is not None and self._thread.is_alive()

    def is_for(self, key: Key) -> bool:
        """Whether that motion was begun last and not taken yet."""
        with self._lock:
            return self._begun is not None and self._begun[0] == key

    def begin(self, key: Key, run: Callable[[Cancel], list[FloatArray]]) -> None:
        """Find it beside; what was found before and not taken is let go."""
        cancel, coming = Cancel(), Future[list[FloatArray]]()

        def find() -> None:
            try:
                coming.set_result(run(cancel))
            except Exception as error:  # also that it was broken off
                coming.set_exception(error)

        with self._lock:
            self._cancel, self._begun = cancel, (key, coming)
        # A run that hangs must not hold up the program's end.
        self._thread = threading.Thread(target=find, name="motion", daemon=True)
        self._thread.start()

    def taken(self) -> tuple[Key, list[FloatArray]] | None:
        """What was begun last, waited for if it is under way; None if nothing was, or if it was
        broken off."""
        with self._lock:
            begun, self._begun = self._begun, None
        if begun is None or begun[1].exception() is not None:
            return None
        return begun[0], begun[1].result()

    def drop(self) -> None:
        """Let go of it, and break off the run under way; from any thread."""
        with self._lock:
            self._cancel.break_off()
            self._begun = None

    def close(self) -> None:
        """Break off the run under way and wait for it, for a while: it uses the graphs."""
        self.drop()
        if self._thread is not None:
            self._thread.join(CLOSES_WITHIN_S)
