"""The gallery as a web site on a stick, as the door asks for it: by a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from installation.door.operator_tools import mounted
from installation.door.takes import Outcome

MOUNTS = Path("/proc/mounts")
ROOTS = ("/media/", "/run/media/", "/mnt/")
FOLDER = "uglynet-gallery"
WITHIN_S = 3600.0


class SiteWriter:
    """Writes the site of a settings' gallery (section by section). `mounts` says what is plugged
    in."""

    def __init__(self, settings: Mapping[str, Any], mounts: Path = MOUNTS) -> None:
        self._settings, self._mounts = settings, mounts

    def places(self) -> tuple[Path, ...]:
        """The sticks and disks that are plugged in and may be written to."""
        try:
            text = self._mounts.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ()
        found = mounted(text, lambda place: f"{place}/".startswith(ROOTS))
        return tuple(place for place in found if os.access(place, os.W_OK))

    async def write(self, place: Path) -> Outcome:
        """Write the site into a folder of its own there; what became of it."""
        asked = {"settings": self._settings, "out": str(place / FOLDER)}
        command = (sys.executable, "-m", "installation.app.web_gallery", json.dumps(asked))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        try:
            out, said = await asyncio.wait_for(process.communicate(), WITHIN_S)
        except asyncio.TimeoutError:
            process.kill()
            return Outcome(False, "it took too long")
        except asyncio.CancelledError:
            process.kill()
            raise
        lines = said.decode(errors="replace").strip().splitlines()
        if process.returncode:
            return Outcome(False, lines[-1] if lines else "it was not written")
        told = json.loads(out)
        line = f"{told['takes']} takes in {place / FOLDER}"
        if told["problems"]:
            line = f"{line}; {len(told['problems'])} files could not be read"
        return Outcome(True, line)
