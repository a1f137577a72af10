"""Waiting for what other threads and programs do: for a condition, never for a time.

`PATIENCE_S` only ends a test that would otherwise hang; it says nothing about speed, so it is far
longer than anything takes on a machine with much other work on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 300.0


def eventually(
    what: Callable[[], T], told: Callable[[], object] = lambda: "", *, look_s: float = 0.005
) -> T:
    """Wait until `what` returns something true, and return it; `told` explains a failure. A look
    that takes long is followed by a rest as long: whoever is waited for needs the processor."""
    end_s = time.monotonic() + PATIENCE_S
    while True:
        began_s = time.monotonic()
        if found := what():
            return found
        now_s = time.monotonic()
        assert now_s < end_s, told() or "it never happened"
        time.sleep(max(look_s, now_s - began_s))
