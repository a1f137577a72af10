"""The archive: the thread that keeps, deletes and sweeps, so that nobody else waits for a disk.

It owns the gallery. Orders come by a bounded queue, answers go by another.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from installation.experience import StillKept, StillNotKept, TakeKept, TakeNotKept
from installation.gallery.attract_order import Takes
from installation.gallery.driver import Answer, Still, TakeToKeep
from installation.gallery.faults import reason
from installation.gallery.record import CLIP, PORTRAIT_PNG, PORTRAIT_SVG, POSTER, VIDEO
from installation.gallery.stills import write_still
from installation.gallery.store import Clocks, Gallery, Terms
from installation.gallery.trusted_time import stamp
from installation.video import VideoWriter, png_bytes
from installation.vocabulary import Clip, DeviceHealth, Frame, Health, Net, Reason, UglyError
from installation.worker import Latest, Worker

_log = logging.getLogger(__name__)

ORDERS = 4
LOOK_EVERY_S = 60.0
SWEEP_EVERY_S = 600.0
READ_EVERY_S = 10.0  # what `uglynet gallery delete` took away is soon no longer asked for
TRY_AGAIN_S = 5.0
CLIP_QUALITY = 8
"""x264's constant rate factor of a film that is to be rendered anew: next to lossless."""


Render = Callable[[Clip, Net], Iterator[tuple[float, Frame]]]
"""Yields progress (0..1) and the frames of the take's video."""
Portray = Callable[[Net], tuple[str, bytes]]
"""A net's portrait as SVG text and as PNG."""
Develop = Callable[[Still], Frame]
"""The frame of a still, as large as a take's video."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a take's files are made; without `develop` there are no stills."""

    render: Render
    portray: Portray
    develop: Develop | None = None


