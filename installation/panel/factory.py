"""Opens a panel by the name that settings and command line know it by (`installation.drivers`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from installation.drivers import PANELS, opened
from installation.panel.driver import Asked, Panel, PanelShape
from installation.panel.layouts import load_layout
from installation.settings import Settings


def panel_of(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Panel:
    """Open the panel of the settings. Raises as `open_panel`."""
    asked = settings.panel
    return open_panel(
        asked.driver, asked.layout, port=asked.port, serial_number=asked.serial_number,
        replay=asked.replay, clock=clock, own=settings.own(asked.driver),
    )  # fmt: skip


def open_panel(
    driver: str,
    layout: str | Path,
    *,
    port: str = "",
    serial_number: int = 0,
    replay: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
    own: Any = None,
) -> Panel:
    """Open the panel of a layout (a name or a path); the rest is as in `panel.driver.Asked`.

    Raises:
        UglyError: if it cannot be opened for good. A device that is merely not plugged in
            is no error: its health says so, and it is found when it comes.
    """
    meant = load_layout(layout)
    shape = PanelShape(meant.knobs, len(meant.buttons))
    asked = Asked(shape, layout, port, serial_number, replay, clock, own)
    panel: Panel = opened(PANELS, driver, asked)
    return panel
