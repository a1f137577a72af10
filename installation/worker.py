"""Threads that are looked after, and the mailbox they talk through.

Two channels only: `Latest`, one overwriting slot, for states and frames; bounded queues for
events and orders. The main thread waits for neither. Every worker shows by beats that it lives;
what that means for a device's health is judged in `supervision`.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from installation.vocabulary import UglyError

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


class _Watched(threading.Event):
    """The event that asks a worker to stop. Whoever looks at it shows that it lives, so that no
    worker can forget to beat; while it waits for it, it rests, and its age stands still."""

    def __init__(self, beat: Callable[[bool], None]) -> None:
        super().__init__()
        self._beat = beat

    def is_set(self) -> bool:
        self._beat(False)
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        self._beat(True)
        try:
            return super().wait(timeout)
        finally:
            self._beat(False)


@dataclass(frozen=True, slots=True)
class WorkerState:
    """How a worker is now.

    `age_s` is how long ago it last showed that it lives, 0 while it rests; longer than
    `within_s`, and it hangs. `failure` is what is wrong now, "" once it works again; `failures`
    how often it failed so far, `last_failure` how, and `last_failed_s` when, by the wall clock
    (seconds since the epoch). `device` is whose health it bears on, "" for none.
    """

    name: str
    device: str
    running: bool
    asked_to_stop: bool
    age_s: float
    within_s: float
    failure: str = ""
    failures: int = 0
    last_failure: str = ""
    last_failed_s: float = 0.0


class Worker:
    """A thread that runs `work` until closed, and starts it anew, slower each time, if it fails.

    `work` is called with an event that is set when it is to stop, and returns soon after. It is
    to look at that event at least every `within_s` seconds, or call `beat`: one that does
    neither hangs, in a driver, a net or a disk. It gives way to the screen unless it is `prompt`.
    """

    FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 10.0
    SETTLED_S = 5.0
    """A worker that failed works again once it has run for so long."""

    def __init__(
        self,
        name: str,
        work: Callable[[threading.Event], None],
        *,
        prompt: bool = False,
        device: str = "",
        within_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.device, self.within_s = name, device, within_s
        self._prompt, self._work, self._clock = prompt, work, clock
        self._lock = threading.Lock()
        self._began_s = self._beat_s = clock()
        self._resting = self._failed = False
        self._failures, self._last, self._last_s = 0, "", 0.0
        self._allowed_s = 0.0
        self._stop = _Watched(self._beats)
        self._asked = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        with _registry:
            _workers.append(self)
        self._thread.start()

    def beat(self) -> None:
        """Called by `work` itself in the middle of something long: it goes on."""
        self._beats(False)

    def _beats(self, resting: bool) -> None:
        if threading.current_thread() is self._thread:
            self._beat_s, self._resting = self._clock(), resting

    def _run(self) -> None:
        if not self._prompt:
            give_way()
        pause_s = self.FIRST_PAUSE_S
        while not self._stop.is_set():
            self._began_s = self._clock()
            try:
                self._work(self._stop)
                return
            except Exception as error:  # the show goes on: told, counted, tried again
                if self._asked:
                    _log.info("%s, asked to stop, broke off: %s", self.name, error)
                    return
                if self._clock() - self._began_s >= self.SETTLED_S:
                    pause_s = self.FIRST_PAUSE_S  # it had worked meanwhile
                self._fails(error, pause_s)
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, self.LONGEST_PAUSE_S)

    def _fails(self, error: Exception, pause_s: float) -> None:
        told = str(error) if isinstance(error, UglyError) else f"{type(error).__name__}: {error}"
        with self._lock:
            again = self._failed and told == self._last
            self._failed, self._last, self._last_s = True, told, time.time()
            self._failures += 1
            self._began_s = math.inf  # the pause before the next try is no work
        if again:  # told once; `WorkerState.failures` counts on
            return
        # What an operator can mend is one line; what is our fault, all that is known of it.
        trace = None if isinstance(error, UglyError) else error
        _log.error("%s failed, trying again from %.2f s on: %s", self.name, pause_s, told,
                   exc_info=trace)  # fmt: skip

    def state(self) -> WorkerState:
        """How it is now; at once, from memory."""
        now_s = self._clock()
        with self._lock:
            if self._failed and now_s - self._began_s >= self.SETTLED_S and self.running:
                # It has run since: whether it beats is told by its age.
                self._failed = False
                _log.warning("%s works again, after %d failures", self.name, self._failures)
            return WorkerState(
                self.name,
                self.device,
                self.running,
                self._asked,
                0.0 if self._resting else max(0.0, now_s - self._beat_s),
                max(self.within_s, self._allowed_s),
                self._last if self._failed else "",
                self._failures,
                self._last,
                self._last_s,
            )

    @property
    def failure(self) -> str:
        """What is wrong now, "" while it works."""
        return self.state().failure

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def ask_to_stop(self) -> None:
        """Ask it to stop, without waiting."""
        self._asked = True
        self._stop.set()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Ask it to stop and wait; False, and a line in the log, if it did not in time: nothing
        it may still use is to be let go of then. May be called twice."""
        first = not self._asked
        self.ask_to_stop()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        if self.running:
            if first:
                _log.warning("%s does not end: it is in a call that does not return", self.name)
            return False
        with _registry:
            if self in _workers:
                _workers.remove(self)
        return True


_workers: list[Worker] = []
_registry = threading.Lock()


@contextlib.contextmanager
def taking_up_to(seconds: float) -> Iterator[None]:
    """What is done in here may take so long before the worker that does it is said to hang: a
    graph being loaded, on a slow and busy machine. Elsewhere than in a worker it does nothing."""
    here = threading.current_thread()
    found = [worker for worker in workers() if worker._thread is here]
    for worker in found:
        worker.beat()
        worker._allowed_s = seconds
    try:
        yield
    finally:
        for worker in found:
            worker.beat()
            worker._allowed_s = 0.0


def workers() -> tuple[Worker, ...]:
    """Every worker of this process that was not closed, or did not end when it was."""
    with _registry:
        return tuple(_workers)
