"""Which printer the settings mean."""

from __future__ import annotations

from pathlib import Path

from installation.printer.cups import CupsPress
from installation.printer.driver import Press, Printer
from installation.printer.spooler import Spooler


def open_printer(driver: str, address: str, width_px: int) -> Printer | None:
    """The printer of a driver ("escpos", "cups", "simulated"), None for "none".

    `address` is the device's path or host, the queue's name, or the folder.

    Raises:
        UglyError: if it is no address. A printer that is merely off is no error: its health
            says so once something was to be printed.
    """
    if driver == "none":
        return None
    return Spooler(press_of(driver, address, width_px))


def press_of(driver: str, address: str, width_px: int) -> Press:
    """What the printer prints with, for whoever waits for it. Raises UglyError as above."""
    if driver == "cups":
        return CupsPress(address)
    # python-escpos takes a third of a second to import, for no use where nothing is printed.
    from installation.printer.escpos import FolderPress, escpos_press

    if driver == "simulated":
        return FolderPress(Path(address or "printed").expanduser(), width_px)
    return escpos_press(address, width_px)
