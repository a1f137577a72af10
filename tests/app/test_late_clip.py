"""What the first picture does not need keeps nobody waiting for it."""

from __future__ import annotations

import threading

import pytest
from pictures import gradient
from waiting import eventually

from installation.app.assemble import dream_clip
from installation.app.late_clip import LateClip
from installation.supervision import hangs, states
from installation.vocabulary import Clip

CLIP = Clip((gradient(16, 12),), 10.0)


def test_it_is_there_once_it_is_made_and_its_thread_rests():
    gate = threading.Event()

    def make(stopped):
        gate.wait(20)
        return CLIP

    late = LateClip(make)
    assert late.clip() is None
    gate.set()
    eventually(lambda: late.clip() is CLIP)
    (state,) = [state for state in states() if state.name == "dream"]
    assert state.running
    eventually(lambda: not any(hangs(each) for each in states() if each.name == "dream"))
    late.close()
    late.close()
    assert late.clip() is CLIP


def test_it_is_broken_off():
    begun = threading.Event()

    def make(stopped):
        begun.set()
        while not stopped():
            pass
        return

    late = LateClip(make)
    begun.wait(20)
    late.close()
    assert late.clip() is None


@pytest.mark.parametrize("after", [0, 1, 5])
def test_the_dream_looks_whether_it_is_to_stop(after: int):
    looks = []

    def stopped() -> bool:
        looks.append(1)
        return len(looks) > after

    assert dream_clip((32, 18), stopped) is None
    assert len(looks) == after + 1
