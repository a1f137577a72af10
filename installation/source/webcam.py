"""A webcam by OpenCV: Video4Linux on Linux, whatever OpenCV finds elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import cv2

from installation.source.cameras import Camera, cameras, found_again
from installation.source.driver import Asked, ClipForm
from installation.source.live import LiveSource, Treatment
from installation.vocabulary import Frame, SourceKind, UglyError, as_frame


class WebcamSource(LiveSource):
    """A camera by its number (or, in tests, by whatever text OpenCV opens, such as a film's path).

    Once it gave pictures it is known by its name, and found again under another number; with
    `any_camera`, while it is away, another one takes its place. `look` lists those there are.
    With `cards` it is asked for pictures large enough to read a card in.
    """

    def __init__(
        self,
        device: int | str,
        form: ClipForm,
        *,
        mirror: bool = True,
        any_camera: bool = False,
        cards: bool = False,
        look: Callable[[], list[Camera]] = cameras,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # What OpenCV says of a camera that isn't there, on stderr and each time anew, the
        # health says once.
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        self._device, self._any, self._look = device, any_camera, look
        self._known: Camera | None = None
        self._beside: list[Camera] = []
        wide, high = CARDS_PX if cards else LEAST_PX
        least_px = (max(wide, form.size_px[0]), max(high, form.size_px[1]))

        def frames(stop: threading.Event) -> Iterator[Frame]:
            wanted = device if isinstance(device, str) else self._number(device)
            meets = self._known is None or self._any
            for frame in _pictures(wanted, least_px, form.fps, stop):
                if meets and isinstance(wanted, int):
                    meets = not self._met(wanted)
                yield frame

        name = f"camera {device}" if isinstance(device, int) else str(device)
        treatment = Treatment(SourceKind.CAMERA, mirror=mirror, watched=True)
        super().__init__(name, frames, form, treatment, clock=clock)

    def _met(self, number: int) -> bool:
        """Note which camera gives the pictures, and which are there beside it; whether one of that
        number is listed."""
        there = self._look()
        found = next((camera for camera in there if camera.number == number), None)
        self._known = found or self._known
        self._beside = [camera for camera in there if camera != self._known]
        self._called(self._known.told if self._known else f"camera {number}")
        return found is not None

    def _number(self, asked: int) -> int:
        """The number the camera has now.

        Raises:
            UglyError: if it isn't there.
        """
        there, known = self._look(), self._known
        if known is not None:
            found = found_again(known, there, self._beside)
        else:
            found = next((camera for camera in there if camera.number == asked), None)
        if found is None and self._any and there:
            found = there[0]
        if found is None:
            told = known.told if known is not None else f"camera {asked}"
            raise UglyError(f"{told} is not plugged in")
        return found.number


LEAST_PX = (640, 360)
CARDS_PX = (1280, 720)
"""What a camera is asked for at least: to film, and to read the code on a card."""


def _pictures(
    device: int | str, least_px: tuple[int, int], fps: float, stop: threading.Event
) -> Iterator[Frame]:
    """A device's pictures, as fast as it gives them.

    Raises:
        UglyError: if it cannot be opened, or stops giving any.
    """
    name = f"camera {device}" if isinstance(device, int) else device
    backend = cv2.CAP_ANY
    if isinstance(device, int) and sys.platform.startswith("linux"):
        backend = cv2.CAP_V4L2
    capture = cv2.VideoCapture(device, backend)
    try:
        if not capture.isOpened():
            raise UglyError(f"{name} cannot be opened; is it plugged in and free?")
        # The nearest mode the camera has that isn't smaller; MJPEG for its full rate.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, least_px[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, least_px[1])
        capture.set(cv2.CAP_PROP_FPS, fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        while not stop.is_set():
            read, bgr = capture.read()
            if not read or bgr is None:
                raise UglyError(f"{name} stopped giving pictures")
            yield as_frame(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    finally:
        capture.release()


def open_source(asked: Asked) -> WebcamSource:
    """The settings' webcam."""
    meant = asked.settings
    return WebcamSource(
        meant.device, asked.form, mirror=meant.mirror, cards=meant.cards, clock=asked.clock
    )
