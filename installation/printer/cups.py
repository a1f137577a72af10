"""Whatever CUPS prints on, by its own `lp`."""

from __future__ import annotations

import subprocess

from installation.printer.driver import Asked, Job
from installation.vocabulary import UglyError

PATIENCE_S = 30.0


class CupsPress:
    """The queue of that name, or CUPS' default one for ""."""

    def __init__(self, queue: str = "") -> None:
        self.told = f"queue {queue}" if queue else "the default queue"
        self._queue = queue

    def print_now(self, job: Job) -> None:
        words = ["lp", "-s", "-t", job.name or "UGly-Net", "-o", "media=A6", "-o", "fit-to-page"]
        if self._queue:
            words += ["-d", self._queue]
        try:
            ended = subprocess.run(
                [*words, "-"],
                input=job.card(),
                capture_output=True,
                timeout=PATIENCE_S,
                check=False,
            )
        except FileNotFoundError:
            raise UglyError(
                "printing needs CUPS, and there is no `lp`: apt install cups-client"
            ) from None
        except subprocess.TimeoutExpired:
            raise UglyError(f"CUPS ({self.told}) does not answer; try `lpstat -p`") from None
        if ended.returncode:
            why = ended.stderr.decode(errors="replace").strip().splitlines()
            told = why[0][:120] if why else f"status {ended.returncode}"
            raise UglyError(f"CUPS ({self.told}): {told}; try `lpstat -p`")


def open_press(asked: Asked) -> CupsPress:
    """The queue of the settings."""
    return CupsPress(asked.settings.address)
