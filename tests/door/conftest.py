"""The page to play at home, as a museum's web server would give it, and a browser for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from phone import chromium, served
from playwright.sync_api import Browser, Page

from installation.app import play_page
from installation.app.play_page import write_page
from installation.interpolator.folding import folded
from installation.interpolator.model import Model
from installation.panel.layouts import load_layout
from installation.show.words import languages

_FOLDED: dict[tuple[str, str, tuple[int, int]], bytes] = {}


@pytest.fixture(autouse=True, scope="session")
def shared_folding() -> Iterator[None]:
    """A graph is folded for a size once a process: each page to play at home that is written asks
    for the same four. (That another process makes the same page is tests/test_wheel's subject.)"""

    def folded_once(model: Model, graph: str, size_px: tuple[int, int]) -> bytes:
        key = (model.manifest.model, graph, size_px)
        if key not in _FOLDED:
            _FOLDED[key] = folded(model, graph, size_px)
        return _FOLDED[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(play_page, "folded", folded_once)
        yield


@pytest.fixture(scope="session")
def play_folder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A web server's folder, with the page somewhere below it."""
    folder = tmp_path_factory.mktemp("web")
    write_page(folder / "some" / "where", model, load_layout("mega16"), languages())
    return folder


@pytest.fixture(scope="session")
def play_address(play_folder: Path) -> Iterator[str]:
    with served(play_folder) as address:
        yield f"{address}/some/where"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a module: while it is open its event loop runs, and other tests have their own."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, play_address: str) -> Iterator[Page]:
    """The page's own modules, at hand for `evaluate`."""
    opened = browser.new_page()
    opened.set_default_timeout(300_000)
    opened.goto(f"{play_address}/icon.svg")  # of the same origin, and nothing runs in it
    yield opened
    opened.close()
