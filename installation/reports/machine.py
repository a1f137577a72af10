"""What machine a figure was measured on, so that two can be compared."""

from __future__ import annotations

import os
import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
VECTORS = ("avx512f", "avx2", "avx", "asimd", "sse4_2")
"""Of the widest vector instructions first, by their names in /proc/cpuinfo."""


def machine() -> dict[str, str | int]:
    """The processor's name, its widest vector instructions, and the cores this program may use."""
    facts = _cpuinfo()
    flags = facts.get("flags", facts.get("Features", "")).split()
    widest = next((name for name in VECTORS if name in flags), "")
    name = facts.get("model name") or platform.processor() or platform.machine()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"processor": f"{name} ({widest})" if widest else name, "cores": usable or 1}


def _cpuinfo() -> dict[str, str]:
    """The first processor's lines; none where there is no such file."""
    try:
        text = CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
