"""The pages for readers: what they tell one to type exists, and so does what they point to."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path

import click
import pytest

from installation.__main__ import uglynet
from installation.settings import HOUSE, Settings

PAGES = [
    HOUSE / "kiosk_config" / "HANDBOOK.md",
    HOUSE / "kiosk_config" / "JETSON.md",
    HOUSE / "kiosk_config" / "panel" / "README.md",
    HOUSE / "README.md",
    *sorted((HOUSE / "docs").glob("*.md")),
]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")
BOX = r"^```(?:sh)?\n(.*?)^```"


def typed(page: Path) -> list[str]:
    """Every command line on a page, in boxes and in the text."""
    text = page.read_text(encoding="utf-8")
    rest = re.sub(BOX, "", text, flags=re.MULTILINE | re.DOTALL)
    return boxed(page) + re.findall(r"`([^`\n]+)`", rest)


def boxed(page: Path) -> list[str]:
    """The command lines in a page's boxes: those are typed as they stand."""
    boxes = re.findall(BOX, page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for box in boxes for line in box.splitlines()]


def named(group: click.Group, name: str) -> click.Command:
    """The verb of that name."""
    verb = group.get_command(click.Context(group), name)
    assert verb is not None, f"there is no verb {name}"
    return verb


@pages
def test_every_uglynet_command_in_a_box_parses(page: Path):
    """Down to its last option and argument; whether a file is there is the reader's matter."""
    for line in boxed(page):
        found = re.search(r"(?:^|bin/)uglynet (?:--config \S+ |--verbose )*([a-z][^#]*)", line)
        if found is None:
            continue
        words = shlex.split(found[1])
        command: click.Command = uglynet
        while isinstance(command, click.Group):
            command = named(command, words.pop(0))
        mistake: click.ClickException | None = None
        try:
            command.make_context(command.name, words)
        except click.MissingParameter as error:
            mistake = error
        except click.BadParameter as error:
            mistake = None if isinstance(getattr(error.param, "type", 0), click.Path) else error
        except click.UsageError as error:
            mistake = error
        assert mistake is None, f"{line}: {mistake and mistake.format_message()}"


@pages
def test_every_uglynet_command_on_it_exists(page: Path):
    for line in typed(page):
        found = re.search(r"(?:^|bin/)uglynet ((?:--config \S+ |--verbose )*)([a-z][^#]*)", line)
        if found is None:
            continue
        words = found[2].split()
        verb: click.Command = uglynet
        while isinstance(verb, click.Group):
            if not words and verb.invoke_without_command:
                break
            assert words, f"{line}: which one?"
            verb = named(verb, words.pop(0))
        options = {name for part in verb.params for name in (*part.opts, *part.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= options, line


@pages
def test_every_file_of_the_project_that_it_names_is_there(page: Path):
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / link).exists(), link
    for line in typed(page):
        for path in re.findall(
            r"(?:/opt/uglynet/|^)((?:kiosk_config|installation)/[\w./-]+)", line
        ):
            assert (HOUSE / path).exists(), line


@pages
def test_every_setting_that_it_names_is_one(page: Path):
    text = page.read_text(encoding="utf-8")
    sections = {part.name: type(getattr(Settings(), part.name)) for part in _fields(Settings)}
    for section, key in re.findall(r"`\[(\w+)\] (\w+)`", text):
        if section not in sections:
            continue
        assert key in {part.name for part in _fields(sections[section])}, f"[{section}] {key}"


def test_the_handbook_speaks_of_every_device_and_of_the_hard_questions():
    text = PAGES[0].read_text(encoding="utf-8")
    for device in ("panel", "camera", "net", "gallery"):
        assert re.search(rf"^\| {device} \|", text, re.MULTILINE), device
    for matter in ("Flash safety", "privacy", "Checklist", "Jetson", "keep_days"):
        assert matter in text


def _fields(kind: type) -> tuple[dataclasses.Field, ...]:
    return dataclasses.fields(kind)
