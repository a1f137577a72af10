"""The motion of the pair to come, found in another thread while the present frames are made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from installation.interpolator.graphs import FloatArray
from installation.interpolator.sessions import Cancel
from installation.vocabulary import Carve

Key = tuple[int, Carve]
"""A pair of the clip, and the flow net's cuts."""


class Ahead:
    """One motion at a time. Asked and answered by one thread; the other is its own, and gives way
    to the screen as the one that began it does."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="motion")
        self._key: Key | None = None
        self._cancel = Cancel()
        self._coming: Future[list[FloatArray]] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a motion is under way."""
        return self._coming is not None and not self._coming.done()

    def begin(self, key: Key, run: Callable[[Cancel], list[FloatArray]]) -> None:
        """Find it beside; what was found before and not taken is let go."""
        self.drop()
        self._key, self._cancel = key, Cancel()
        self._coming = self._thread.submit(run, self._cancel)

    def is_for(self, key: Key) -> bool:
        """Whether that motion was begun last and not taken yet."""
        return self._coming is not None and self._key == key

    def taken(self) -> tuple[Key, list[FloatArray]] | None:
        """What was begun last, waited for if it is under way; None if nothing was, or if it was
        broken off."""
        key, coming = self._key, self._coming
        self._key = self._coming = None
        if key is None or coming is None or coming.exception() is not None:
            return None
        return key, coming.result()

    def drop(self) -> None:
        """Let go of it, and break off the run under way; from any thread."""
        self._cancel.break_off()
        self._key = self._coming = None

    def close(self) -> None:
        """Wait for the run under way, if there is one: it uses the graphs."""
        self._thread.shutdown(wait=True)
