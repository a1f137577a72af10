"""The post: a thread that sends what it is given by every way there is, again if need be.

Whoever gives it something never waits. What could not be sent within a day is let go.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from installation.alerts.driver import Alert, Messenger
from installation.vocabulary import DeviceHealth, Health, Reason, UglyError
from installation.worker import Worker

_log = logging.getLogger(__name__)

WAITING = 64
PAUSES_S = (10.0, 60.0, 300.0, 900.0, 3600.0)
"""How long it waits from one try to the next; the last again and again."""

GIVEN_UP_S = 24 * 3600.0
LOOK_S = 0.5


@dataclass
class _Letter:
    alert: Alert
    messenger: Messenger
    given_s: float
    next_s: float
    tries: int = 0


class Post:
    """Sends alerts by `messengers`. `clock` is a steady one, in seconds."""

    def __init__(
        self, messengers: Sequence[Messenger], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._messengers, self._clock = tuple(messengers), clock
        self._given: queue.Queue[Alert] = queue.Queue(WAITING)
        self._letters: list[_Letter] = []
        self._trouble: dict[str, str] = {}
        self._sent = 0
        self._worker = Worker("alerts", self._run, device="alerts", within_s=90.0)

    def give(self, alert: Alert) -> None:
        """Send this; at once forgotten if too many wait already."""
        try:
            self._given.put_nowait(alert)
        except queue.Full:
            _log.error("an alert is not sent, too many wait: %s", alert.title)

    @property
    def sent(self) -> int:
        """How many alerts arrived so far."""
        return self._sent

    def health(self) -> DeviceHealth:
        """How the post is."""
        trouble = "; ".join(self._trouble.values()) or self._worker.failure
        if trouble:
            return DeviceHealth("alerts", Health.FAILING, trouble, Reason.NOT_SENT)
        ways = ", ".join(messenger.name for messenger in self._messengers)
        return DeviceHealth("alerts", Health.FINE, f"by {ways}", Reason.ALERTS, ways)

    def close(self) -> None:
        """Send nothing more; may be called twice."""
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._collect()
            now_s = self._clock()
            for letter in [each for each in self._letters if each.next_s <= now_s]:
                if stop.is_set():
                    return
                self._try(letter)
            stop.wait(LOOK_S)

    def _collect(self) -> None:
        now_s = self._clock()
        while True:
            try:
                alert = self._given.get_nowait()
            except queue.Empty:
                return
            self._letters += [_Letter(alert, each, now_s, now_s) for each in self._messengers]

    def _try(self, letter: _Letter) -> None:
        name = letter.messenger.name
        try:
            letter.messenger.send(letter.alert)
        except Exception as error:  # whatever it is, it must not stand in the other ways' way
            line = str(error)
            if not isinstance(error, UglyError):
                line = f"[alerts] {name}: {type(error).__name__}: {line}; are its settings right?"
            if self._trouble.get(name) != line:
                _log.error("an alert was not sent: %s", line)
            self._trouble[name] = line
            now_s = self._clock()
            letter.next_s = now_s + PAUSES_S[min(letter.tries, len(PAUSES_S) - 1)]
            letter.tries += 1
            if now_s - letter.given_s >= GIVEN_UP_S:
                self._letters.remove(letter)
            return
        self._letters.remove(letter)
        self._trouble.pop(name, None)
        self._sent += 1
