"""`uglynet check`: how much any video flashes."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from installation.commands.context import Context, pass_context, told, write_file
from installation.commands.outputs import OutputFile, claim, force_option
from installation.show.flash_safety.flash_meter import (
    EXTENDED_LIMIT_S,
    LIMIT,
    SUSTAINED_LIMIT,
    Report,
    judge,
)
from installation.show.flash_safety.flash_plot import flash_plot
from installation.show.flash_safety.governor import seen_field
from installation.show.flash_safety.patterns import stripes
from installation.show.paint.text_layout import TextLayout
from installation.video import VideoReader, fitted, png_bytes
from installation.vocabulary import Frame, UglyError

FAILED = 3
"""The exit status of a video that flashes too much; 1 is for one that cannot be read at all."""

NOT_JUDGED = 4
"""The exit status of a video of which a part could not be judged, when the rest does not fail."""

FASTEST_FPS = 120
"""Frames closer than this are judged as if they came at this rate: few screens show more."""

SLOWEST_FPS = 10
"""A film of fewer frames a second is judged as often, so that a second is made of parts."""

LOOPED_S = 60.0
"""Films up to this long, in seconds, are judged as if they followed themselves: phones and
social sites loop them."""


@click.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--plot", type=OutputFile(), help="Draw it, as PNG.")
@force_option
@click.option("--json", "as_json", is_flag=True, help="Tell every frame, as JSON.")
@click.option(
    "--looped/--once",
    default=None,
    help="Judge it as if it followed itself, as players that loop show it; or played once."
    f" Left out: looped up to {LOOPED_S:g} s.",
)
@pass_context
def check(
    context: Context,
    video: Path,
    plot: Path | None,
    force: bool,
    as_json: bool,
    looped: bool | None,
) -> None:
    """Count a video's flashes, as WCAG 2.3.1 does: general and red, in every second.

    Two readers count, and the stricter one's count stands. Exits with 3 if any second holds
    more than three over a quarter of the field of view, or if two a second go on for four
    seconds of any five; with 4 if a part of the video could not be judged. The field is the whole
    picture unless the settings tell how large the screen is and how far away. Every frame counts
    for as long as it is shown.
    """
    if plot is not None:
        claim(plot, force, video)
    screen = context.settings.screen
    field = seen_field(screen.size_m, screen.distance_m)
    with VideoReader(video) as reader:
        fps = reader.steady_fps(FASTEST_FPS)
        fps *= max(1, math.ceil(SLOWEST_FPS / fps))
        try:
            striped: list[int] = []
            seen = _watched(_frames(reader.steady(fps)), striped)
            report = judge(seen, fps, field=field, looped=looped, loop_s=LOOPED_S)
        except ValueError as error:
            raise UglyError(f"{video}: {error}") from None
        left_out = reader.left_out()
    if plot is not None:
        write_file(plot, png_bytes(flash_plot(report, video.name, TextLayout())))
    if as_json:
        told({**_document(video, report, field, left_out), "striped_frames": striped})
    else:
        _say(video, report, reader.count, left_out)
        _say_stripes(striped, report.fps)
    if report.exceeds():
        sys.exit(FAILED)
    if left_out:
        sys.exit(NOT_JUDGED)


def _frames(frames: Iterable[Frame]) -> Iterator[Frame]:
    """The frames in one size: the first one's."""
    size: tuple[int, int] | None = None
    for frame in frames:
        size = size or (frame.shape[1], frame.shape[0])
        yield fitted(frame, size)


def _watched(frames: Iterator[Frame], striped: list[int]) -> Iterator[Frame]:
    """The frames; the numbers of those with stripes that may harm are noted."""
    for number, frame in enumerate(frames):
        if stripes(frame):
            striped.append(number)
        yield frame


def _say_stripes(striped: list[int], fps: float) -> None:
    if striped:
        click.echo(
            f"note: strong regular stripes for {len(striped) / fps:.2f} s, first at"
            f" {striped[0] / fps:.2f} s; they may harm without flashing"
        )
    else:
        click.echo("no strong regular stripes found")


def _document(
    video: Path, report: Report, field: tuple[float, float], left_out: tuple[str, ...]
) -> dict[str, object]:
    rows = zip(report.general, report.red, report.sustained, report.luminance, strict=True)
    return {
        "video": str(video),
        "fps": report.fps,
        "field": [round(share, 4) for share in field],
        "limit": LIMIT,
        "worst": report.worst,
        "passes": not report.exceeds() and not left_out,
        "not_judged": left_out,
        "worst_in_5_s": max(report.sustained),
        "limit_in_5_s": SUSTAINED_LIMIT,
        "looped": report.looped,
        "extended_s": round(report.longest_extended_s, 3),
        "limit_extended_s": EXTENDED_LIMIT_S,
        "frames": [
            {
                "frame": number,
                "at_s": round(number / report.fps, 3),
                "general": general,
                "red": red,
                "in_5_s": sustained,
                "luminance": luminance,
            }
            for number, (general, red, sustained, luminance) in enumerate(rows)
        ],
    }


def _say(video: Path, report: Report, count: int, left_out: tuple[str, ...]) -> None:
    played = "in a loop" if report.looped else "once"
    length_s = len(report.general) / report.fps
    click.echo(f"{video}: {count} frames, {length_s:.2f} s, judged as played {played}")
    click.echo(f"general flashes in any second, at most  {max(report.general)}")
    click.echo(f"red flashes in any second, at most      {max(report.red)}")
    long = max(report.sustained)
    note = f" (stricter analysers want at most {SUSTAINED_LIMIT})" if long > SUSTAINED_LIMIT else ""
    click.echo(f"flashes in any five seconds, at most    {long}{note}")
    click.echo(f"of any five seconds, at two a second     {report.longest_extended_s:.2f} s")
    for line in left_out:
        click.echo(f"not judged: {line}")
    first = report.first_too_many
    if first is not None:
        click.echo(f"fails: too many in the second before {first / report.fps:.2f} s")
    elif report.is_extended:
        click.echo(f"fails: two flashes a second go on for {EXTENDED_LIMIT_S:g} of five seconds")
    elif left_out:
        click.echo(
            "not passed: what could be judged holds no more than "
            f"{LIMIT} in a second, but a part could not be judged"
        )
    else:
        click.echo(f"passes: no second holds more than {LIMIT}")
