"""Jobs queued for a press, on a thread of their own."""

from __future__ import annotations

import logging
import queue
import threading

from installation.printer.driver import Job, Press
from installation.vocabulary import DeviceHealth, Health, Reason, UglyError
from installation.worker import Latest, Worker

WAITING = 2
"""Jobs that may wait: a visitor's stands in nobody's way, a jam is not printed out for hours."""

WITHIN_S = 60.0
"""A receipt printer takes seconds, and one that is switched off as long as its connection does."""

_log = logging.getLogger(__name__)


class Spooler:
    """A printer: prints on `press` what it is given."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._jobs: queue.Queue[Job] = queue.Queue(WAITING)
        self._printed = Latest[int](0)
        self._trouble = Latest[str]("")
        self._worker = Worker("printer", self._run, device="printer", within_s=WITHIN_S)

    def print_out(self, job: Job) -> bool:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def printed(self) -> int:
        return self._printed.get()

    def health(self) -> DeviceHealth:
        if trouble := self._trouble.get() or self._worker.failure:
            return DeviceHealth("printer", Health.FAILING, trouble, Reason.NOT_PRINTED, trouble)
        count = str(self.printed())
        note = f"{self._press.told}, {count} printed"
        return DeviceHealth("printer", Health.FINE, note, Reason.PRINTS, count)

    def close(self) -> None:
        self._worker.close(WITHIN_S)

    def _run(self, stop: threading.Event) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=0.1)
            except queue.Empty:
                if stop.is_set():
                    return
                continue
            try:
                self._press.print_now(job)
            except UglyError as error:
                _log.warning("%s", error)
                self._trouble.put(str(error))
                continue
            self._trouble.put("")
            self._printed.put(self._printed.get() + 1)
