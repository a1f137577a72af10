"""`uglynet gallery backup` and `restore`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from installation.commands.context import Context, fail, pass_context
from installation.commands.gallery import gallery
from installation.gallery.backup import back_up, restore


@gallery.command("backup")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@pass_context
def backup_command(context: Context, out: Path) -> None:
    """Back the whole gallery up into a folder of its own below OUT; also while the show runs.

    Backups there that are older than takes are kept (`keep_days`) are removed.
    """
    settings = context.settings.gallery
    where, moved = back_up(settings.folder, out, settings.keep_days * 86400, time.time())
    click.echo(f"{where}: {moved.takes} takes")
    fail(moved.problems)


@gallery.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, file_okay=False, exists=True))
@pass_context
def restore_command(context: Context, backup: Path) -> None:
    """Bring a backup back into the settings' gallery, which must hold no takes; stop the show
    before. What has expired or was withdrawn since stays away."""
    moved = restore(backup, context.settings.gallery.folder, time.time())
    left = f", {moved.left_out} left out (expired or withdrawn)" if moved.left_out else ""
    click.echo(f"{moved.takes} takes restored{left}")
    fail(moved.problems)
