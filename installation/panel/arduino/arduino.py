"""The panel on an Arduino, over its USB serial port."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import threading
import time
from collections.abc import Callable, Sequence

from installation.panel.arduino.ports import likely_ports
from installation.panel.arduino.protocol import Kind
from installation.panel.arduino.serial_link import LineStats, SerialLink
from installation.panel.driver import Asked, PanelShape
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import DeviceHealth, Health, PanelState, Reason
from installation.worker import Worker

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
        self._memory = TapLatch(shape)
        self._line = SerialLink(
            shape,
            self._memory,
            (lambda: (port,)) if port else ports,
            clock,
            sought=f"on {port}" if port else "on any USB port",
            serial_number=serial_number,
        )
        self._lamps: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
        self._closed = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._worker = Worker("panel", self._run, prompt=True, device="panel", within_s=5.0)

    @property
    def shape(self) -> PanelShape:
        return self._shape

    def latest(self) -> PanelState:
        return self._memory.read()

    def health(self) -> DeviceHealth:
        if self._closed:
            return DeviceHealth("panel", Health.MISSING, "closed", Reason.CLOSED)
        return self._line.health

    def stats(self) -> LineStats:
        """How the line does."""
        return self._line.stats

    def light(self, lamps: frozenset[int], blinking: frozenset[int] = frozenset()) -> None:
        there = frozenset(range(self._shape.buttons))
        wanted = (lamps - blinking) & there, blinking & there
        if wanted != self._lamps:
            self._lamps = wanted
            self._wake()

    def give_serial(self, number: int) -> None:
        """Let the board keep this serial number, 1..2**32 - 1, in its EEPROM."""
        self._line.order(Kind.NAME, struct.pack("<I", number))
        self._wake()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._wake()
        if self._worker.close():
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _wake(self) -> None:
        if self._worker.running:
            # A full pipe holds so many wake-ups that it will wake.
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake_write, b"!")

    def _run(self, stop: threading.Event) -> None:
        try:
            while not (stop.is_set() or self._closed):
                self._wait()
                self._line.lamps, self._line.blinking = self._lamps
                self._line.poll()
            self._line.close()
        except Exception as error:
            self._line.fail(f"the panel's thread failed, {type(error).__name__}: {error}")
            raise

    def _wait(self) -> None:
        """Until the port has something, somebody wants something, or a tick is over."""
        port = self._line.fileno()
        waited_for = [self._wake_read] if port is None else [self._wake_read, port]
        ready, _, _ = select.select(waited_for, [], [], _TICK_S)
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)


def open_panel(asked: Asked) -> ArduinoPanel:
    """The panel that was asked for."""
    return ArduinoPanel(
        asked.shape,
        asked.port or None,
        serial_number=asked.serial_number or None,
        clock=asked.clock,
    )
