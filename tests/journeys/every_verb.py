"""Runs command lines one after the other in one process, as `uglynet` would; prints how each
ended. Each of its words is one line; `{take}` in it is the first take there is, and one that begins
with ! is stopped midway."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

from installation.__main__ import main

CUT_SHORT_S = 3
"""What would take minutes is stopped, as by Ctrl-C, when it has been at work for this long."""


def stopped(*_: int | FrameType | None) -> None:
    raise KeyboardInterrupt


def status_of(line: str) -> object:
    takes = sorted(Path("out/gallery/takes").glob("[!.]*")) if "{take}" in line else []
    words = line.lstrip("!").format(take=takes[0].name if takes else "")
    sys.argv = ["uglynet", *shlex.split(words)]
    signal.setitimer(signal.ITIMER_REAL, CUT_SHORT_S if line.startswith("!") else 0)
    try:
        main()
    except SystemExit as leaving:
        return leaving.code or 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, stopped)
    ended = {}
    for line in sys.argv[1:]:
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            ended[line] = (status_of(line), told.getvalue()[-300:])
    print(json.dumps(ended))
