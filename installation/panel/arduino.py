"""The panel on an Arduino, over its USB serial port."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import threading
import time
from collections.abc import Callable, Sequence

from installation.panel.driver import PanelShape
from installation.panel.line import Line, LineStats
from installation.panel.memory import Memory
from installation.panel.ports import likely_ports
from installation.panel.protocol import Kind
from installation.vocabulary import DeviceHealth, Health, PanelState

_TICK_S = 0.1
"""How often the thread looks around without being woken: heartbeats, silence, a new port."""


class ArduinoPanel:
    """Finds the board, talks to it in a thread of its own, and finds it again.

    A given `port` (a path) is the only one tried; without it every USB serial port is, and
    the one that answers with IDENTITY is the panel. With `serial_number`, only that panel.
    `ports` replaces the search, for tests and simulators.
    """

    def __init__(
        self,
        shape: PanelShape,
        port: str | None = None,
        *,
        serial_number: int | None = None,
        ports: Callable[[], Sequence[str]] = likely_ports,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shape = shape
        self._memory = Memory(shape)
        self._line = Line(
            shape,
            self._memory,
            (lambda: (port,)) if port else ports,
            clock,
            sought=f"on {port}" if port else "on any USB port",
            serial_number=serial_number,
        )
        self._lamps: frozenset[int] = frozenset()
        self._closed = threading.Event()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._thread = threading.Thread(target=self._run, name="panel", daemon=True)
        self._thread.start()

    @property
    def shape(self) -> PanelShape:
        return self._shape

    def latest(self) -> PanelState:
        return self._memory.read()

    def health(self) -> DeviceHealth:
        if self._closed.is_set():
            return DeviceHealth("panel", Health.MISSING, "closed")
        return self._line.health

    def stats(self) -> LineStats:
        """How the line does."""
        return self._line.stats

    def light(self, lamps: frozenset[int]) -> None:
        wanted = frozenset(lamp for lamp in lamps if 0 <= lamp < self._shape.buttons)
        if wanted != self._lamps:
            self._lamps = wanted
            self._wake()

    def give_serial(self, number: int) -> None:
        """Let the board keep this serial number, 1..2**32 - 1, in its EEPROM."""
        self._line.order(Kind.NAME, struct.pack("<I", number))
        self._wake()

    def close(self) -> None:
        if self._closed.is_set():
            return
        self._closed.set()
        self._wake()
        self._thread.join()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _wake(self) -> None:
        if self._thread.is_alive():
            # A full pipe holds so many wake-ups that it will wake.
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake_write, b"!")

    def _run(self) -> None:
        while not self._closed.is_set():
            port = self._line.fileno()
            waited_for = [self._wake_read] if port is None else [self._wake_read, port]
            ready, _, _ = select.select(waited_for, [], [], _TICK_S)
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
            self._line.lamps = self._lamps
            self._line.poll()
        self._line.close()
