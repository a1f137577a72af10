"""Hints fit how the program was installed."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from installation.installed import checkout_hint, extra_hint, in_checkout
from installation.settings import HOUSE


def test_in_a_checkout_extras_come_from_it():
    assert in_checkout()
    words = shlex.split(extra_hint("midi"))
    assert words[:4] == [sys.executable, "-m", "pip", "install"]
    assert words[4:] == ["-c", f"{HOUSE}/constraints.txt", "-e", f"{HOUSE}[midi]"]
    assert "fetch" in checkout_hint()


def test_from_a_wheel_they_come_by_their_own_names(tmp_path: Path):
    words = shlex.split(extra_hint("midi", tmp_path))[4:]
    assert {word.split(">")[0] for word in words} == {"mido", "python-rtmidi"}
    assert "uglynet" not in " ".join(words), "an index may have another under our name"
    assert "wheel" in checkout_hint(tmp_path)
