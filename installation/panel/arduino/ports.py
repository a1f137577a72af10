"""Which serial ports may have a panel behind them."""

from __future__ import annotations

from pathlib import Path

from serial.tools import list_ports

UDEV_NAME = "/dev/uglynet-panel"
"""The name that kiosk_config/99-uglynet-panel.rules gives the panel."""

_BRIDGES = frozenset({0x2341, 0x2A03, 0x1A86, 0x0403, 0x10C4})
"""USB vendors of Arduinos and of the bridges on their clones: Arduino, Arduino Srl, QinHeng
(CH340), FTDI, Silicon Labs."""


def likely_ports() -> tuple[str, ...]:
    """Every USB serial port, the likeliest first: udev's name, Arduinos, then the others."""
    named = (UDEV_NAME,) if Path(UDEV_NAME).exists() else ()
    same = Path(UDEV_NAME).resolve() if named else None
    found = [port for port in list_ports.comports() if port.vid is not None]
    found.sort(key=lambda port: (port.vid not in _BRIDGES, port.device))
    return named + tuple(port.device for port in found if Path(port.device).resolve() != same)
