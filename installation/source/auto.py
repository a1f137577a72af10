"""A film until a camera comes: for machines whose camera is late, or plugged in by and by."""

from __future__ import annotations

import threading
from collections.abc import Callable

from installation.source import file
from installation.source.cameras import Camera, cameras
from installation.source.driver import Asked, Filmed, SeesLarge, Source
from installation.source.webcam import WebcamSource
from installation.vocabulary import DeviceHealth, Frame, Health, SourceKind
from installation.worker import Worker

LOOK_EVERY_S = 2.0
TRY_S = 15.0
"""How long a camera that is there may take to its first picture."""


class AutoSource:
    """Shows and films `stand_in` until a camera gives pictures, then that camera, for good.

    `look` lists the cameras there are, `open_camera` opens one; both are called on a thread of
    this source's own, which tries one after the other. It changes over when nobody is being
    filmed.
    """

    def __init__(
        self,
        stand_in: Source,
        open_camera: Callable[[int], Source],
        look: Callable[[], list[Camera]],
    ) -> None:
        self._open_camera, self._look = open_camera, look
        self._lock = threading.Lock()
        self._now = self._stand_in = stand_in
        self._come: Source | None = None
        self._filming = False
        self._worker = Worker("camera search", self._run, device="camera", within_s=30.0)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for camera in self._look():
                tried = self._open_camera(camera.number)
                if self._gives_pictures(tried, stop):
                    self._come = tried
                    while self._source() is not tried:  # somebody is being filmed
                        if stop.wait(0.1):
                            return
                    self._stand_in.close()
                    return
                tried.close()
            stop.wait(LOOK_EVERY_S)

    def _gives_pictures(self, camera: Source, stop: threading.Event) -> bool:
        for _ in range(round(TRY_S / 0.1)):
            if camera.health().health is Health.FINE:
                return True
            if stop.wait(0.1):
                break
        return False

    def _source(self, *, to_film: bool = False) -> Source:
        """The one that shows and films now; `to_film` holds it until it has answered."""
        with self._lock:
            if self._come is not None and not self._filming:
                self._now = self._come
            self._filming = self._filming or to_film
            return self._now

    @property
    def kind(self) -> SourceKind:
        return self._source().kind

    def latest(self) -> Frame | None:
        return self._source().latest()

    def large(self) -> Frame | None:
        source = self._source()
        return source.large() if isinstance(source, SeesLarge) else None

    def film(self, visit: int) -> None:
        self._source(to_film=True).film(visit)

    def filmed(self) -> Filmed | None:
        answer = self._source().filmed()
        if answer is not None:
            with self._lock:
                self._filming = False
        return answer

    def progress(self) -> float:
        return self._source().progress()

    def steer(self, knobs: tuple[float, ...]) -> None:
        self._source().steer(knobs)

    def health(self) -> DeviceHealth:
        return self._source().health()

    def close(self) -> None:
        self._worker.close()
        for source in (self._stand_in, self._come):
            if source is not None:
                source.close()


def taken(device: int, there: list[Camera]) -> int | None:
    """The number of the camera that is taken: the settings' own, else the first there is."""
    numbers = [camera.number for camera in there]
    if device in numbers:
        return device
    return numbers[0] if numbers else None


def open_source(asked: Asked) -> Source:
    """A camera if one is there, the settings' own if it is; else the film until one comes.

    Raises:
        UglyError: if the film is needed and cannot be read.
    """

    def camera(number: int) -> Source:
        meant = asked.settings
        return WebcamSource(
            number, asked.form, mirror=meant.mirror, any_camera=True,
            cards=meant.cards, look=cameras, clock=asked.clock,
        )  # fmt: skip

    if (number := taken(asked.settings.device, cameras())) is not None:
        return camera(number)
    name = (asked.settings.file or file.BUNDLED_CLIP).name
    stands_in = f"no camera, so {name} plays until one is plugged in"
    return AutoSource(file.open_source(asked, stands_in), camera, cameras)
