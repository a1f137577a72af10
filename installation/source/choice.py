"""Opens the source of the settings, by the name they know it by (`installation.drivers`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from installation.drivers import SOURCES, opened
from installation.settings import Settings
from installation.source.driver import Asked, Source
from installation.source.file import BUNDLED_CLIP

__all__ = ["BUNDLED_CLIP", "open_source"]


def open_source(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Source:
    """Open the source of the settings.

    Raises:
        UglyError: if the file or the dream cannot be read, or it is not said where a camera is.
    """
    driver = settings.source.driver
    source: Source = opened(SOURCES, driver, Asked(settings.source, clock, settings.own(driver)))
    return source
