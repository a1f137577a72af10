"""A panel that plays a recording, against any clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from installation.panel.driver import Asked, PanelShape
from installation.panel.recording.recording import Recording, read_recording
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import DeviceHealth, Health, PanelState, Reason, UglyError


class ReplayPanel:
    """Plays a recording, from the moment it is built; `loop` starts over at the end.

    `latest` shows the state that is due on `clock` (seconds), and no tap is skipped however
    seldom it is asked. At the end the last state stays.
    """

    def __init__(
        self,
        recording: Recording | str | Path,
        clock: Callable[[], float] = time.monotonic,
        *,
        loop: bool = False,
    ) -> None:
        """Start playing.

        Raises:
            UglyError: if the recording cannot be read.
        """
        if isinstance(recording, Recording):
            self._name, self._recording = "a recording", recording
        else:
            self._name, self._recording = Path(recording).name, read_recording(Path(recording))
        self._clock = clock
        self._loop = loop and self._recording.duration_s > 0.0
        self._began_s = clock()
        self._next = 0
        self._closed = False
        self._lamps: frozenset[int] = frozenset()
        self._lock = threading.Lock()
        self._memory = TapLatch(self._recording.shape)

    @property
    def shape(self) -> PanelShape:
        return self._recording.shape

    @property
    def is_over(self) -> bool:
        """True when every state has been shown; never, in a loop."""
        with self._lock:
            self._play()
            return self._next >= len(self._recording.states)

    def lamps(self) -> frozenset[int]:
        """The lamps that are lit."""
        return self._lamps

    def latest(self) -> PanelState:
        with self._lock:
            self._play()
            return self._memory.read()

    def health(self) -> DeviceHealth:
        note = f"{self._name}, over" if self.is_over else f"playing {self._name}"
        return DeviceHealth("panel", Health.FINE, note, Reason.RECORDING, self._name)

    def light(self, lamps: frozenset[int], blinking: frozenset[int] = frozenset()) -> None:
        if not self._closed:
            lit = lamps | blinking
            self._lamps = frozenset(lamp for lamp in lit if 0 <= lamp < self.shape.buttons)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._lamps = frozenset()

    def _play(self) -> None:
        states = self._recording.states
        while not self._closed and states:
            if self._next == len(states):
                if not self._loop:
                    return
                self._next = 0
                self._began_s += self._recording.duration_s
            due_s = self._began_s + states[self._next].at_s
            if due_s > self._clock():
                return
            self._memory.put(replace(states[self._next], at_s=due_s))
            self._next += 1


def open_panel(asked: Asked) -> ReplayPanel:
    """The recording that was asked for.

    Raises:
        UglyError: if none was, or it is of a panel of another shape.
    """
    path, shape = asked.replay, asked.shape
    if path is None:
        raise UglyError("a recording is needed to replay: see `uglynet panel record`")
    panel = ReplayPanel(path, asked.clock)
    if panel.shape != shape:
        raise UglyError(
            f"{path}: recorded on a panel with {panel.shape.knobs} knobs and "
            f"{panel.shape.buttons} buttons, the layout has {shape.knobs} and {shape.buttons}"
        )
    return panel
