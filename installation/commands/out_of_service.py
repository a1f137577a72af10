"""`uglynet out-of-service`: the screen that takes the show's place."""

from __future__ import annotations

import click

from installation.last_words import LastWords, Outage, heard
from installation.out_of_service import show


@click.command("out-of-service")
@click.option(
    "--code",
    type=click.Choice([str(int(outage)) for outage in Outage]),
    help="Show this code; else that of what the show last ended of.",
)
@click.option("--fullscreen/--window", default=True, show_default=True)
def out_of_service(code: str | None, fullscreen: bool) -> None:
    """Show visitors "back soon", and the operator a code; Ctrl-C ends it.

    The kiosk does so by itself when the show ends again and again. It needs neither the model nor
    the gallery nor the settings.
    """
    show(heard() if code is None else LastWords(Outage(int(code))), fullscreen=fullscreen)
