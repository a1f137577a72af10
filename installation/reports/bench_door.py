"""Measures what two hundred phones cost the screen: a real door beside a real show that ticks.

The phones are threads of processes of their own, that stand back behind the show as phones
elsewhere would; each downloads a take's video again and again, on a connection of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from installation.app.assemble import open_devices, with_door
from installation.app.pace import Lateness
from installation.app.window import Window
from installation.gallery.record import VIDEO
from installation.gallery.store import Gallery, Terms, new_token
from installation.gallery.take_folder import TAKES
from installation.gallery.trusted_time import Stamp
from installation.reports.bench import percentile
from installation.reports.bench_gallery import written_take
from installation.settings import Settings
from installation.show.view_model import View
from installation.vocabulary import UglyError

HELPERS = 4
SETTLES_S = 3.0
PATIENCE_S = 300.0
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Flood:
    """What the phones got: whole downloads, bytes of them, and how many failed."""

    downloads: int
    bytes: int
    failed: int


def measure_door(settings: Settings, phones: int, seconds: float) -> dict[str, Any]:
    """Tick for `seconds` alone, half of them before and half after, and for `seconds` under
    `phones` that download at once.

    `tick_late_ms_p99_*` is how late a tick began after it was due, on the grid of `screen_fps`;
    one that was missed counts as late until the next began. `failed` are downloads that did not
    come whole, or not with the bytes that are on the disk.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    with tempfile.TemporaryDirectory(prefix="uglynet-bench-") as folder:
        settings = replace(
            settings,
            gallery=replace(settings.gallery, folder=Path(folder), each_s=3600.0),
            screen=replace(settings.screen, fullscreen=False),
            panel=replace(settings.panel, driver="onscreen"),
            source=replace(settings.source, driver="file"),
            door=replace(settings.door, on=True),
        )
        token, size = _take(Path(folder))
        alone, flooded, flood = _run(settings, token, size, phones, seconds)
    return {
        "phones": phones,
        "seconds": seconds,
        "downloads": flood.downloads,
        "bytes": flood.bytes,
        "failed": flood.failed,
        "tick_late_ms_p99_alone": round(1000 * percentile(alone.late_s, 0.99), 2),
        "tick_late_ms_p99_flooded": round(1000 * percentile(flooded.late_s, 0.99), 2),
        "tick_late_ms_median_alone": round(1000 * percentile(alone.late_s, 0.5), 2),
        "tick_late_ms_median_flooded": round(1000 * percentile(flooded.late_s, 0.5), 2),
        "ticks_alone": len(alone.late_s),
        "ticks_flooded": len(flooded.late_s),
        "video_bytes": size,
        "screen_size": list(settings.screen.size_px),
        "screen_fps": settings.screen.fps,
    }


def _take(folder: Path) -> tuple[str, int]:
    """Keep a take as large as visitors' are; its link's token, and its video's bytes."""
    token = new_token()
    gallery = Gallery(folder)
    try:
        terms = Terms(Stamp(time.time()), 30 * _DAY_S, False, token)
        take = gallery.keep(*written_take(1, frames=192, size_px=(448, 256)), terms)
        return token, (folder / TAKES / take.id / VIDEO).stat().st_size
    finally:
        gallery.close()


def _run(
    settings: Settings, token: str, size: int, phones: int, seconds: float
) -> tuple[Lateness, Lateness, Flood]:
    devices = with_door(settings, open_devices(settings))
    try:
        window = Window(settings, devices)
        try:
            port = _opened(window, devices.door)
            _tick(window, SETTLES_S)
            alone = _tick(window, seconds / 2)
            with _phones(port, token, size, phones, seconds + SETTLES_S) as came:
                _tick(window, SETTLES_S)
                flooded = _tick(window, seconds)
                flood = came()
            rest = _tick(window, seconds / 2)
            alone.late_s += rest.late_s
            return alone, flooded, flood
        finally:
            window.close()
    finally:
        devices.close()


def _opened(window: Window, door: Any) -> int:
    """Tick until the door is open; its port."""
    until_s = time.monotonic() + PATIENCE_S

    def opening(now_s: float, view: View) -> bool:
        if now_s > until_s:
            raise UglyError(f"the bench's door never opened: {door.health().note}")
        return not door.port

    window.run(opening)
    return int(door.port)


def _tick(window: Window, seconds: float) -> Lateness:
    """Tick so long; how late the ticks were."""
    window.lateness = Lateness()
    end_s = time.monotonic() + seconds
    window.run(lambda now_s, view: now_s < end_s)
    return window.lateness


@contextlib.contextmanager
def _phones(port: int, token: str, size: int, phones: int, seconds: float) -> Iterator[Any]:
    """Phones at work meanwhile; afterwards, what came of it."""
    helpers = [
        subprocess.Popen(
            [sys.executable, "-m", "installation.reports.phones",
             json.dumps([port, token, size, share, seconds])],
            stdout=subprocess.PIPE,
        )
        for share in _shares(phones, HELPERS)
    ]  # fmt: skip
    for helper in helpers:
        assert helper.stdout is not None
        helper.stdout.readline()  # its phones are dialling

    def came() -> Flood:
        found = [json.loads(helper.communicate(timeout=PATIENCE_S)[0]) for helper in helpers]
        return Flood(*(sum(row[number] for row in found) for number in range(3)))

    try:
        yield came
    finally:
        for helper in helpers:
            if helper.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    helper.wait(PATIENCE_S)
                helper.kill()


def _shares(count: int, among: int) -> list[int]:
    return [count // among + (number < count % among) for number in range(among)]
