"""Builds the installation from its settings."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2

from installation.app.devices import Devices
from installation.app.door_link import Door
from installation.app.heap import keep_pictures
from installation.app.in_use import InUse
from installation.app.late_clip import LateClip, Stopped
from installation.app.preview import largest_px, leaving_one_core
from installation.app.travel import Travel
from installation.drivers import INTERPOLATORS
from installation.drivers import opened as opened_driver
from installation.gallery.archive import Archive, Making, Portray
from installation.gallery.driver import Still
from installation.gallery.loop import GalleryLoop
from installation.gallery.store import Clocks
from installation.interpolator.asked import Asked
from installation.interpolator.driver import Interpolator
from installation.interpolator.local_graphs import LOADED_WITHIN_S
from installation.interpolator.player import Player, scaled
from installation.interpolator.render import rendered
from installation.interpolator.sessions import Cancel
from installation.interpolator.timeline import frame_count
from installation.last_words import Outage, blamed_on
from installation.noise.rack import finished
from installation.panel.factory import panel_of
from installation.panel.layouts import load_layout
from installation.printer.choice import open_printer
from installation.settings import PlaySettings, Settings, SourceSettings
from installation.show.flash_safety.safe_film import made_safe
from installation.show.net_picture.portrait import SIDE, ground_of_portrait, portrait
from installation.show.paint.canvas import png_bytes
from installation.show.paint.svg import svg
from installation.source.card_reader import CardReader
from installation.source.choice import BUNDLED_CLIP, open_source
from installation.source.dreamer import Dreamer
from installation.source.driver import Asked as SourceAsked
from installation.source.driver import SeesLarge, Source
from installation.source.made import MADE, made
from installation.source.networks import Networks
from installation.video import VideoReader, fitted
from installation.vocabulary import Clip, Frame, FrameContext, Net, Site
from installation.worker import giving_way, taking_up_to

PORTRAIT_PX = 720
DEMO_FRAMES = 50
DREAM_FRAMES, DREAM_FPS, DREAM_SEED = 24, 8.0, 3
XRAY_EVERY = 3
"""Pairs of filmed frames from one X-ray to the next: a few a second are as lively, and cheaper."""


def open_interpolator(
    settings: Settings, threads: int | None = None, cancel: Cancel | None = None
) -> Interpolator:
    """The interpolator of the settings; `cancel` breaks off its loading and running.

    Raises:
        UglyError: if the model is absent, damaged, or cannot run where it is asked to.
        RunCancelledError: if it was broken off.
    """
    driver = settings.model.driver
    asked = Asked(settings.model, threads or 0, cancel, settings.own(driver))
    interpolator: Interpolator = opened_driver(INTERPOLATORS, driver, asked)
    return interpolator


def open_preview(settings: Settings, cancel: Cancel | None = None) -> Interpolator:
    """The interpolator whose frames visitors see while they carve: it leaves the screen a core.
    Raises as `open_interpolator`."""
    return open_interpolator(settings, leaving_one_core(settings.model.threads), cancel)


def portraits(sites: tuple[Site, ...]) -> Callable[[Net], tuple[str, bytes]]:
    """How nets of these sites are portrayed: as SVG text and as PNG."""
    names = tuple(site.name for site in sites)

    def portray(net: Net) -> tuple[str, bytes]:
        strokes, ground = portrait(net, names), ground_of_portrait(net)
        return svg(strokes, SIDE, net.name), png_bytes(strokes, PORTRAIT_PX, ground, side=SIDE)

    return portray


@blamed_on(Outage.DEVICES)
def open_devices(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.monotonic,
    wall_clock: Callable[[], float] = time.time,
    cancel: Cancel | None = None,
) -> Devices:
    """Open everything the booth is wired to; from any thread, and `cancel` breaks it off.

    What takes the processor for long gives way to the screen; the devices' own threads don't
    inherit that.

    Raises:
        UglyError: if something it can't do without is missing; what was opened is closed.
        RunCancelledError: if it was broken off; what was opened is closed.
    """
    cancel = cancel or Cancel()
    # OpenCV's own threads would wait for each other beside the net's and the screen's.
    cv2.setNumThreads(1)
    keep_pictures()
    with contextlib.ExitStack() as opened:
        layout = load_layout(settings.panel.layout)
        with blamed_on(Outage.MODEL):
            preview = giving_way(partial(open_preview, settings, cancel))
        opened.callback(preview.close)
        panel = panel_of(settings, clock)
        opened.callback(panel.close)
        source = open_source(settings, clock)
        opened.callback(source.close)
        cards = _card_reader(settings.source, source)
        if cards is not None:
            opened.callback(cards.close)
        printer = open_printer(settings)
        if printer is not None:
            opened.callback(printer.close)
        play = settings.play
        preview_px = giving_way(partial(_preview_px, play, preview))
        demo = giving_way(partial(demonstration, settings.source, preview_px))
        cancel.check()
        player = Player(preview, finished, play.fps, clock, XRAY_EVERY if play.xray else 0)
        opened.callback(player.close)
        in_use = InUse(settings)
        rendering = renderer(in_use)
        clocks = Clocks(wall_clock, clock)
        dreamer = Dreamer(SourceAsked(settings.source).form, clock)
        opened.callback(dreamer.close)
        dreams = LateClip(partial(dream_clip, preview_px))
        opened.callback(dreams.close)
        with blamed_on(Outage.GALLERY):
            archive = _archive(settings, rendering, portraits(preview.sites), clocks)
            opened.callback(archive.close)
            loop = GalleryLoop(settings.gallery.folder, clock)
        opened.pop_all()
    return Devices(
        panel, layout.knowing(preview.sites), source, preview, player, archive, loop,
        demo, preview_px, dreams, rendering.cancel, in_use, printer, cards, dreamer=dreamer,
    )  # fmt: skip


def with_door(settings: Settings, devices: Devices) -> Devices:
    """The devices with a door beside them, if there is to be one."""
    archive, loop = devices.archive, devices.loop
    if not settings.door.on or not isinstance(archive, Archive):
        return devices
    forget = loop.forget if isinstance(loop, GalleryLoop) else lambda take_id: None
    return replace(devices, door=Door(settings, archive, forget))


def with_fleet(settings: Settings, devices: Devices) -> Travel | None:
    """What takes the fleet's takes up beside these devices; None for a booth on its own."""
    archive, loop = devices.archive, devices.loop
    if settings.fleet.folder is None or not isinstance(archive, Archive):
        return None

    def forget(take_id: str) -> None:
        archive.unshow(take_id)
        if isinstance(loop, GalleryLoop):
            loop.forget(take_id)

    return Travel(settings, forget, archive.changed)


