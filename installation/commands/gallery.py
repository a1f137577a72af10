"""`uglynet gallery`: list, show, export, delete, verify and rebuild what visitors kept.

All but `delete` and `rebuild` only read, from any disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from installation.commands.context import Context, fail, pass_context, told
from installation.gallery import faults
from installation.gallery.deletion import delete_still, delete_take, still_told_of
from installation.gallery.export import export_file, export_take
from installation.gallery.family import family
from installation.gallery.lookup import Lookup
from installation.gallery.quarantine import removed
from installation.gallery.reading import GalleryReader
from installation.gallery.record import VIDEO, Record
from installation.gallery.store import Gallery
from installation.gallery.verify import KINDS, disagreements
from installation.vocabulary import UglyError

AT_ONCE = 100
"""How many takes `list` prints, unless told otherwise."""


@click.group()
def gallery() -> None:
    """List, show, export, delete, verify and rebuild what visitors kept."""


@contextmanager
def _opened(context: Context) -> Iterator[GalleryReader]:
    opened = GalleryReader(context.settings.gallery.folder)
    try:
        yield opened
    finally:
        opened.close()


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _document(record: Record, opened: GalleryReader) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "kept_at": _day(record.kept_at_s),
        "expires_at": _day(record.expires_at_s),
        "clock": record.told,
        "in_gallery": record.shown,
        "take_home": record.take_home,
        "moderation": record.moderation,
        "cuts": record.cuts,
        "parents": list(record.parents),
        "from": record.whose,
        "video": str(opened.path_of(record, VIDEO)) if VIDEO in record.files else "",
        "stills": list(record.stills),
        "net": dict(record.net),
    }


def _still_document(opened: GalleryReader, record: Record, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "still": str(opened.path_of(record, name)),
        "take": record.id,
        "expires_at": _day(record.expires_at_s),
        "in_gallery": record.shown,
    }


def _family(record: Record, folder: Path) -> dict[str, Any]:
    """The takes of its family that others may see: a line each, the oldest first."""
    lookup = Lookup(folder)
    try:
        found = family(lookup, record, time.time())
    finally:
        lookup.close()
    older = [one for one in found if one.generation > 0]
    return {
        "ancestors": [f"{one.record.id} {one.record.name}" for one in older],
        "children": [f"{one.record.id} {one.record.name}" for one in found if one not in older],
    }


@gallery.command("list")
@click.option("--json", "as_json", is_flag=True, help="All of them, unless --most is given.")
@click.option("--most", type=click.IntRange(1), help=f"So many takes; {AT_ONCE} without --json.")
@click.option("--skip", default=0, type=click.IntRange(0), help="After the newest so many.")
@pass_context
def list_takes(context: Context, as_json: bool, most: int | None, skip: int) -> None:
    """List the takes, the newest first, each with its stills."""
    with _opened(context) as opened:
        limit = most if most or as_json else AT_ONCE
        records = tuple(opened.records(limit, skip))
        loose, aside = opened.loose_stills(), opened.quarantine()
        if as_json:
            stills = [_still_document(opened, one, name) for one in records for name in one.stills]
            rest = [{"id": path.name, "still": str(path)} for path in loose]
            told([*(_document(record, opened) for record in records), *stills, *rest])
        else:
            _print_list(opened, records, skip)
            for path in loose:
                click.echo(f"{path.name}  still")
            for name in aside:
                click.echo(f"{name}  set aside: look at it, then `uglynet gallery delete` it")
        fail(opened.problems)


def _print_list(opened: GalleryReader, records: tuple[Record, ...], skip: int) -> None:
    for record in records:
        shown = "gallery" if record.shown else "private"
        line = f"{record.id}  {_day(record.kept_at_s)}  {shown:7}  {record.cuts:2} cuts"
        whose = f"  from {record.whose}" if record.whose else ""
        click.echo(f"{line}  {record.name}{whose}")
        for name in record.stills:
            click.echo(f"{name}  still of {record.id}")
    if not len(opened):
        click.echo(f"no takes in {opened.folder}")
    elif skip + len(records) < len(opened):
        until = skip + len(records)
        click.echo(f"{skip + 1} to {until} of {len(opened)}; go on with --skip {until}")


@gallery.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def show(context: Context, name: str, as_json: bool) -> None:
    """Show one take or still; the beginning of its name is enough."""
    with _opened(context) as opened:
        found = _found(opened, name)
        if found.record is None:
            document: dict[str, Any] = {"id": found.name, "still": str(found.path)}
        elif found.is_still:
            document = _still_document(opened, found.record, found.name)
        else:
            document = {**_document(found.record, opened), **_family(found.record, opened.folder)}
    if as_json:
        told(document)
        return
    for key, value in document.items():
        if key != "net":
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{key:11} {shown}")


@gallery.command()
@click.argument("names", nargs=-1)
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--private", is_flag=True, help="Also what its visitor did not want shown.")
@click.option("--clips", is_flag=True, help="Also the films whose visitors agreed to that.")
@pass_context
def export(context: Context, names: tuple[str, ...], out: Path, private: bool, clips: bool) -> None:
    """Copy takes into a folder, a folder each, and stills: all that may be shown, or those named.

    A take's take.json says what its visitor agreed to.
    """
    problems: list[str] = []
    count = left = 0
    with _opened(context) as opened:
        every = names or tuple(record.id for record in opened.records())
        for name in every:
            try:
                found = _found(opened, name, exact=not names)
                if not private and not found.shown:
                    if names:
                        raise UglyError(f"{found.name}: its visitor said no to showing; --private")
                    left += 1
                    continue
            except UglyError as error:
                problems.append(str(error))
                continue
            folder, missed = _exported(opened, found, out, clips)
            problems += missed
            count += 1
            click.echo(folder)
        problems += opened.problems
    rest = f"; {left} private ones left out (--private takes them too)" if left else ""
    click.echo(f"{count} takes exported{rest}")
    fail(list(dict.fromkeys(problems)))


def _exported(
    opened: GalleryReader, found: Found, out: Path, clips: bool
) -> tuple[Path, tuple[str, ...]]:
    if found.record is not None and not found.is_still:
        return export_take(opened.folder, found.record, out, clips)
    return export_file(found.path, out), ()


@gallery.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_context
def delete(context: Context, names: tuple[str, ...], yes: bool) -> None:
    """Delete takes, with their stills, for good; or single stills, or what was set aside: by the
    names that `list` tells.
    """
    folder = context.settings.gallery.folder
    with _opened(context) as opened:
        found = dict.fromkeys(_doomed(opened, name) for name in names)
    if not yes:
        click.confirm(f"delete {len(found)} for good?", abort=True)
    problems = []
    for one in found:
        try:
            _deleted(folder, one)
        except UglyError as error:
            problems.append(str(error))
            continue
        click.echo(f"{one.name} deleted")
        for path in still_told_of(folder, one.name):
            problems.append(f"{one.name} is still named in {path}; delete that too")
    fail(problems)


@dataclass(frozen=True)
class Found:
    """What a name on the command line means: a take by its record (None if that cannot be read),
    one of its stills, or a file or folder that is no take's, at `path`."""

    name: str
    path: Path
    record: Record | None = None
    is_still: bool = False
    is_take: bool = False

    def __hash__(self) -> int:
        return hash((self.name, self.path))

    @property
    def shown(self) -> bool:
        return self.record is not None and self.record.shown


