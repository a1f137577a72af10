"""Stills: moments that a visitor held KEEP for, kept as PNG files with their net inside.

They lie in their take's folder: kept with it, shown or not as it is, and gone when it goes. What
the first version kept lay in `stills/` and belonged to no take; those become takes of their own.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from installation.carve.stills import with_net
from installation.gallery.take_folder import FILE_MODE
from installation.video import png_bytes
from installation.vocabulary import Frame, Net

FOLDER = "stills"


def still_name(net: Net, taken_at_s: float, number: int = 1) -> str:
    """What a still is called: when it was taken (seconds since the epoch), and its net's name."""
    when = time.strftime("%Y%m%d-%H%M%S", time.localtime(taken_at_s))
    name = re.sub(r"[^\w-]+", "-", net.name).strip("-") or "net"
    return f"{when}-{name[:60]}.png" if number == 1 else f"{when}-{name[:60]}-{number}.png"


def write_still(folder: Path, frame: Frame, net: Net, taken_at_s: float) -> str:
    """Write a still into a take's folder that is being made, whole or not at all; its name.

    Raises:
        OSError: if it cannot be written.
    """
    number = 1
    while (folder / (name := still_name(net, taken_at_s, number))).exists():
        number += 1
    data = with_net(png_bytes(frame), net)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError:
        (folder / name).unlink()
        raise
    return name