def _preview_px(asked: PlaySettings, preview: Interpolator) -> tuple[int, int]:
    """The preview's width and height: the settings', or the largest this machine keeps up with."""
    if not asked.grow:
        return asked.preview_px
    return largest_px(preview, asked.preview_px, asked.fps, time.perf_counter)


def _card_reader(asked: SourceSettings, source: Source) -> CardReader | None:
    """What reads cards held up to a camera; None if none is to, or the source is no camera."""
    return CardReader(source) if asked.cards and isinstance(source, SeesLarge) else None


def _archive(settings: Settings, rendering: Rendering, portray: Portray, clocks: Clocks) -> Archive:
    """The gallery of the settings, that renders and portrays so."""
    return Archive(
        settings.gallery.folder,
        Making(rendering.render, portray, rendering.develop),
        keep_days=settings.gallery.keep_days,
        most=settings.gallery.most,
        clocks=clocks,
        approved_first=settings.door.approve,
    )


def dream_clip(size_px: tuple[int, int], stopped: Stopped = lambda: False) -> Clip | None:
    """Networks nobody trained, slowly animated, there and back again: Roidl's Exploration 1. None
    if it was `stopped`."""
    networks = Networks(DREAM_SEED)
    there: list[Frame] = []
    for number in range(DREAM_FRAMES):
        if stopped():
            return None
        there.append(networks.at(number / DREAM_FPS, size_px))
    return Clip((*there, *there[-2:0:-1]), DREAM_FPS)


def demonstration(settings: SourceSettings, size_px: tuple[int, int]) -> Clip:
    """What a newcomer's first turn of a knob breaks: of the kind that will be taken.

    Raises:
        UglyError: if the film, or the dream, cannot be read.
    """
    if settings.driver not in MADE:
        return demo_clip(settings.file or BUNDLED_CLIP, size_px)
    maker = made(settings.driver, settings.seed, settings.cell)
    half = DEMO_FRAMES // 2
    there = [maker.at(number / settings.fps, size_px) for number in range(half)]
    return Clip((*there, *there[-2:0:-1]), settings.fps)


def demo_clip(path: Path, size_px: tuple[int, int]) -> Clip:
    """The clip that plays while nobody is there and nothing has been kept yet."""
    with VideoReader(path) as reader:
        frames = tuple(fitted(frame, size_px) for frame in islice(reader.frames(), DEMO_FRAMES))
        return Clip(frames, reader.fps)


class Rendering(NamedTuple):
    """How the archive renders a take and develops a still; `cancel`, from another thread, breaks
    off both."""

    render: Callable[[Clip, Net], Iterator[tuple[float, Frame]]]
    develop: Callable[[Still], Frame]
    cancel: Callable[[], None]


def patiently(frames: Iterator[Frame]) -> Iterator[Frame]:
    """The frames; whoever waits for one, in a worker, does not hang: the first may have to load
    a graph, in a thread of the renderer's own."""
    while True:
        with taking_up_to(LOADED_WITHIN_S):
            frame = next(frames, None)
        if frame is None:
            return
        yield frame


def renderer(in_use: InUse) -> Rendering:
    """What the archive renders with: a session of its own, opened when first needed, so that the
    preview never waits for it. A take follows the settings as they are when it begins."""
    held: list[Interpolator] = []
    cancel = Cancel()

    def session() -> list[Interpolator]:
        if not held:
            # One alone, so that the screen and the next visitor keep a core.
            held.append(open_interpolator(in_use.now, threads=1, cancel=cancel))
        return held

    def render(clip: Clip, net: Net) -> Iterator[tuple[float, Frame]]:
        settings = in_use.now
        slow, flash = settings.play.slow, settings.flash.governor
        source = (fitted(frame, settings.gallery.video_px) for frame in clip.frames)
        made = rendered(source, clip.fps, slow, net, session(), finished)
        total = frame_count(len(clip.frames), slow)
        safe = made_safe(made, clip.fps, flash, settings.flash.patterns, total)
        for number, frame in enumerate(patiently(safe), 1):
            yield number / total, frame

    def develop(still: Still) -> Frame:
        large = scaled(still.clip, in_use.now.gallery.video_px)
        with taking_up_to(LOADED_WITHIN_S):  # the first may have to load a graph
            frame = session()[0].frame_at(large, still.position, still.net)
        around = FrameContext.of(large, still.position, still.since_s)
        return finished(frame, still.net, around)

    return Rendering(render, develop, cancel.ask)
