"""The panels there are, by the names settings and command line know them by; opens one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from installation.panel.arduino.arduino import ArduinoPanel
from installation.panel.driver import Panel, PanelShape
from installation.panel.layouts import load_layout
from installation.panel.onscreen import OnScreenPanel
from installation.panel.recording.replay import ReplayPanel
from installation.panel.simulated.simulated import SimulatedPanel
from installation.vocabulary import UglyError

PANELS = ("onscreen", "arduino", "simulated", "midi", "replay")


def open_panel(
    driver: str,
    layout: str | Path,
    *,
    port: str = "",
    serial_number: int = 0,
    replay: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Panel:
    """Open the panel of a layout (a name or a path) with one of `PANELS`.

    `port` is the Arduino's, or a word of a MIDI port's name; "" to search for it.
    `serial_number` is that of the only Arduino meant (see `uglynet panel name`), 0 for any;
    `replay` the recording for "replay", which must be of a panel with the layout's knobs and
    buttons.

    Raises:
        UglyError: if it cannot be opened for good. A device that is merely not plugged in
            is no error: its health says so, and it is found when it comes.
    """
    meant = load_layout(layout)
    shape = PanelShape(meant.knobs, len(meant.buttons))
    if driver == "arduino":
        return ArduinoPanel(shape, port or None, serial_number=serial_number or None, clock=clock)
    if driver == "simulated":
        return SimulatedPanel(shape, clock)
    if driver == "midi":
        # Imported when asked for: its libraries are an optional extra.
        from installation.panel.midi.midi import MidiPanel

        return MidiPanel(layout, port=port, clock=clock)
    if driver == "replay":
        return _replay(replay, shape, clock)
    return OnScreenPanel(shape, clock)


def _replay(path: Path | None, shape: PanelShape, clock: Callable[[], float]) -> ReplayPanel:
    if path is None:
        raise UglyError("a recording is needed to replay: see `uglynet panel record`")
    panel = ReplayPanel(path, clock)
    if panel.shape != shape:
        raise UglyError(
            f"{path}: recorded on a panel with {panel.shape.knobs} knobs and "
            f"{panel.shape.buttons} buttons, the layout has {shape.knobs} and {shape.buttons}"
        )
    return panel
