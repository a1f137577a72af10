"""The tour: a newcomer's whole visit as a film, the same every time.

The real booth, scenes, net and governor; the devices are stepped (`stepped`), the panel is
turned by a script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np

from installation.app.assemble import demo_clip, open_interpolator, renderer
from installation.app.devices import Devices
from installation.app.in_use import InUse
from installation.app.show import Show
from installation.carve.random_nets import name_of, roll
from installation.experience import Notice, Phase
from installation.gallery.store import Clocks
from installation.panel.onscreen import OnScreenPanel
from installation.settings import Settings
from installation.show.paint.compositor import Compositor
from installation.show.paint.text_layout import TextLayout
from installation.simulation.stepped import (
    SteppedArchive,
    SteppedClock,
    stepped_devices,
)
from installation.simulation.visitor import SimulatedVisitor
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import Button, Clip, Frame, UglyError, as_frame

TICKS_A_SECOND = 24
LONGEST_S = 180.0
PAST_SEEDS = (3, 8)
"""Nets of the takes that hang in the gallery when the newcomer comes in."""

_BOARD = (3, 2)
_BOARD_PX = (480, 270)


class Newcomer(SimulatedVisitor):
    """Does what most people do, unhurried: watches, turns knobs, is filmed, keeps the result."""

    def _visit(self) -> Iterator[float]:
        yield from self._watches(14.0, "attract")
        yield from self._turn(self._knob("interp/dec2", 0), 0.4)
        yield from self._until(Phase.INVITE)
        yield from self._watches(2.5, "invite")
        yield from self._push(Button.RECORD)
        yield from self._until(Phase.RECORD)
        while self._counts_down():
            yield 0.0
        yield from self._watches(1.2, "record")
        yield from self._until(Phase.CARVE, Phase.INVITE)
        yield 2.0
        for number, (site, amount) in enumerate(
            (("flow/enc2", 0.85), ("flow/dec3", 0.7), ("flow/latent", 0.9))
        ):
            yield from self._turns_slowly(self._knob(site, number), amount)
            yield from self._watches(1.6, "carve")
            if number < 2:
                yield from self._pushes(Button.OPERATION)
        yield from self._pushes(Button.PAGE)
        yield from self._turns_slowly(self._knob("interp/dec2", 3), 0.75)
        yield 1.8
        yield from self._holds(Button.SOLO, 2.0)
        yield from self._pushes(Button.SURPRISE)
        yield from self._watches(4.0, "surprise")
        yield from self._push(Button.KEEP)
        yield from self._until(Phase.DECIDE)
        yield from self._watches(3.5, "decide")
        yield from self._push(Button.KEEP)
        yield 2.5
        yield from self._push(Button.KEEP)
        yield from self._until(Phase.GALLERY, Phase.ATTRACT)
        while self._view is not None and self._view.experience.notice is Notice.SAVING:
            yield 0.1
        yield from self._watches(4.0, "gallery")
        yield from self._until(Phase.ATTRACT)
        yield 6.0

    def _watches(self, seconds: float, name: str) -> Iterator[float]:
        yield seconds
        yield from self._sees(name)

    def _knob(self, site: str, otherwise: int) -> int:
        """The number of a site's knob on some page of this layout."""
        for page in self._layout.pages:
            if site in page.targets:
                return page.targets.index(site)
        return otherwise

    def _turns_slowly(self, knob: int, value: float) -> Iterator[float]:
        """From wherever it stands, first to its start, so that a page's knob is caught."""
        began = self._panel.latest().knobs[knob]
        for part in range(1, 37):
            self._panel.turn_to(knob, began + (value - began) * part / 36)
            yield 0.05

    def _pushes(self, button: Button) -> Iterator[float]:
        if button in self._layout.buttons:
            yield from self._push(button)

    def _holds(self, button: Button, seconds: float) -> Iterator[float]:
        if button not in self._layout.buttons:
            return
        number = self._layout.buttons.index(button)
        self._panel.press(number)
        yield seconds
        self._panel.release(number)
        yield 0.5


@dataclass(frozen=True, slots=True)
class Toured:
    """What the tour came to: how long, and a picture of each thing worth a look, by name."""

    seconds: float
    held: int
    pictures: dict[str, Frame]


