"""What went wrong, in a line."""

from __future__ import annotations


def first_line(error: Exception) -> str:
    """The first line of what an error says, or its name: some say nothing."""
    return (str(error).strip() or repr(error)).splitlines()[0][:200]