def _take(opened: GalleryReader, take_id: str, read: bool = True) -> Found:
    record = opened.record(take_id) if read else None
    return Found(take_id, opened.folder / "takes" / take_id, record, is_take=True)


def _found(opened: GalleryReader, prefix: str, *, exact: bool = False) -> Found:
    """The take or still whose name starts so.

    Raises:
        UglyError: if there is none, or more than one.
    """
    if exact:
        return _take(opened, prefix)
    return _only(opened, prefix, lambda take_id: _take(opened, take_id))


def _only(opened: GalleryReader, prefix: str, take: Callable[[str], Found]) -> Found:
    takes = opened.starting(prefix)
    if len(takes) == 1 and takes[0] == prefix:
        return take(prefix)
    stills = [
        Found(name, opened.path_of(record, name), record, is_still=True)
        for record, name in opened.stills(prefix)
    ]
    stills += [
        Found(path.name, path, is_still=True)
        for path in opened.loose_stills()
        if path.name.startswith(prefix)
    ]
    count = len(takes) + len(stills)
    if count > 1:
        what = "takes and stills start" if stills else "takes with an id that starts"
        raise UglyError(f'{count} {what} "{prefix}"; see `uglynet gallery list`')
    if stills:
        return stills[0]
    if not takes:
        raise UglyError(f'no take with an id that starts "{prefix}"; see `uglynet gallery list`')
    return take(takes[0])


def _doomed(opened: GalleryReader, prefix: str) -> Found:
    """What is to be deleted: also a take whose record cannot be read, or what was set aside."""
    if prefix in opened.quarantine():
        return Found(prefix, opened.folder / prefix)
    return _only(opened, prefix, lambda take_id: _take(opened, take_id, read=False))


def _deleted(folder: Path, one: Found) -> None:
    if one.is_take:
        delete_take(folder, one.name)
    elif one.record is not None:
        delete_still(folder, one.record, one.name)
    else:
        with faults.told(f"{one.name}: not deleted"):
            removed(one.path)


@gallery.command()
@click.option("--json", "as_json", is_flag=True)
@pass_context
def verify(context: Context, as_json: bool) -> None:
    """Prove that records and files agree, both ways, by every file's SHA-256.

    Exit status 0 if they do, else 1. With --json also how many things are missing that a record
    or the index names, how many are orphans that neither names, and how many are damaged.
    """
    with _opened(context) as opened:
        with faults.told(f"{opened.folder}: the gallery cannot be read"):
            found = tuple(disagreements(opened))
        count, aside = len(opened), opened.quarantine()
    if as_json:
        wrong = [{"take": one.take, "what": one.what} for one in found]
        kinds = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
        well = {"well": not found, "wrong": wrong, "quarantine": list(aside)}
        told({"takes": count, **kinds, **well})
    else:
        for name in aside:
            click.echo(f"{name}  set aside")
        if not found:
            click.echo(f"{count} takes, all as they were kept")
    fail([str(one) for one in found])


@gallery.command()
@pass_context
def rebuild(context: Context) -> None:
    """Make the index anew from the takes' folders. The show does so by itself where it must.

    What has no record becomes a private take if it is whole, else it is set aside.
    """
    settings = context.settings.gallery
    if not settings.folder.is_dir():
        raise UglyError(f"{settings.folder}: no gallery there")
    opened = Gallery(settings.folder, keep_s=settings.keep_days * 86400)
    try:
        before, done = opened.recovered, opened.rebuild()
        count = len(opened.takes())
    finally:
        opened.close()
    for path in (*before.set_aside, *done.set_aside):
        click.echo(f"{path.relative_to(settings.folder)}  set aside")
    imported = len(before.imported) + len(done.imported)
    click.echo(f"{count} takes in the index, {imported} of them without a record until now")
    fail([*before.left, *done.left])
