"""`uglynet fleet watch`: one page that shows every booth."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import click

from installation.app.needs import words_of
from installation.commands.context import Context, pass_context
from installation.commands.fleet_tell import hub_broker, key_option, key_path
from installation.door.address import own_address
from installation.door.passwords import set_password, stored
from installation.door.server import listen, serve
from installation.fleet_watch.watch_pages import WatchPages
from installation.fleet_watch.watching import Commander, Watching
from installation.vocabulary import UglyError

FOLDER = "watch"
"""Where the password of this page is, in the gallery's folder."""


@click.command()
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="", help="The address to listen on; all of them without it.")
@click.option("--set-password", "sets", is_flag=True, help="Set the page's password, and stop.")
@key_option
@pass_context
def watch(context: Context, port: int, host: str, sets: bool, key: Path | None) -> None:
    """Serve one page that shows every booth that tells this broker how it is; until stopped.

    It needs [fleet] broker, and a password. Where this machine has a commander's key (`uglynet
    fleet commander`), whoever is logged in can take booths out of service and restart them, if
    those allow it.
    """
    settings = context.settings
    folder = settings.gallery.folder / FOLDER
    if sets:
        given = click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
        set_password(folder, given)
        click.echo("set")
        return
    broker = hub_broker(settings)
    if not stored(folder):
        raise UglyError("the page has no password: uglynet fleet watch --set-password")
    path = key_path(settings, key)
    commander = Commander.at(path) if path.is_file() else None
    if key is not None and commander is None:
        raise UglyError(f"{key}: no key there; `uglynet fleet commander --key {key}` makes one")
    watching = Watching(broker)
    show = words_of(settings.screen)
    pages = WatchPages(watching, folder, show, commander, settings.screen.title)
    listening = listen(port, host, others=0)
    with contextlib.closing(listening):
        watching.begin()
        try:
            here = host or own_address() or "127.0.0.1"
            click.echo(f"http://{here}:{listening.getsockname()[1]}", nl=True)
            asyncio.run(serve(pages.site(), listening))
        finally:
            watching.close()
