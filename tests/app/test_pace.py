"""Ticks: when they are due, and what a late one does to the next."""

from __future__ import annotations

import gc
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.app.pace import Lateness, Metronome
from installation.app.window import SWITCH_S, undisturbed

SPACING_S = 1 / 60


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=40))
def test_every_due_tick_is_told_of_once_and_the_next_is_never_in_the_past(
    takes_s: list[float],
) -> None:
    metronome = Metronome(SPACING_S, 10.0)
    now_s, told = 10.0, 0
    for take_s in takes_s:
        due_s = metronome.due_s
        late_s = metronome.begin(now_s)
        assert late_s[0] == pytest.approx(now_s - due_s)
        assert all(late >= -1e-9 for late in late_s)
        assert metronome.due_s > now_s
        assert metronome.due_s - now_s <= SPACING_S + 1e-9
        told += len(late_s)
        now_s = max(metronome.due_s, now_s + take_s)
    assert metronome.due_s == pytest.approx(10.0 + told * SPACING_S)


def test_one_slow_tick_delays_none_but_those_it_overlapped() -> None:
    metronome = Metronome(0.1, 0.0)
    assert metronome.begin(0.0) == (0.0,)
    assert metronome.begin(0.35) == pytest.approx((0.25, 0.15, 0.05))
    assert metronome.due_s == pytest.approx(0.4)
    assert metronome.begin(0.4) == pytest.approx((0.0,))


def test_a_machine_that_slept_a_day_is_in_step_at_once() -> None:
    metronome = Metronome(SPACING_S, 0.0)
    assert len(metronome.begin(86400.0)) <= 1000
    assert 86400.0 < metronome.due_s <= 86400.0 + SPACING_S + 1e-6


def test_missed_ticks_count_and_the_flip_is_taken_off_once_told_apart() -> None:
    lateness = Lateness(flipped_s=[0.02])
    lateness.begins((0.05, 0.01))
    assert lateness.late_s == [0.05, 0.01]
    assert lateness.apart_s == pytest.approx([0.03, 0.0])


def test_ticks_are_left_in_peace_only_while_they_run() -> None:
    before = sys.getswitchinterval()
    with undisturbed():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
        assert gc.get_freeze_count() > 0
    assert sys.getswitchinterval() == pytest.approx(before)
    assert gc.get_freeze_count() == 0
