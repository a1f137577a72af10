"""Inputs that stay where the net runs: for providers with a memory of their own.

Between two frames of a pair only the time changes; frames, motion and carve are copied to the
device once, and kept there for as long as the same arrays are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

Array = npt.NDArray[Any]


class BoundSession:
    """An ONNX Runtime session on `device` ("cuda", or "cpu" to try it), with its inputs held."""

    def __init__(self, session: ort.InferenceSession, device: str) -> None:
        self._session, self._device = session, device
        self._held: dict[str, tuple[Array, ort.OrtValue]] = {}

    def run(self, outputs: Sequence[str], given: Mapping[str, Array]) -> list[Array]:
        """Run it and return the outputs as arrays in main memory.

        An array given again under the same name, the very same object, is not copied again:
        whoever gives it must not write into it.
        """
        binding = self._session.io_binding()
        for name, array in given.items():
            binding.bind_ortvalue_input(name, self._value(name, array))
        for name in outputs:
            binding.bind_output(name, "cpu")
        self._session.run_with_iobinding(binding)
        return [np.asarray(found) for found in binding.copy_outputs_to_cpu()]

    def _value(self, name: str, array: Array) -> ort.OrtValue:
        held = self._held.get(name)
        if held is None or held[0] is not array:
            whole = np.ascontiguousarray(array)
            held = (array, ort.OrtValue.ortvalue_from_numpy(whole, self._device, 0))
            self._held[name] = held
        return held[1]

    def forget(self) -> None:
        """Let go of every input held."""
        self._held.clear()
