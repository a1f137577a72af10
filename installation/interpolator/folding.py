"""A model's graphs for one size: shapes fixed, constants folded, three quarters of the nodes gone.

For browsers, which load them quickly. ONNX Runtime folds them itself, and only by what is exact,
so that the frames stay the same.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnxruntime as ort

from installation.interpolator.model import Model


def folded(model: Model, graph: str, size_px: tuple[int, int]) -> bytes:
    """The ONNX file of a graph (`carve.sites.GRAPHS`) for frames of `size_px` (width, height),
    multiples of the manifest's."""
    width, height = size_px
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_mem_reuse = False  # as in `sessions`: planning it is most of the work
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    sides = {"height": height, "width": width, "half_height": height // 2, "half_width": width // 2}
    for side, cells in {"one": 1, **sides}.items():
        options.add_free_dimension_override_by_name(side, cells)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "folded.onnx"
        options.optimized_model_filepath = str(path)
        ort.InferenceSession(model.graphs[graph], options, providers=["CPUExecutionProvider"])
        return path.read_bytes()
