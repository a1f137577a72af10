"""The graphs on this machine, run by ONNX Runtime."""

from __future__ import annotations

import logging
import os

import onnxruntime as ort

from installation.interpolator.binding import BoundSession, FixedSession
from installation.interpolator.graphs import Feeds, FloatArray
from installation.interpolator.model import Model
from installation.interpolator.sessions import Cancel, choose_provider, fixed_session, session_of
from installation.one_line import one_line
from installation.vocabulary import DeviceHealth, Health
from installation.worker import taking_up_to

_log = logging.getLogger(__name__)

MOST_TOLD = 160
"""Letters of what ONNX Runtime says, in a note."""

LOADED_WITHIN_S = 180.0
"""A graph takes seconds of the processor's own to load; with ten programs beside it, a minute."""


class LocalGraphs:
    """A model's graphs. `threads` are ONNX Runtime's; `provider` auto, cpu, cuda or tensorrt.

    The plain graphs are loaded at once, the full ones when first needed. `memory` is where their
    inputs are held ("cuda", "cpu"); left out, a GPU's own, and nowhere on the CPU. With `fixed` the
    plain form is loaded anew for every size of clip, at fixed shapes and addresses, and on CUDA
    captured as a CUDA graph; where that fails, it runs as if it had not been asked for. (The full
    one cannot be: where a roll begins is read on the CPU.)
    `cancel` breaks off loading as well as running, from any thread.

    Raises:
        RunCancelledError: if it was broken off.
        UglyError: if a graph cannot be loaded or the provider asked for isn't what runs.
    """

    def __init__(
        self,
        model: Model,
        provider: str = "auto",
        threads: int = 1,
        memory: str = "",
        fixed: bool = False,
        cancel: Cancel | None = None,
    ) -> None:
        self.provider = choose_provider(provider)
        self._model, self._threads = model, threads
        self._cancel = cancel or Cancel()
        self._memory = memory or ("" if self.provider == "cpu" else "cuda")
        self._sessions: dict[str, ort.InferenceSession] = {}
        self._bound: dict[str, BoundSession] = {}
        self._fixed: dict[str, FixedSession] | None = {} if fixed else None
        self._ran_fixed: set[str] = set()
        self._not_fixed = ""  # why the first run of one failed
        for graph in ("flow", "interp"):
            self.open(graph)

    def open(self, graph: str) -> None:
        """Load it, if it isn't."""
        if graph in self._sessions:
            return
        name, data = self._model.manifest.files[graph][0], self._model.graphs[graph]
        with taking_up_to(LOADED_WITHIN_S):
            session = session_of(data, name, self.provider, self._threads, self._cancel)
        self._sessions[graph] = session
        if self._memory:
            self._bound[graph] = BoundSession(session, self._memory)

    @property
    def side_by_side(self) -> bool:
        """With inputs held on a card each waits for the other's."""
        return not self._memory and self._fixed is None and (os.cpu_count() or 1) > 1

    def whole(self, graph: str) -> bool:
        return self._fixed is not None and not _is_full(graph)

    def run(
        self,
        graph: str,
        feeds: Feeds,
        size_px: tuple[int, int],
        every: bool,
        cancel: Cancel | None = None,
    ) -> list[FloatArray]:
        options = (cancel or self._cancel).run_options
        if self.whole(graph):
            try:
                found = self._at_fixed_size(graph, size_px).run(feeds, options)
            except Exception as error:  # ONNX Runtime's errors share no base of their own
                if self._cancel.asked or self._cancel.broken_off or graph in self._ran_fixed:
                    raise
                self._run_free_from_now_on(error)
            else:
                self._ran_fixed.add(graph)
                return found
        names = self.outputs(graph)
        wanted = names if every else names[:1]
        if self._memory:
            return self._bound[graph].run(wanted, feeds, options)
        return list(self._sessions[graph].run(wanted, feeds, options))

    def outputs(self, graph: str) -> tuple[str, ...]:
        """The names of its outputs, in order."""
        self.open(graph)
        return tuple(output.name for output in self._sessions[graph].get_outputs())

    def _at_fixed_size(self, graph: str, size_px: tuple[int, int]) -> FixedSession:
        """A graph's session at the clip's size; that of another size is let go."""
        assert self._fixed is not None
        held = self._fixed.get(graph)
        if held is None or held.size_px != size_px:
            manifest = self._model.manifest
            name, data = manifest.files[graph][0], self._model.graphs[graph]
            sites = manifest.part(graph.removesuffix("_full"))
            cuts = {f"cut/{site.name}": site.copies for site in sites}
            session = fixed_session(
                data, name, self.provider, self._threads, size_px, cuts, self._cancel
            )
            held = FixedSession(session, self._memory or "cpu", size_px)
            self._fixed[graph] = held
        return held

    def _run_free_from_now_on(self, error: Exception) -> None:
        """What only saves time must not stop the show."""
        self._fixed = None
        self._not_fixed = one_line(str(error))[:MOST_TOLD]
        _log.warning("the net runs, but not at a fixed size: %s", self._not_fixed)

    def health(self, model: str) -> DeviceHealth:
        name = self._sessions["interp"].get_providers()[0]
        captured = ", as CUDA graphs" if self._fixed is not None and self.provider == "cuda" else ""
        if self._not_fixed:
            captured = f", not as CUDA graphs ({self._not_fixed}); set [model] cuda_graph = false"
        note = f'"{model}" on {name}{captured}'
        return DeviceHealth("net", Health.FINE, note, about=self._not_fixed)

    def forget(self) -> None:
        for bound in self._bound.values():
            bound.forget()

    def close(self) -> None:
        self.forget()


def _is_full(graph: str) -> bool:
    return graph.endswith("_full")
