"""`uglynet gallery`: list, show, export and delete takes; list and delete stills."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from installation.carve.nets import net_document
from installation.commands.context import Context, pass_context, told
from installation.gallery.stills import stills
from installation.gallery.store import VIDEO, Gallery, copy_files
from installation.vocabulary import Take, UglyError


@click.group()
def gallery() -> None:
    """List, show, export and delete the takes visitors kept."""


@contextmanager
def _opened(context: Context) -> Iterator[Gallery]:
    opened = Gallery(context.settings.gallery.folder)
    try:
        yield opened
    finally:
        opened.close()


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _document(take: Take, opened: Gallery) -> dict[str, Any]:
    return {
        "id": take.id,
        "name": take.net.name,
        "kept_at": _day(take.kept_at_s),
        "expires_at": _day(take.expires_at_s),
        "in_gallery": take.in_gallery,
        "cuts": len(take.net.carve.cuts),
        "video": str(opened.path_of(take, VIDEO)),
        "net": net_document(take.net),
    }


@gallery.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def list_takes(context: Context, as_json: bool) -> None:
    """List the takes, the newest first, then the stills."""
    with _opened(context) as opened:
        takes, pictures = opened.takes(), stills(opened.folder)
        if as_json:
            documents = [_document(take, opened) for take in takes]
            told([*documents, *({"id": path.name, "still": str(path)} for path in pictures)])
            return
        for take in takes:
            shown = "gallery" if take.in_gallery else "private"
            click.echo(
                f"{take.id}  {_day(take.kept_at_s)}  {shown:7}  {len(take.net.carve.cuts):2} cuts"
                f"  {take.net.name}"
            )
        if not takes:
            click.echo(f"no takes in {opened.folder}")
        for path in pictures:
            click.echo(f"{path.name}  still")


@gallery.command()
@click.argument("take_id")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def show(context: Context, take_id: str, as_json: bool) -> None:
    """Show one take; the beginning of its id is enough."""
    with _opened(context) as opened:
        document = _document(opened.find(take_id), opened)
    if as_json:
        told(document)
        return
    for key, value in document.items():
        if key != "net":
            click.echo(f"{key:11} {value}")


@gallery.command()
@click.argument("take_ids", nargs=-1)
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@pass_context
def export(context: Context, take_ids: tuple[str, ...], out: Path) -> None:
    """Copy takes (all, or those named) into a folder, a folder each."""
    with _opened(context) as opened:
        takes = tuple(map(opened.find, take_ids)) if take_ids else opened.takes()
        for take in takes:
            try:
                folder = out / take.id
                copy_files(opened.folder, take, folder)
            except OSError as error:
                raise UglyError(f"{out}: cannot be exported to ({error.strerror})") from None
            click.echo(folder)
    click.echo(f"{len(takes)} takes exported")


@gallery.command()
@click.argument("take_ids", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_context
def delete(context: Context, take_ids: tuple[str, ...], yes: bool) -> None:
    """Delete takes for good, files and record, and stills, by the names `list` tells.

    A still isn't bound to a take: a visitor may have kept one and no take, or several. Its
    name begins with the time it was kept.
    """
    with _opened(context) as opened:
        found = dict.fromkeys(_found(opened, name) for name in take_ids)
        if not yes:
            click.confirm(f"delete {len(found)} for good?", abort=True)
        for one in found:
            if isinstance(one, str):
                opened.delete(one)
                click.echo(f"{one} deleted")
                continue
            try:
                one.unlink(missing_ok=True)
            except OSError as error:
                raise UglyError(f"{one}: cannot be deleted ({error.strerror})") from None
            click.echo(f"{one.name} deleted")


def _found(opened: Gallery, prefix: str) -> str | Path:
    """The id of the take, or the path of the still, whose name starts so."""
    pictures = [path for path in stills(opened.folder) if path.name.startswith(prefix)]
    if not pictures:
        return opened.find(prefix).id
    takes = [take for take in opened.takes() if take.id.startswith(prefix)]
    if len(pictures) + len(takes) > 1:
        raise UglyError(
            f'{len(pictures) + len(takes)} takes and stills start "{prefix}"; see '
            "`uglynet gallery list`"
        )
    return pictures[0]
