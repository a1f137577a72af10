"""Opens a panel by the name that settings and command line know it by (`installation.drivers`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from installation.drivers import PANELS, opened
from installation.panel.driver import Asked, Panel, PanelShape
from installation.panel.layouts import load_layout


def open_panel(
    driver: str,
    layout: str | Path,
    *,
    port: str = "",
    serial_number: int = 0,
    replay: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Panel:
    """Open the panel of a layout (a name or a path); the rest is as in `panel.driver.Asked`.

    Raises:
        UglyError: if it cannot be opened for good. A device that is merely not plugged in
            is no error: its health says so, and it is found when it comes.
    """
    meant = load_layout(layout)
    shape = PanelShape(meant.knobs, len(meant.buttons))
    panel: Panel = opened(PANELS, driver, Asked(shape, layout, port, serial_number, replay, clock))
    return panel
