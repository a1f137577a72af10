"""`uglynet atlas` and `uglynet curves`: the map of what the instrument can do."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from installation.app.assemble import open_interpolator
from installation.commands.context import (
    Context,
    SizePx,
    make_folder,
    pass_context,
    told,
    write_file,
)
from installation.commands.outputs import OutputFile, claim, force_option
from installation.interpolator.model import load_model
from installation.reports.atlas import WAYS, lively_sites, page, plates, sheets
from installation.reports.curves import curves_svg
from installation.reports.variety import variety
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted, png_bytes
from installation.vocabulary import VISIBLE, Clip, UglyError

STRIDE = 3
"""Frames of the clip from one to the next: enough for something to move in between."""
AROUND = 4
"""Pairs before and after the middle one: what feeds back needs some that were."""


def middle_of(path: Path, size_px: tuple[int, int]) -> Clip:
    """Frames around the middle of a video's first four seconds, a tenth of a second apart, as
    many before the middle pair as after it.

    Raises:
        UglyError: if the video cannot be read or has one frame only.
    """
    with VideoReader(path) as reader:
        frames = [
            fitted(f, size_px) for f in islice(reader.frames(), max(2, round(4 * reader.fps)))
        ]
        fps = reader.fps
    if len(frames) < 2:
        raise UglyError(f"{path}: has one frame only; the atlas needs two or more")
    first = max(0, len(frames) // 2 - STRIDE)
    second = min(first + STRIDE, len(frames) - 1)
    around = min(AROUND, first // STRIDE, (len(frames) - 1 - second) // STRIDE)
    chosen = [
        *(first - STRIDE * k for k in range(around, -1, -1)),
        *(second + STRIDE * k for k in range(around + 1)),
    ]
    return Clip(tuple(frames[k] for k in chosen), fps)


@click.command()
@click.argument("clip", type=click.Path(path_type=Path), required=False)
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--size", type=SizePx(), default=(256, 160), show_default="256x160")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def atlas(
    context: Context,
    clip: Path | None,
    out: Path,
    size: tuple[int, int],
    as_json: bool,
) -> None:
    """Cut every layer in every way on CLIP (or the bundled one): a page, sheets, figures.

    Writes atlas.html, atlas_flow.png, atlas_interp.png and atlas.json to OUT; `noise atlas` is the
    same of the noise rack and the dreams.
    """
    settings = context.settings
    shown = middle_of(clip or BUNDLED_CLIP, size)
    interpolator = open_interpolator(settings)
    make_folder(out)
    total = len(interpolator.sites) * len(WAYS) + 1
    with click.progressbar(plates(interpolator, shown), total, "carving", file=sys.stderr) as bar:
        made = list(bar)
    interpolator.close()
    name = clip.name if clip else BUNDLED_CLIP.name
    write_file(out / "atlas.html", page(made, interpolator.model, name).encode())
    for part, sheet in sheets(made).items():
        write_file(out / f"atlas_{part}.png", png_bytes(sheet))
    lively = lively_sites(made)
    document = {
        "model": interpolator.model,
        "clip": name,
        "visible_from": VISIBLE,
        "sites": len({plate.site for plate in made[1:]}),
        "lively_sites": lively,
        "variety": {part: asdict(of_part) for part, of_part in variety(made).items()},
        "plates": [
            {
                "site": plate.site,
                "way": plate.way,
                "changed": round(plate.changed, 4),
                "unlike": round(plate.unlike, 4),
            }
            for plate in made[1:]
        ],
    }
    write_file(out / "atlas.json", (json.dumps(document, indent=1) + "\n").encode())
    if as_json:
        told(document)
        return
    click.echo(
        f"{out / 'atlas.html'}: {len(made) - 1} pictures; {len(lively)} of {document['sites']} "
        f"layers change the picture by {VISIBLE:.0%} or more"
    )


@click.command()
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
@pass_context
def curves(context: Context, out: Path, force: bool) -> None:
    """Draw the model's measured knob curves as an SVG."""
    claim(out, force)
    model = load_model(context.settings.model.path)
    sites = model.manifest.sites
    if not any(site.curves for site in sites):
        raise UglyError(
            f"{model.path}: this model was never calibrated; run models.training.calibrate on it"
        )
    write_file(out, curves_svg(sites, model.manifest.model).encode())
    click.echo(f"{out}: the curves of {len(sites)} sites")