class Archive:
    """Keeps takes in the gallery in `folder`, which it opens and closes on its own thread."""

    def __init__(
        self,
        folder: Path,
        making: Making,
        *,
        keep_days: float,
        most: int,
        clocks: Clocks | None = None,
        approved_first: bool = False,
    ) -> None:
        self._folder, self._making, self._most = folder, making, most
        self.approved_first = approved_first
        self._keep_s, self._clocks = keep_days * 86400, clocks or Clocks()
        self._orders: queue.Queue[TakeToKeep] = queue.Queue(ORDERS)
        self._answers: queue.Queue[Answer] = queue.Queue()
        self._takes = Latest[Takes](Takes())
        self._unshown: frozenset[str] = frozenset()
        self._look_now = threading.Event()
        self._publishing = threading.Lock()
        self._progress = Latest[float | None](None)
        self._not_kept = Latest[str]("")
        self._trouble = Latest[str]("")
        self._doubt = Latest[str]("")
        self._aside = Latest[int](0)
        self._worker = Worker("archive", self._run, device="gallery", within_s=30.0)

    def keep(self, order: TakeToKeep) -> bool:
        """Queue an order; False, at once, if too many wait already."""
        try:
            self._orders.put_nowait(order)
        except queue.Full:
            return False
        return True

    def keep_within(self, keep_days: float, most: int) -> None:
        """From now on a take is kept for so many days, and at most so many takes are."""
        self._keep_s, self._most = keep_days * 86400, most

    def answer(self) -> Answer | None:
        """The next answer, if there is one."""
        try:
            return self._answers.get_nowait()
        except queue.Empty:
            return None

    def takes(self) -> Takes:
        """All takes, newest first, as last known."""
        return self._takes.get()

    def unshow(self, take_id: str) -> None:
        """Somebody else has deleted or hidden this take: from now on, whatever this thread is
        busy with, it is not among `takes`, until it is shown again. From any thread."""
        with self._publishing:
            self._unshown |= {take_id}
            self._takes.put(self._takes.get().without(self._unshown))
        self._look_now.set()

    def changed(self, take_id: str) -> None:
        """Somebody else has changed this take, and others may see it as its record says."""
        with self._publishing:
            self._unshown -= {take_id}
        self._look_now.set()

    def progress(self) -> float | None:
        """How far the take being kept is, 0..1; None when there is none."""
        return self._progress.get()

    def health(self) -> DeviceHealth:
        """The gallery's health: what it cannot do, else whether the clock is doubted."""
        trouble = self._trouble.get() or self._not_kept.get() or self._worker.failure
        if trouble:
            full = "No space left" in trouble
            reason = Reason.DISK_FULL if full else Reason.NOT_KEPT
            return DeviceHealth("gallery", Health.FAILING, trouble, reason, trouble)
        if doubt := self._doubt.get():
            return DeviceHealth("gallery", Health.FAILING, doubt, Reason.CLOCK_DOUBTED, doubt)
        count = str(len(self.takes()))
        note = f"{count} takes"
        if aside := self._aside.get():
            note += f"; {aside} set aside: see `uglynet gallery list`"
        return DeviceHealth("gallery", Health.FINE, note, Reason.TAKES, count)

    def close(self, timeout_s: float = 120.0) -> bool:
        """Finish what was ordered, then stop: nothing a visitor kept is lost. False if that was
        not done in time."""
        return self._worker.close(timeout_s)

    def _run(self, stop: threading.Event) -> None:
        while True:
            try:
                gallery = Gallery(self._folder, keep_s=self._keep_s, clocks=self._clocks)
            except UglyError as error:
                # No gallery now: said, and tried again; a stick may yet be plugged in.
                self._tell_trouble(str(error))
                if self._refuse(stop, str(error)):
                    return
                continue
            try:
                self._tell_trouble("")
                self._work(gallery, stop)
                return
            except UglyError as error:
                why = str(error)
            finally:
                gallery.close()
            self._tell_trouble(why)
            if self._refuse(stop, why):
                return

    def _tell_trouble(self, line: str) -> None:
        if line and line != self._trouble.get():
            _log.warning("%s", line)
        self._trouble.put(line)

    def _refuse(self, stop: threading.Event, why: str) -> bool:
        """Answer what is ordered while there is no gallery; whether it is time to stop."""
        stopped = stop.wait(TRY_AGAIN_S)
        with contextlib.suppress(queue.Empty):
            while True:
                order = self._orders.get_nowait()
                if order.baking is not None:
                    order.baking.end()
                self._answers.put(TakeNotKept(order.visit, why))
        return stopped

    def _work(self, gallery: Gallery, stop: threading.Event) -> None:
        """Serve until stopped. Raises UglyError where the gallery has to be opened anew."""
        steady = self._clocks.steady
        looked_s = swept_s = read_s = tried_s = float("-inf")
        self._publish(gallery)
        while True:
            now_s = steady()
            if now_s - looked_s >= LOOK_EVERY_S:
                gallery.clock.look()
                self._doubt.put(gallery.clock.doubt)
                self._publish(gallery)
                looked_s = now_s
            if now_s - swept_s >= SWEEP_EVERY_S:
                self._sweep(gallery)
                swept_s = now_s
            if now_s - read_s >= READ_EVERY_S or self._look_now.is_set():
                self._look_now.clear()
                if gallery.refresh():
                    self._publish(gallery)
                read_s = now_s
            if not self._not_kept.get():
                tried_s = now_s
            elif now_s - tried_s >= LOOK_EVERY_S:
                self._try_out(gallery)
                tried_s = now_s
            try:
                order = self._orders.get(timeout=0.1)
            except queue.Empty:
                if stop.is_set():
                    return
                continue
            self._answers.put(self._kept(gallery, order))
            self._publish(gallery)

    def _try_out(self, gallery: Gallery) -> None:
        """A take could not be kept: whether one could be now, though nobody brings one."""
        try:
            gallery.try_out()
        except UglyError as error:
            self._not_kept.put(str(error))
        else:
            self._not_kept.put("")

    def _publish(self, gallery: Gallery) -> None:
        with self._publishing:
            found = gallery.takes().without(self._unshown)
            self._takes.put(found.at(gallery.clock.known.floor_s))

    def _sweep(self, gallery: Gallery) -> None:
        try:
            gallery.sweep(self._most)
            self._aside.put(gallery.quarantined())
            self._tell_trouble("")
        except UglyError as error:
            self._tell_trouble(str(error))
        self._publish(gallery)

    def _kept(self, gallery: Gallery, order: TakeToKeep) -> Answer:
        self._progress.put(0.0)
        try:  # from here on the order is this thread's alone: whatever happens, it is answered
            gallery.clock.look()
            terms = Terms(
                stamp(gallery.clock.known),
                self._keep_s,
                order.in_gallery,
                order.token,
                self.approved_first,
                order.parents,
                order.with_clip,
            )
            take = gallery.keep(order.net, lambda folder: self._write(folder, order), terms)
        except Exception as error:  # the visitor is told; the archive lives on
            if not isinstance(error, UglyError):
                _log.exception("keeping failed")
            self._not_kept.put(str(error))
            return TakeNotKept(order.visit, str(error))
        finally:
            self._progress.put(None)
            if order.baking is not None:
                order.baking.end()
        self._not_kept.put("")
        for name in take.stills:
            self._answers.put(StillKept(order.visit, name))
        return TakeKept(order.visit, take)

    def _write(self, folder: Path, order: TakeToKeep) -> tuple[str, ...]:
        """Write a take's files into its folder; the names of its stills."""
        svg, png = self._making.portray(order.net)
        (folder / PORTRAIT_SVG).write_text(svg, encoding="utf-8")
        (folder / PORTRAIT_PNG).write_bytes(png)
        middle: Frame | None = None
        with VideoWriter(folder / VIDEO, order.clip.fps) as video:
            for done, frame in self._making.render(order.clip, order.net):
                self._progress.put(done)
                self._worker.beat()
                video.add(frame)
                if order.baking is not None:
                    order.baking.add(frame)
                if middle is None or done <= 0.5:
                    middle = frame
        if order.with_clip:
            with VideoWriter(folder / CLIP, order.clip.fps, CLIP_QUALITY) as film:
                for frame in order.clip.frames:
                    film.add(frame)
        if middle is not None:
            (folder / POSTER).write_bytes(png_bytes(middle))
        return tuple(self._stills(folder, order))

    def _stills(self, folder: Path, order: TakeToKeep) -> Iterator[str]:
        for still in order.stills:
            try:
                if self._making.develop is None:
                    raise UglyError("this gallery keeps no stills")
                frame = self._making.develop(still)
                yield write_still(folder, frame, still.net, still.taken_at_s)
            except Exception as error:  # a still that fails is no reason to lose the take
                if not isinstance(error, (UglyError, OSError)):
                    _log.exception("keeping a still failed")
                why = f"the still could not be kept: {reason(error)}"
                self._answers.put(StillNotKept(order.visit, why))
