"""A change of settings, before and while the show runs. Pure.

    change(settings, {"visit.carve_s": 120}) -> SettingsChanged, or Refused with a line for each key

What may change while the show runs is part of the schema; the rest waits for the next start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from installation.documents import home_expanded
from installation.live_settings.rows import live_keys
from installation.mistakes import settings_mistake
from installation.settings import Settings
from installation.vocabulary import UglyError


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """What changed: the settings before and after, and the keys ("section.name") that differ."""

    before: Settings
    after: Settings
    keys: frozenset[str]

    @property
    def after_restart(self) -> frozenset[str]:
        """The keys that wait for the next start."""
        return self.keys - live_keys()

    def live(self) -> SettingsChanged:
        """The part of it that may take effect now."""
        keys = self.keys & live_keys()
        return SettingsChanged(self.before, self._made(self.before, keys), keys)

    def onto(self, settings: Settings) -> SettingsChanged:
        """The same change, made to other settings."""
        return difference(settings, self._made(settings, self.keys))

    def _made(self, settings: Settings, keys: Iterable[str]) -> Settings:
        """Settings with the new values of some keys."""
        values: dict[str, dict[str, Any]] = defaultdict(dict)
        for key in keys:
            section, name = key.split(".")
            values[section][name] = getattr(getattr(self.after, section), name)
        sections = {
            section: replace(getattr(settings, section), **changed)
            for section, changed in values.items()
        }
        return replace(settings, **sections)


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed: what is wrong, one line a key."""

    errors: Mapping[str, str]


def difference(before: Settings, after: Settings) -> SettingsChanged:
    """What two settings differ in."""
    keys = {
        f"{section.name}.{field.name}"
        for section in fields(Settings)
        for field in fields(getattr(before, section.name))
        if getattr(getattr(before, section.name), field.name)
        != getattr(getattr(after, section.name), field.name)
    }
    return SettingsChanged(before, after, frozenset(keys))


def change(settings: Settings, changes: Mapping[str, object]) -> SettingsChanged | Refused:
    """The settings with `changes` made, all of them or none: by "section.name", with values as TOML
    or JSON has them. Paths are absolute, or begin with `~`."""
    errors: dict[str, str] = {}
    values: dict[str, dict[str, object]] = defaultdict(dict)
    for key, value in changes.items():
        section, _, name = key.partition(".")
        values[section][name] = value
    sections = {}
    for section, given in values.items():
        held = getattr(settings, section, None)
        try:
            if held is None:
                raise UglyError(f"there is no section {section}")
            sections[section] = _settled(type(held)(**{**vars(held), **given}), given)
        except ValidationError as error:
            for one in error.errors():
                key, said = _told(section, one)
                errors.setdefault(key, said)
        except (UglyError, TypeError) as error:
            errors |= {f"{section}.{name}": str(error) for name in given}
    if errors:
        return Refused(errors)
    return difference(settings, replace(settings, **sections))


def _told(section: str, error: Any) -> tuple[str, str]:
    """The key that an error of pydantic's is about, and what is wrong."""
    defaults = {name: vars(part) for name, part in vars(Settings()).items()}
    told = settings_mistake({**error, "loc": (section, *error["loc"])}, defaults)
    key, _, said = told.partition(": ")
    return key, said


def _settled(section: Any, given: Iterable[str]) -> Any:
    """A section whose paths, as far as they were given, are whole.

    Raises:
        UglyError: if one depends on the folder that somebody happens to be in.
    """
    paths = {}
    for name in given:
        value = getattr(section, name)
        if isinstance(value, Path):
            paths[name] = whole = home_expanded(value, "settings")
            if not whole.is_absolute():
                raise UglyError(f"{value}: give the whole path, from / or ~ on")
    return replace(section, **paths)
