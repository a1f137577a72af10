"""A picture's memory is the process's own the second time."""

from __future__ import annotations

import subprocess
import sys

import pytest

PICTURES = """
import resource, sys
import numpy as np
from installation.app.memory import keep_freed_memory

if sys.argv[1] == "kept" and not keep_freed_memory():
    sys.exit("this C library has no mallopt")


def paint():
    pages = [np.ones((1080, 1920, 3), np.uint8) for _ in range(3)]


paint()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    paint()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(way: str) -> int:
    command = [sys.executable, "-c", PICTURES, way]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's")
def test_pictures_take_their_memory_from_what_is_free() -> None:
    assert faults("kept") < 0.1 * faults("as ever") + 200
