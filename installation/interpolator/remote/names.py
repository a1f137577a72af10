"""What our graphs are called at a server of nets."""

from __future__ import annotations

from installation.interpolator.model import Model


def names_at_server(model: Model) -> dict[str, str]:
    """What each of a model's graphs is called there: by the sum of its file, so that an older net
    is never taken for it."""
    return {
        graph: f"uglynet-{graph.replace('_', '-')}-{sha256[:12]}"
        for graph, (_, sha256) in model.manifest.files.items()
    }
