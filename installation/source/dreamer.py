"""Clips for who would rather not be filmed: a dream of their own, made when it is asked for.

A `Source` that rests until then; no camera has part in it.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator

from installation.source.driver import ClipForm, Filmed
from installation.source.live import paced
from installation.source.made import MADE, frames_of, made
from installation.vocabulary import Clip, DeviceHealth, Frame, Health, SourceKind, UglyError
from installation.worker import Latest, Worker

LOOK_S = 0.2
BEGINS_WITHIN_S = 30.0
"""How long the first picture of a dream may take: its graphs are loaded then."""


def chance_seeds() -> Iterator[int]:
    """A seed for every dream."""
    while True:
        yield secrets.randbelow(2**31)


class Dreamer:
    """Makes a clip of `form` for each visit that asks for one, each time another kind of dream;
    `seeds` say which. One that cannot be made is raw networks, which need nothing."""

    def __init__(
        self,
        form: ClipForm,
        clock: Callable[[], float] = time.monotonic,
        seeds: Iterator[int] | None = None,
    ) -> None:
        self._form, self._clock, self._seeds = form, clock, seeds or chance_seeds()
        self._kinds = itertools.cycle(MADE)
        self._asked = Latest[int](0)
        self._latest = Latest[Frame | None](None)
        self._lock = threading.Lock()
        self._filmed: Filmed | None = None
        self._progress = 0.0
        self._worker = Worker("dreamer", self._run, device="camera", within_s=BEGINS_WITHIN_S)

    @property
    def kind(self) -> SourceKind:
        return SourceKind.MADE

    def latest(self) -> Frame | None:
        return self._latest.get()

    def film(self, visit: int) -> None:
        """Begin to dream for this visit."""
        with self._lock:
            self._filmed, self._progress = None, 0.0
        self._latest.put(None)
        self._asked.put(visit)

    def filmed(self) -> Filmed | None:
        with self._lock:
            filmed, self._filmed = self._filmed, None
        return filmed

    def progress(self) -> float:
        return self._progress

    def steer(self, knobs: tuple[float, ...]) -> None:
        """A dream goes its own way."""

    def health(self) -> DeviceHealth:
        return DeviceHealth("camera", Health.FINE, "dreams, for who would rather not be filmed")

    def close(self) -> None:
        self._worker.close(timeout_s=2.0)

    def _run(self, stop: threading.Event) -> None:
        seen = 0
        while not stop.is_set():
            version, visit = self._asked.versioned()
            if version == seen or not visit:
                self._asked.wait_newer(version, LOOK_S)
                continue
            seen = version
            filmed = self._dreamt(visit, version, stop)
            with self._lock:
                if self._asked.versioned()[0] == version:
                    self._filmed = filmed

    def _dreamt(self, visit: int, version: int, stop: threading.Event) -> Filmed:
        form, name, seed = self._form, next(self._kinds), next(self._seeds)
        try:
            maker = made(name, seed)
        except UglyError:
            maker = made(MADE[0], seed)
        count = max(2, round(form.seconds * form.fps))
        frames: list[Frame] = []
        going = itertools.islice(frames_of(maker, form.fps, form.size_px), count)
        try:
            for frame in paced(going, form.fps, self._clock, stop):
                frames.append(frame)
                self._latest.put(frame)
                self._progress = len(frames) / count
                if stop.is_set() or self._asked.versioned()[0] != version:
                    return Filmed(visit, None, "the dream was broken off")
        except UglyError as error:
            return Filmed(visit, None, str(error))
        return Filmed(visit, Clip(tuple(frames), form.fps))
