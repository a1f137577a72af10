"""Which live frames make a clip."""

from __future__ import annotations

import itertools
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import gradient

from installation.source.file import FilmTime, at_their_times
from installation.source.filming import Reel

FRAME = gradient(16, 16)


def filmed(camera_fps: float, seconds: float = 2.0, fps: float = 25.0) -> Reel:
    reel, now_s = Reel(seconds, fps), 100.0
    while not reel.done(now_s):
        reel.add(FRAME, now_s)
        now_s += 1 / camera_fps
        assert now_s < 110
    return reel


@given(st.floats(3, 240), st.floats(0.5, 4), st.floats(5, 60))
def test_a_clip_lasts_as_asked_and_is_bounded(camera_fps: float, seconds: float, fps: float):
    clip = filmed(camera_fps, seconds, fps).clip()
    assert clip is not None
    assert 2 <= len(clip.frames) <= max(2, round(seconds * fps))
    assert clip.fps <= fps * 1.001
    if camera_fps < fps / 1.5:  # a slow camera: its own rate, nothing doubled
        assert abs(clip.fps - camera_fps) < 0.01 * camera_fps


def test_a_fast_camera_is_thinned_evenly():
    clip = filmed(60).clip()
    assert clip is not None
    assert 45 <= len(clip.frames) <= 50


def test_a_camera_that_stops_gives_no_clip_of_one_frame():
    reel = Reel(2, 25)
    reel.add(FRAME, 0)
    assert reel.clip() is None
    assert reel.done(2.1)
    assert 0 <= reel.progress(1.0) <= 1


@pytest.mark.parametrize("late_s", [0.0, 0.3, 5.0])
def test_a_film_is_filmed_whole_however_late_its_frames_are(late_s: float):
    """On a clock that goes on so far whenever it is looked at."""
    now_s = itertools.count(0.0, 0.001 + late_s)
    film_time, reel = FilmTime(), Reel(2.0, 20.0)
    for _ in range(3):  # rounds of one and a half seconds
        timed = ((n / 20, np.full((2, 2, 3), n, np.uint8)) for n in range(30))
        film = at_their_times(timed, lambda: 1 / 20, now_s.__next__, Event(), film_time)
        for frame in film:
            reel.add(frame, film_time())
    clip = reel.clip()
    assert clip is not None
    assert [int(frame[0, 0, 0]) for frame in clip.frames] == [*range(30), *range(10)]
    assert clip.fps == pytest.approx(20.0)
