"""The archive: the thread that keeps, deletes and sweeps, so that nobody else waits for a disk.

It owns the database. Orders come by a bounded queue, answers go by another.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from installation.gallery.stills import keep_still, sweep_stills
from installation.gallery.store import PORTRAIT_PNG, PORTRAIT_SVG, POSTER, VIDEO, Gallery
from installation.video import VideoWriter, png_bytes
from installation.vocabulary import Clip, DeviceHealth, Frame, Health, Net, Reason, Take, UglyError
from installation.worker import Latest, Worker

_log = logging.getLogger(__name__)

ORDERS = 4
SWEEP_EVERY_S = 600.0
READ_EVERY_S = 10.0  # what `uglynet gallery delete` took away is soon no longer asked for


@dataclass(frozen=True, slots=True)
class Keeping:
    """Keep this clip as carved by this net."""

    visit: int
    clip: Clip
    net: Net
    in_gallery: bool


@dataclass(frozen=True, slots=True)
class KeepingStill:
    """Keep one moment of this clip as carved by this net: a PNG with the net in it.

    `position` is in frames of the clip, 0 .. frames - 1.
    """

    visit: int
    clip: Clip
    net: Net
    position: float


@dataclass(frozen=True, slots=True)
class StillKept:
    """The still is on disk, under this path."""

    visit: int
    path: Path


@dataclass(frozen=True, slots=True)
class Kept:
    """The take is on disk and recorded."""

    visit: int
    take: Take


@dataclass(frozen=True, slots=True)
class NotKept:
    """It could not be kept, and nothing of it is left."""

    visit: int
    why: str


Answer: TypeAlias = Kept | NotKept | StillKept

Render = Callable[[Clip, Net], Iterator[tuple[float, Frame]]]
"""Yields progress (0..1) and the frames of the take's video."""
Portray = Callable[[Net], tuple[str, bytes]]
"""A net's portrait as SVG text and as PNG."""
Develop = Callable[[Clip, Net, float], Frame]
"""The frame at a position of a clip, as large as a take's video."""


class Archive:
    """Keeps takes in `gallery`, which it opens and closes on its own thread."""

    def __init__(
        self,
        folder: Path,
        render: Render,
        portray: Portray,
        *,
        keep_days: float,
        most: int,
        develop: Develop | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._develop = develop
        self._folder, self._render, self._portray = folder, render, portray
        self._keep_s, self._most, self._wall_clock = keep_days * 86400, most, wall_clock
        self._orders: queue.Queue[Keeping | KeepingStill] = queue.Queue(ORDERS)
        self._answers: queue.Queue[Answer] = queue.Queue()
        self._takes = Latest[tuple[Take, ...]](())
        self._progress = Latest[float | None](None)
        self._trouble = Latest[str]("")
        self._worker = Worker("archive", self._run, device="gallery", within_s=30.0)

    def keep(self, order: Keeping | KeepingStill) -> bool:
        """Queue an order; False, at once, if too many wait already."""
        try:
            self._orders.put_nowait(order)
        except queue.Full:
            return False
        return True

    def answer(self) -> Answer | None:
        """The next answer, if there is one."""
        try:
            return self._answers.get_nowait()
        except queue.Empty:
            return None

    def takes(self) -> tuple[Take, ...]:
        """All takes, newest first, as last known."""
        return self._takes.get()

    def progress(self) -> float | None:
        """How far the take being kept is, 0..1; None when there is none."""
        return self._progress.get()

    def health(self) -> DeviceHealth:
        trouble = self._trouble.get() or self._worker.failure
        if trouble:
            full = "No space left" in trouble
            reason = Reason.DISK_FULL if full else Reason.NOT_KEPT
            return DeviceHealth("gallery", Health.FAILING, trouble, reason, trouble)
        count = str(len(self.takes()))
        return DeviceHealth("gallery", Health.FINE, f"{count} takes", Reason.TAKES, count)

    def close(self, timeout_s: float = 120.0) -> bool:
        """Finish what was ordered, then stop: nothing a visitor kept is lost. False if that was
        not done in time."""
        return self._worker.close(timeout_s)

    def _run(self, stop: threading.Event) -> None:
        gallery = Gallery(self._folder, exclusive=True)
        try:
            self._work(gallery, stop)
        finally:
            gallery.close()

    def _work(self, gallery: Gallery, stop: threading.Event) -> None:
        swept_s = read_s = float("-inf")
        while True:
            now_s = self._wall_clock()
            if not 0 <= now_s - swept_s < SWEEP_EVERY_S:
                gallery.sweep(now_s, self._most)
                sweep_stills(self._folder, now_s - self._keep_s)
                swept_s, read_s = now_s, float("-inf")
            if not 0 <= now_s - read_s < READ_EVERY_S:
                self._takes.put(gallery.takes())
                read_s = now_s
            try:
                order = self._orders.get(timeout=0.1)
            except queue.Empty:
                if stop.is_set():
                    return
                continue
            if isinstance(order, KeepingStill):
                self._answers.put(self._still(order))
                continue
            self._answers.put(self._kept(gallery, order))
            self._takes.put(gallery.takes())

    def _kept(self, gallery: Gallery, order: Keeping) -> Answer:
        self._progress.put(0.0)
        now_s = self._wall_clock()
        try:
            take = gallery.keep(
                order.net,
                lambda folder: self._write(folder, order),
                kept_at_s=now_s,
                expires_at_s=now_s + self._keep_s,
                in_gallery=order.in_gallery,
            )
        except Exception as error:  # the visitor is told; the archive lives on
            if not isinstance(error, UglyError):
                _log.exception("keeping failed")
            self._trouble.put(str(error))
            return NotKept(order.visit, str(error))
        finally:
            self._progress.put(None)
        self._trouble.put("")
        return Kept(order.visit, take)

    def _still(self, order: KeepingStill) -> Answer:
        try:
            if self._develop is None:
                raise UglyError("this gallery keeps no stills")
            frame = self._develop(order.clip, order.net, order.position)
            path = keep_still(self._folder, frame, order.net, self._wall_clock())
        except Exception as error:  # as with takes: the archive lives on
            if not isinstance(error, UglyError):
                _log.exception("keeping a still failed")
            self._trouble.put(str(error))
            return NotKept(order.visit, str(error))
        self._trouble.put("")
        return StillKept(order.visit, path)

    def _write(self, folder: Path, order: Keeping) -> None:
        svg, png = self._portray(order.net)
        (folder / PORTRAIT_SVG).write_text(svg, encoding="utf-8")
        (folder / PORTRAIT_PNG).write_bytes(png)
        middle: Frame | None = None
        with VideoWriter(folder / VIDEO, order.clip.fps) as video:
            for done, frame in self._render(order.clip, order.net):
                self._progress.put(done)
                self._worker.beat()
                video.add(frame)
                if middle is None or done <= 0.5:
                    middle = frame
        if middle is not None:
            (folder / POSTER).write_bytes(png_bytes(middle))
