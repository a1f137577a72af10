"""Keep a graph's weights in 16 bits: half the file, the same float32 arithmetic.

Every large float32 weight becomes a float16 one and a Cast before its first reader; ONNX
Runtime does the casts once, when it loads the graph.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

LEAST_VALUES = 256
"""Smaller ones stay: a cast costs more of the file than it saves."""


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy whose large float32 weights are float16, cast back where they are read.

    Raises:
        ValueError: a weight is too large for float16 (beyond 65504).
    """
    half = onnx.ModelProto()
    half.CopyFrom(model)
    casts = []
    for weight in half.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < LEAST_VALUES:
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise ValueError(f"{weight.name} does not fit 16 bits")
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(
            onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT)
        )
    nodes = [*casts, *half.graph.node]
    del half.graph.node[:]
    half.graph.node.extend(nodes)
    onnx.checker.check_model(half)
    return half
