"""`uglynet popup`: a day's show on a laptop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import installation.commands.popup as pop
from installation.__main__ import uglynet
from installation.app.restarts import AGAIN_S, MOST, WITHIN_S, Restarts
from installation.app.start_card import STEPS
from installation.settings import load_settings
from installation.vocabulary import UglyError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("DISPLAY", ":none")
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(uglynet, [*words])


class Programs:
    """Programs that end as they are told to, in turn; then somebody ends the show."""

    def __init__(self, *statuses: int) -> None:
        self.ran: list[tuple[str, ...]] = []
        self.stopped, self._statuses = False, iter(statuses)

    def run(self, *words: str, seconds: float | None = None) -> int:
        self.ran.append(words)
        if words[0] == "out-of-service":
            assert seconds == AGAIN_S
            return 0
        return next(self._statuses, 0)

    def pause(self, seconds: float) -> None:
        assert seconds > 0


def shown(monkeypatch: pytest.MonkeyPatch, *statuses: int) -> list[tuple[str, ...]]:
    programs = Programs(*statuses)
    monkeypatch.setattr(pop, "_Child", lambda: programs)
    done = typed("popup")
    assert done.exit_code == 0, done.output
    return programs.ran


def test_it_has_settings_and_a_gallery_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch):
    (ran,) = shown(monkeypatch)
    path = home / "config" / "uglynet" / "popup.toml"
    assert ran == ("--config", str(path), "run", "--fullscreen")
    settings = load_settings(path)
    assert settings.screen.fullscreen
    assert settings.gallery.folder.name == "uglynet-popup"
    path.write_text('[screen]\ntitle = "Ours"\n')
    shown(monkeypatch)
    assert path.read_text() == '[screen]\ntitle = "Ours"\n', "an operator's file stays"


def test_a_show_that_ends_of_something_is_started_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    ran = shown(monkeypatch, 1, -9, 1)
    assert [words[2] for words in ran] == ["run"] * 4


def test_one_that_ends_too_often_says_so_to_visitors_and_is_tried_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    ran = shown(monkeypatch, *[1] * (MOST + 1))
    assert [words[0] == "out-of-service" for words in ran] == [*[False] * MOST, True, False, False]


@given(st.lists(st.floats(0.1, 600), max_size=40))
def test_only_many_ends_in_little_time_are_too_often(pauses: list[float]):
    restarts, now_s, ended = Restarts(), 0.0, list[float]()
    for pause_s in pauses:
        now_s += pause_s
        ended.append(now_s)
        restarts = restarts.ended(now_s)
        recent = [at for at in ended if now_s - at < WITHIN_S]
        assert restarts.out_of_service == (len(recent) >= MOST)


def test_it_starts_by_itself_or_not(home: Path):
    entry = home / "config" / "autostart" / "uglynet-popup.desktop"
    assert typed("--config", "a $mine% file.toml", "popup", "--autostart").exit_code == 0
    text = entry.read_text()
    assert text.startswith("[Desktop Entry]\nType=Application\n")
    (line,) = re.findall(r"^Exec=(.*)$", text, re.MULTILINE)
    assert line.endswith(r'a \\$mine%% file.toml" "popup"')
    assert typed("popup", "--no-autostart").exit_code == 0
    assert not entry.exists()
    assert typed("popup", "--no-autostart").exit_code == 0


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0")), min_size=1))
def test_an_autostarts_words_come_back_as_they_were(words: list[str]):
    """Read by the rules of the Desktop Entry Specification."""
    line = pop.exec_line(words).replace(r"\\", "\0").replace("\0", "\\")
    assert list(_words(line)) == words


def _words(line: str) -> Iterator[str]:
    for found in re.finditer(r'"((?:[^"\\]|\\.)*)"', line):
        yield re.sub(r"\\(.)", r"\1", found[1]).replace("%%", "%")


def test_the_start_card_is_one_page_with_every_step(home: Path):
    card = home / "card.pdf"
    assert typed("popup", "--card", str(card)).exit_code == 0
    pages = pypdfium2.PdfDocument(card)
    assert len(pages) == 1
    text = " ".join(pages[0].get_textpage().get_text_range().split())
    for what, how in STEPS:
        assert what in text
        assert how in text


def test_without_a_screen_it_says_so(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert isinstance(typed("popup").exception, UglyError)
