"""A key beside a panel of hardware does what the panel's own button does."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from test_booth import Visit, visit  # noqa: F401 - a fixture

from installation.app.keys import Keys
from installation.carve.mapping import ButtonPressed, ButtonReleased, Gesture, Hand, turn
from installation.experience import Phase
from installation.panel.layouts import load_layout
from installation.vocabulary import Button, PanelState

LAYOUT = load_layout("uno6")
NEVER = PanelState((0.0,) * 6, frozenset(), -math.inf)
THERE = PanelState((0.1, 0.9, 0.5, 0.3, 0.0, 1.0), frozenset(), 5.0)
KEEP, DISCARD = LAYOUT.buttons.index(Button.KEEP), LAYOUT.buttons.index(Button.DISCARD)


class Beside:
    """A panel that says what it is told to, and keys beside it."""

    def __init__(self, state: PanelState) -> None:
        self.keys, self.hand, self.state, self.now_s = Keys(), Hand.fresh(LAYOUT), state, 10.0

    def look(self) -> tuple[Gesture, ...]:
        self.now_s += 0.1
        hand, state = self.keys.over(self.hand, LAYOUT, self.state, self.now_s)
        self.hand, gestures = turn(hand, LAYOUT, state)
        return gestures


@pytest.mark.parametrize("state", [NEVER, THERE], ids=["silent", "there"])
def test_down_held_and_up_are_told_once(state: PanelState):
    panel = Beside(state)
    panel.look()
    panel.keys.press(KEEP)
    assert panel.look() == (ButtonPressed(Button.KEEP),)
    assert panel.look() == ()
    panel.keys.release(KEEP)
    assert panel.look() == (ButtonReleased(Button.KEEP),)


def test_a_tap_between_two_looks_is_not_lost():
    panel = Beside(NEVER)
    panel.keys.press(DISCARD)
    panel.keys.release(DISCARD)
    assert panel.look() == (ButtonPressed(Button.DISCARD),)
    assert panel.look() == (ButtonReleased(Button.DISCARD),)


@pytest.mark.parametrize("state", [NEVER, THERE], ids=["silent", "there"])
def test_taps_between_two_looks_all_count_as_those_of_a_panel_do(state: PanelState):
    panel = Beside(state)
    for _ in range(3):
        panel.keys.press(DISCARD)
        panel.keys.release(DISCARD)
    panel.keys.press(KEEP)
    told = [gesture for _ in range(8) for gesture in panel.look()]
    assert told.count(ButtonPressed(Button.DISCARD)) == 3
    assert told.count(ButtonReleased(Button.DISCARD)) == 3
    assert told.count(ButtonPressed(Button.KEEP)) == 1
    assert ButtonReleased(Button.KEEP) not in told, "it is still held"


def test_a_panel_that_comes_after_the_keys_turns_no_knob():
    panel = Beside(NEVER)
    panel.keys.press(KEEP)
    panel.keys.release(KEEP)
    panel.look(), panel.look()
    panel.state = THERE
    assert panel.look() == ()
    panel.state = replace(THERE, knobs=(0.4, *THERE.knobs[1:]), at_s=6.0)
    assert len(panel.look()) == 1, "from then on they are felt"


def test_who_uses_no_key_notices_nothing():
    keys, hand = Keys(), Hand.fresh(LAYOUT)
    assert keys.over(hand, LAYOUT, THERE, 3.0) == (hand, THERE)


def test_calm_wakes_nobody_and_lasts_into_the_visit(visit: Visit):  # noqa: F811
    visit.push(Button.CALM)
    assert visit.view.experience.phase is Phase.ATTRACT
    assert visit.view.calm
    visit.push(Button.RECORD)
    assert visit.view.experience.phase is Phase.RECORD
    assert visit.view.calm


def test_discard_at_the_question_goes_where_the_panel_s_goes(visit: Visit):  # noqa: F811
    """By the panel and by a key: thrown away, nothing kept, and the visitor who still stands
    there is invited anew; and SOLO by a key ends with the key."""
    number = {b: visit.devices.layout.buttons.index(b) for b in Button}
    ends = []
    for press, release in (
        (visit.panel.press, visit.panel.release),
        (visit.booth.press, visit.booth.release),
    ):

        def tap(button: Button, press=press, release=release) -> None:
            press(number[button])
            visit.tick()
            release(number[button])
            visit.tick()

        tap(Button.RECORD)
        visit.until(lambda view: view.experience.phase is Phase.CARVE)
        press(number[Button.SOLO])
        assert visit.tick().experience.solo
        release(number[Button.SOLO])
        assert not visit.tick().experience.solo
        tap(Button.KEEP)
        assert visit.view.experience.phase is Phase.DECIDE
        tap(Button.DISCARD)
        ends.append((visit.view.experience.phase, list(visit.booth.outcomes.kept)))
    assert ends == [(Phase.INVITE, [])] * 2
