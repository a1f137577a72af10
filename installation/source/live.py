"""What webcam and file share: a thread that keeps the newest picture and films on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from installation.source.driver import ClipForm, Filmed
from installation.source.filming import Reel
from installation.source.watch import Watch, stands_still
from installation.video import fitted
from installation.vocabulary import (
    Clip,
    DeviceHealth,
    Frame,
    Health,
    Reason,
    SourceKind,
    UglyError,
    as_frame,
)
from installation.worker import Latest, Worker

FROZEN_AFTER_S = 3.0
SETTLED_AFTER_S = 5.0
"""A device that gave pictures for so long is soon opened again when it fails; one that fails
earlier has to wait, longer each time."""
SHORTEST_SHARE = 0.5
"""A clip that lasts for a smaller share of the time that was to be filmed is none: its camera
went away meanwhile."""
HANGS_AFTER_S = 15.0
"""Opening a camera takes a second or two, and Video4Linux gives up on one by itself after 10."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
"""Between one opening of a device that fails and the next."""

Frames = Callable[[threading.Event], Iterator[Frame]]


def paced(
    frames: Iterable[Frame], fps: float, clock: Callable[[], float], stop: threading.Event
) -> Iterator[Frame]:
    """The frames, `fps` of them a second; one that falls behind by a second starts afresh."""
    due_s = clock()
    for frame in frames:
        yield frame
        due_s = max(due_s + 1 / fps, clock() - 1.0)
        # In short naps, so that it keeps to the clock it was given.
        while clock() < due_s and not stop.wait(min(0.01, due_s - clock())):
            pass


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a live picture is treated, and what the operator hears of it.

    `mirror` swaps left and right of what is shown and filmed alike; nothing after this mirrors.
    One that is `watched` is to move and to be light: if it freezes it is opened anew, and what
    is then filmed is no clip. `stands_in` is the operator's line where it plays in place of a
    camera that should be there.
    """

    kind: SourceKind = SourceKind.FILM
    mirror: bool = False
    watched: bool = False
    stands_in: str = ""


_AS_FILM = Treatment()


class LiveSource:
    """A live picture from `frames`, an iterator that paces itself and may end or fail.

    It is opened again whenever it ends or fails: a camera that comes back is picked up. A
    camera that hangs is told from one that works by the age of its newest frame, on the
    asker's thread, so a stuck driver call stops nothing but its own thread. `times` tells when
    the newest frame was taken, in seconds; left out, it was taken when it came.
    """

    def __init__(
        self,
        name: str,
        frames: Frames,
        form: ClipForm,
        treatment: Treatment = _AS_FILM,
        *,
        clock: Callable[[], float] = time.monotonic,
        times: Callable[[], float] | None = None,
    ) -> None:
        self._times = times or clock
        self._treatment = treatment
        self._watch = Watch(clock()) if treatment.watched else None
        self._name, self._open, self._clock = name, frames, clock
        self._form = form
        # A film may take long to be read; a camera without a picture for so long has none.
        self._patience_s = FROZEN_AFTER_S + (0.0 if treatment.watched else form.seconds)
        self._latest = Latest[Frame | None](None)
        self._large = Latest[Frame | None](None)
        self._seen_s = Latest[float](clock())
        self._trouble = Latest[str]("")
        self._lock = threading.Lock()
        self._reel: Reel | None = None
        self._visit, self._asked_s = 0, 0.0
        self._worker = Worker(f"source {name}", self._run, device="camera", within_s=HANGS_AFTER_S)

    def _run(self, stop: threading.Event) -> None:
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            first_s: float | None = None
            try:
                if self._watch is not None:
                    self._watch.opened(self._clock())
                for frame in self._open(stop):
                    self._take(frame)
                    if stop.is_set():
                        return
                    now_s = self._clock()
                    first_s = now_s if first_s is None else first_s
                    if now_s - first_s > SETTLED_AFTER_S:
                        pause_s = FIRST_PAUSE_S
                    if self._watch is not None and self._watch.is_frozen:
                        pause_s = FIRST_PAUSE_S  # it answers: to open it anew may help at once
                        raise UglyError(f"{self._name}: {self._watch.trouble()}")
                if self._watch is None:
                    pause_s = FIRST_PAUSE_S  # a film is at its end, and begins again
            except UglyError as error:
                self._trouble.put(str(error))
            stop.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _take(self, frame: Frame) -> None:
        if self._treatment.kind is SourceKind.CAMERA:
            self._large.put(frame)
        frame = fitted(frame, self._form.size_px)
        if self._treatment.mirror:
            frame = as_frame(np.ascontiguousarray(frame[:, ::-1]))
        now_s = self._clock()
        if self._watch is not None:
            self._watch.see(frame, now_s)
        self._latest.put(frame)
        self._seen_s.put(now_s)
        self._trouble.put("")
        with self._lock:
            if self._reel is not None:
                self._reel.add(frame, self._times())

    def _called(self, name: str) -> None:
        """What the operator is to call it from now on."""
        self._name = name

    @property
    def kind(self) -> SourceKind:
        return self._treatment.kind

    def latest(self) -> Frame | None:
        return self._latest.get()

    def large(self) -> Frame | None:
        return self._large.get()

    def film(self, visit: int) -> None:
        with self._lock:
            self._visit, self._asked_s = visit, self._clock()
            self._reel = Reel(self._form.seconds, self._form.fps)

    def filmed(self) -> Filmed | None:
        now_s = self._clock()
        with self._lock:
            if self._reel is None:
                return None
            since_s = now_s - max(self._asked_s, self._seen_s.get())
            late = since_s > self._patience_s
            if not self._reel.done(self._times()) and not late:
                return None
            clip, self._reel = self._reel.clip(), None
        why = self._why_not(clip)
        return Filmed(self._visit, None if why else clip, why)

    def _why_not(self, clip: Clip | None) -> str:
        """Why what was filmed is no clip; "" if it is one."""
        if self._watch is not None and (seen := self._watch.trouble()):
            return f"{self._name}: {seen}"
        if clip is None:
            return self._trouble.get() or f"{self._name} gave no picture"
        lasted_s = len(clip.frames) / clip.fps
        if lasted_s < SHORTEST_SHARE * self._form.seconds:
            return self._trouble.get() or f"{self._name} went away after {lasted_s:.1f} s"
        if self._watch is not None and stands_still(clip):
            return f"{self._name}: nothing moved while it filmed, not even its noise"
        return ""

    def progress(self) -> float:
        with self._lock:
            return self._reel.progress(self._times()) if self._reel else 0.0

    def steer(self, knobs: tuple[float, ...]) -> None:
        """A camera has nothing to steer."""

    def health(self) -> DeviceHealth:
        trouble = self._trouble.get()
        if self._clock() - self._seen_s.get() > FROZEN_AFTER_S:
            note = trouble or f"{self._name}: no picture for {FROZEN_AFTER_S:.0f} s"
            reason = Reason.NO_PICTURE if self._latest.get() is not None else Reason.NOT_OPENED
            return DeviceHealth("camera", Health.FAILING, note, reason, self._name)
        if self._latest.get() is None:
            reason = Reason.NOT_OPENED if trouble else Reason.OPENING
            note = trouble or f"{self._name}: opening"
            return DeviceHealth("camera", Health.MISSING, note, reason, self._name)
        if self._watch is not None and (seen := self._watch.trouble()):
            reason = Reason.BLACK if self._watch.is_black else Reason.FROZEN
            note = f"{self._name}: {seen}"
            return DeviceHealth("camera", Health.FAILING, note, reason, self._name)
        if stands_in := self._treatment.stands_in:
            return DeviceHealth("camera", Health.MISSING, stands_in, Reason.STANDS_IN)
        width, height = self._form.size_px
        return DeviceHealth("camera", Health.FINE, f"{self._name}, {width} x {height}")

    def close(self) -> None:
        self._worker.close(timeout_s=2.0)
