"""`uglynet carve`: offline render of any video file."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from types import TracebackType

import click

from installation.app.assemble import open_interpolator
from installation.commands.context import Context, SizePx, check_net, pass_context, read_net
from installation.interpolator.render import rendered
from installation.interpolator.timeline import frame_count
from installation.noise.rack import finished
from installation.settings import SourceSettings
from installation.show.flash_safety.film import governed
from installation.show.flash_safety.patterns import softened
from installation.source.made import MADE, Maker, frames_of, made
from installation.source.networks import CELLS
from installation.video import VideoReader, VideoWriter, fitted, png_bytes
from installation.vocabulary import Frame, Net, UglyError

LONGEST_PX = 1280


class FrameFolder:
    """Numbered PNG frames in a folder: all of them, or none if anything fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.count = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
        except OSError as error:
            raise UglyError(f"{folder}: cannot be written ({error.strerror})") from None

    def add(self, frame: Frame) -> None:
        self.count += 1
        try:
            (self._partial / f"frame_{self.count:06d}.png").write_bytes(png_bytes(frame))
        except OSError as error:
            raise UglyError(f"{self._folder}: cannot be written ({error.strerror})") from None

    def __enter__(self) -> FrameFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        moved: list[Path] = []
        try:
            for file in sorted(self._partial.iterdir()) if kind is None else ():
                moved.append(file.replace(self._folder / file.name))
        except OSError as failed:
            for path in moved:
                path.unlink(missing_ok=True)
            raise UglyError(f"{self._folder}: cannot be written ({failed.strerror})") from None
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)


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
@click.option(
    "--max-seconds", type=click.FloatRange(min=0, min_open=True), help="Read only this much."
)
@click.option(
    "--threads", type=click.IntRange(1, 64), help="Frames made at a time; all cores if left out."
)
@click.option(
    "--ungoverned", is_flag=True, help="Leave the flash governor out: not for showing in public."
)
@pass_context
def carve(
    context: Context,
    clip: Path | None,
    source: str | None,
    seed: int,
    cell: int,
    net_file: Path | None,
    out: str,
    slow: int,
    size: tuple[int, int] | None,
    max_seconds: float | None,
    threads: int | None,
    ungoverned: bool,
) -> None:
    """Render CLIP, or a dream, in slow motion, carved by a net if one is given.

    F frames give (F - 1) * SLOW + 1: every frame of the clip, with SLOW - 1 new ones between.
    The result plays at the clip's own rate, and passes the flash governor.
    """
    settings = context.settings
    if (clip is None) == (source is None):
        raise UglyError("give a CLIP, or one of the sources made here with --source")
    with (
        VideoReader(clip)
        if clip is not None
        else _Made(made(source or "", seed, cell), settings.source, size, max_seconds)
    ) as reader:
        frames: Iterator[Frame] = reader.frames()
        first, second = next(frames), next(frames, None)
        if second is None:
            raise UglyError(f"{clip}: has one frame only; slow motion needs two or more")
        wanted = size or _limited(first)
        if size is None and wanted != (first.shape[1], first.shape[0]):
            click.echo(f"rendering at {wanted[0]}x{wanted[1]}; --size for another size", err=True)
        most = max(2, round(max_seconds * reader.fps)) if max_seconds else None
        interpolator = open_interpolator(settings.model, threads=1)
        net = Net(interpolator.model) if net_file is None else read_net(net_file)
        check_net(net, interpolator, str(net_file))
        fit = (fitted(frame, wanted) for frame in islice(chain((first, second), frames), most))
        count = threads or os.cpu_count() or 1
        crew = [interpolator, *(open_interpolator(settings.model, 1) for _ in range(count - 1))]
        carved = rendered(fit, reader.fps, slow, net, crew, finished)
        flash = "off" if ungoverned else settings.flash.governor
        if flash == "calm" or (flash != "off" and settings.flash.patterns):
            carved = softened(carved, reader.fps)
        estimate = reader.estimated_frames()
        if estimate is not None:
            estimate = frame_count(max(2, min(estimate, most or estimate)), slow)
        to_folder = out.endswith(("/", "\\")) or Path(out).is_dir()
        with contextlib.ExitStack() as stack:
            sink: FrameFolder | VideoWriter
            if to_folder:
                sink = stack.enter_context(FrameFolder(Path(out)))
            else:
                sink = stack.enter_context(VideoWriter(_video_path(out), reader.fps))
            safe = carved if flash == "off" else governed(carved, reader.fps, calm=flash == "calm")
            bar = click.progressbar(safe, estimate, "carving", file=sys.stderr)
            for frame in stack.enter_context(bar):
                sink.add(frame)
    click.echo(f"{out}: {sink.count} frames")


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

    def frames(self) -> Iterator[Frame]:
        return islice(frames_of(self._maker, self.fps, self._size_px), self._count)

    def estimated_frames(self) -> int | None:
        return self._count

    def __enter__(self) -> _Made:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _limited(frame: Frame) -> tuple[int, int]:
    """The clip's own size, or what fits in 1280 pixels."""
    height, width = frame.shape[:2]
    scale = min(1.0, LONGEST_PX / max(width, height))
    return max(16, round(width * scale)), max(16, round(height * scale))


def _video_path(out: str) -> Path:
    path = Path(out)
    if path.suffix.lower() != ".mp4":
        raise UglyError(f"{out}: give a name that ends in .mp4, or a folder that ends in /")
    if not path.parent.is_dir():
        raise UglyError(f"{path.parent}: no such folder")
    return path
