"""How much faster two processes render a gallery anew than one, and what losing workers costs."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from installation.carve.random_nets import roll
from installation.gallery.archive import Archive, Making
from installation.gallery.driver import TakeToKeep
from installation.gallery.record import Record
from installation.interpolator.model import load_model
from installation.rerender.farm import DaskFarm, Failed, dask_farm
from installation.rerender.plan import Plan, model_files
from installation.rerender.task import Look
from installation.settings import Settings
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Clip, Frame, Net, UglyError

FILM_PX, FILM_FRAMES, SLOW = (256, 144), 13, 4
LOST_EVERY = 10


def measure_render(settings: Settings, takes: int) -> dict[str, Any]:
    """Seconds for so many takes of half a second each, by one process, by two, and by two of which
    one is killed whenever another ten takes are due; starting the processes is not counted.

    Raises:
        UglyError: if a take was lost.
    """
    with tempfile.TemporaryDirectory(prefix="uglynet-bench-") as folder:
        gallery = Path(folder) / "gallery"
        _keep(gallery, settings, takes)
        one_s, _ = _rendered(settings, gallery, Path(folder) / "one", 1)
        two_s, _ = _rendered(settings, gallery, Path(folder) / "two", 2)
        lossy_s, lost = _rendered(settings, gallery, Path(folder) / "lossy", 2, LOST_EVERY)
    return {
        "takes": takes,
        "one_worker_s": round(one_s, 1),
        "two_workers_s": round(two_s, 1),
        "speed_up": round(one_s / two_s, 2),
        "workers_lost": lost,
        "with_losses_s": round(lossy_s, 1),
        "cost_of_losses": round(lossy_s / two_s, 2),
    }


def _keep(gallery: Path, settings: Settings, takes: int) -> None:
    with VideoReader(BUNDLED_CLIP) as reader:
        read = zip(range(FILM_FRAMES), reader.frames(), strict=False)
        film = Clip(tuple(fitted(frame, FILM_PX) for _, frame in read), reader.fps)
    manifest = load_model(settings.model.path).manifest

    def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        yield 1.0, clip.frames[0]

    making = Making(render, lambda net: ("<svg/>", b""))
    archive = Archive(gallery, making, keep_days=1, most=takes)
    try:
        for number in range(takes):
            net = roll(manifest.sites, manifest.model, number)
            while not archive.keep(TakeToKeep(number, film, net, True, with_clip=True)):
                time.sleep(0.01)
    finally:
        archive.close()


def _rendered(
    settings: Settings, gallery: Path, out: Path, workers: int, lost_every: int = 0
) -> tuple[float, int]:
    """Seconds that it took, and how many workers were killed meanwhile."""
    out.mkdir()
    files = model_files(settings.model.path)
    plan = Plan(gallery, out, Look((0, 0), SLOW), settings.model.path.name)
    records, _, _ = plan.qualifying()
    by_id: dict[str, Record] = {record.id: record for record in records}
    lost = 0
    with dask_farm("", workers, files) as farm:
        began_s = time.monotonic()
        for number, made in enumerate(farm.rendered(map(plan.task, records)), 1):
            if isinstance(made, Failed):
                raise UglyError(made.why)
            plan.keep(by_id[made.take_id], made)
            if lost_every and number % lost_every == lost_every // 2:
                _kill_one(farm)
                lost += 1
        took_s = time.monotonic() - began_s
    if not all(map(plan.is_done, records)):
        raise UglyError("a take was lost")
    return took_s, lost


def _kill_one(farm: DaskFarm) -> None:
    os.kill(farm.processes()[0], signal.SIGKILL)
