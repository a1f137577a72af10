"""The pages for readers: what they tell one to type exists, and so does what they point to."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import click
import pytest

from installation.__main__ import uglynet
from installation.settings import HOUSE, Settings

PAGES = [HOUSE / "kiosk_config" / "HANDBOOK.md", *sorted((HOUSE / "docs").glob("*.md"))]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def typed(page: Path) -> list[str]:
    """Every command line on a page, in boxes and in the text."""
    text = page.read_text(encoding="utf-8")
    boxes = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for box in boxes for line in box.splitlines()]
    rest = re.sub(r"^```\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return lines + re.findall(r"`([^`\n]+)`", rest)


@pages
def test_every_uglynet_command_on_it_exists(page: Path):
    for line in typed(page):
        found = re.search(r"(?:^|bin/)uglynet ((?:--config \S+ |--verbose )*)([a-z][^#]*)", line)
        if found is None:
            continue
        words = found[2].split()
        verb: click.Command = uglynet
        while isinstance(verb, click.Group):
            assert words, f"{line}: which one?"
            assert words[0] in verb.commands, line
            verb = verb.commands[words.pop(0)]
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
