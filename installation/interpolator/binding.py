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

    def run(
        self, outputs: Sequence[str], given: Mapping[str, Array], options: ort.RunOptions = None
    ) -> list[Array]:
        """Run it and return the outputs as arrays in main memory.

        An array given again under the same name, the very same object, is not copied again:
        whoever gives it must not write into it.
        """
        binding = self._session.io_binding()
        for name, array in given.items():
            binding.bind_ortvalue_input(name, self._value(name, array))
        for name in outputs:
            binding.bind_output(name, "cpu")
        self._session.run_with_iobinding(binding, options)
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


class FixedSession:
    """A session for one size (width, height), its inputs and output on `device` at addresses
    that never change: what a CUDA graph, captured at the first run and replayed from then on,
    asks for. The session has to have fixed shapes; its first output alone is made.
    """

    def __init__(
        self, session: ort.InferenceSession, device: str, size_px: tuple[int, int]
    ) -> None:
        self.size_px = size_px
        self._session, self._device = session, device
        self._given: dict[str, tuple[Array, ort.OrtValue]] = {}
        self._binding = session.io_binding()
        made = session.get_outputs()[0]
        self._made = ort.OrtValue.ortvalue_from_shape_and_type(made.shape, np.float32, device, 0)
        self._binding.bind_ortvalue_output(made.name, self._made)

    def run(self, given: Mapping[str, Array], options: ort.RunOptions = None) -> list[Array]:
        """Run it and return the output in main memory.

        An array given again under the same name, the very same object, is not copied again:
        whoever gives it must not write into it.
        """
        for name, array in given.items():
            held = self._given.get(name)
            if held is not None and held[0] is array:
                continue
            whole = np.ascontiguousarray(array)
            if held is None:
                value = ort.OrtValue.ortvalue_from_numpy(whole.copy(), self._device, 0)
                self._binding.bind_ortvalue_input(name, value)
            else:
                value = held[1]
                value.update_inplace(whole)
            self._given[name] = (array, value)
        self._binding.synchronize_inputs()
        self._session.run_with_iobinding(self._binding, options)
        self._binding.synchronize_outputs()
        return [np.array(self._made.numpy())]
