"""`uglynet setup`: asks what an installation needs to know, and writes the settings file."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from installation.app.panel_check import Turned
from installation.app.settings_document import with_values
from installation.carve.panel_layout import PanelLayout
from installation.commands.context import Context, pass_context, write_file
from installation.commands.setup_questions import QUESTIONS, Question
from installation.documents import read_text
from installation.panel.factory import panel_of
from installation.panel.layouts import layout_path, load_layout
from installation.releases.service import USER, surroundings
from installation.settings import HOUSE, Settings, changed, load_settings
from installation.vocabulary import Health, UglyError

KIOSK = Path("/etc/uglynet.toml")
EXAMPLE = HOUSE / "kiosk_config" / "uglynet.toml"
PANEL_S = 10.0
"""How long a panel may take to be found."""

_TICK_S = 0.02


@dataclass
class Answers:
    """The settings as they are answered so far, and what was changed, by "section.name"."""

    settings: Settings
    values: dict[str, object] = field(default_factory=dict)

    def value(self, key: str) -> Any:
        section, _, name = key.partition(".")
        return getattr(getattr(self.settings, section), name)

    def take(self, key: str, value: object) -> None:
        """Set one; raises UglyError, in a line, if it may not be so."""
        section, _, name = key.partition(".")
        self.settings = changed(self.settings, section, **{name: value})
        self.values[key] = value


@click.command()
@click.option("--defaults", is_flag=True, help="Ask nothing: take what would be suggested.")
@pass_context
def setup(context: Context, defaults: bool) -> None:
    """Ask what this installation needs to know, and write it into the settings file.

    That is --config's, or /etc/uglynet.toml where the kiosk is set up, or else uglynet.toml here.
    What is in it already is suggested, its comments stay, and nothing is written before the end.
    """
    path = context.config or (KIOSK if KIOSK.exists() else Path("uglynet.toml"))
    fresh = not path.exists()
    text = read_text(EXAMPLE if fresh else path)
    answers = Answers(load_settings(EXAMPLE if fresh else path))
    _may_write(path)
    for question in QUESTIONS:
        if not question.asked(answers.settings):
            continue
        if fresh and question.suggested is not None:
            answers.take(question.key, question.suggested)
        if not defaults:
            _ask(question, answers)
    if not defaults:
        _panel(answers, path)
    write_file(path, with_values(text, answers.values, str(path)).encode())
    load_settings(path)
    click.echo(f"{path}: written ({len(answers.values)} settings)")
    if not defaults:
        _password(path, answers.settings)
    click.echo("what is live is taken on by a running show; for the rest, start it again")


def _may_write(path: Path) -> None:
    if not path.parent.is_dir():
        raise UglyError(f"{path.parent}: there is no such folder")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UglyError(f"{path}: cannot be written by this user; try it with sudo")


def _ask(question: Question, answers: Answers) -> None:
    """Ask until it is answered as it may be."""
    for line in question.about():
        click.echo(f"  {line}")
    while True:
        shown = question.shown(answers.value(question.key))
        given = click.prompt(question.asks, default=shown or "-", prompt_suffix=": ")
        try:
            answers.take(question.key, question.read(given.strip()))
        except UglyError as error:
            click.echo(f"  {error}")
        except ValueError as error:
            click.echo(f"  {question.key}: {error}")
        else:
            return


# The panel, with somebody's hands on it.


def _panel(answers: Answers, path: Path) -> None:
    """Show what turns, and mend what turns the wrong way."""
    settings = answers.settings.panel
    if settings.driver not in ("arduino", "midi"):
        return
    if not click.confirm("Try the panel now?", default=True):
        return
    layout = load_layout(settings.layout)
    try:
        turned = watched(answers.settings, layout, _typed)
    except UglyError as error:
        click.echo(f"  {error}; try it later: uglynet panel monitor")
        return
    for knob in turned.silent:
        click.echo(f"  knob {knob + 1} did not turn: is its plug loose?")
    wrong = frozenset(turned.reversed)
    if not wrong:
        click.echo("  every knob that turned does so the right way")
        return
    click.echo(f"  the wrong way: knob {', '.join(str(knob + 1) for knob in sorted(wrong))}")
    if click.confirm("Mend that in a layout of your own?", default=True):
        mended = path.with_name("uglynet-panel.toml")
        source = layout_path(settings.layout)
        write_file(mended, mended_layout(read_text(source), layout, wrong).encode())
        answers.take("panel.layout", str(mended.absolute()))
        click.echo(f"  {mended}: written")


def mended_layout(text: str, layout: PanelLayout, wrong: frozenset[int]) -> str:
    """A layout's text with these knobs turned round, those that were already back again."""
    inverted = sorted(layout.inverted ^ wrong)
    lines = [line for line in text.splitlines() if not line.startswith("inverted")]
    at = next((n for n, line in enumerate(lines) if line.startswith("[")), len(lines))
    mended = "\n".join([*lines[:at], f"inverted = {inverted}", "", *lines[at:], ""])
    PanelLayout.parse(mended, "the mended layout")
    return mended


def watched(settings: Settings, layout: PanelLayout, over: Callable[[], bool]) -> Turned:
    """What turned while somebody turned every knob to its right end, until `over`.

    Raises:
        UglyError: if there is no panel.
    """
    device = panel_of(settings)
    try:
        deadline_s = time.monotonic() + PANEL_S
        while device.health().health is not Health.FINE:
            if time.monotonic() > deadline_s:
                raise UglyError(device.health().note)
            time.sleep(_TICK_S)
        click.echo("  Turn every knob to its left end, then to its right end; then press Enter.")
        turned, moved = Turned().seen(device.latest().knobs), frozenset[int]()
        while not over():
            turned = turned.seen(device.latest().knobs)
            now = frozenset(range(layout.knobs)) - frozenset(turned.silent)
            for knob in sorted(now - moved):
                click.echo(f"  knob {knob + 1} turns")
            moved |= now
            time.sleep(_TICK_S)
        return turned
    finally:
        device.close()


def _typed() -> bool:
    """Whether Enter was pressed, without waiting for it."""
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(ready) and bool(sys.stdin.readline() or True)


# The door.


def _password(path: Path, settings: Settings) -> None:
    """Set the operators' password, as the user that the show runs as."""
    if not settings.door.on or not click.confirm(
        "Set the password of the operators' page?", default=False
    ):
        return
    line = [sys.executable, "-m", "installation", "--config", str(path.absolute())]
    with contextlib.suppress(KeyboardInterrupt):
        subprocess.run([*line, "door", "password"], check=False, **_surroundings())


def _surroundings() -> Mapping[str, Any]:
    """Root sets it for the kiosk's user, whose gallery it is; anybody else for themselves."""
    try:
        return surroundings(USER)
    except UglyError:  # there is no such user: not a kiosk
        return {}
