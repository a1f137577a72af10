"""Receipt printers that speak ESC/POS, by python-escpos."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
from escpos import printer as devices
from escpos.exceptions import Error as EscposError
from PIL import Image

from installation.printer.driver import Asked, Job
from installation.vocabulary import Frame, UglyError

PORT = 9100
"""Where printers on a network listen (AppSocket)."""

PATIENCE_S = 10.0
ROWS_AT_ONCE = 240
"""What the smallest printers' buffers hold."""

_HOST = re.compile(r"(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\])(:(?P<port>\d{1,5}))?")


class EscposPress:
    """A receipt printer `width_px` dots wide, at what `device` opens."""

    def __init__(self, told: str, device: Callable[[], Any], width_px: int) -> None:
        self.told, self._device, self._width_px = told, device, width_px

    def print_now(self, job: Job) -> None:
        picture = job.receipt(self._width_px)
        device = None
        try:
            device = self._device()
            device.open()
            _put(device, picture)
        except (EscposError, OSError) as error:
            why = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
            raise UglyError(
                f"the printer {self.told}: {why}; is it switched on, connected and given paper?"
            ) from None
        finally:
            if device is not None:
                device.close()


def _put(device: Any, picture: Frame) -> None:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    # Else the library prints on stdout that it does not know the paper's width.
    known = device.profile.profile_data
    media = {"width": {"pixels": picture.shape[1], "mm": "Unknown"}}
    device.profile.profile_data = {**known, "media": media}
    # The library turns grey into dots (Floyd and Steinberg); black and white stay what they are.
    device.image(Image.fromarray(grey), impl="bitImageRaster", fragment_height=ROWS_AT_ONCE)
    device.cut()


def open_press(asked: Asked) -> EscposPress:
    """The press at the settings' address: a device's path (/dev/usb/lp0), or HOST or HOST:PORT.

    Raises:
        UglyError: if it is neither.
    """
    address, width_px = asked.settings.address, asked.settings.width_px
    if address.startswith("/"):
        return EscposPress(address, lambda: _device_file(address), width_px)
    found = _HOST.fullmatch(address)
    port = int(found["port"] or PORT) if found else 0
    if not found or not 0 < port < 65536:
        raise UglyError(
            f'[printer] address = "{address}": give a device such as /dev/usb/lp0, or the host '
            "name or number of a printer on the network"
        )
    host = found["host"].strip("[]")
    return EscposPress(address, lambda: devices.Network(host, port, timeout=PATIENCE_S), width_px)


def _device_file(path: str) -> Any:
    """The device of that path, which has to be there: opening it would else make a plain file."""
    if not Path(path).exists():
        raise OSError("nothing is plugged in there")
    return devices.File(path)


class FolderPress:
    """The simulated printer: what would go to the wire, and a picture of it, into a folder."""

    def __init__(self, folder: Path, width_px: int) -> None:
        self.told = f"in {folder}"
        self._folder, self._width_px = folder, width_px

    def print_now(self, job: Job) -> None:
        picture = job.receipt(self._width_px)
        device = devices.Dummy()
        _put(device, picture)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = len(list(self._folder.glob("receipt-*.escpos"))) + 1
            base = self._folder / f"receipt-{number:04}"
            base.with_suffix(".escpos").write_bytes(device.output)
            dots = Image.fromarray(picture).convert("L").convert("1")
            dots.save(base.with_suffix(".png"))
        except OSError as error:
            raise UglyError(f"{self._folder}: cannot be written ({error.strerror})") from None


def open_folder(asked: Asked) -> FolderPress:
    """The folder of the settings, or one called `printed`."""
    folder = Path(asked.settings.address or "printed").expanduser()
    return FolderPress(folder, asked.settings.width_px)
