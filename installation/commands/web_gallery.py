"""`uglynet gallery web`: the gallery as plain files."""

from __future__ import annotations

import time
from pathlib import Path

import click

from installation.app.web_gallery import write_web_gallery
from installation.commands.context import Context, fail, pass_context
from installation.commands.gallery import gallery
from installation.vocabulary import UglyError


@gallery.command("web")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@pass_context
def web_command(context: Context, out: Path) -> None:
    """Write what may be shown as a small web site: plain files, for a stick or any web server.

    It opens from a disk by its index.html; the page to play at home, which is inside, wants a web
    server. Written into the same folder again, it loses what is public no longer.
    """
    try:
        count, problems = write_web_gallery(context.settings, out, time.time())
    except OSError as error:
        raise UglyError(f"{error.filename or out}: cannot be written ({error.strerror})") from None
    click.echo(f"{out}: {count} takes; open {out / 'index.html'}")
    fail(list(problems))
