"""What the journeys share: a small installation in a folder of its own, and patient waiting."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TypeVar

from pictures import gradient
from waiting import PATIENCE_S, eventually

from installation.video import VideoWriter

T = TypeVar("T")

COMMAND = Path(sys.executable).with_name("uglynet")

SMALL = """
[screen]
size_px = [640, 360]
fps = 15
languages = ["en"]
[panel]
driver = "{panel}"
[source]
driver = "file"
file = "clip.mp4"
size_px = [64, 48]
fps = 20.0
seconds = {seconds}
[play]
preview_px = [64, 48]
grow = false
slow = {slow}
[visit]
invite_s = 900.0
countdown_s = {countdown_s}
carve_s = 1800.0
idle_s = 900.0
decide_s = 900.0
gallery_s = 5.0
[gallery]
folder = "gallery"
each_s = 3.0
video_px = [{video_px}]
"""


def stage(
    folder: Path,
    *,
    panel: str = "onscreen",
    slow: int = 2,
    seconds: float = 0.5,
    video_px: tuple[int, int] = (64, 48),
    moving: bool = True,
    countdown_s: float = 0.3,
    net: bool = True,
) -> Path:
    """Write settings and a clip into the folder; return the settings file.

    Without `net` frames are blended: half the time to the first picture, and enough for whatever
    is not about pictures.
    """
    with VideoWriter(folder / "clip.mp4", 20, quality=10) as video:
        for number in range(40):
            video.add(gradient(96, 72, shift=2 * number * moving))
    settings = folder / "settings.toml"
    sizes = ", ".join(map(str, video_px))
    text = SMALL.format(
        panel=panel, slow=slow, seconds=seconds, video_px=sizes, countdown_s=countdown_s
    )
    settings.write_text(text if net else f'{text}[model]\ndriver = "crossfade"\n')
    return settings


class Program:
    """`uglynet` as a process of its own; what it says on stderr is kept as it comes."""

    def __init__(self, folder: Path, *words: object, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [str(COMMAND), *map(str, words)],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out: list[str] = []
        self.said: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            threading.Thread(target=_collect, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.out), (self.process.stderr, self.said))
        ]
        for reader in self._readers:
            reader.start()

    def has_said(self, words: str) -> bool:
        return any(words in line for line in list(self.said))

    def hears(self, words: str) -> None:
        """Wait until it says this; fail if it ends instead."""

        def said() -> bool:
            over = self.process.poll() is not None
            if over:
                self._end_reading()
            assert self.has_said(words) or not over, self.told()
            return self.has_said(words)

        eventually(said, self.told)

    def told(self) -> str:
        return "".join(self.said)

    def status(self) -> int:
        """Wait for its end; its exit status."""
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.told()}") from None
        self._end_reading()
        return status

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def close(self) -> None:
        """Make sure that nothing is left of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._end_reading()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _end_reading(self) -> None:
        for reader in self._readers:
            reader.join(10)


def _collect(pipe: IO[str], lines: list[str]) -> None:
    with contextlib.suppress(ValueError):
        lines.extend(iter(pipe.readline, ""))


@contextlib.contextmanager
def started(folder: Path, *words: object, environment: Mapping[str, str]) -> Iterator[Program]:
    program = Program(folder, *words, environment=environment)
    try:
        yield program
    finally:
        program.close()


def surroundings(**changes: str) -> dict[str, str]:
    """This process's environment without any screen, and with changes."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "SDL_VIDEODRIVER", "XAUTHORITY")
    kept = {name: value for name, value in os.environ.items() if name not in screens}
    return {**kept, **changes}


def takes_in(gallery: Path) -> list[Path]:
    """The takes that are wholly there."""
    folder = gallery / "takes"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
