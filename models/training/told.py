"""What a command found, and what went wrong, in lines."""

from __future__ import annotations

import json
from collections.abc import Mapping


def first_line(error: Exception) -> str:
    """The first line of what an error says, or its name: some say nothing."""
    return (str(error).strip() or repr(error)).splitlines()[0][:200]


def print_figures(found: Mapping[str, object], as_json: bool) -> None:
    """A line each, or all as JSON."""
    if as_json:
        print(json.dumps(found, indent=1))
        return
    for key, value in found.items():
        print(f"{key:24} {value}")
