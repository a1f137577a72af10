"""Measures what grows with a fleet: how long a booth needs to join one, to be up to date after a
day apart, to look when nothing has come, to start; and what of disk and memory a take costs."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from installation.fleet.joining import admit, found_fleet, join_fleet
from installation.fleet.look import Fleet
from installation.fleet.place import LIST, NOTES, TAKES, Place
from installation.gallery.changes import withdraw
from installation.gallery.store import Gallery
from installation.reports.bench_gallery import filled
from installation.vocabulary import UglyError

BOOTHS = (1, 3, 10, 30)
DAILY = 0.1
"""The share of its takes that a booth keeps anew in the day apart; as many are withdrawn."""

IDLE_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Booth:
    """A booth of the simulation, over a folder that is thrown away."""

    name: str
    root: Path

    @property
    def gallery(self) -> Path:
        return self.root / "gallery"

    @property
    def place(self) -> Place:
        return Place(self.root / "fleet")

    def fleet(self) -> Fleet:
        return Fleet(self.place, self.gallery, 1_000_000)


def measure_fleet(takes: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """What one booth more needs beside 1, 3, 10 and 30 others with `takes` takes each.

    The files are a few bytes long and carried by hand: what is measured is this program, not
    Syncthing, nor a network. `join_s` is until all takes of all others are in its gallery,
    `converge_s` until a day's are (a tenth new, a tenth withdrawn at every booth), `send_ms` how
    long one take takes to be sent; `look_ms` is a look when nothing came, `start_s` the first
    look after a start, `rebuild_s` the index made anew. `disk_kib_a_take` is what a take costs
    besides its own files, `inodes_a_take` how many files and folders, `memory_bytes_a_take` what a
    look holds of one.
    """
    rows: dict[str, list[float]] = {}
    for count in BOOTHS:
        tell(f"{count} booths with {takes} takes each")
        with tempfile.TemporaryDirectory(prefix="uglynet-bench-") as place:
            logging.disable(logging.WARNING)  # of galleries that take up what was laid into them
            try:
                found = _measured(Path(place), count, takes, tell)
            finally:
                logging.disable(logging.NOTSET)
        for name, value in found.items():
            rows.setdefault(name, []).append(value)
    return {"booths": list(BOOTHS), "takes_each": takes, **rows}


def _measured(tmp: Path, count: int, takes: int, tell: Callable[[str], None]) -> dict[str, float]:
    booths = [Booth(f"booth-{number}", tmp / f"booth-{number}") for number in range(count)]
    hub, newcomer = booths[0], Booth("newcomer", tmp / "newcomer")
    line = found_fleet(hub.place, hub.name).text
    for booth in (*booths[1:], newcomer):
        admit(hub.place, join_fleet(booth.place, booth.name, line).text)
    for booth in booths:
        filled(booth.gallery, takes)
    looking = {booth.name: booth.fleet() for booth in booths}
    send_s = _timed(lambda: [each.look() for each in looking.values()])
    carry(booths, newcomer)
    filled(newcomer.gallery, 1)
    fleet = newcomer.fleet()
    rows = {"send_ms": 1000 * send_s / (count * takes)}
    own_bytes, own_inodes = disk_of(newcomer.root / "gallery", newcomer.place.inboxes)
    rows["join_s"] = _timed(lambda: _until_done(fleet))
    held = count * takes
    _check(newcomer, held + 1)
    all_bytes, all_inodes = disk_of(newcomer.root)
    rows["disk_kib_a_take"] = (all_bytes - own_bytes) / 1024 / held
    rows["inodes_a_take"] = (all_inodes - own_inodes) / held
    rows["look_ms"] = 1000 * median(_timed(fleet.look) for _ in range(IDLE_LOOKS))

    tell("a day apart")
    changed = max(1, int(takes * DAILY))
    for booth in booths:
        for path in sorted((booth.gallery / TAKES).iterdir())[:changed]:
            withdraw(booth.gallery, path.name)
        _kept(booth, changed)
        looking[booth.name].look()
    carry(booths, newcomer)
    rows["converge_s"] = _timed(lambda: _until_done(fleet))
    _check(newcomer, held + 1)
    rows["start_s"] = _timed(lambda: newcomer.fleet().look())
    rows["memory_bytes_a_take"] = _memory(newcomer) / held
    gallery = Gallery(newcomer.gallery)
    try:
        rows["rebuild_s"] = _timed(gallery.rebuild)
    finally:
        gallery.close()
    return {name: round(value, 3) for name, value in rows.items()}


def _until_done(fleet: Fleet) -> None:
    while fleet.look().more:
        pass


def _check(booth: Booth, count: int) -> None:
    found = sum(1 for _ in (booth.gallery / TAKES).iterdir())
    if found != count:
        raise UglyError(f"the bench's booth holds {found} takes, not {count}")


def _kept(booth: Booth, count: int) -> None:
    """Have a booth keep some takes more."""
    spare = booth.root / "spare"
    filled(spare, count)
    for path in sorted((spare / TAKES).iterdir()):
        path.rename(booth.gallery / TAKES / path.name)
    shutil.rmtree(spare)
    Gallery(booth.gallery).close()  # as the show takes up what has come


def _memory(booth: Booth) -> float:
    """How many bytes a fresh look holds on to."""
    fleet = booth.fleet()
    tracemalloc.start()
    try:
        fleet.look()
        return float(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()


def carry(booths: Iterable[Booth], to: Booth) -> None:
    """Have every outbox be in one booth's inboxes as it is now; the files are the same ones."""
    for booth in booths:
        box = to.place.inboxes / booth.name
        box.mkdir(0o700, exist_ok=True)
        for what in (TAKES, NOTES):
            source, goal = booth.place.out / what, box / what
            goal.mkdir(0o700, exist_ok=True)
            wanted = {path.name for path in source.iterdir()}
            for path in tuple(goal.iterdir()):
                if path.name not in wanted:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            for name in wanted - {path.name for path in goal.iterdir()}:
                if (source / name).is_dir():
                    shutil.copytree(source / name, goal / name, copy_function=os.link)
                else:
                    os.link(source / name, goal / name)
        if (booth.place.out / LIST).exists():
            shutil.copyfile(booth.place.out / LIST, box / LIST)


def disk_of(*roots: Path) -> tuple[int, int]:
    """How many bytes of disk these folders take up, what is linked twice counted once, and how many
    names there are in them."""
    seen: set[int] = set()
    total = names = 0
    for root in roots:
        for folder, _, files in os.walk(root):
            names += 1 + len(files)
            for path in (Path(folder), *(Path(folder) / name for name in files)):
                status = path.lstat()
                if status.st_ino not in seen:
                    seen.add(status.st_ino)
                    total += status.st_blocks * 512
    return total, names


def _timed(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s
