"""`uglynet render`: the gallery rendered anew, by many processes or machines."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from installation.commands.carve import usable_cores
from installation.commands.context import Context, SizePx, fail, pass_context, told
from installation.gallery.record import Record
from installation.rerender.farm import Failed, Farm, dask_farm
from installation.rerender.plan import Plan, model_files
from installation.rerender.task import Look, Task
from installation.vocabulary import UglyError


@dataclass(frozen=True, slots=True)
class Rendering:
    """How the options say that takes are rendered, and by whom."""

    size: tuple[int, int] | None
    slow: int | None
    model: Path | None
    on: str
    workers: int | None
    prune: bool
    private: bool


@click.command()
@click.argument("takes", nargs=-1)
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--size", type=SizePx(), help="Width x height; the films' own if left out.")
@click.option("--slow", type=click.IntRange(1, 64), help="Instead of [play] slow.")
@click.option("--model", type=click.Path(path_type=Path), help="Another model's folder.")
@click.option("--on", default="", help="A Dask scheduler, such as tcp://host:8786; else here.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes here; one a core.")
@click.option("--prune", is_flag=True, help="Remove videos whose takes have left the gallery.")
@click.option("--private", is_flag=True, help="Also what its visitor did not want shown.")
@click.option("--dry-run", is_flag=True, help="Say what would be rendered.")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def render(
    context: Context,
    takes: tuple[str, ...],
    out: Path,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Render the gallery anew: at another size, speed or model, all takes or those named.

    Only takes whose visitors agreed to that ([privacy] asks_for_clip). Each becomes OUT/TAKE.mp4;
    what is there already is left alone: whatever stopped goes on with the same command. Videos
    pass the flash governor.
    """
    settings, how = context.settings, Rendering(**options)
    flash = settings.flash
    look = Look(how.size or (0, 0), how.slow or settings.play.slow, flash.governor, flash.patterns)
    files = model_files(how.model or settings.model.path)
    made_by = hashlib.sha256(files["manifest.json"]).hexdigest()
    plan = Plan(settings.gallery.folder, out, look, made_by)
    found, others, problems = plan.qualifying(takes, how.private)
    left = [record for record in found if not plan.is_done(record)]
    rows: dict[str, Any] = {
        "takes": len(found),
        "without_film": others,
        "done_before": len(found) - len(left),
        "rendered": 0,
        "failed": 0,
        "workers": 0,
    }
    if not takes and not dry_run:
        _left_over(plan, found, how.prune)
    if left and not dry_run:
        _made(out)
        count = how.workers or usable_cores()
        with dask_farm(how.on, count, files) as farm:
            rows["workers"] = farm.workers
            for line in _rendered(plan, left, farm):
                problems.append(line)
        rows["failed"] = sum(plan.is_there(each) and not plan.is_done(each) for each in left)
        rows["rendered"] = len(left) - rows["failed"]
    if as_json:
        told(rows)
    else:
        _say(rows, plan, dry_run)
    fail(problems)


def _rendered(plan: Plan, records: list[Record], farm: Farm) -> Iterator[str]:
    """Render and keep; a line for each take that could not be."""
    by_id = {record.id: record for record in records}
    problems: list[str] = []

    def tasks() -> Iterator[Task]:
        for record in records:
            try:
                yield plan.task(record)
            except UglyError as error:
                problems.append(str(error))

    bar = click.progressbar(length=len(records), label="rendering", file=sys.stderr)
    with bar:
        for made in farm.rendered(tasks()):
            if isinstance(made, Failed):
                yield made.why
            else:
                plan.keep(by_id[made.take_id], made)
            bar.update(1)
    yield from problems


def _made(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as error:
        raise UglyError(f"{out}: cannot be written to ({error.strerror})") from None


def _left_over(plan: Plan, records: list[Record], prune: bool) -> None:
    """Tell what was rendered of takes that have left the gallery, or remove it."""
    paths = tuple(plan.left_over(records))
    if paths and not prune:
        count = sum(path.suffix == ".mp4" for path in paths)
        click.echo(f"{count} videos are of takes that have left: --prune removes them", err=True)
        return
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UglyError(f"{path}: cannot be removed ({error.strerror})") from None


def _say(rows: dict[str, Any], plan: Plan, dry_run: bool) -> None:
    if not rows["takes"]:
        click.echo(
            f"no take of {plan.gallery} has its film: visitors are asked for it only with "
            "[privacy] asks_for_clip = true"
        )
        return
    verb = "would be rendered" if dry_run else "rendered"
    count = rows["takes"] - rows["done_before"] if dry_run else rows["rendered"]
    rest = f", {rows['done_before']} were there before" if rows["done_before"] else ""
    without = f"; {rows['without_film']} have no film" if rows["without_film"] else ""
    click.echo(f"{count} of {rows['takes']} takes {verb} in {plan.out}{rest}{without}")
