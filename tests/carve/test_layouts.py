"""Panel layouts: those that ship, and every mistake told in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from installation.carve.mapping import Hand, net_of_hand
from installation.carve.panel_layout import ANSWERS, PanelLayout, is_site, neutral
from installation.noise.tools import TOOLS
from installation.panel.layouts import layout_names, layout_path, load_layout
from installation.vocabulary import Button, UglyError

MEGA = load_layout("mega16")


@pytest.mark.parametrize("name", layout_names())
def test_a_shipped_layout_has_what_a_visit_needs(name: str):
    layout = load_layout(name)
    needed = {Button.RECORD, Button.KEEP, Button.PAGE, Button.OPERATION}
    assert needed <= set(layout.buttons)
    assert all(len(page.targets) == layout.knobs for page in layout.pages)
    assert len(layout.operations) >= 4
    assert {site.split("/")[0] for site in layout.sites} == {"flow", "interp"}
    assert {neutral(t) for t in layout.targets if is_site(t)} == {0.0}


def test_sixteen_knobs_are_the_whole_u_twice():
    assert len(MEGA.sites) == 32
    assert [t.split("/")[1] for t in MEGA.pages[0].targets] == [
        t.split("/")[1] for t in MEGA.pages[1].targets
    ]


MISTAKES = [
    ('"flow/enc2"', '"flow/enc 2!"', "pages[0].knobs[1]", '"flow/enc 2!"'),
    ('"multiply"', '"mulitply"', "operations[0].operation", "none of: preserve, add"),
    ("knobs = 16", 'knobs = "x"', "knobs", "expected a whole number"),
    ("knobs = 16", "knobs = 900", "knobs", "outside 1..64"),
    ("knobs = 16", "knobs = 15", "pages[0].knobs", "16 targets for 15 knobs"),
    ("detent = 0.03", "detnt = 0.03", "detnt", "no such key"),
    ("dead_zone = 0.01", "dead_zone = 0.9", "dead_zone", "outside 0..0.2"),
    ('name = "Picture"', "name = 3", "pages[1].name", "expected a name in quotes"),
    ('name = "Picture"', 'name = "Motion"', "pages", "same name"),
    ('"flow/enc2"', '"flow/enc1"', "pages[0].knobs", "flow/enc1 is on two knobs"),
    ('"solo"', '"sole"', "buttons[4]", "none of: page"),
    ("inverted = []", "inverted = [16]", "inverted", "no knob number"),
    ('shape = "rows"', 'shape = "rose"', "operations[2].chisel.shape", "none of: whole"),
    ("share = 0.5, seed = 3", "share = 0, seed = 3", "operations[3].grain.share", "above 0"),
    ('name = "Tear"', 'nome = "Tear"', "operations[0].nome", "no such key; did you mean name?"),
    ("detent = 0.03", "detnt = 0.03", "detnt", "did you mean detent?"),
    ('"multiply"', '"mulitply"', "operations[0].operation", "did you mean multiply?"),
    ('"tone/r"', '"tome/r"', "pages[2].knobs[13]", "did you mean tone/r?"),
    ("knobs = 16", "knobs = true", "knobs", "expected a whole number, not True"),
    ("dead_zone = 0.01", 'dead_zone = "0.01"', "dead_zone", "expected a number, not '0.01'"),
    ('side = "a"', "chisel = 3", "operations[0].chisel", "expected a table, not 3"),
]


@pytest.mark.parametrize(("old", "new", "key", "says"), MISTAKES)
def test_a_mistake_is_told_in_one_line_with_file_line_and_key(
    old: str, new: str, key: str, says: str
):
    text = layout_path("mega16").read_text(encoding="utf-8")
    assert old in text
    wrong = text.replace(old, new, 1)
    line = next(n for n, found in enumerate(wrong.splitlines(), 1) if new in found)
    with pytest.raises(UglyError) as told:
        PanelLayout.parse(wrong, "my.toml")
    message = str(told.value)
    assert "\n" not in message
    assert message.startswith("my.toml: ")
    assert f"{key}: " in message
    assert says in message
    if key not in ("pages", "pages[0].knobs"):
        assert f"line {line}: " in message


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", layout_names())
def test_a_layout_that_cannot_answer_a_question_is_refused(name: str, answer: Button):
    text = layout_path(name).read_text(encoding="utf-8")
    without = text.replace(f'"{answer.value}"', '""', 1)
    line = next(n for n, found in enumerate(without.splitlines(), 1) if "buttons = " in found)
    with pytest.raises(UglyError) as told:
        PanelLayout.parse(without, "my.toml")
    assert str(told.value).startswith(
        f'my.toml: line {line}: buttons: there is no "{answer.value}"'
    )


def test_broken_toml_names_file_and_line():
    with pytest.raises(UglyError, match=r"my\.toml: .*line 2"):
        PanelLayout.parse('name = "x"\nknobs = = 3\n', "my.toml")


def test_a_missing_key_is_named():
    with pytest.raises(UglyError, match=r"my\.toml: operations is missing"):
        PanelLayout.parse('name = "x"\nknobs = 3\n', "my.toml")


def test_an_unknown_layout_names_those_there_are():
    with pytest.raises(UglyError, match="mega16"):
        load_layout("mega17")


TEXTS = {name: layout_path(name).read_text(encoding="utf-8") for name in layout_names()}


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_a_layout_damaged_anywhere_is_read_or_refused_in_one_line(name: str, data: st.DataObject):
    text = TEXTS[name]
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 12))
    put = data.draw(st.sampled_from(["", "3", '"', "[]", "{}", "true", "-1.5", "x = 1", "\n"]))
    damaged = text[:at] + put + text[at + gone :]
    refusal = ""
    try:
        layout = PanelLayout.parse(damaged, "my.toml")
    except UglyError as error:
        refusal = str(error)
    if refusal:
        assert refusal.startswith("my.toml: ")
        assert "\n" not in refusal
    else:
        assert net_of_hand(Hand.fresh(layout), layout, "m").is_untouched


@pytest.mark.parametrize("name", layout_names())
def test_every_tool_on_a_shipped_panel_exists(name: str):
    assert set(load_layout(name).rack) <= set(TOOLS)


def test_a_mistake_holds_no_frames_to_the_programs_end():
    wrong = TEXTS["mega16"].replace("knobs = 16", "knobs = 15", 1)
    with pytest.raises(UglyError) as told:
        PanelLayout.parse(wrong, "my.toml")
    refused = told.value.__context__
    assert isinstance(refused, ValidationError)
    assert [one["ctx"]["error"].__traceback__ for one in refused.errors()] == [None]


def test_panels_of_sixteen_knobs_are_alike_but_for_what_they_say_differs():
    networks, nano = load_layout("networks16"), load_layout("nanokontrol2")
    assert networks.pages[1:] == MEGA.pages
    assert networks.buttons == MEGA.buttons
    assert networks.operations == nano.operations == MEGA.operations
