"""Which source the settings mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from installation.settings import SourceSettings
from installation.source.driver import Source
from installation.source.file import FileSource
from installation.source.made import MADE, MadeSource, made
from installation.source.webcam import WebcamSource, webcams

BUNDLED_CLIP = Path(__file__).parent / "clips" / "hello.mp4"


def open_source(settings: SourceSettings, clock: Callable[[], float] = time.monotonic) -> Source:
    """Open the source of the settings; `auto` is the webcam if one is there, else the file.

    Raises:
        UglyError: if the file or the dream cannot be read.
    """
    if settings.driver in MADE:
        maker = made(settings.driver, settings.seed, settings.cell)
        return MadeSource(maker, settings.size_px, settings.fps, settings.seconds, clock=clock)
    cameras = webcams()
    if settings.driver == "webcam" or (settings.driver == "auto" and cameras):
        number = settings.device
        if settings.driver == "auto" and number not in cameras:
            number = cameras[0]
        mirror = settings.mirror
        return WebcamSource(
            number, settings.size_px, settings.fps, settings.seconds, mirror=mirror, clock=clock
        )
    path = settings.file or BUNDLED_CLIP
    stands_in = ""
    if settings.driver == "auto":
        stands_in = f"no camera at start, so {path.name} plays; plug one in and start again"
    return FileSource(
        path, settings.size_px, settings.fps, settings.seconds, stands_in=stands_in, clock=clock
    )
