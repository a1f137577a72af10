"""Options of many verbs: what they write, and numbers that are numbers."""

from __future__ import annotations

import math
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from installation.vocabulary import UglyError

F = TypeVar("F", bound=Callable[..., Any])


class OutputFile(click.ParamType[Path]):
    """The name of a file to write: not empty, not a folder."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not str(value).strip():
            self.fail("the name is empty; give a file to write", param, ctx)
        path = Path(value)
        if path.is_dir():
            self.fail(f"{value}: a folder; give a file in it", param, ctx)
        return path


class FiniteRange(click.FloatRange):
    """A number in a range; neither `inf` nor `nan`, which compares as if it were in any."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number that can be counted to", param, ctx)
        return number


def force_option(command: F) -> F:
    """--force, for a verb that calls `claim`."""
    return click.option("--force", is_flag=True, help="Replace what is there already.")(command)


def claim(path: Path, force: bool, *sources: Path | None) -> None:
    """Make sure before any work that `path` may be written: what is there is only replaced if the
    one at the terminal says so or `force` does, and never what is being read.

    Raises:
        UglyError: one line, if it may not.
    """
    for source in sources:
        if source is not None and _same(source, path):
            raise UglyError(f"{path}: is what is read; give another name to write to")
    try:
        kind = path.stat().st_mode
    except OSError:  # nothing there; whoever writes finds out what else is wrong
        return
    if stat.S_ISREG(kind):
        allow_replacing(str(path), force)


def allow_replacing(what: str, force: bool) -> None:
    """Ask whether `what`, which is there, may go; without a terminal the answer is `force`.

    Raises:
        UglyError: one line, if it may not.
    """
    if force:
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        if click.confirm(f"{what} is there already. Replace it?", err=True):
            return
        raise UglyError(f"{what}: left as it was")
    raise UglyError(f"{what}: is there already; give another name, or --force to replace it")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
