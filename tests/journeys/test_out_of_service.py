"""The out-of-service screen as visitors see it: the program itself, on a display of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from display import display
from staging import surroundings
from waiting import PATIENCE_S, eventually

from installation.last_words import FILE, Outage, leave
from installation.show.paint.compositor import Compositor
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.outage import outage
from installation.show.words import languages


def test_it_shows_what_the_show_ended_of_and_ends_when_it_is_told(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    leave(Outage.MODEL, "flow.onnx: damaged")
    assert (tmp_path / FILE).is_file()
    tongues = languages()
    stage = Compositor(1280, 720, TextLayout())
    stage.draw(outage(20, (1280, 720), [tongues[name] for name in ("en", "de", "fr", "ko")]))
    with display(tmp_path, "1280x720x24") as screen:
        program = subprocess.Popen(
            [sys.executable, "-m", "installation.out_of_service"],
            env=surroundings(DISPLAY=screen.name), stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            eventually(lambda: program.poll() is not None or _shows(screen.picture(), stage.frame))
            assert program.poll() is None
            screen.key("Escape")  # a stray key ends nothing
            program.send_signal(signal.SIGTERM)
            _, told = program.communicate(timeout=PATIENCE_S)
        finally:
            program.kill()
    assert program.returncode == 0, told
    assert told == "out of service, code 20: flow.onnx: damaged\n"


def _shows(seen: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.array_equal(seen, wanted))


def test_it_loads_neither_net_nor_gallery():
    """What the show ended of must not end it too."""
    program = (
        "import sys, installation.out_of_service as o;"
        "print([n for n in ('onnxruntime', 'sqlite3', 'serial', 'pydantic') "
        "if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
