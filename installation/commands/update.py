"""`uglynet update`: another release in the place of this one, on trial; and back."""

from __future__ import annotations

from pathlib import Path

import click

from installation.commands.context import Context, pass_context
from installation.releases.shelf import Shelf
from installation.releases.trial import HEALTHY_S
from installation.releases.update import Updater, must_be_root
from installation.vocabulary import UglyError

KIOSK = Path("/etc/uglynet.toml")


@click.command()
@click.argument("source", required=False, default="")
@click.option("--back", is_flag=True, help="Go back to the release before this one.")
@click.option("--status", is_flag=True, help="Say which release runs, and whether on trial.")
@click.option("--no-backup", is_flag=True, help="Do not back the gallery up first.")
@click.option("--watch", is_flag=True, hidden=True, help="What uglynet-trial.service runs.")
@pass_context
def update(
    context: Context, source: str, back: bool, status: bool, no_backup: bool, watch: bool
) -> None:
    """Put another release in the place of this one.

    SOURCE is a release's folder (a USB stick), its .tar, or the address of that. Its sums are
    compared first, the gallery is backed up, and the new one is on trial: if its show is not well
    for ten minutes on end, the old one returns by itself.
    """
    if sum((bool(source), back, status, watch)) != 1:
        raise click.UsageError("one of SOURCE, --back and --status is needed")
    updater = Updater(Shelf(), click.echo, context.config or KIOSK)
    if status:
        click.echo(updater.status())
        return
    must_be_root()
    if watch:
        updater.watch()
        return
    if back:
        updater.go_back("an operator asked for it")
        return
    if not updater.update(source, not no_backup):
        click.echo("that is the release that runs already")
        return
    if not updater.machine.runs_services():
        raise UglyError("changed, but nothing was started: systemd does not run here")
    click.echo(
        f"started; after {HEALTHY_S / 60:.0f} minutes without a fault it stays, else the old one "
        "returns by itself (uglynet update --status tells)"
    )
