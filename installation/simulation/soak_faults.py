"""What goes wrong in a soak: each fault caused at a device's edge, and mended again."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from installation.simulation.soak_devices import SoakBench

HOLDS = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("begin exclusive")
print("held", flush=True)
sys.stdin.read()
"""
"""Another program that holds the gallery's database until its standard input ends."""

Fault = Callable[[SoakBench, Path], "contextlib.AbstractContextManager[None]"]


def _edge(device: str, wrong: str) -> Fault:
    @contextlib.contextmanager
    def fault(bench: SoakBench, folder: Path) -> Iterator[None]:
        setattr(bench.edges, device, wrong)
        try:
            yield
        finally:
            setattr(bench.edges, device, "")

    return fault


@contextlib.contextmanager
def _locked(bench: SoakBench, folder: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder / "gallery.db")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        other.stdout.readline()  # empty where somebody else is writing: then nothing is held
        yield


def _leap(seconds: float) -> Fault:
    @contextlib.contextmanager
    def fault(bench: SoakBench, folder: Path) -> Iterator[None]:
        bench.clock.leap_s = seconds
        try:
            yield
        finally:
            bench.clock.leap_s = 0.0

    return fault


FAULTS: Mapping[str, Fault] = {
    "panel unplugged": _edge("panel", "unplugged"),
    "panel babbles": _edge("panel", "babbles"),
    "camera gone": _edge("camera", "gone"),
    "camera frozen": _edge("camera", "frozen"),
    "camera black": _edge("camera", "black"),
    "camera driver crashes": _edge("camera", "crashes"),
    "net fails": _edge("net", "fails"),
    "net hangs": _edge("net", "hangs"),
    "archive's thread dies": _edge("disk", "thread dies"),
    "disk full": _edge("disk", "full"),
    "database locked": _locked,
    "clock leaps ahead": _leap(400 * 86400.0),
    "clock falls back": _leap(-400 * 86400.0),
}
"""Every fault by its name: a context in which it is so, on a bench and its gallery's folder."""
