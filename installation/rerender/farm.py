"""Who renders: a cluster of Dask's, here by default or at an address.

Dask (distributed) hands tasks to whoever is free, and hands those of a worker that was lost to
another; three workers lost with the same task, and that task is given up. Whoever reaches a
scheduler may run what they like on its workers: it belongs on a network of one's own, or on tls.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from installation import __version__
from installation.installed import extra_hint
from installation.one_line import one_line
from installation.rerender.task import Made, ModelFiles, Task, render_take
from installation.vocabulary import UglyError

REACH_S = 20.0
AHEAD = 2
"""Tasks on their way for each worker, so that none waits for the next film."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A take that was not rendered, and why, in a line."""

    take_id: str
    why: str


class Farm(Protocol):
    """Renders takes in any order."""

    @property
    def workers(self) -> int:
        """How many there are now."""

    def rendered(self, tasks: Iterable[Task]) -> Iterator[Made | Failed]:
        """What comes of each, as it comes."""


@contextlib.contextmanager
def dask_farm(on: str, workers: int, model: ModelFiles) -> Iterator[DaskFarm]:
    """The cluster at the address `on`, or one of `workers` processes on this machine.

    Raises:
        UglyError: one line, if Dask isn't installed, or nothing there can be used.
    """
    distributed: Any
    try:
        import distributed
    except ImportError:
        raise UglyError(f"this needs a library: {extra_hint('render')}") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as opened:
        try:
            cluster: Any = on or opened.enter_context(_local(distributed, workers))
            client = opened.enter_context(
                distributed.Client(cluster, timeout=REACH_S, security=_security(distributed, on))
            )
            client.wait_for_workers(1, timeout=REACH_S)
        except (OSError, ValueError, TimeoutError, RuntimeError) as error:
            where = on or "this machine"
            why = one_line(str(error) or type(error).__name__)[:200]
            raise UglyError(f"{where}: no workers to be had ({why})") from None
        _check_versions(client, on)
        yield DaskFarm(distributed, client, model)


@contextlib.contextmanager
def _local(distributed: Any, workers: int) -> Iterator[Any]:
    """Processes of this machine, that nobody beyond it reaches; their folder goes with them."""
    import dask

    with (
        tempfile.TemporaryDirectory(prefix="uglynet-", ignore_cleanup_errors=True) as folder,
        dask.config.set({"temporary-directory": folder}),
        _cluster(distributed, workers, folder) as cluster,
    ):
        yield cluster


def _cluster(distributed: Any, workers: int, folder: str) -> Any:
    return distributed.LocalCluster(
        local_directory=folder,
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    )


def _security(distributed: Any, on: str) -> Any:
    """For tls what Dask's own configuration names: certificates are the operator's matter."""
    return distributed.Security() if on.startswith("tls") else None


def _check_versions(client: Any, on: str) -> None:
    try:
        found = set(client.run(_version).values())
    except Exception as error:  # whatever a worker without our program raises
        why = one_line(str(error))[:200]
        raise UglyError(f"{on}: its workers have no uglynet ({why}); install it there") from None
    if found != {__version__}:
        others = ", ".join(sorted(found - {__version__}))
        raise UglyError(f"{on}: its workers have uglynet {others}, here is {__version__}")


def _version() -> str:
    return __version__


def _on_a_worker(task: Task, model: ModelFiles) -> Made:
    """Render it; what lies on the disk meanwhile lies in the worker's own folder, which is emptied
    when the worker is lost and begun anew."""
    from distributed import get_worker

    return render_take(task, model, get_worker().local_directory)


class DaskFarm:
    """A `Farm` over a Dask client."""

    def __init__(self, distributed: Any, client: Any, model: ModelFiles) -> None:
        self._distributed, self._client = distributed, client
        self._model = client.scatter(dict(model), broadcast=True, hash=False)

    @property
    def workers(self) -> int:
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def processes(self) -> tuple[int, ...]:
        """The workers' process ids, each on its own machine."""
        return tuple(self._client.run(os.getpid).values())

    def rendered(self, tasks: Iterable[Task]) -> Iterator[Made | Failed]:
        waiting = iter(tasks)
        names: dict[str, str] = {}
        done = self._distributed.as_completed()

        def send() -> None:
            for task in waiting:
                future = self._client.submit(_on_a_worker, task, self._model, pure=False)
                names[future.key] = task.take_id
                done.add(future)
                return

        for _ in range(AHEAD * max(1, self.workers)):
            send()
        for future in done:
            take_id = names.pop(future.key)
            try:
                made: Made | Failed = future.result()
            except UglyError as error:
                made = Failed(take_id, str(error))
            except Exception as error:  # a worker's, the network's or Dask's own
                why = one_line(str(error) or type(error).__name__)[:200]
                made = Failed(take_id, f"take {take_id}: not rendered ({why})")
            future.release()
            send()
            yield made