def tour(
    settings: Settings,
    out: Path,
    size_px: tuple[int, int],
    say: Callable[[str], None],
    quality: int = 23,
) -> Toured:
    """Film a newcomer's visit on a screen of `size_px` into `out`, an MP4 of that `quality`
    (H.264's constant rate factor, the lower the better).

    Raises:
        UglyError: if the film cannot be written, or the visit comes to no end.
    """
    cv2.setNumThreads(1)
    settings = replace(
        settings,
        screen=replace(settings.screen, fps=TICKS_A_SECOND),
        panel=replace(settings.panel, driver="onscreen"),
        visit=replace(settings.visit, countdown_s=2.0, gallery_s=9.0),
        gallery=replace(settings.gallery, video_px=settings.play.preview_px, each_s=12.0),
    )
    clock = SteppedClock()
    with VideoWriter(out, TICKS_A_SECOND, quality) as film:
        devices = _devices(settings, clock, say)
        try:
            return _filmed(settings, devices, clock, film, size_px, say)
        finally:
            devices.close()


def _filmed(
    settings: Settings, devices: Devices, clock: SteppedClock, film: VideoWriter,
    size_px: tuple[int, int], say: Callable[[str], None],
) -> Toured:  # fmt: skip
    assert isinstance(devices.panel, OnScreenPanel)
    folders = [settings.screen.words] if settings.screen.words else []
    show = Show(
        settings,
        devices,
        Compositor(*size_px, TextLayout(folders)),
        clocks=Clocks(clock, clock),
        seeds=count(11),
    )
    newcomer = Newcomer(devices.panel, devices.layout, 1)
    pictures: dict[str, Frame] = {}
    phase: Phase | None = None
    while not newcomer.done:
        ticked = show.tick()
        assert ticked.frame is not None
        film.add(ticked.frame)
        if ticked.view.experience.phase is not phase:
            phase = ticked.view.experience.phase
            say(f"{clock.now_s:5.1f} s  {phase.value}")
        newcomer.act(clock.now_s, ticked.view)
        if newcomer.shot is not None:
            pictures[newcomer.shot] = as_frame(np.array(ticked.frame))
        clock.now_s = film.count / TICKS_A_SECOND
        if clock.now_s > LONGEST_S:
            raise UglyError(f"the tour came to no end in {phase.value}")
    return Toured(clock.now_s, show.held, pictures)


def _devices(settings: Settings, clock: SteppedClock, say: Callable[[str], None]) -> Devices:
    """Stepped devices, and a gallery with two takes in it."""
    path = settings.source.file or BUNDLED_CLIP
    net = open_interpolator(settings, threads=1)  # one, so that every bit is the same
    with VideoReader(path) as reader:
        frames = tuple(fitted(f, settings.source.size_px) for f in islice(reader.frames(), 100))
        clip = Clip(frames, reader.fps)
    archive = SteppedArchive(renderer(InUse(settings)).render, settings.play.fps, clock)
    say("rendering the takes that hang in the gallery")
    for seed in PAST_SEEDS:
        past = replace(roll(net.sites, net.model, seed), name=name_of(seed))
        archive.add(Clip(clip.frames[20:32], clip.fps), past)
    demo = demo_clip(path, settings.play.preview_px)
    return stepped_devices(settings, clip, net, archive, demo)


def storyboard(pictures: dict[str, Frame]) -> Frame:
    """Up to six of the tour's pictures side by side, small."""
    across, down = _BOARD
    width, height = _BOARD_PX
    board = np.full((height * down, width * across, 3), 22, np.uint8)
    chosen = [pictures[name] for name in list(pictures) if name != "invite"][: across * down]
    for number, frame in enumerate(chosen):
        y, x = number // across * height, number % across * width
        scale = min((width - 8) / frame.shape[1], (height - 8) / frame.shape[0])
        size = (round(frame.shape[1] * scale), round(frame.shape[0] * scale))
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        x0, y0 = x + (width - size[0]) // 2, y + (height - size[1]) // 2
        board[y0 : y0 + size[1], x0 : x0 + size[0]] = small
    return as_frame(board)
