"""Where a graph runs: the provider asked for, and no other in silence."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import onnxruntime as ort

from installation.interpolator.driver import RunCancelledError
from installation.vocabulary import UglyError

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}


def gpu_is_there() -> bool:
    """Whether a CUDA device's node exists: a desktop's, or a Jetson's."""
    nodes = ("/dev/nvidiactl", "/dev/nvhost-gpu", "/dev/nvgpu")
    return any(Path(node).exists() for node in nodes)


def available_providers() -> tuple[str, ...]:
    """The providers this ONNX Runtime was built with; that one is listed does not mean it runs."""
    return tuple(ort.get_available_providers())


def choose_provider(asked: str) -> str:
    """Turn the setting (auto, cpu, cuda, tensorrt) into one provider's key.

    `auto` means CUDA where both a device and the provider are there, else the CPU.

    Raises:
        UglyError: if what was asked for by name isn't in this ONNX Runtime.
    """
    available = ort.get_available_providers()
    if asked == "auto":
        return "cuda" if PROVIDERS["cuda"] in available and gpu_is_there() else "cpu"
    if PROVIDERS[asked] not in available:
        raise UglyError(
            f"{asked} was asked for, but this ONNX Runtime has no {PROVIDERS[asked]}; install "
            'onnxruntime-gpu or set [model] provider = "cpu"'
        )
    return asked


class Cancel:
    """Breaks off what ONNX Runtime does for one interpolator, loads and runs, from any thread:
    between two nodes of a graph a run looks at its options, a load between two of its steps.
    (`RunOptions.terminate` and `set_load_cancellation_flag`, ONNX Runtime 1.20 and 1.22.)"""

    def __init__(self) -> None:
        self.asked = False
        self.broken_off = False
        self.run_options = ort.RunOptions()
        self._lock = threading.Lock()
        self._loading: list[ort.SessionOptions] = []

    def ask(self) -> None:
        """Break off what is under way, and refuse what comes later."""
        with self._lock:
            self.asked = self.run_options.terminate = True
            for options in self._loading:
                _refuse_to_load(options)

    def break_off(self) -> None:
        """Break off the run that is under way, and none that begins later."""
        with self._lock:
            self.broken_off = self.run_options.terminate = True

    def begin(self) -> None:
        """A run begins."""
        with self._lock:
            self.check()
            self.broken_off = self.run_options.terminate = False

    def check(self) -> None:
        """Raise `RunCancelledError` if it was asked for."""
        if self.asked:
            raise RunCancelledError

    @contextlib.contextmanager
    def over(self, options: ort.SessionOptions) -> Iterator[None]:
        """While a session is loaded with these options."""
        with self._lock:
            self.check()
            self._loading.append(options)
        try:
            yield
        finally:
            with self._lock:
                self._loading.remove(options)


def _refuse_to_load(options: ort.SessionOptions) -> None:
    if hasattr(options, "set_load_cancellation_flag"):
        options.set_load_cancellation_flag(True)


def session_of(
    graph: bytes, name: str, provider: str, threads: int, cancel: Cancel | None = None
) -> ort.InferenceSession:
    """A graph's session for frames of any size, `name` its file's name for errors.

    Raises:
        UglyError: if it cannot be loaded, or comes up on another provider than `provider`.
        RunCancelledError: if `cancel` was asked for.
    """
    return _loaded(graph, name, provider, _options(threads, provider), {}, cancel or Cancel())


def fixed_session(
    graph: bytes,
    name: str,
    provider: str,
    threads: int,
    size_px: tuple[int, int],
    cuts: Mapping[str, int],
    cancel: Cancel | None = None,
) -> ort.InferenceSession:
    """A graph's session for frames of `size_px` (width, height) alone, all sites carved; on CUDA it
    captures a CUDA graph at its first run. `cuts` are its `cut/...` inputs and their lengths.

    Raises:
        UglyError: as `session_of`, and if the graph cannot be captured.
    """
    options, (width, height) = _options(threads, provider), size_px
    sides = {"height": height, "width": width, "half_height": height // 2, "half_width": width // 2}
    for side, cells in {"one": 1, **sides, **cuts}.items():
        options.add_free_dimension_override_by_name(side, cells)
    captured = {"enable_cuda_graph": "1"} if provider == "cuda" else {}
    return _loaded(graph, name, provider, options, captured, cancel or Cancel())


def _options(threads: int, provider: str) -> ort.SessionOptions:
    options = ort.SessionOptions()
    # Planning which buffer may be used twice takes time in the square of the nodes: three quarters
    # of a graph's loading. Without it frames take as long and as much memory: the arena gives a
    # freed buffer to the next who asks. On CUDA that was never measured, so there it stays.
    options.enable_mem_reuse = provider != "cpu"
    # Never more threads than cores: three on two cores take twice the time of two.
    options.intra_op_num_threads = max(1, min(threads, os.cpu_count() or 1))
    options.inter_op_num_threads = 1
    # Spinning would take the screen's core between two frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    # Kernels do not heed it: CUDA's warn of every site that may be cut, each time a graph loads.
    # What its library cannot find is an error, and stays to be read.
    ort.set_default_logger_severity(3)
    return options


def _loaded(
    graph: bytes,
    name: str,
    provider: str,
    options: ort.SessionOptions,
    asked: dict[str, str],
    cancel: Cancel,
) -> ort.InferenceSession:
    wanted = PROVIDERS[provider]
    chosen: list[Any] = [(wanted, asked)] if asked else [wanted]
    providers = chosen if provider == "cpu" else [*chosen, PROVIDERS["cpu"]]
    try:
        with cancel.over(options):
            session = ort.InferenceSession(graph, options, providers=providers)
    except Exception as error:  # ONNX Runtime's errors share no base of their own
        if cancel.asked:
            raise RunCancelledError from None
        hint = "; set [model] cuda_graph = false" if asked else ""
        raise UglyError(
            f"{name}: ONNX Runtime cannot load it ({str(error).splitlines()[0][:100]}){hint}"
        ) from None
    if session.get_providers()[0] != wanted:
        raise UglyError(
            f"{provider} was asked for, but {name} came up on {session.get_providers()[0]}: "
            'mend the driver (see `uglynet doctor`) or set [model] provider = "cpu"'
        )
    return session
