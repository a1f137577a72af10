"""`uglynet notice`: what hangs beside the installation, to be printed."""

from __future__ import annotations

from pathlib import Path

import click

from installation.app.notice import as_pdf, notices, privacy_of, second_layer
from installation.commands.context import Context, pass_context, write_file
from installation.commands.outputs import claim, force_option
from installation.door.address import own_address, told_address
from installation.vocabulary import UglyError


@click.command()
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@force_option
@pass_context
def notice(context: Context, out: Path, force: bool) -> None:
    """Make what hangs beside the installation, as A4 PDFs, a page for each language of the screen.

    privacy.pdf is the first layer of what visitors and bystanders have to be told, with a code
    that leads to the second; flashes.pdf warns of flashing pictures; wall.pdf says what it is. All
    is taken from the settings ([privacy] above all); what is not set there is a blank to be filled
    in by hand.
    """
    settings = context.settings
    address = told_address(settings.door.address, own_address(), settings.door.port)
    link = second_layer(settings, address if settings.door.on else "")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UglyError(f"{out}: cannot be made ({error.strerror})") from None
    for name, pages in notices(settings, link).items():
        path = out / f"{name}.pdf"
        claim(path, force)
        write_file(path, as_pdf(pages))
        click.echo(f"{path}: {len(pages)} pages")
    for gap in privacy_of(settings).gaps:
        click.echo(f"note: {gap} is not set: a blank on paper")
    if not link:
        click.echo("note: no code leads to more: there is no network, and no [privacy] page")
    elif not (settings.privacy.page or settings.door.address):
        click.echo(
            f"note: the code leads to {link}, this machine's address of today; set [door] address "
            "or [privacy] page to one that stays"
        )
