"""`uglynet check`: how much any video flashes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from installation.commands.context import Context, pass_context, told, write_file
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
from installation.show.paint.text_layout import Letters
from installation.video import VideoReader, fitted, png_bytes
from installation.vocabulary import Frame, UglyError

FAILED = 3
"""The exit status of a video that flashes too much; 1 is for one that cannot be read."""

LOOPED_S = 60.0
"""Films up to this long, in seconds, are judged as if they followed themselves: phones and
social sites loop them."""


@click.command()
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw it, as PNG.")
@click.option("--json", "as_json", is_flag=True, help="Tell every frame, as JSON.")
@click.option(
    "--looped/--once",
    default=None,
    help="Judge it as if it followed itself, as players that loop show it; or played once."
    f" Left out: looped up to {LOOPED_S:g} s.",
)
@pass_context
def check(
    context: Context, video: Path, plot: Path | None, as_json: bool, looped: bool | None
) -> None:
    """Count a video's flashes, as WCAG 2.3.1 does: general and red, in every second.

    Two readers count, and the stricter one's count stands. Exits with 3 if any second holds
    more than three over a quarter of the field of view, or if two a second go on for four
    seconds of any five. The field is the whole picture unless the settings tell how large the
    screen is and how far away.
    """
    screen = context.settings.screen
    field = seen_field(screen.size_m, screen.distance_m)
    with VideoReader(video) as reader:
        promised, fps = reader.estimated_frames(), reader.fps
        try:
            striped: list[int] = []
            seen = _watched(_frames(reader), striped)
            report = judge(seen, fps, field=field, looped=looped, loop_s=LOOPED_S)
        except ValueError as error:
            raise UglyError(f"{video}: {error}") from None
    if plot is not None:
        write_file(plot, png_bytes(flash_plot(report, video.name, Letters())))
    count = len(report.general)
    if promised is not None and count < promised - max(2, promised // 50):
        click.echo(
            f"uglynet: {video}: {count} of about {promised} frames can be read; the rest is not"
            " judged", err=True,
        )  # fmt: skip
    if as_json:
        told({**_document(video, report, field), "striped_frames": striped})
    else:
        _say(video, report)
        _say_stripes(striped, report.fps)
    if report.exceeds():
        sys.exit(FAILED)


def _frames(reader: VideoReader) -> Iterator[Frame]:
    """The frames in one size: the first one's."""
    size: tuple[int, int] | None = None
    for frame in reader.frames():
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


def _document(video: Path, report: Report, field: tuple[float, float]) -> dict[str, object]:
    rows = zip(report.general, report.red, report.sustained, report.luminance, strict=True)
    return {
        "video": str(video),
        "fps": report.fps,
        "field": [round(share, 4) for share in field],
        "limit": LIMIT,
        "worst": report.worst,
        "passes": not report.exceeds(),
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


def _say(video: Path, report: Report) -> None:
    count = len(report.general)
    played = "in a loop" if report.looped else "once"
    click.echo(f"{video}: {count} frames, {count / report.fps:.2f} s, judged as played {played}")
    click.echo(f"general flashes in any second, at most  {max(report.general)}")
    click.echo(f"red flashes in any second, at most      {max(report.red)}")
    long = max(report.sustained)
    note = f" (stricter analysers want at most {SUSTAINED_LIMIT})" if long > SUSTAINED_LIMIT else ""
    click.echo(f"flashes in any five seconds, at most    {long}{note}")
    click.echo(f"of any five seconds, at two a second     {report.longest_extended_s:.2f} s")
    first = report.first_too_many
    if first is not None:
        click.echo(f"fails: too many in the second before {first / report.fps:.2f} s")
    elif report.is_extended:
        click.echo(f"fails: two flashes a second go on for {EXTENDED_LIMIT_S:g} of five seconds")
    else:
        click.echo(f"passes: no second holds more than {LIMIT}")
