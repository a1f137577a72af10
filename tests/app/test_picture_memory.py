"""A picture's memory is the process's own the second time."""

from __future__ import annotations

import subprocess
import sys

import pytest

PICTURES = """
import resource, sys
import numpy as np
from installation.app.heap import keep_pictures

if sys.argv[1] == "kept" and not keep_pictures():
    sys.exit("this C library cannot be told")


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
    as_ever = faults("as ever")
    kept = faults("kept")
    assert kept < 200
    # Where huge pages are handed out there is little to gain.
    assert as_ever < 2000 or kept < 0.1 * as_ever
