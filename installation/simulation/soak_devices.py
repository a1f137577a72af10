"""Devices for the soak: the real ones, threads, disk and all, on a clock that is stepped, with an
edge to each at which something can go wrong."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

import installation.gallery.archive
from installation.app.assemble import open_interpolator, portraits
from installation.app.devices import Devices
from installation.gallery.archive import Archive, Making
from installation.gallery.loop import GalleryLoop
from installation.gallery.store import Clocks
from installation.interpolator.driver import Interpolator
from installation.interpolator.player import Player
from installation.interpolator.render import rendered
from installation.interpolator.timeline import frame_count
from installation.noise.rack import finished
from installation.panel.driver import PanelShape
from installation.panel.layouts import load_layout
from installation.panel.onscreen import OnScreenPanel
from installation.settings import Settings
from installation.source.driver import ClipForm
from installation.source.live import LiveSource, Treatment
from installation.vocabulary import (
    Clip,
    DeviceHealth,
    Frame,
    Health,
    Net,
    PanelState,
    Reason,
    Site,
    SourceKind,
    UglyError,
    as_frame,
)
from installation.worker import Worker

SIZE_PX, CAMERA_FPS = (64, 48), 10.0
KEPT = 40
"""The most takes the soak's gallery keeps, so that sweeping is soaked too."""


class SoakClock:
    """Seconds that pass when they are told to, and that threads can wait for. `leap_s` is how
    wrong the wall clock is."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._now_s = 1000.0
        self.leap_s = 0.0

    def __call__(self) -> float:
        return self._now_s

    def wall(self) -> float:
        """Seconds since the epoch, as wrong as they are."""
        return 1.8e9 + self._now_s + self.leap_s

    def step(self, seconds: float) -> None:
        with self._moved:
            self._now_s += seconds
            self._moved.notify_all()

    def wait_until(self, due_s: float, stop: threading.Event) -> bool:
        """Wait until it is `due_s`; False if `stop` came first."""
        while self._now_s < due_s:
            if stop.is_set():
                return False
            with self._moved:
                self._moved.wait_for(lambda: self._now_s >= due_s, 0.1)
        return not stop.is_set()


@dataclass
class Edges:
    """What is wrong, and where; each is looked at by the edge of the device it belongs to."""

    panel: str = ""
    camera: str = ""
    net: str = ""
    disk: str = ""


class SoakPanel(OnScreenPanel):
    """A panel that can be unplugged, or babble: every knob and button at once, by chance."""

    def __init__(self, shape: PanelShape, clock: SoakClock, edges: Edges, seed: int) -> None:
        self._edges, self._steps = edges, clock
        self._chance = np.random.default_rng([seed, 7])
        super().__init__(shape, clock)

    def latest(self) -> PanelState:
        state = super().latest()
        if self._edges.panel == "babbles":
            knobs = tuple(float(v) for v in self._chance.random(self.shape.knobs))
            held = frozenset(np.flatnonzero(self._chance.random(self.shape.buttons) < 0.2).tolist())
            return PanelState(knobs, held, self._steps())
        if (
            self._edges.panel == "unplugged"
        ):  # as the Arduino's driver: what was known, held no more
            return replace(state, pressed=frozenset())
        return state

    def health(self) -> DeviceHealth:
        if self._edges.panel == "unplugged":
            return DeviceHealth("panel", Health.MISSING, "unplugged", Reason.UNPLUGGED)
        return super().health()


class Camera:
    """A camera's frames: noise that moves, by the clock, and whatever can be wrong with it."""

    def __init__(self, clock: SoakClock, edges: Edges) -> None:
        self._clock, self._edges = clock, edges
        self.given_s = 0.0

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """One opening of the device: ends by an error where it breaks, and waits where it hangs."""
        due_s = self._clock()
        while self._clock.wait_until(due_s, stop):
            wrong = self._edges.camera
            if wrong == "gone":
                while self._edges.camera == "gone":
                    if not self._clock.wait_until(self._clock() + 0.3, stop):
                        return
                raise UglyError("the soak's camera went away")
            if wrong == "crashes":
                self._edges.camera = ""  # the driver is loaded anew
                raise RuntimeError("the driver of the soak's camera crashed")
            yield self.picture(0.0 if wrong == "frozen" else due_s, wrong == "black")
            self.given_s = self._clock()
            due_s = max(due_s + 1 / CAMERA_FPS, self._clock())

    def picture(self, at_s: float, black: bool) -> Frame:
        """What it sees at `at_s`: noise, and a light block that goes from left to right."""
        width, height = SIZE_PX
        if black:
            return as_frame(np.zeros((height, width, 3), np.uint8))
        chance = np.random.default_rng(round(at_s * 1000))
        noise = chance.integers(0, 40, (height, width, 3), dtype=np.uint8)
        left = int(at_s * 20) % (width - 16)
        noise[8:40, left : left + 16] += 180
        return as_frame(noise)


