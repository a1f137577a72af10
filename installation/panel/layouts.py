"""Finds and reads the panel layouts: `kiosk_config/panels/*.toml`."""

from __future__ import annotations

from pathlib import Path

from installation.carve.panel_layout import PanelLayout
from installation.documents import home_expanded, read_text
from installation.installed import checkout_hint
from installation.settings import HOUSE
from installation.vocabulary import UglyError

LAYOUTS = HOUSE / "kiosk_config" / "panels"
"""Where the layouts that come with the project are."""


def layout_names() -> tuple[str, ...]:
    """The names of the layouts that come with the project, for `load_layout`."""
    return tuple(sorted(path.stem for path in LAYOUTS.glob("*.toml")))


def layout_path(path_or_name: str | Path) -> Path:
    """The file of a layout: a path to a .toml file, or the name of one of the project's.

    Raises:
        UglyError: if there is no such file.
    """
    named = LAYOUTS / f"{path_or_name}.toml"
    given = home_expanded(Path(path_or_name), "layout")
    for path in (given, named):
        if path.suffix == ".toml" and path.is_file():
            return path
    known = ", ".join(layout_names())
    mend = f"give a .toml file or one of {known}" if known else checkout_hint()
    raise UglyError(f"no panel layout {path_or_name}: {mend}")


def load_layout(path_or_name: str | Path) -> PanelLayout:
    """Read a layout by path or by name ("mega16", "uno6", "nanokontrol2").

    Raises:
        UglyError: one line, if there is none or something in it is wrong.
    """
    path = layout_path(path_or_name)
    return PanelLayout.parse(read_text(path), path.name)
