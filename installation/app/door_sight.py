"""What an operator at the door sees of the running show: its values, and now and then its picture.

The main thread only leaves references here; what takes time is done by whoever looks.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from installation import __version__
from installation.door.messages import Device, Live, Picture
from installation.gallery.lookup import room_for
from installation.show.view_model import View
from installation.video import jpeg_bytes
from installation.vocabulary import DeviceHealth, Frame

TICKS = 1200
MEASURE_EVERY_S = 10.0
PICTURE_EVERY_S = 1.0
PICTURE_PX = 640
QUALITY = 70


class DoorSight:
    """Keeps the newest view, the ticks' lateness and, while `watched`, a picture a second."""

    def __init__(
        self,
        gallery: Path,
        wall_clock: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gallery, self._wall_clock, self._clock = gallery, wall_clock, clock
        self.watched = False
        self._began_s = clock()
        self._view: View | None = None
        self._late_s: deque[float] = deque(maxlen=TICKS)
        self._made: deque[tuple[float, int]] = deque(maxlen=16)
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._framed_s = float("-inf")
        self._since: dict[str, tuple[str, float]] = {}
        self._measured_s = float("-inf")
        self._measured: dict[str, float] = {}
        self._process = psutil.Process()

    # The main thread.

    def tick(self, late_s: tuple[float, ...]) -> None:
        """A tick begins, this late (seconds) for each that was due."""
        self._late_s.extend(late_s)

    def see(self, view: View, frame: Frame, made: int, now_s: float) -> None:
        """What is shown now; `made` frames were made by the net so far. `frame` is only good
        until the next tick, so it is copied, once a second and only if somebody looks."""
        self._view = view
        if not self._made or now_s - self._made[-1][0] >= 1.0:
            self._made.append((now_s, made))
        if self.watched and now_s - self._framed_s >= PICTURE_EVERY_S:
            self._framed_s = now_s
            step = max(1, frame.shape[1] // PICTURE_PX)
            smaller = np.ascontiguousarray(frame[::step, ::step])
            with self._lock:
                self._frame = smaller

    # The door's thread.

    def live(self) -> Live | None:
        """The values now; None before the first picture."""
        view = self._view
        if view is None:
            return None
        values = {**self._measure(), "uptime_s": self._clock() - self._began_s}
        late = sorted(self._late_s.copy())
        if late:
            values["late_ms_p99"] = round(1000 * late[min(len(late) - 1, int(0.99 * len(late)))], 2)
        made = list(self._made)
        if len(made) > 1 and made[-1][0] > made[0][0]:
            values["fps"] = round((made[-1][1] - made[0][1]) / (made[-1][0] - made[0][0]), 2)
        return Live(
            at_s=self._wall_clock(),
            phase=view.experience.phase.value,
            visit=view.experience.visit,
            devices=tuple(self._device(health) for health in view.health),
            values=values,
            version=__version__,
            out_of_service=view.out_of_service,
        )

    def _device(self, health: DeviceHealth) -> Device:
        state, since_s = self._since.get(health.device, ("", 0.0))
        if state != health.health.value:
            since_s = self._wall_clock()
            self._since[health.device] = (health.health.value, since_s)
        return Device(health.device[:80], health.health.value, health.note[:2000], since_s)

    def _measure(self) -> dict[str, float]:
        now_s = self._clock()
        if now_s - self._measured_s < MEASURE_EVERY_S:
            return self._measured
        self._measured_s = now_s
        found = {
            "memory_mb": self._process.memory_info().rss / 2**20,
            "load": os.getloadavg()[0],
        }
        found["machine_memory_percent"] = float(psutil.virtual_memory().percent)
        try:
            usage = shutil.disk_usage(self._gallery)
            found["disk_free_gb"] = usage.free / 2**30
            room = room_for(self._gallery, usage.free)
            if room >= 0:
                found["disk_takes"] = float(room)
        except OSError:
            pass
        hottest = [one.current for rows in _temperatures().values() for one in rows if one.current]
        if hottest:
            found["temperature_c"] = float(max(hottest))
        self._measured = {name: round(value, 2) for name, value in found.items()}
        return self._measured

    def picture(self) -> Picture | None:
        """The newest picture as a JPEG; None if there is none newer than the last."""
        with self._lock:
            frame, self._frame = self._frame, None
        if frame is None:
            return None
        return Picture(jpeg_bytes(frame, QUALITY))


def _temperatures() -> dict[str, Any]:
    try:
        return dict(psutil.sensors_temperatures())
    except (AttributeError, OSError):  # not every system tells
        return {}
