"""Which source the settings mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from installation.settings import SourceSettings
from installation.source.auto import AutoSource
from installation.source.cameras import cameras
from installation.source.driver import Source
from installation.source.file import FileSource
from installation.source.made import MADE, MadeSource, made
from installation.source.webcam import WebcamSource

BUNDLED_CLIP = Path(__file__).parent / "clips" / "hello.mp4"


def open_source(settings: SourceSettings, clock: Callable[[], float] = time.monotonic) -> Source:
    """Open the source of the settings. `auto` is a camera if one is there, else the file until
    one comes.

    Raises:
        UglyError: if the file or the dream cannot be read.
    """
    if settings.driver in MADE:
        maker = made(settings.driver, settings.seed, settings.cell)
        return MadeSource(maker, settings.size_px, settings.fps, settings.seconds, clock=clock)
    auto = settings.driver == "auto"

    def camera(number: int) -> Source:
        return WebcamSource(
            number, settings.size_px, settings.fps, settings.seconds,
            mirror=settings.mirror, any_camera=auto, cards=settings.cards, look=cameras,
            clock=clock,
        )  # fmt: skip

    there = cameras() if auto else []
    if settings.driver == "webcam" or there:
        numbers = [found.number for found in there]
        chosen = not auto or settings.device in numbers
        return camera(settings.device if chosen else numbers[0])
    path = settings.file or BUNDLED_CLIP
    stands_in = f"no camera, so {path.name} plays until one is plugged in" if auto else ""
    film = FileSource(
        path, settings.size_px, settings.fps, settings.seconds, stands_in=stands_in, clock=clock
    )
    return AutoSource(film, camera, cameras) if auto else film
