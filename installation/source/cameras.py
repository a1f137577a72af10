"""Which cameras are plugged in, and the one that was used before, whatever its number is now.

Linux numbers cameras in the order they come: one that was pulled out while its file was open
comes back as another /dev/video. Its name and the USB port it is on stay the same, and are in
/sys/class/video4linux.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SYSFS = Path("/sys/class/video4linux")
DEV = Path("/dev")


@dataclass(frozen=True, slots=True)
class Camera:
    """One video device. `name` and `place` (the bus it is on) are "" where the system does not
    tell; `index` counts the devices of one camera, of which the first (0) gives pictures."""

    number: int
    name: str = ""
    place: str = ""
    index: int = 0

    @property
    def told(self) -> str:
        """What an operator calls it."""
        return f"camera {self.number}" + (f" ({self.name})" if self.name else "")


def cameras(sysfs: Path = SYSFS, dev: Path = DEV) -> list[Camera]:
    """The video devices this machine shows, those that give pictures first.

    On Linux those of /dev/video*; elsewhere a list can't be had without opening them, so
    device 0 is assumed.
    """
    if not sys.platform.startswith("linux"):
        return [Camera(0)]
    texts = (path.name.removeprefix("video") for path in dev.glob("video*"))
    found = [_camera(int(text), sysfs / f"video{text}") for text in texts if text.isdigit()]
    return sorted(found, key=lambda camera: (camera.index, camera.number))


def _camera(number: int, folder: Path) -> Camera:
    device = folder / "device"
    place = str(device.resolve()) if device.exists() else ""
    index = _read(folder / "index")
    return Camera(number, _read(folder / "name"), place, int(index) if index.isdigit() else 0)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # it was pulled out meanwhile, or the system does not tell
        return ""


def found_again(
    known: Camera, there: Sequence[Camera], beside: Sequence[Camera] = ()
) -> Camera | None:
    """The camera that was used before, among those that are there now; None if it isn't.

    Of several of one name, the one on the same port, else the one of the same number; never one
    that was there `beside` it, on the port where it was then.
    """
    others = {(c.name, c.place) for c in beside if c.place != known.place}
    same = [
        c for c in there
        if (c.name, c.index) == (known.name, known.index) and (c.name, c.place) not in others
    ]  # fmt: skip
    if not known.name:  # nothing to know it by but its number
        same = [c for c in there if c.number == known.number]
    return min(
        same,
        key=lambda c: (c.place != known.place, c.number != known.number, c.number),
        default=None,
    )
