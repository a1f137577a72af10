"""A group of verbs that imports a verb's module when the verb is asked for: all of them together
take longer than most verbs' work."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb's `module` in `installation.commands`, its name there (default: the module's), and
    the modules that add verbs of their own to it."""

    module: str
    name: str = ""
    adds: tuple[str, ...] = ()

    def command(self) -> click.Command:
        """The verb, whole."""
        found = getattr(_module(self.module), self.name or self.module)
        for module in self.adds:
            _module(module)
        assert isinstance(found, click.Command)
        return found


def _module(name: str) -> Any:
    return importlib.import_module(f"installation.commands.{name}")


class LazyGroup(click.Group):
    """A group whose verbs are `verbs`, by their names."""

    def __init__(self, *args: Any, verbs: Mapping[str, Verb], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        verb = self._verbs.get(cmd_name)
        return verb.command() if verb is not None else None
