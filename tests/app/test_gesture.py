"""The operator's gesture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.app.gesture import HeldTogether
from installation.vocabulary import Button

MEANT = (Button.RECORD, Button.PAGE, None, Button.OPERATION, Button.KEEP)
PAIR = (Button.PAGE, Button.OPERATION)


def test_it_comes_once_each_time_the_buttons_are_held() -> None:
    gesture = HeldTogether(PAIR, 3.0)
    assert not gesture.due({1, 3}, MEANT, 10.0)
    assert not gesture.due({1, 3}, MEANT, 12.9)
    assert gesture.due({0, 1, 3}, MEANT, 13.0)
    assert not gesture.due({1, 3}, MEANT, 20.0)
    assert not gesture.due({1}, MEANT, 20.1)
    assert not gesture.due({1, 3}, MEANT, 20.2)
    assert gesture.due({1, 3}, MEANT, 23.2)


def test_buttons_let_go_of_begin_anew() -> None:
    gesture = HeldTogether(PAIR, 3.0)
    for at_s in (0.0, 2.0):
        assert not gesture.due({1, 3}, MEANT, at_s)
    assert not gesture.due({3}, MEANT, 2.5)
    assert not gesture.due({1, 3}, MEANT, 2.6)
    assert not gesture.due({1, 3}, MEANT, 5.5)


@given(st.sets(st.integers(-1, 9)), st.floats(0, 99))
def test_it_never_comes_without_its_buttons(pressed: set[int], now_s: float) -> None:
    none, lacking = HeldTogether((), 1.0), HeldTogether((Button.SOLO, Button.PAGE), 1.0)
    for gesture in (none, lacking):
        assert not gesture.due(pressed, MEANT, now_s)
        assert not gesture.due(pressed, MEANT, now_s + 5)
