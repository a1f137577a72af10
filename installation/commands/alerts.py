"""`uglynet alerts`: try whether who is to hear of trouble does."""

from __future__ import annotations

import time

import click

from installation.alerts.driver import Alert, Kind
from installation.alerts.ways import messengers
from installation.app.needs import words_of
from installation.commands.context import Context, pass_context
from installation.vocabulary import UglyError


@click.command()
@pass_context
def alerts(context: Context) -> None:
    """Send a trial by every way that [alerts] sets, and say whether it arrived.

    Exit status 1 if one did not.
    """
    settings = context.settings
    ways = messengers(settings.alerts)
    if not ways:
        raise UglyError("nobody is to hear of anything: set [alerts] webhook, mail_to or mqtt")
    words = words_of(settings.screen)[settings.screen.languages[0]]
    title = words("alert.trial", name=settings.alerts.name)
    alert = Alert(Kind.SUMMARY, title, words("alert.trial_line"), at_s=time.time())
    failed = False
    for way in ways:
        try:
            way.send(alert)
        except UglyError as error:
            failed = True
            click.echo(f"MISS  {way.name:12} {error}")
        else:
            click.echo(f"ok    {way.name:12} it arrived there")
    if failed:
        raise SystemExit(1)
