"""A model's graphs on another machine, and on this one whenever that one does not answer in time.

One thread speaks to the server, and nobody else waits for the network: who wants a frame waits for
that thread until the deadline, then computes it here. A server that was late is left alone for a
while, then tried out; it is asked again once it answered rightly and in time.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass, field

import numpy as np

from installation.carve.inputs import graph_inputs
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.graphs import Feeds, FloatArray
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model
from installation.interpolator.remote.names import names_at_server
from installation.interpolator.remote.server import RemoteError, Server
from installation.interpolator.sessions import Cancel
from installation.vocabulary import Carve, DeviceHealth, Health, Reason
from installation.worker import Worker

_log = logging.getLogger(__name__)

AREA_PX = 256 * 144
"""The size of frames that the deadline is for; larger ones may take so much longer."""

FIRST_PAUSE_S, LONGEST_PAUSE_S, SETTLED_S = 1.0, 60.0, 60.0
"""How long a server that failed is left alone: twice as long each time, until it has answered well
for SETTLED_S."""

LOOK_S = 0.02
TRIAL_PX = 64
ALIKE = 0.02
"""How far a server's answers to the trial may lie from ours, in the mean, as a share of theirs:
other processors round otherwise, another net gives something else altogether."""


@dataclass
class _Job:
    """What the server is asked for. `given_up`: nobody waits for the answer any more."""

    graph: str
    feeds: Feeds
    size_px: tuple[int, int]
    outputs: Sequence[str]
    answer: Future[list[FloatArray]] = field(default_factory=Future)
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class _Trial:
    """A small job whose answer is known."""

    graph: str
    feeds: Feeds
    answer: FloatArray


class RemoteGraphs:
    """The model's graphs at `server`; `local` steps in. `deadline_s` is for a graph's run at
    256 x 144. `settle_s` is how long the server may take to be reached before it is opened without.
    """

    def __init__(
        self,
        model: Model,
        local: LocalGraphs,
        server: Server,
        cancel: Cancel,
        deadline_s: float,
        settle_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local, self._server, self._cancel = local, server, cancel
        self._deadline_s, self._clock = deadline_s, clock
        self._names = names_at_server(model)
        self._trials = _trials(model, local)
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._why = f"{server.address}: not reached yet"
        self._late: _Job | None = None  # what it was too late with last
        self._pause_s, self._well_since_s, self._took_ms = 0.0, 0.0, 0.0
        self.made_there = self.made_here = 0  # runs so far
        self._well, self._tried = threading.Event(), threading.Event()
        self._worker = Worker("remote net", self._serve, within_s=120.0)
        self._tried.wait(settle_s)

    def open(self, graph: str) -> None:
        """Make it ready here: whoever steps in must not have to load it first."""
        self._local.open(graph)

    @property
    def side_by_side(self) -> bool:
        """One thread speaks to the server, one thing at a time."""
        return False

    def whole(self, graph: str) -> bool:
        return True  # not every server takes tensors without elements

    def run(
        self,
        graph: str,
        feeds: Feeds,
        size_px: tuple[int, int],
        every: bool,
        cancel: Cancel | None = None,
    ) -> list[FloatArray]:
        names = self._local.outputs(graph)
        wanted = names if every else names[:1]
        if self._well.is_set():
            found = self._asked(_Job(graph, feeds, size_px, wanted))
            if found is not None:
                self.made_there += 1
                return found
        self.made_here += 1
        return self._local.run(graph, feeds, size_px, every)

    def _asked(self, job: _Job) -> list[FloatArray] | None:
        """The server's answer, or None if it came to none in time."""
        began_s = self._clock()
        ends_s = began_s + self._deadline_for(job.size_px)
        self._jobs.put(job)
        while True:
            left_s = ends_s - self._clock()
            try:
                found = job.answer.result(max(0.0, min(LOOK_S, left_s)))
            except NotYetError:
                if self._cancel.asked or self._cancel.broken_off:
                    job.given_up = True
                    raise RunCancelledError from None
                if left_s > 0:
                    continue
                job.given_up, self._late = True, job
                within_ms = self._deadline_for(job.size_px) * 1000
                self._goes_away(f"{self._server.address}: no answer within {within_ms:.0f} ms")
                return None
            except RemoteError as error:
                self._goes_away(str(error))
                return None
            self._took_ms += 0.1 * ((self._clock() - began_s) * 1000 - self._took_ms)
            return found

    def _deadline_for(self, size_px: tuple[int, int]) -> float:
        return self._deadline_s * max(1.0, size_px[0] * size_px[1] / AREA_PX)

    def _goes_away(self, why: str) -> None:
        if self._well.is_set():
            _log.warning("the net's server is left alone, this machine plays: %s", why)
        self._why = why
        self._well.clear()

    def _serve(self, stop: threading.Event) -> None:
        """The one thread that speaks to the server."""
        try:
            while not stop.is_set():
                if not self._well.is_set():
                    self._try_out(stop)
                    self._tried.set()
                    continue
                try:
                    job = self._jobs.get(timeout=0.1)
                except queue.Empty:
                    continue
                if not job.given_up:
                    self._answer(job)
        finally:
            self._server.close()

    def _answer(self, job: _Job) -> None:
        try:
            job.answer.set_result(self._inferred(job))
        except RemoteError as error:
            job.answer.set_exception(error)

    def _inferred(self, job: _Job) -> list[FloatArray]:
        found = self._server.infer(self._names[job.graph], job.feeds, job.outputs)
        self._check_shapes(job, found)
        return found

    def _check_shapes(self, job: _Job, found: list[FloatArray]) -> None:
        """Raise RemoteError for an answer that no net of ours gives."""
        width, height = job.size_px
        trial = next(t for t in self._trials if t.graph == job.graph.removesuffix("_full"))
        channels, smaller = trial.answer.shape[1], TRIAL_PX // trial.answer.shape[2]
        first = (1, channels, height // smaller, width // smaller)
        if found[0].shape != first or any(
            x.ndim != 4 or x.shape[:2] != (1, 3) or x.shape[2] > height or x.shape[3] > width
            for x in found[1:]
        ):
            raise RemoteError(f"{self._server.address}: its answer is none of this net's")

    def _try_out(self, stop: threading.Event) -> None:
        """Leave it alone for a while, then see whether it answers rightly and in time."""
        if self._pause_s and self._clock() - self._well_since_s > SETTLED_S:
            self._pause_s = min(self._pause_s, FIRST_PAUSE_S)
        if stop.wait(self._pause_s):
            return
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
        try:
            self._server.connect()
            self._server.check(tuple(self._names.values()))
            for trial in self._trials:
                self._check(trial)
            self._check_speed()
        except RemoteError as error:
            if str(error) != self._why:
                _log.warning("the net's server: %s", error)
            self._why = str(error)
            self._well_since_s = self._clock()
            return
        self._well_since_s = self._clock()
        _log.info("the net runs on %s at %s", self._server.name, self._server.address)
        self._well.set()

    def _check(self, trial: _Trial) -> None:
        first = self._local.outputs(trial.graph)[:1]
        job = _Job(trial.graph, trial.feeds, (TRIAL_PX, TRIAL_PX), first)
        (found,) = self._inferred(job)
        apart = float(np.abs(found - trial.answer).mean())
        if not apart <= ALIKE * float(np.abs(trial.answer).mean() + 1e-3):
            raise RemoteError(f"{self._server.address}: it answers with another net than ours")

    def _check_speed(self) -> None:
        """What it was too late with, once to get warm and once in earnest."""
        job = self._late
        if job is None:
            return
        self._inferred(job)
        began_s = self._clock()
        self._inferred(job)
        took_s, within_s = self._clock() - began_s, self._deadline_for(job.size_px)
        if took_s > within_s:
            raise RemoteError(
                f"{self._server.address}: too slow, {took_s * 1000:.0f} ms where "
                f"{within_s * 1000:.0f} are allowed ([model] deadline_ms)"
            )
        self._late = None

    def health(self, model: str) -> DeviceHealth:
        if self._well.is_set():
            note = f'"{model}" on {self._server.name} at {self._server.address}'
            late = f"; {self.made_here} of {self.made_there + self.made_here} made here"
            late = late if self.made_here else ""
            return DeviceHealth("net", Health.FINE, f"{note}, {self._took_ms:.0f} ms a run{late}")
        why = self._why
        note = f"{why}; this machine's own net plays"
        return DeviceHealth("net", Health.FAILING, note, Reason.SERVER_AWAY, why)

    def forget(self) -> None:
        self._late = None
        self._local.forget()

    def close(self) -> None:
        self._worker.ask_to_stop()
        self._local.close()


def _trials(model: Model, local: LocalGraphs) -> tuple[_Trial, ...]:
    """A small pair of pictures through both plain graphs, here."""
    size_px = (TRIAL_PX, TRIAL_PX)
    y, x = np.mgrid[:TRIAL_PX, :TRIAL_PX].astype(np.float32) / TRIAL_PX
    waves = [0.5 + 0.4 * np.sin(6 * x * (k + 1) + 4 * y + k) for k in range(3)]
    a = np.ascontiguousarray(np.stack(waves)[None], np.float32)
    b = np.ascontiguousarray(np.roll(a, 2, axis=3))
    manifest = model.manifest

    def answered(graph: str, given: Feeds) -> _Trial:
        inputs = graph_inputs(Carve(), manifest.part(graph), manifest.chisel_grid, size_px)
        feeds = {**given, **inputs.feeds(False, True)}
        return _Trial(graph, feeds, local.run(graph, feeds, size_px, False)[0])

    flow = answered("flow", {"a": a, "b": b})
    when = np.full((1, 1, 1, 1), 0.5, np.float32)
    return flow, answered("interp", {"a": a, "b": b, "motion": flow.answer, "t": when})
