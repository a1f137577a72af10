"""`uglynet door`: the web side alone, and what operators need to be let in."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from installation.app.door_gallery import done_to
from installation.app.door_spec import DOOR, Spec
from installation.commands.context import Context, pass_context
from installation.door.address import own_address, told_address
from installation.door.metrics import new_metrics_token, remove_metrics_token
from installation.door.passwords import remove_password, set_password
from installation.gallery.reading import GalleryReader
from installation.settings import Settings
from installation.vocabulary import UglyError


@click.group()
def door() -> None:
    """Take-home pages and the operators' page, in a browser."""


@door.command()
@click.option(
    "--gallery",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Instead of the settings' one.",
)
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of the settings'; 0: any.")
@click.option("--host", default="", help="The address to listen on; all of them without it.")
@pass_context
def serve(context: Context, folder: Path | None, port: int | None, host: str) -> None:
    """Open the door alone, on a gallery that is there; until it is stopped.

    A running show has a door of its own. This one changes the gallery by itself when a visitor or
    an operator wants it to.
    """
    spec = Spec.of(context.settings)
    folder = (folder or context.settings.gallery.folder).absolute()
    if not folder.is_dir():
        raise UglyError(f"{folder}: no gallery there")
    spec = replace(spec, folder=str(folder), host=host)
    if port is not None:
        spec = replace(spec, port=port, exact=True)
    command = spec.command()
    # In place of this one: a process that knows neither window nor net.
    os.execv(command[0], command)


@door.command()
@click.argument("name")
@pass_context
def link(context: Context, name: str) -> None:
    """Print the link to a take's page, by the beginning of its id; whoever has it may delete it."""
    settings = context.settings
    opened = GalleryReader(settings.gallery.folder)
    try:
        record = opened.find(name)
    finally:
        opened.close()
    outcome = done_to(settings.gallery.folder, "link", record.id)
    if not outcome.well:
        raise UglyError(outcome.line)
    base = _base(settings)
    click.echo(f"{base or f'http://127.0.0.1:{settings.door.port}'}/t/{outcome.facts['token']}")


@door.command()
@click.option("--off", is_flag=True, help="Close it instead.")
@pass_context
def metrics(context: Context, off: bool) -> None:
    """Make the token by which Prometheus reads /metrics; without one there is no such page."""
    folder = context.settings.gallery.folder / DOOR
    if off:
        was = remove_metrics_token(folder)
        click.echo("/metrics is closed" if was else "no token was set")
        return
    token = new_metrics_token(folder)
    base = _base(context.settings)
    click.echo(f"{base or 'the door'}/metrics  Authorization: Bearer {token}  (said only now)")


@door.command()
@click.option("--off", is_flag=True, help="Close the operators' page instead.")
@pass_context
def password(context: Context, off: bool) -> None:
    """Set the password of the operators' page (/operator); without one there is no such page."""
    folder = context.settings.gallery.folder / DOOR
    if off:
        was = remove_password(folder)
        click.echo("the operators' page is closed" if was else "no password was set")
        return
    given = click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    set_password(folder, given)
    base = _base(context.settings)
    click.echo(f"set; the operators' page is at {base or 'the door'}/operator")


def _base(settings: Settings) -> str:
    """What links to this machine's door begin with; "" where it has no address."""
    return told_address(settings.door.address, own_address(), settings.door.port)
