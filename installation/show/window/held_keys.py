"""Keys held down, which repeat what they do for as long as they are."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST_S = 0.35
"""How long a key is held before it repeats."""

EACH_S = 0.04
"""How often it repeats from then on."""


class HeldKeys:
    """Which keys are down, by the name each went down with.

    pygame's own repetition runs by a timer beside the events: after a slow frame a quick tap had
    become several, for its coming up was read only then. Here a key repeats only once everything
    the keyboard did has been read, and no more than once a look. `clock` is in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._down: dict[int, tuple[str, float]] = {}  # by scan code: name, when it is due next

    def down(self, scancode: int, name: str) -> None:
        """A key went down."""
        self._down[scancode] = name, self._clock() + FIRST_S

    def up(self, scancode: int, name: str) -> str:
        """A key came up; the name it went down with, or `name` if nobody saw that."""
        return self._down.pop(scancode, (name, 0.0))[0]

    def due(self) -> tuple[str, ...]:
        """The names of the keys that repeat now."""
        now_s = self._clock()
        due = {code: name for code, (name, at_s) in self._down.items() if now_s >= at_s}
        self._down |= {code: (name, now_s + EACH_S) for code, name in due.items()}
        return tuple(due.values())
