"""Small ONNX graphs that ship with the program, run on one thread of the CPU.

The dreams and the rack's enhance are such graphs. The carved U-Nets have sessions of their own
(`interpolator.sessions`), since they choose providers and threads.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from installation.vocabulary import UglyError

FloatArray = npt.NDArray[np.float32]


class Graph:
    """One graph with one input and one output, float32. May be run by several threads.

    Raises:
        UglyError: one line if the file is missing or is no graph.
    """

    def __init__(self, path: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UglyError(f"{path}: cannot be read ({error.strerror})") from None
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors share no base of their own
            raise UglyError(
                f"{path}: ONNX Runtime cannot load it ({str(error).splitlines()[0][:100]})"
            ) from None
        self._given = self._session.get_inputs()[0].name

    def run(self, given: FloatArray) -> FloatArray:
        """The graph's output for its input."""
        return np.asarray(self._session.run(None, {self._given: given})[0], np.float32)
