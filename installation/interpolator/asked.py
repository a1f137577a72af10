"""What an interpolator is asked to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from installation.interpolator.sessions import Cancel
from installation.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Asked:
    """`threads` are its own, 0 for the settings'; `cancel` breaks off its loading and running, from
    any thread; `own` are the driver's own settings, if it has any."""

    settings: ModelSettings
    threads: int = 0
    cancel: Cancel | None = None
    own: Any = None
