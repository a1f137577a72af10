"""The seam of every printer: a receipt printer, CUPS and a folder are equals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from installation.printer_settings import PrinterSettings
from installation.vocabulary import DeviceHealth, Frame


@dataclass(frozen=True, slots=True)
class Asked:
    """What a press is asked to be; `own` are the driver's own settings, if it has any."""

    settings: PrinterSettings
    own: Any = None


@dataclass(frozen=True, slots=True)
class Job:
    """Something to print, in the two forms that paper takes; drawn where it is printed.

    `receipt` draws it for so many dots across, `card` is a PDF of one page (A6).
    """

    name: str
    receipt: Callable[[int], Frame]
    card: Callable[[], bytes]


class Printer(Protocol):
    """Prints in the background. Nothing here waits.

    What cannot be printed now is not printed later: its visitor has gone.
    """

    def print_out(self, job: Job) -> bool:
        """Queue a job; False, at once, if too many wait already."""

    def printed(self) -> int:
        """How many jobs left so far."""

    def health(self) -> DeviceHealth:
        """How the printer is, with one plain line for the operator."""

    def close(self) -> None:
        """Print what was queued, then let go of the device; may be called twice."""


class Press(Protocol):
    """What a `Spooler` prints with, on its own thread."""

    @property
    def told(self) -> str:
        """Which printer it is, in a word or two."""

    def print_now(self, job: Job) -> None:
        """Print it, or raise UglyError: one line that says why not, and what to do."""
