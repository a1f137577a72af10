"""How long nobody can play after the show died: from kill -9 to the first picture of ATTRACT."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from installation.app.settings_document import with_values
from installation.settings import HOUSE, Settings
from installation.vocabulary import UglyError

UNIT = HOUSE / "kiosk_config" / "uglynet.service"
PATIENCE_S = 120.0
"""How long a start may take before it is given up."""


def pause_s(unit: Path = UNIT) -> float:
    """How long the kiosk's unit waits before it starts the show again, in seconds."""
    found = re.search(r"^RestartSec=(\d+(?:\.\d+)?)s?$", unit.read_text(encoding="utf-8"), re.M)
    if found is None:
        raise UglyError(f"{unit}: no RestartSec in seconds")
    return float(found[1])


class _Kiosk:
    """Starts the show as systemd does, and hears from it as systemd does."""

    def __init__(self, folder: Path, settings: Path) -> None:
        self._settings, self._log = settings, folder / "said"
        self._address = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._address))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; when its first picture was there, on the steady clock."""
        command = [sys.executable, "-m", "installation", "--config", str(self._settings), "run"]
        surroundings = {**os.environ, "NOTIFY_SOCKET": str(self._address)}
        with self._log.open("wb") as log:
            self._process = process = subprocess.Popen(
                command, env=surroundings, stdout=log, stderr=log, start_new_session=True
            )
        until_s = time.monotonic() + PATIENCE_S
        while (left_s := until_s - time.monotonic()) > 0:
            if process.poll() is not None:
                said = self._log.read_text(encoding="utf-8", errors="replace").strip()
                line = said.splitlines()[-1] if said else f"it ended with {process.returncode}"
                raise UglyError(f"the show does not start: {line}")
            if select.select([self._socket], [], [], min(left_s, 0.2))[0]:
                told = self._socket.recv(1 << 16).decode(errors="replace")
                if "READY=1" in told.splitlines():
                    return time.monotonic()
        raise UglyError(f"the show was not up within {PATIENCE_S:.0f} s")

    def kill(self) -> float:
        """Kill it as hard as a machine can; when that was, on the steady clock."""
        assert self._process is not None
        killed_s = time.monotonic()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        return killed_s

    def close(self) -> None:
        """Let it end as it should; what does not end is killed."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._socket.close()


def measure_restart(settings: Settings, config: Path | None, times: int) -> dict[str, Any]:
    """Seconds from SIGKILL to READY=1, which the show says after its first picture, `times` over.

    Raises:
        UglyError: if there is no screen, or the show does not start.
    """
    waits_s = pause_s()
    with tempfile.TemporaryDirectory(prefix="uglynet-") as made:
        folder = Path(made)
        kiosk = _Kiosk(folder, _own_settings(folder, config, settings))
        took_s: list[float] = []
        try:
            first_s = -time.monotonic()
            first_s += kiosk.start()
            for _ in range(times):
                killed_s = kiosk.kill()
                time.sleep(waits_s)
                took_s.append(kiosk.start() - killed_s)
        finally:
            kiosk.close()
    return {
        "restart_s_median": round(median(took_s), 2),
        "restart_s_worst": round(max(took_s), 2),
        "restarts": times,
        "pause_s": waits_s,
        "first_start_s": round(first_s, 2),
    }


def _own_settings(folder: Path, config: Path | None, settings: Settings) -> Path:
    """The operator's settings, but for the gallery: nothing of theirs is touched, and their show
    may go on beside it (the door takes the next port that is free)."""
    text = config.read_text(encoding="utf-8") if config is not None else ""
    values: dict[str, object] = {
        "gallery.folder": folder / "gallery",
        # Nobody is to hear of it.
        "alerts.webhook": None,
        "alerts.mail_to": None,
        "alerts.mqtt": None,
        # A path is relative to the file it stands in, and this one lies elsewhere.
        "screen.words": settings.screen.words,
        "panel.replay": settings.panel.replay,
        "source.file": settings.source.file,
        "model.path": settings.model.path,
        "hours.command": settings.hours.command,
    }
    own = folder / "settings.toml"
    own.write_text(with_values(text, values, str(config)), encoding="utf-8")
    return own
