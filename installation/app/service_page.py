"""The operator's page beside the devices' health: when it closes, and the vital signs."""

from __future__ import annotations

import math
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from installation import __version__
from installation.show.view_model import Fact, Trouble
from installation.vocabulary import DeviceHealth, Health, Reason
from installation.worker import Latest

CLOSES_AFTER_S = 30.0
"""How long the page stays without a hand on panel, keyboard or mouse, in seconds."""

MEASURE_EVERY_S = 10.0
GIB = 2**30


class ServicePage:
    """Whether the operator's page is open; it closes by itself. Times are of the caller's clock."""

    def __init__(self) -> None:
        self.open = False
        self._touched_s = -math.inf

    def toggle(self, now_s: float) -> None:
        """Open it, or close it."""
        self.open = not self.open
        self._touched_s = now_s

    def touch(self, now_s: float) -> None:
        """A hand moved something: whoever reads the page is still there."""
        self._touched_s = now_s

    def tick(self, now_s: float) -> None:
        """Close the page once no hand has moved for CLOSES_AFTER_S."""
        if self.open and now_s - self._touched_s >= CLOSES_AFTER_S:
            self.open = False


class Vitals:
    """How long the show runs, how much room its disk has, and what last went wrong.

    The disk is asked on a thread of its own, since a hung one would hold up the screen.
    """

    def __init__(
        self, folder: Path, free_bytes: Callable[[Path], int] = lambda f: shutil.disk_usage(f).free
    ) -> None:
        self._folder, self._free_bytes = folder, free_bytes
        self._free = Latest[int | None](None)
        self._asked_s = -math.inf
        self._asking: threading.Thread | None = None
        self._began_s: float | None = None
        self._ill: frozenset[tuple[str, Reason]] = frozenset()
        self.trouble: Trouble | None = None
        """What last went wrong, and when; None while nothing has."""

    def note(self, health: Iterable[DeviceHealth], now_s: float, wall_s: float) -> None:
        """Look at the devices, once a tick: a device newly ill, or for a new reason, is trouble."""
        if self._began_s is None:
            self._began_s = now_s
        ill = {}
        for device in health:
            # Whoever is only beginning is not ill yet.
            beginning = device.reason in (Reason.OPENING, Reason.SOUGHT)
            if device.health is not Health.FINE and not beginning:
                ill[device.device, device.reason] = device
        for new in ill.keys() - self._ill:
            count = self.trouble.count + 1 if self.trouble else 1
            at = time.strftime("%H:%M", time.localtime(wall_s))
            self.trouble = Trouble(at, ill[new], count)
        self._ill = frozenset(ill)

    def facts(self, now_s: float) -> tuple[Fact, ...]:
        """Version, time since the start, and free space as last known."""
        self._ask(now_s)
        minutes = int(now_s - (now_s if self._began_s is None else self._began_s)) // 60
        running = Fact.of(
            "running", version=__version__, hours=str(minutes // 60), minutes=str(minutes % 60)
        )
        free = self._free.get()
        if free is None:
            return (running,)
        return running, Fact.of("free", free=f"{free / GIB:.1f}", folder=str(self._folder))

    def _ask(self, now_s: float) -> None:
        waiting = self._asking is not None and self._asking.is_alive()
        if waiting or now_s - self._asked_s < MEASURE_EVERY_S:
            return
        self._asked_s = now_s
        self._asking = threading.Thread(target=self._measure, name="free space", daemon=True)
        self._asking.start()

    def _measure(self) -> None:
        try:
            self._free.put(self._free_bytes(self._folder))
        except OSError:
            self._free.put(None)
