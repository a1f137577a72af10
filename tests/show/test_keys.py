"""The keyboard alone is enough for a whole visit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moments import BUTTONS

from installation import experience
from installation.experience import Experience, Phase
from installation.show.window.held_keys import FIRST_S, HeldKeys
from installation.show.window.keymap import (
    BUTTON_KEYS,
    LANGUAGE_KEY,
    QUIT_KEY,
    SCREENSHOT_KEY,
    SELECT_KEYS,
    SERVICE_KEY,
    TURN_KEYS,
    ButtonDown,
    ButtonUp,
    Input,
    Key,
    Keyboard,
    KnobDragged,
    KnobSelected,
    Quit,
    hint,
    in_one_tick,
)
from installation.vocabulary import Button


def press(keyboard: Keyboard, *keys: str) -> tuple[Keyboard, list[Input]]:
    meant: list[Input] = []
    for key in keys:
        for down in (True, False):
            keyboard, found = keyboard.read(key, down, 16, BUTTONS)
            meant += found
    return keyboard, meant


def test_every_button_has_a_key_of_its_own_and_a_hint() -> None:
    keys = [BUTTON_KEYS[button] for button in Button]
    others = [*SELECT_KEYS, *TURN_KEYS, QUIT_KEY, SERVICE_KEY, LANGUAGE_KEY, SCREENSHOT_KEY]
    assert len({*keys, *others}) == len(keys) + len(others)
    assert all(hint(button) for button in Button)


def test_arrows_choose_and_turn_knobs_round_and_round() -> None:
    keyboard, meant = press(Keyboard(), "right", "up", "left", "left", "page down")
    assert meant == [
        KnobSelected(1),
        KnobDragged(1, 0.04),
        KnobSelected(0),
        KnobSelected(15),
        KnobDragged(15, -0.2),
    ]
    assert keyboard.knob == 15


def test_a_key_held_down_presses_its_button_once() -> None:
    keyboard = Keyboard()
    meant: list[Input] = []
    for down in (True, True, True, False, False):
        keyboard, found = keyboard.read("space", down, 16, BUTTONS)
        meant += found
    assert meant == [ButtonDown(3), ButtonUp(3)]


def test_digits_press_buttons_by_number() -> None:
    _, meant = press(Keyboard(), "1", "8", "9")
    assert meant[:4] == [ButtonDown(0), ButtonUp(0), ButtonDown(7), ButtonUp(7)]
    assert meant[4:] == [Key("9", True), Key("9", False)]


def test_escape_asks_to_quit_once_and_strange_keys_pass_by() -> None:
    _, meant = press(Keyboard(), "escape", "f1", "z")
    assert meant == [
        Quit(), Key("f1", True), Key("f1", False), Key("z", True), Key("z", False)
    ]  # fmt: skip


def test_a_panel_without_knobs_or_buttons_leaves_keys_alone() -> None:
    assert Keyboard().read("up", True, 0, ()) == (Keyboard(), (Key("up", True),))
    assert Keyboard().read("r", True, 0, ()) == (Keyboard(), (Key("r", True),))


def test_a_whole_visit_by_keyboard() -> None:
    visit, keyboard, now_s = Experience(), Keyboard(), 0.0
    phases = [visit.phase]

    def do(*keys: str) -> None:
        nonlocal visit, keyboard
        keyboard, meant = press(keyboard, *keys)
        for event in meant:
            if isinstance(event, ButtonDown):
                button = BUTTONS[event.button]
                assert button is not None
                visit, _ = experience.step(visit, experience.Pressed(button), now_s)
            elif isinstance(event, KnobDragged):
                visit, _ = experience.step(visit, experience.Touched(), now_s)
        phases.append(visit.phase)

    do("up")
    do("r")
    now_s = 3.5
    visit, _ = experience.step(visit, experience.Tick(), now_s)
    visit, _ = experience.step(visit, experience.ClipFilmed(visit.visit), now_s)
    do("right", "up", "page up", "s", "o", "tab")
    do("k")
    do("k")
    do("k")
    assert phases == [
        Phase.ATTRACT, Phase.INVITE, Phase.RECORD, Phase.CARVE, Phase.DECIDE, Phase.DECIDE,
        Phase.GALLERY,
    ]  # fmt: skip


DOWN, UP, TURN = ButtonDown(0), ButtonUp(0), KnobDragged(1, 0.2)


@pytest.mark.parametrize(
    ("waiting", "now"),
    [
        ([], 0),
        ([KnobSelected(1), TURN, TURN, Key("f1", True)], 4),
        ([DOWN, UP], 2),
        ([TURN, DOWN, UP, TURN], 1),
        ([DOWN, UP, TURN], 2),
        ([DOWN, UP, DOWN, UP], 2),
        ([DOWN, ButtonDown(1), UP], 1),
        ([UP, DOWN, UP, TURN], 3),
        ([UP, TURN, Quit()], 3),
        ([DOWN, UP, TURN] * 30, 90),
    ],
)
def test_what_a_tick_could_not_tell_in_order_waits_for_the_next(
    waiting: list[Input], now: int
) -> None:
    assert in_one_tick(waiting) == now


@given(st.lists(st.sampled_from([DOWN, UP, ButtonDown(1), TURN, KnobSelected(2), Quit()])))
def test_all_that_waits_is_heard_and_soon(waiting: list[Input]) -> None:
    ticks = 0
    while waiting:
        now = in_one_tick(waiting)
        assert 0 < now <= len(waiting)
        waiting, ticks = waiting[now:], ticks + 1
        assert ticks <= 100


def test_a_key_held_down_repeats_at_its_pace_until_it_comes_up() -> None:
    now = [10.0]
    held = HeldKeys(lambda: now[0])
    held.down(82, "up")
    assert held.due() == ()
    now[0] += FIRST_S
    assert held.due() == ("up",)
    assert held.due() == ()
    now[0] += 5.0
    assert held.due() == ("up",), "a slow frame makes no burst"
    assert held.up(82, "anything") == "up"
    now[0] += 5.0
    assert held.due() == ()
    assert held.up(82, "unseen") == "unseen"
