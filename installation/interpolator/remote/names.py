"""What our graphs are called at a server of nets."""

from __future__ import annotations


def name_at_server(graph: str, sha256: str) -> str:
    """A graph's name there: by the sum of its file, so that an older net is never taken for it."""
    return f"uglynet-{graph.replace('_', '-')}-{sha256[:12]}"
