"""The screen, switched off while the house is closed: by a program, on a thread of its own.

The program is the settings' own, run with the word on or off; else wlr-randr under a Wayland
compositor, or xset under X. Where there is none, the screen stays on, dark.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from installation.worker import Worker

AGAIN_S = 60.0
"""How often it is said again: a screen may be plugged in, or switched by somebody."""

PATIENCE_S = 20.0

_log = logging.getLogger(__name__)

Runs = Callable[[list[str]], str]


def run(line: list[str]) -> str:
    """What a program prints; raises OSError or subprocess.SubprocessError if it fails."""
    done = subprocess.run(
        line, capture_output=True, text=True, check=True, timeout=PATIENCE_S,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout


def lines_for(
    on: bool, own: Path | None, environment: Mapping[str, str], runs: Runs = run
) -> list[list[str]]:
    """The command lines that switch the screen; none where nothing can."""
    if own is not None:
        return [[str(own), "on" if on else "off"]]
    if environment.get("WAYLAND_DISPLAY") and shutil.which("wlr-randr"):
        outputs = [line.split()[0] for line in runs(["wlr-randr"]).splitlines() if line[:1].strip()]
        return [["wlr-randr", "--output", name, "--on" if on else "--off"] for name in outputs]
    if environment.get("DISPLAY") and shutil.which("xset"):
        if on:  # and never again by itself
            return [["xset", "dpms", "force", "on"], ["xset", "s", "off", "-dpms"]]
        return [
            ["xset", "+dpms"],
            ["xset", "dpms", "0", "0", "0"],
            ["xset", "dpms", "force", "off"],
        ]
    return []


class ScreenSwitch:
    """Switches the screen as it is told; `tell` never waits. Where it `begins_unknown` (it is
    switched off at night, and the show may have ended then) the first word is carried out, be it
    that the screen is to be on."""

    def __init__(
        self,
        own: Path | None = None,
        environment: Mapping[str, str] = os.environ,
        runs: Runs = run,
        *,
        begins_unknown: bool = False,
    ) -> None:
        self._own, self._environment, self._runs = own, environment, runs
        self._wanted: bool | None = None if begins_unknown else True
        self._told = False
        self._changed = threading.Event()
        self._is: bool | None = None
        self._worker: Worker | None = None

    def tell(self, on: bool) -> None:
        """From now on the screen is to be on, or off. The thread begins with the first change."""
        if on == self._wanted:
            return
        self._wanted = on
        self._changed.set()
        if self._worker is None:
            self._worker = Worker("screen switch", self._follow, within_s=4 * PATIENCE_S + AGAIN_S)

    def switch(self) -> None:
        """Bring the screen to what is wanted, saying so in the journal if that fails."""
        wanted = self._wanted is not False
        try:
            lines = lines_for(wanted, self._own, self._environment, self._runs)
            self._all(lines)
        except (OSError, subprocess.SubprocessError) as error:
            self._complain(f"the screen cannot be switched {'on' if wanted else 'off'}: {error}")
            return
        if not lines:
            self._complain("nothing here switches the screen: wlr-randr, xset or [hours] command")
            return
        self._is, self._told = wanted, False

    def close(self) -> None:
        """Leave the screen on, whatever was wanted."""
        if self._worker is not None:
            self._worker.close()
            self._wanted = True
            if self._is is False:
                self.switch()

    def _all(self, lines: Iterable[list[str]]) -> None:
        """Run them all, also after one that failed; the last failure is raised."""
        failed: OSError | subprocess.SubprocessError | None = None
        for line in lines:
            try:
                self._runs(line)
            except (OSError, subprocess.SubprocessError) as error:
                failed = error
        if failed is not None:
            raise failed

    def _complain(self, line: str) -> None:
        if not self._told:
            _log.warning("%s", line)
        self._told = True

    def _follow(self, stop: threading.Event) -> None:
        waited_s = AGAIN_S
        while not stop.is_set():
            again = not self._wanted or self._is is not self._wanted
            if self._changed.is_set() or (waited_s >= AGAIN_S and again):
                self._changed.clear()
                self.switch()
                waited_s = 0.0
            stop.wait(0.5)
            waited_s += 0.5
