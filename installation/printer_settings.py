"""Settings of what leaves on paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.drivers import PRINTERS, names
from installation.setting_kinds import STRICT, OneOf, restart

NO_PRINTER = "none"


@checked(frozen=True, config=STRICT)
class PrinterSettings:
    """What leaves on paper. `address` is a receipt printer's device or host, CUPS' queue ("" its
    default), or the folder that a simulated one writes to; `width_px` are a receipt printer's dots
    across: 384 on 58 mm of paper, 576 on 80 mm.
    """

    driver: Annotated[
        str,
        OneOf((NO_PRINTER, *names(PRINTERS))).checked,
        restart("what prints, if anything does"),
    ] = NO_PRINTER
    address: Annotated[
        str, restart("/dev/usb/lp0, a host, CUPS' queue, or the simulated printer's folder")
    ] = ""
    width_px: Annotated[
        int, Field(ge=200, le=1000), restart("a receipt printer's dots: 384 or 576")
    ] = 384
    prints: Annotated[
        Literal["asked", "always"],
        restart("what is kept is printed if its visitor asks (KEEP once more), or always"),
    ] = "asked"
