"""`uglynet noise`: the rack's tools, named and pictured."""

from __future__ import annotations

from pathlib import Path

import click

from installation.commands.context import told
from installation.noise.tools import TOOLS
from installation.reports.atlas_noise import write_atlas


@click.group()
def noise() -> None:
    """The noise rack: tools after the net."""


@noise.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_tools(as_json: bool) -> None:
    """List every tool, in the order in which they are applied unless a net says otherwise."""
    rows = [(name, " ".join((tool.__doc__ or "").split())) for name, tool in TOOLS.items()]
    if as_json:
        told([{"tool": name, "does": does} for name, does in rows])
        return
    for name, does in rows:
        click.echo(f"{name:15} {does}")


@noise.command()
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
def atlas(out: Path) -> None:
    """Picture every function of both works the installation comes from, into a folder.

    Writes noise.md, a table of all functions and where they are, and the pictures in it.
    """
    click.echo(write_atlas(out))
