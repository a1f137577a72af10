"""A webcam by OpenCV: Video4Linux on Linux, whatever OpenCV finds elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2

from installation.source.live import LiveSource
from installation.vocabulary import Frame, UglyError, as_frame


def webcams() -> list[int]:
    """Numbers of the video devices this machine shows; on Linux those of /dev/video*.

    Elsewhere a list can't be had without opening them, so device 0 is assumed.
    """
    if not sys.platform.startswith("linux"):
        return [0]
    numbers = (path.name.removeprefix("video") for path in Path("/dev").glob("video*"))
    return sorted(int(number) for number in numbers if number.isdigit())


class WebcamSource(LiveSource):
    """A camera by its number, or by whatever text OpenCV opens (a device's path, a URL)."""

    def __init__(
        self,
        device: int | str,
        size_px: tuple[int, int],
        fps: float,
        seconds: float,
        *,
        mirror: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        name = f"camera {device}" if isinstance(device, int) else str(device)

        def frames(stop: threading.Event) -> Iterator[Frame]:
            backend = cv2.CAP_ANY
            if isinstance(device, int) and sys.platform.startswith("linux"):
                backend = cv2.CAP_V4L2
            capture = cv2.VideoCapture(device, backend)
            try:
                if not capture.isOpened():
                    raise UglyError(f"{name} cannot be opened; is it plugged in and free?")
                # The nearest mode the camera has that isn't smaller; MJPEG for its full rate.
                capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
                capture.set(cv2.CAP_PROP_FRAME_WIDTH, max(640, size_px[0]))
                capture.set(cv2.CAP_PROP_FRAME_HEIGHT, max(360, size_px[1]))
                capture.set(cv2.CAP_PROP_FPS, fps)
                capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
                while not stop.is_set():
                    read, bgr = capture.read()
                    if not read or bgr is None:
                        raise UglyError(f"{name} stopped giving pictures")
                    yield as_frame(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
            finally:
                capture.release()

        super().__init__(name, frames, size_px, fps, seconds, mirror=mirror, clock=clock)
