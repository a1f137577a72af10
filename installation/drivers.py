"""Every driver there is, by the name that settings and command line know it by: the one registry.

`opens` is "module:function", below the package. The function is given what is asked for, the
`Asked` of the driver's room, and returns what the room's `driver.py` describes. The module is
imported when the driver is opened, so that the libraries of one nobody asked for may be absent.

`settings` is "module:class", likewise: a frozen dataclass of settings that only this driver has, in
a module of its own that needs no library. They are a section of the settings file, called as the
driver is, and reach its opener as `Asked.own`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver's name, what opens it, what it is, in one line, and the class of its own settings,
    "" if it has none."""

    name: str
    opens: str
    what: str
    settings: str = ""

    def opener(self) -> Callable[[Any], Any]:
        """The function that opens it. Raises ImportError if its module is not there."""
        found: Callable[[Any], Any] = _named(self.opens)
        return found

    def own_settings(self) -> type[Any] | None:
        """The class of its own settings; None if it has none."""
        found: type[Any] | None = _named(self.settings) if self.settings else None
        return found


def _named(what: str) -> Any:
    module, _, name = what.partition(":")
    return getattr(import_module(f"installation.{module}"), name)


PANELS = (
    Driver("onscreen", "panel.onscreen:open_panel", "drawn on the screen; mouse and keys turn it"),
    Driver("arduino", "panel.arduino.arduino:open_panel", "the board, over USB"),
    Driver("simulated", "panel.simulated.simulated:open_panel", "the board's firmware, simulated"),
    Driver("midi", "panel.midi.midi:open_panel", "a MIDI controller; needs the midi extra"),
    Driver("replay", "panel.recording.replay:open_panel", "a recording, played again"),
)

SOURCES = (
    Driver("auto", "source.auto:open_source", "the webcam if there is one, else the file"),
    Driver("webcam", "source.webcam:open_source", "the webcam of that number"),
    Driver(
        "network_camera",
        "source.network_camera:open_source",
        "a camera in the network, by RTSP or as MJPEG",
        "source.network_camera_settings:NetworkCameraSettings",
    ),
    Driver("file", "source.file:open_source", "a film, looped"),
    Driver("networks", "source.made:open_source", "twelve networks nobody trained, slowly moving"),
    Driver("clouds", "source.made:open_source", "skies a network dreams"),
    Driver("landscapes", "source.made:open_source", "the Earth from above, as a network dreams it"),
    Driver(
        "books", "source.made:open_source", "book covers a network dreams, that nobody can read"
    ),
)

INTERPOLATORS = (
    Driver("unet", "interpolator.trained:open_interpolator", "the trained U-Nets, carved"),
    Driver(
        "remote",
        "interpolator.remote.opening:open_interpolator",
        "the same on another machine, here when that is late; needs the remote extra",
    ),
    Driver(
        "crossfade", "interpolator.crossfade:open_interpolator", "frames mixed; nothing is carved"
    ),
)

PRINTERS = (
    Driver(
        "escpos", "printer.escpos:open_press", "a receipt printer, plugged in or in the network"
    ),
    Driver("cups", "printer.cups:open_press", "any printer that CUPS knows"),
    Driver("simulated", "printer.escpos:open_folder", "a folder, for what would be printed"),
)

DRIVERS = (*PANELS, *SOURCES, *INTERPOLATORS, *PRINTERS)


def names(drivers: Sequence[Driver]) -> tuple[str, ...]:
    """What they are called."""
    return tuple(driver.name for driver in drivers)


def opened(drivers: Sequence[Driver], name: str, asked: Any) -> Any:
    """Open the driver of that name.

    Raises:
        ValueError: if there is none.
        UglyError: whatever its opener raises.
    """
    for driver in drivers:
        if driver.name == name:
            return driver.opener()(asked)
    raise ValueError(f'no driver is called "{name}"; there are: {", ".join(names(drivers))}')
