"""`uglynet play-page`: the page on which nets are played at home, as a folder."""

from __future__ import annotations

from pathlib import Path

import click

from installation.app.play_page import PAGE, make, make_plots, write_page
from installation.commands.context import Context, pass_context
from installation.commands.outputs import allow_replacing, force_option
from installation.interpolator.model import load_model
from installation.panel.layouts import load_layout
from installation.show.words import languages
from installation.vocabulary import UglyError

LAYOUT = "mega16"
"""The panel whose U the page has, whatever panel the booth has."""


@click.command("play-page")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A folder; the booth's own if left out."
)
@force_option
@pass_context
def play_page(context: Context, out: Path | None, force: bool) -> None:
    """Make the page on which visitors play their nets at home, for any web server.

    A net's link is the page's address, "#" and the net (see `net card --link`). Nothing that is
    filmed there leaves the phone. Without -o what the booth itself serves is made.
    """
    model = load_model(context.settings.model.path)
    words = context.settings.screen.words
    told = languages([words] if words else [])
    try:
        if out is None:
            make(PAGE / "made", model, load_layout(LAYOUT), told)
            make_plots(PAGE.parent / "static" / "made")
        else:
            if out.is_dir() and any(out.iterdir()):
                allow_replacing(str(out), force)
            write_page(out, model, load_layout(LAYOUT), told)
    except OSError as error:
        raise UglyError(f"{error.filename or out}: cannot be written ({error.strerror})") from None
    click.echo(f"{out or PAGE}: the page to play at home, for model {model.manifest.name}")
