"""The drone on a loudspeaker: a thread that synthesises ahead. Off unless asked for.

Where there is no sound device, the show goes on in silence and its health says so.
"""

from __future__ import annotations

import threading
import time

import numpy as np
import pygame

from installation.show.audio.drone import RATE_HZ, Drone, Energies
from installation.vocabulary import DeviceHealth, Health, Reason
from installation.worker import Latest, Worker

BLOCK = RATE_HZ // 5
"""Samples synthesised at a time: two blocks ahead, the sound follows a hand within 0.4 s."""


class Loudspeaker:
    """Plays a drone of `voices` at `level_db` (dB of full scale) until closed; never waits."""

    def __init__(self, voices: int, level_db: float) -> None:
        self._drone = Drone(voices, level_db)
        self._wanted = Latest[Energies](np.zeros(voices))
        self._trouble = ""
        try:
            pygame.mixer.init(RATE_HZ, -16, 1, 1024, allowedchanges=0)
        except pygame.error as error:
            self._trouble = f"no sound: {error}; plug a loudspeaker in and start again"
            self._worker: Worker | None = None
            return
        self._worker = Worker("sound", self._run, prompt=True, device="sound", within_s=5.0)

    def follow(self, energies: Energies) -> None:
        """From now on sound like this; one energy a voice, 0..1."""
        self._wanted.put(energies)

    def set_level(self, level_db: float) -> None:
        """The loudest a sample may be from now on, in dB of full scale; it glides there."""
        self._drone.set_level(level_db)

    def health(self) -> DeviceHealth:
        failure = self._trouble or (self._worker.failure if self._worker else "")
        if failure:
            return DeviceHealth("sound", Health.MISSING, failure, Reason.NO_SOUND)
        level = f"{self.level_db:.0f}"
        note = f"drone, never above {level} dBFS"
        return DeviceHealth("sound", Health.FINE, note, Reason.DRONE, level)

    @property
    def level_db(self) -> float:
        """The loudest a sample may be, in dB of full scale."""
        return float(20 * np.log10(self._drone.peak))

    def close(self) -> None:
        """Fall silent and let go of the device; may be called twice."""
        if self._worker is not None and self._worker.close():
            self._worker = None
            pygame.mixer.quit()

    def _run(self, stop: threading.Event) -> None:
        channel = pygame.mixer.Channel(0)
        while not stop.is_set():
            if channel.get_queue() is not None:
                stop.wait(0.02)
                continue
            made = self._drone.block(self._wanted.get(), BLOCK)
            if self._drone.is_silent and not channel.get_busy():
                stop.wait(0.05)  # nothing to play: leave the device alone
                continue
            channel.queue(pygame.mixer.Sound(buffer=(made * 32767).astype(np.int16).tobytes()))
        # A last short glide to nothing, so that the end is no click.
        channel.fadeout(150)
        time.sleep(0.2)  # `stop` is set by now: waiting for it would not wait
