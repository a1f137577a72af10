"""`uglynet source`: where clips can come from."""

from __future__ import annotations

import click

from installation.commands.context import Context, pass_context, told
from installation.drivers import SOURCES
from installation.source.auto import taken
from installation.source.cameras import cameras
from installation.source.choice import BUNDLED_CLIP
from installation.source.made import MADE, made
from installation.video import VideoReader
from installation.vocabulary import UglyError

TELLS = {driver.name: driver.what for driver in SOURCES}


@click.group()
def source() -> None:
    """Where clips come from."""


@source.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def list_sources(context: Context, as_json: bool) -> None:
    """List the webcams, files and dreams there are, and which one the settings take."""
    settings = context.settings.source
    plugged = cameras()
    rows = [{"source": "webcam", "name": camera.told, "there": True} for camera in plugged]
    for name, path in (("bundled clip", BUNDLED_CLIP), ("settings' file", settings.file)):
        if path is None:
            continue
        try:
            with VideoReader(path) as reader:
                next(reader.frames())
            there = True
        except UglyError:
            there = False
        rows.append({"source": "file", "name": f"{name}: {path}", "there": there})
    for name in MADE:
        try:
            made(name)
            there = True
        except UglyError:
            there = False
        rows.append({"source": name, "name": TELLS[name], "there": there})
    shown = str(settings.file or BUNDLED_CLIP)
    if settings.driver == "webcam":
        shown = f"camera {settings.device}"
    elif settings.driver == "auto" and plugged:
        shown = f"camera {taken(settings.device, plugged)}"
    elif (own := context.settings.own(settings.driver)) is not None:
        shown = f"{settings.driver}, {own}"
    elif settings.driver in MADE:
        shown = f"{settings.driver}, seed {settings.seed}"
    if as_json:
        told({"sources": rows, "taken": shown})
        return
    for row in rows:
        click.echo(f"{row['source']:11}{row['name']}{'' if row['there'] else '  (missing)'}")
    click.echo(f"taken by the settings: {shown}")
