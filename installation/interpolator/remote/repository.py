"""A folder for a server of nets: a model's graphs, laid out as Triton, OpenVINO Model Server and
KServe want them.

    FOLDER/<name>/1/model.onnx      the graph
    FOLDER/<name>/config.pbtxt      for Triton; inputs and outputs it reads from the graph
    FOLDER/config.json              for OpenVINO Model Server, which sees the folder as /models
"""

from __future__ import annotations

import json
from pathlib import Path

from installation.files import write_whole
from installation.interpolator.model import Model
from installation.interpolator.remote.names import names_at_server
from installation.vocabulary import UglyError


def write_repository(model: Model, folder: Path) -> tuple[str, ...]:
    """Write the model's graphs there; what else is in the folder stays. Returns their names there.

    Raises:
        UglyError: one line, if it cannot be written.
    """
    names = names_at_server(model)
    try:
        for graph, name in names.items():
            version = folder / name / "1"
            version.mkdir(parents=True, exist_ok=True)
            write_whole(version / "model.onnx", model.graphs[graph])
            write_whole(folder / name / "config.pbtxt", _for_triton(name).encode())
        write_whole(folder / "config.json", _for_openvino(tuple(names.values())).encode())
    except OSError as error:
        raise UglyError(
            f"{error.filename or folder}: cannot be written ({error.strerror})"
        ) from None
    return tuple(names.values())


def _for_triton(name: str) -> str:
    return f'name: "{name}"\nbackend: "onnxruntime"\nmax_batch_size: 0\n'


def _for_openvino(names: tuple[str, ...]) -> str:
    listed = [{"config": {"name": name, "base_path": f"/models/{name}"}} for name in names]
    return json.dumps({"model_config_list": listed}, indent=1) + "\n"
