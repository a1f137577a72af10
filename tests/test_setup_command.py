"""`uglynet setup`, as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import installation.commands.setup as wizard
from installation.__main__ import uglynet
from installation.app.panel_check import Turned
from installation.carve.panel_layout import PanelLayout
from installation.commands.setup_questions import QUESTIONS
from installation.live_settings.rows import rows
from installation.panel.layouts import layout_path, load_layout
from installation.settings import Settings, load_settings
from installation.vocabulary import Button, UglyError


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def typed(mine: Path, *lines: str, words: tuple[str, ...] = ()) -> Result:
    told = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(uglynet, ["--config", str(mine), "setup", *words], input=told)


def answers(**given: str) -> list[str]:
    """What is typed at every question: Enter, but where `given` (by key, with _ for .) says."""
    settings = Settings()
    if given.get("hours__open"):
        settings = wizard.changed(settings, "hours", open=("Mon 1:00-2:00",))
    asked = [each.key for each in QUESTIONS if each.asked(settings)]
    return [given.get(key.replace(".", "__"), "") for key in asked]


def test_with_the_defaults_nothing_is_asked_and_a_file_is_written(mine: Path):
    done = typed(mine, words=("--defaults",))
    assert done.exit_code == 0, done.output
    assert "written" in done.output
    assert load_settings(mine).screen.fullscreen, "a kiosk's screen is all of it"
    assert "# a name from kiosk_config/panels" in mine.read_text(), "with what each setting is for"
    before = mine.read_text()
    typed(mine, words=("--defaults",))
    assert mine.read_text() == before


def test_what_is_answered_is_in_the_file(mine: Path):
    given = {
        "screen__languages": "ko en",
        "screen__size_m": "1,21 x 0,68",
        "screen__distance_m": "2",
        "hours__open": "Tue-Sun 10:00-18:00; Thu 10:00-21:00",
        "hours__closed": "2026-12-24",
        "hours__screen_off": "yes",
        "gallery__keep_days": "14",
        "source__driver": "file",
    }
    done = typed(mine, *answers(**given), "n")
    assert done.exit_code == 0, done.output
    settings = load_settings(mine)
    assert settings.screen.languages == ("ko", "en")
    assert settings.screen.size_m == (1.21, 0.68)
    assert settings.screen.distance_m == 2
    assert settings.hours.open == ("Tue-Sun 10:00-18:00", "Thu 10:00-21:00")
    assert settings.hours.closed == ("2026-12-24",)
    assert settings.hours.screen_off
    assert settings.gallery.keep_days == 14
    assert settings.source.driver == "file"


def test_access_alerts_and_the_fleet_are_asked_and_more_only_where_it_matters(mine: Path):
    more = {
        "access.one_button": ["sing", "solo", "3"],
        "access.voice": ["espeak"],
        "alerts.mail_to": ["a@b.example", "mail.b.example:587", "me", "mail.secret"],
        "fleet.broker": ["mqtts://hub.local", "halle-1"],
    }
    typed_lines = []
    for question in (each for each in QUESTIONS if each.asked(Settings())):
        typed_lines += more.get(question.key, [""])
    done = typed(mine, *typed_lines, "n")
    assert done.exit_code == 0, done.output
    assert "access.one_button: one of page" in done.output
    settings = load_settings(mine)
    assert settings.access.one_button is Button.SOLO
    assert (settings.access.scan_s, settings.access.voice) == (3.0, "espeak")
    assert settings.alerts.mail_server == "mail.b.example:587"
    assert settings.alerts.mail_password == mine.parent / "mail.secret"
    assert (settings.fleet.broker, settings.fleet.name) == ("mqtts://hub.local", "halle-1")
    assert settings.alerts.webhook == ""


def test_a_wrong_answer_is_told_in_a_line_and_asked_again(mine: Path):
    typed_lines = answers()
    typed_lines[0:1] = ["xx", "de"]
    done = typed(mine, *typed_lines, "n")
    assert done.exit_code == 0, done.output
    assert "xx is none of de, en, fr, ko" in done.output
    assert load_settings(mine).screen.languages == ("de",)


@pytest.mark.parametrize("text", ["-1", "never", "1e9", "1 2"])
def test_a_value_that_may_not_be_is_asked_again(mine: Path, text: str):
    lines = answers()
    at = [each.key for each in QUESTIONS if each.asked(Settings())].index("gallery.keep_days")
    lines[at : at + 1] = [text, "9"]
    done = typed(mine, *lines, "n")
    assert done.exit_code == 0, done.output
    assert load_settings(mine).gallery.keep_days == 9


def test_broken_off_nothing_is_written(mine: Path):
    assert typed(mine, "de").exit_code != 0
    assert not mine.exists()


def test_what_stood_in_the_file_is_suggested_and_stays(mine: Path):
    mine.write_text('# Our hall.\n[screen]\ntitle = "Hall 3" # the name on the door\n')
    assert typed(mine, *answers(), "n").exit_code == 0
    text = mine.read_text()
    assert text.startswith('# Our hall.\n[screen]\ntitle = "Hall 3" # the name on the door\n')
    assert not load_settings(mine).screen.fullscreen, "an older file's own answer"


def test_a_file_that_is_wrong_is_left_alone(mine: Path):
    mine.write_text("[screen]\nfsp = 3\n")
    done = typed(mine, words=("--defaults",))
    assert isinstance(done.exception, UglyError)
    assert mine.read_text() == "[screen]\nfsp = 3\n"


def test_every_question_is_of_a_setting_that_there_is():
    known = {row.key for row in rows()}
    assert {each.key for each in QUESTIONS} <= known
    for each in QUESTIONS:
        section, _, name = each.key.partition(".")
        value = getattr(getattr(Settings(), section), name)
        assert each.read(each.shown(value)) == value, f"{each.key}: Enter leaves it as it is"


# The panel.


def test_the_panels_wrong_knobs_are_found_and_turned_round_in_a_layout_of_ones_own(
    mine: Path, monkeypatch: pytest.MonkeyPatch
):
    silent_and_wrong = Turned().seen([0.5] * 6).seen([0.0, 0.5, *[1.0] * 4])
    silent_and_wrong = silent_and_wrong.seen([1.0, 0.5, *[0.0] * 4])
    monkeypatch.setattr(wizard, "watched", lambda *_: silent_and_wrong)
    lines = answers(panel__driver="arduino", panel__layout="uno6")
    done = typed(mine, *lines, "y", "y", "n")
    assert done.exit_code == 0, done.output
    assert "knob 2 did not turn" in done.output
    layout = load_layout(load_settings(mine).panel.layout)
    assert layout.inverted == {2, 3, 4, 5}


@given(st.sets(st.integers(0, 5)), st.sampled_from(["uno6", "mega16"]))
def test_a_mended_layout_is_the_old_one_but_for_those(wrong: set[int], name: str):
    text, before = layout_path(name).read_text(), load_layout(name)
    mended = wizard.mended_layout(text, before, frozenset(wrong))
    after = PanelLayout.parse(mended, "mended")
    assert after.inverted == before.inverted ^ frozenset(wrong)
    assert (after.pages, after.buttons) == (before.pages, before.buttons)
    again = wizard.mended_layout(mended, after, frozenset(wrong))
    assert PanelLayout.parse(again, "again").inverted == before.inverted


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=20))
def test_only_a_knob_that_was_turned_can_be_wrong(rows_: list[list[float]]):
    turned = Turned()
    for row in rows_:
        turned = turned.seen(row)
    assert not set(turned.reversed) & set(turned.silent)
    for knob in turned.reversed:
        assert rows_[-1][knob] <= 0.15
        assert max(row[knob] for row in rows_) >= 0.25
