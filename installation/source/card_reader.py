"""Cards held up to the camera: looked for in the background, while somebody is invited."""

from __future__ import annotations

import queue
import threading

from installation.source.codes import codes_in
from installation.source.driver import SeesLarge
from installation.vocabulary import Frame
from installation.worker import Latest, Worker

EVERY_S = 0.15
"""From one look to the next: one takes 5 to 20 ms of a core at 720p, and nobody holds a card still
for less."""


class CardReader:
    """Reads the QR codes that `source` sees, while it is told to watch; never waits."""

    def __init__(self, source: SeesLarge) -> None:
        self._source = source
        self._watching = Latest[bool](False)
        self._found: queue.Queue[bytes] = queue.Queue(1)
        self._worker = Worker("cards", self._run, device="camera", within_s=30.0)

    def watch(self, watching: bool) -> None:
        """Look for cards from now on, or no longer; each code is told once until then."""
        if watching != self._watching.get():
            self._watching.put(watching)

    def shown(self) -> bytes | None:
        """What the code that was last held up holds, once."""
        try:
            return self._found.get_nowait()
        except queue.Empty:
            return None

    def close(self) -> None:
        """Stop; may be called twice."""
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        told: set[bytes] = set()
        before: Frame | None = None
        while not stop.wait(EVERY_S):
            if not self._watching.get():
                told.clear()
                self.shown()  # nobody waits for it any more
                continue
            frame = self._source.large()
            if frame is None or frame is before:
                continue
            before = frame
            for code in codes_in(frame):
                if code not in told and not self._found.full():
                    told.add(code)
                    self._found.put(code)
