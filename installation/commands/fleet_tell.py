"""`uglynet fleet tell` and `commander`: a command to a booth, signed."""

from __future__ import annotations

from pathlib import Path

import click

from installation.app.fleet_beats import broker_of
from installation.app.fleet_orders import beats_folder
from installation.commands.context import Context, pass_context
from installation.fleet_watch.commands import OUT_OF_SERVICE, RESTART, Wanted
from installation.fleet_watch.topics import is_booth
from installation.fleet_watch.watching import Commander, Watching
from installation.mqtt import Broker
from installation.settings import Settings
from installation.vocabulary import UglyError

KEY = "commander.key"
DO = {"out-of-service": OUT_OF_SERVICE, "restart": RESTART}

key_option = click.option(
    "--key",
    "key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The commander's key; without it the one beside the settings' gallery.",
)


def key_path(settings: Settings, key: Path | None) -> Path:
    """Where the commander's key is."""
    return key or beats_folder(settings) / KEY


def hub_broker(settings: Settings) -> Broker:
    """The broker of the settings. Raises UglyError if there is none."""
    if not settings.fleet.broker:
        raise UglyError("no broker is set: [fleet] broker, such as mqtt://hub:1883")
    return broker_of(settings.fleet)


@click.command()
@key_option
@pass_context
def commander(context: Context, key: Path | None) -> None:
    """Print this machine's public key, for [fleet] commanders of the booths that are to obey it.

    The key is made where there is none. Whoever has its file commands those booths: keep it.
    """
    click.echo(Commander.at(key_path(context.settings, key)).key.public)


@click.command()
@click.argument("booth")
@click.argument("do", type=click.Choice(list(DO)))
@click.argument("on", type=click.Choice(["on", "off"]), required=False)
@key_option
@click.option(
    "--within", default=20.0, show_default=True, type=click.FloatRange(1, 600), help="Seconds."
)
@pass_context
def tell(
    context: Context, booth: str, do: str, on: str | None, key: Path | None, within: float
) -> None:
    """Have BOOTH taken out of service (on, off) or restarted, and print what it answers.

    It obeys if its [fleet] commanders names this machine's key (`uglynet fleet commander`) and
    allow what is asked. Exit status 1 if it does not.
    """
    if not is_booth(booth):
        raise UglyError(f"{booth}: booths are called by small letters, digits and dashes")
    if (on is not None) != (DO[do] == OUT_OF_SERVICE):
        wanted = "out-of-service on, or off" if DO[do] == OUT_OF_SERVICE else "restart, alone"
        raise UglyError(f"say {wanted}")
    path = key_path(context.settings, key)
    if not path.is_file():
        raise UglyError(f"{path}: no key there yet; `uglynet fleet commander` makes one")
    watching = Watching(hub_broker(context.settings), booth)
    watching.begin()
    try:
        answer = watching.tell(Wanted(booth, DO[do], on == "on"), Commander.at(path), within)
    finally:
        watching.close()
    if not answer.well:
        raise UglyError(f"{booth}: {answer.line}")
    click.echo(answer.line)
