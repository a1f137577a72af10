"""`uglynet tour`: a newcomer's visit as a film."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from installation.commands.context import Context, SizePx, pass_context, write_file
from installation.commands.outputs import OutputFile, claim, force_option
from installation.show.scenes.screen_layout import SMALLEST_PX
from installation.simulation.tour import storyboard, tour
from installation.video import png_bytes
from installation.vocabulary import UglyError


@click.command("tour")
@click.option(
    "-o", "--out", type=OutputFile(), default=Path("tour.mp4"),
    show_default=True, help="The film, an MP4.",
)  # fmt: skip
@click.option("--size", "size_px", type=SizePx(), default=(1280, 720), help="Of the screen.")
@click.option(
    "--board", type=OutputFile(),
    help="Also six of its pictures side by side, as PNG.",
)  # fmt: skip
@click.option(
    "--quality", default=23, show_default=True, type=click.IntRange(10, 40),
    help="H.264's constant rate factor: more is smaller, and coarser.",
)  # fmt: skip
@force_option
@pass_context
def tour_command(
    context: Context,
    out: Path,
    size_px: tuple[int, int],
    board: Path | None,
    quality: int,
    force: bool,
) -> None:
    """Film a whole visit, without a screen or a visitor: the same film every time.

    A newcomer watches, turns a knob, is filmed (the settings' clip stands in for the camera),
    breaks the picture, and keeps it. Takes a few minutes. The flash governor is as `[flash]` says.
    """
    if min(size_px) < SMALLEST_PX:
        raise UglyError(f"--size: a screen is at least {SMALLEST_PX} px a side")
    for path in (out, board):
        if path is not None and not path.parent.is_dir():
            raise UglyError(f"{path}: there is no folder {path.parent}")
        if path is not None:
            claim(path, force)
    say = partial(click.echo, err=True)
    done = tour(context.settings, out, size_px, say, quality=quality)
    if board is not None:
        write_file(board, png_bytes(storyboard(done.pictures)))
    click.echo(f"{out}: {done.seconds:.1f} s, {done.held} frames eased by the governor")
