"""Where slow motion's frames lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.interpolator.timeline import (
    CARVED_MARGIN,
    carved_time,
    frame_count,
    pair_and_time,
    playing_index,
    position_of,
)


@given(st.integers(1, 40), st.integers(1, 16))
def test_every_source_frame_with_new_ones_between(frames: int, slow: int):
    found = [position_of(index, slow) for index in range(frame_count(frames, slow))]
    assert len(found) == frame_count(frames, slow) == (frames - 1) * slow + 1
    assert [p for p in found if p == int(p)] == list(range(frames))
    assert found == sorted(set(found))


@given(st.integers(1, 40), st.floats(0, 1))
def test_a_position_lies_between_its_two_frames(frames: int, share: float):
    position = share * (frames - 1)
    first, second, t = pair_and_time(position, frames)
    assert 0 <= first <= second < frames
    assert 0 <= t <= 1
    assert first + t == pytest.approx(position)
    if frames > 1:
        assert second == first + 1


def test_positions_outside_the_clip_are_refused():
    for position in (-0.1, 3.01, float("nan")):
        with pytest.raises(ValueError, match="outside"):
            pair_and_time(position, 4)


def test_carved_frames_stay_apart():
    carved = [carved_time(t) for t in (0, 0.25, 0.5, 0.75, 1)]
    assert carved == sorted(set(carved))
    assert carved[2] == 0.5


@given(st.floats(0, 1))
def test_a_carved_frame_never_sits_on_a_source_frame(t: float):
    assert CARVED_MARGIN <= carved_time(t) <= 1 - CARVED_MARGIN


@given(st.floats(0, 1e5), st.floats(5, 60), st.integers(1, 400))
def test_the_loop_loops(elapsed_s: float, fps: float, count: int):
    assert 0 <= playing_index(elapsed_s, fps, count) < count
