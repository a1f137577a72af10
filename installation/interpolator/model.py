"""A trained model on disk: a manifest and the two graphs it names, checked by their sha256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installation.carve.sites import Manifest, parse_manifest
from installation.documents import parse_json
from installation.installed import checkout_hint
from installation.vocabulary import UglyError


@dataclass(frozen=True, slots=True)
class Model:
    """A manifest and the bytes of its graphs, by name (`carve.sites.GRAPHS`)."""

    path: Path
    manifest: Manifest
    graphs: Mapping[str, bytes]


def load_model(path: Path) -> Model:
    """Read a model from its manifest.json, or from the folder that holds it.

    Raises:
        UglyError: one line if anything is absent, damaged, or made by a newer version.
    """
    file = path / "manifest.json" if path.is_dir() else path
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise UglyError(f"{file}: no model there; set [model] path, or {checkout_hint()}") from None
    except OSError as error:
        raise UglyError(f"{file}: not a readable manifest ({error.strerror})") from None
    manifest = parse_manifest(parse_json(data, str(file)), str(file))
    graphs = {}
    for name, (graph_file, wanted) in manifest.files.items():
        graph = file.parent / graph_file
        try:
            data = graph.read_bytes()
        except OSError as error:
            raise UglyError(
                f"{graph}: cannot be read ({error.strerror}); fetch the project's models again"
            ) from None
        if hashlib.sha256(data).hexdigest() != wanted:
            raise UglyError(
                f"{graph}: damaged (its sha256 is not the manifest's); fetch the models again"
            )
        graphs[name] = data
    return Model(file, manifest, graphs)
