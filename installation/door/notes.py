"""Small JSON files in the door's own folder, written whole or not at all."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)


def read_note(path: Path) -> dict[str, Any]:
    """A note's document; {} where there is none to be read."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def write_note(path: Path, document: dict[str, Any]) -> None:
    """Write a note. Raises OSError."""
    path.parent.mkdir(0o700, exist_ok=True)
    partial = path.with_suffix(".half")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
