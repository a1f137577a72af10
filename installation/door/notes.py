"""Small JSON files in the door's own folder, written whole or not at all."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from installation.files import write_whole

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
    write_whole(path, json.dumps(document).encode(), private=True)
