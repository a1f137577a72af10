"""Threads that are looked after, and the mailbox they talk through.

Two channels only: `Latest`, one overwriting slot, for states and frames; bounded queues for
events and orders. The main thread waits for neither.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)

NICENESS = 5
"""How far threads that may be late stand back behind the one that draws (`nice`, 0..19). Further,
and a busy machine may leave one waiting with the interpreter's lock in its hand."""


def give_way() -> None:
    """Let threads that draw or listen go before this one, and before all it starts from now on
    (such as a net's or an encoder's own). Linux alone can do so for one thread; elsewhere
    nothing happens."""
    if sys.platform.startswith("linux"):
        try:
            thread = threading.get_native_id()
            lowered = max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
            os.setpriority(os.PRIO_PROCESS, thread, lowered)
        except OSError:  # a sandbox may forbid it: the show then runs as it would elsewhere
            _log.info("threads cannot give way to the screen's here")


def giving_way(work: Callable[[], T]) -> T:
    """What `work` returns, from a thread that gives way; so will all threads it starts."""
    with ThreadPoolExecutor(1, initializer=give_way) as pool:
        return pool.submit(work).result()


class Latest(Generic[T]):
    """One slot that always holds the newest value; putting never waits."""

    def __init__(self, value: T) -> None:
        self._changed = threading.Condition()
        self._value = value
        self._version = 0

    def put(self, value: T) -> None:
        with self._changed:
            self._value = value
            self._version += 1
            self._changed.notify_all()

    def get(self) -> T:
        with self._changed:
            return self._value

    def versioned(self) -> tuple[int, T]:
        """The value and how often one has been put."""
        with self._changed:
            return self._version, self._value

    def wait_newer(self, version: int, timeout_s: float) -> bool:
        """Wait until something newer than `version` was put; False if the time ran out."""
        with self._changed:
            return self._changed.wait_for(lambda: self._version > version, timeout_s)


class Worker:
    """A thread that runs `work` until closed, and starts it anew, slower each time, if it fails.

    `work` is called with an event that is set when it is to stop, and returns soon after. It
    gives way to the screen unless it is `prompt`.
    """

    FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 10.0

    def __init__(
        self, name: str, work: Callable[[threading.Event], None], *, prompt: bool = False
    ) -> None:
        self.name, self._prompt = name, prompt
        self.failure = Latest[str]("")
        self._work, self._stop = work, threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        if not self._prompt:
            give_way()
        pause_s = self.FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                self._work(self._stop)
                return
            except Exception as error:  # the show goes on: told, logged, tried again
                _log.exception("%s failed; trying again in %.1f s", self.name, pause_s)
                self.failure.put(f"{type(error).__name__}: {error}")
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, self.LONGEST_PAUSE_S)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Ask it to stop and wait; False if it did not in time. May be called twice."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()