class SoakNet:
    """The net of the settings, which can fail in the middle of a run."""

    def __init__(self, inner: Interpolator, edges: Edges) -> None:
        self._inner, self._edges = inner, edges

    @property
    def model(self) -> str:
        return self._inner.model

    @property
    def sites(self) -> tuple[Site, ...]:
        return self._inner.sites

    def _look(self) -> None:
        while self._edges.net == "hangs":  # in a native call that does not come back yet
            time.sleep(0.02)
        if self._edges.net:
            raise RuntimeError("the soak's net fails in the middle of a run")

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        self._look()
        return self._inner.frame_at(clip, position, net)

    def xrayed_frame_at(
        self, clip: Clip, position: float, net: Net
    ) -> tuple[Frame, Mapping[str, Frame]]:
        self._look()
        return self._inner.xrayed_frame_at(clip, position, net)

    def expect(self, clip: Clip, position: float, net: Net, *, xrayed: bool) -> None:
        self._inner.expect(clip, position, net, xrayed=xrayed)

    def health(self) -> DeviceHealth:
        return self._inner.health()

    def cancel(self) -> None:
        self._inner.cancel()

    def break_off(self) -> None:
        self._inner.break_off()

    def close(self) -> None:
        self._inner.close()


@dataclass
class SoakBench:
    """Everything the soak turns: the clock, the edges, the devices."""

    clock: SoakClock
    edges: Edges
    camera: Camera
    panel: SoakPanel
    devices: Devices
    opened: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)


def soak_devices(settings: Settings, seed: int) -> SoakBench:
    """The devices, opened; whoever asked closes them.

    Raises:
        UglyError: if the model or the layout cannot be used.
    """
    clock, edges = SoakClock(), Edges()
    layout = load_layout(settings.panel.layout)
    preview = SoakNet(open_interpolator(settings, threads=1), edges)
    taker = open_interpolator(settings, threads=1)
    camera = Camera(clock, edges)
    panel = SoakPanel(PanelShape(layout.knobs, len(layout.buttons)), clock, edges, seed)
    source = LiveSource(
        "the soak's camera", camera.frames, ClipForm(SIZE_PX, CAMERA_FPS, settings.source.seconds),
        Treatment(kind=SourceKind.CAMERA, watched=True), clock=clock,
    )  # fmt: skip

    def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        total = frame_count(len(clip.frames), settings.play.slow)
        made = rendered(iter(clip.frames), clip.fps, settings.play.slow, net, [taker], finished)
        for number, frame in enumerate(made, 1):
            if edges.disk == "full" and number > total // 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            yield number / total, frame

    def synced() -> bool:
        """Asked by the archive's thread alone, whenever it looks at the clock."""
        if edges.disk == "thread dies":
            edges.disk = ""
            raise RuntimeError("the soak ends the archive's thread")
        return clock.leap_s == 0

    clocks = Clocks(clock.wall, clock, synced)
    archive = Archive(
        settings.gallery.folder, Making(render, portraits(preview.sites)),
        keep_days=settings.gallery.keep_days, most=KEPT, clocks=clocks,
    )  # fmt: skip
    demo = Clip(tuple(camera.picture(k / 10, False) for k in range(10)), CAMERA_FPS)
    # Every graph is loaded before anything is measured: those that only some operations need would
    # else come with the first take that has one, thousands of visits later, as memory that grew.
    for net in (preview, taker):
        net.xrayed_frame_at(demo, 0.5, Net(net.model))
    devices = Devices(
        panel, layout.knowing(preview.sites), source, preview,
        Player(preview, finished, settings.play.fps, clock), archive,
        GalleryLoop(settings.gallery.folder, clock), demo, settings.play.preview_px,
    )  # fmt: skip
    bench = SoakBench(clock, edges, camera, panel, devices)
    bench.opened.callback(taker.close)
    return bench


@contextlib.contextmanager
def brisk() -> Iterator[None]:
    """Pauses that are for people, not for machines, are short: a worker that failed tries again,
    and is trusted again, as much sooner as the stepped clock is faster than a real one."""
    archive = installation.gallery.archive
    kept = Worker.FIRST_PAUSE_S, Worker.LONGEST_PAUSE_S, Worker.SETTLED_S, archive.TRY_AGAIN_S
    Worker.FIRST_PAUSE_S, Worker.LONGEST_PAUSE_S, Worker.SETTLED_S = 0.02, 0.2, 0.3
    archive.TRY_AGAIN_S = 0.1
    try:
        yield
    finally:
        (Worker.FIRST_PAUSE_S, Worker.LONGEST_PAUSE_S, Worker.SETTLED_S,
         archive.TRY_AGAIN_S) = kept  # fmt: skip


def caught_up(bench: SoakBench, within_s: float) -> None:
    """Wait until the camera has given what is due by the clock, if it gives anything."""
    end_s = time.perf_counter() + within_s
    while (
        bench.edges.camera not in ("gone", "crashes")
        and bench.clock() - bench.camera.given_s > 2 / CAMERA_FPS
        and time.perf_counter() < end_s
    ):
        time.sleep(0.0005)
