"""Which printer the settings mean (`installation.drivers`)."""

from __future__ import annotations

from installation.drivers import PRINTERS, opened
from installation.printer.driver import Asked, Press, Printer
from installation.printer.spooler import Spooler
from installation.printer_settings import NO_PRINTER
from installation.settings import Settings


def open_printer(settings: Settings) -> Printer | None:
    """The printer of the settings; None if there is to be none.

    Raises:
        UglyError: if its address is none. A printer that is merely off is no error: its health
            says so once something was to be printed.
    """
    press = open_press(settings)
    return None if press is None else Spooler(press)


def open_press(settings: Settings) -> Press | None:
    """What that printer prints with, for whoever waits for it. Raises UglyError as above."""
    asked = settings.printer
    if asked.driver == NO_PRINTER:
        return None
    press: Press = opened(PRINTERS, asked.driver, Asked(asked, settings.own(asked.driver)))
    return press
