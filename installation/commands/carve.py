"""`uglynet carve`: offline render of any video file."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from installation.app.assemble import open_interpolator
from installation.commands.context import Context, SizePx, check_net, pass_context, read_net
from installation.commands.frame_folder import NUMBERED, FrameFolder
from installation.commands.outputs import FiniteRange, allow_replacing, claim, force_option
from installation.interpolator.driver import Interpolator
from installation.interpolator.render import rendered
from installation.interpolator.timeline import frame_count
from installation.noise.rack import finished
from installation.settings import Settings, SourceSettings
from installation.show.flash_safety.safe_film import made_safe
from installation.source.made import MADE, Maker, frames_of, made
from installation.source.networks import CELLS
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import Frame, Net, UglyError

LONGEST_PX = 1280


FASTEST_FPS = 60
"""A film whose frames come unevenly is carved at this rate at most, like a screen that shows it."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """How the options say that a clip, or a source made here, is rendered."""

    source: str | None
    seed: int
    cell: int
    slow: int
    size: tuple[int, int] | None
    max_seconds: float | None
    threads: int | None
    ungoverned: bool


@click.command()
@click.argument("clip", type=click.Path(path_type=Path), required=False)
@click.option("--source", type=click.Choice(MADE), help="Carve this instead of a CLIP.")
@click.option("--seed", default=0, type=click.IntRange(0, 2**31 - 1), help="Which of --source.")
@click.option("--cell", default=0, type=click.IntRange(0, CELLS), help="One network of the grid.")
@click.option("--net", "net_file", type=click.Path(path_type=Path), help="The net to carve with.")
@click.option(
    "-o",
    "--out",
    required=True,
    type=str,
    help="OUT.mp4 for a video, or a folder (DIR/) for numbered PNG frames.",
)
@click.option("--slow", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--size", type=SizePx(), help="Size of the result; the clip is cropped to fill it.")
@click.option("--max-seconds", type=FiniteRange(min=0, min_open=True), help="Read only this much.")
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    help="Frames made at a time, one a core at most; all cores if left out.",
)
@click.option(
    "--ungoverned", is_flag=True, help="Leave the flash governor out: not for showing in public."
)
@force_option
@pass_context
def carve(
    context: Context,
    clip: Path | None,
    net_file: Path | None,
    out: str,
    force: bool,
    **options: Any,
) -> None:
    """Render CLIP, or a dream, in slow motion, carved by a net if one is given.

    F frames give (F - 1) * SLOW + 1: every frame of the clip, with SLOW - 1 new ones between.
    The result plays at the clip's own rate, and passes the flash governor. Frames that stand
    longer than others are there as often as that takes.
    """
    settings, how = context.settings, Rendering(**options)
    size, max_seconds = how.size, how.max_seconds
    if (clip is None) == (how.source is None):
        raise UglyError("give a CLIP, or one of the sources made here with --source")
    open_sink = _sink(out, force, clip, net_file)
    with (
        VideoReader(clip)
        if clip is not None
        else _Made(made(how.source or "", how.seed, how.cell), settings.source, size, max_seconds)
    ) as reader:
        fps = reader.steady_fps(FASTEST_FPS, max_seconds or math.inf)
        frames: Iterator[Frame] = reader.steady(fps)
        first, second = next(frames), next(frames, None)
        if second is None or reader.count < 2:
            raise UglyError(f"{clip}: has one frame only; slow motion needs two or more")
        wanted = size or _limited(first)
        if size is None and wanted != (first.shape[1], first.shape[0]):
            click.echo(f"rendering at {wanted[0]}x{wanted[1]}; --size for another size", err=True)
        most = max(2, round(max_seconds * fps)) if max_seconds else None
        fit = (fitted(frame, wanted) for frame in islice(chain((first, second), frames), most))
        crew, net = _crew(settings, net_file, how.threads)
        carved = rendered(fit, fps, how.slow, net, crew, finished)
        flash = "off" if how.ungoverned else settings.flash.governor
        safe = made_safe(carved, fps, flash, settings.flash.patterns)
        lasts_s = reader.estimated_s()
        count = round(min(lasts_s, max_seconds or lasts_s) * fps) if lasts_s is not None else None
        estimate = None if count is None else frame_count(max(2, count), how.slow)
        with contextlib.ExitStack() as stack:
            sink = open_sink(fps)
            stack.enter_context(sink)
            bar = click.progressbar(safe, estimate, "carving", file=sys.stderr)
            for frame in stack.enter_context(bar):
                sink.add(frame)
        for line in reader.left_out():
            click.echo(f"uglynet: {clip}: left out: {line}", err=True)
    click.echo(f"{out}: {sink.count} frames")


def _crew(
    settings: Settings, net_file: Path | None, threads: int | None
) -> tuple[list[Interpolator], Net]:
    """Interpolators of one thread each, no more than there are cores; and the net to carve with."""
    first = open_interpolator(settings, threads=1)
    net = Net(first.model) if net_file is None else read_net(net_file)
    check_net(net, first, str(net_file))
    count = min(threads or usable_cores(), usable_cores())
    return [first, *(open_interpolator(settings, 1) for _ in range(count - 1))], net


def usable_cores() -> int:
    """How many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux alone tells
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _sink(
    out: str, force: bool, *sources: Path | None
) -> Callable[[float], FrameFolder | VideoWriter]:
    """What opens the output, given its rate; whether it may be written is told at once."""
    path = Path(out)
    if not out.strip():
        raise UglyError("-o: the name is empty; give OUT.mp4, or a folder that ends in /")
    if out.endswith(("/", "\\")) or path.is_dir():
        if path.is_dir() and next(path.glob(NUMBERED), None) is not None:
            allow_replacing(f"{out}: numbered frames", force)
        return lambda fps: FrameFolder(path)
    if path.suffix.lower() != ".mp4":
        raise UglyError(f"{out}: give a name that ends in .mp4, or a folder that ends in /")
    if not path.parent.is_dir():
        raise UglyError(f"{path.parent}: no such folder")
    claim(path, force, *sources)
    return lambda fps: VideoWriter(path, fps)


class _Made:
    """A source made here, read like a video file: so many seconds of it."""

    def __init__(
        self,
        maker: Maker,
        settings: SourceSettings,
        size_px: tuple[int, int] | None,
        seconds: float | None,
    ) -> None:
        self.fps = settings.fps
        self._maker, self._size_px = maker, size_px or settings.size_px
        self._count = max(2, round((seconds or settings.seconds) * self.fps))

    @property
    def count(self) -> int:
        return self._count

    def steady_fps(self, most: float, until_s: float) -> float:
        return self.fps

    def steady(self, fps: float) -> Iterator[Frame]:
        return islice(frames_of(self._maker, fps, self._size_px), self._count)

    def estimated_s(self) -> float | None:
        return self._count / self.fps

    def left_out(self) -> tuple[str, ...]:
        return ()

    def __enter__(self) -> _Made:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _limited(frame: Frame) -> tuple[int, int]:
    """The clip's own size, or what fits in 1280 pixels."""
    height, width = frame.shape[:2]
    scale = min(1.0, LONGEST_PX / max(width, height))
    return max(16, round(width * scale)), max(16, round(height * scale))
