"""Frozen and black pictures are told from living ones, by the pictures' own times."""

from __future__ import annotations

import numpy as np

from installation.source.watch import BLACK_AFTER_S, STILL_AFTER_S, Watch, is_black, stands_still
from installation.vocabulary import Clip, Frame, as_frame


def noisy(seed: int, level: int = 128) -> Frame:
    noise = np.random.default_rng(seed).integers(0, 6, (36, 64, 3))
    return as_frame((noise + level).astype(np.uint8))


def seen(frames: list[Frame], every_s: float = 0.1) -> Watch:
    watch = Watch(0.0)
    for number, frame in enumerate(frames):
        watch.see(frame, number * every_s)
    return watch


def test_a_room_in_which_nothing_moves_is_no_frozen_camera():
    watch = seen([noisy(seed) for seed in range(100)])
    assert watch.trouble() == ""
    assert not watch.is_frozen


def test_the_same_picture_for_seconds_is_frozen_until_another_comes():
    still = round(STILL_AFTER_S / 0.1) + 2
    watch = seen([noisy(1)] * still)
    assert "same picture" in watch.trouble()
    assert watch.is_frozen
    watch.see(noisy(2), still * 0.1)
    assert watch.trouble() == ""
    assert not watch.is_frozen


def test_a_copy_of_the_same_picture_is_the_same():
    watch = seen([noisy(1) for _ in range(round(STILL_AFTER_S / 0.1) + 2)])
    assert "same picture" in watch.trouble()


def test_a_device_opened_anew_has_time_to_show_that_it_lives():
    watch = seen([noisy(1)] * 60)
    watch.opened(5.9)
    watch.see(noisy(1), 6.0)
    assert not watch.is_frozen
    assert "same picture" in watch.trouble(), "the operator goes on being told"
    watch.see(noisy(1), 6.1 + STILL_AFTER_S)
    assert watch.is_frozen


def test_black_pictures_are_told_though_their_noise_moves():
    dark = [noisy(seed, level=4) for seed in range(round(BLACK_AFTER_S / 0.1) + 2)]
    watch = seen(dark)
    assert "black" in watch.trouble()
    assert not watch.is_frozen
    watch.see(noisy(3, level=40), len(dark) * 0.1)
    assert watch.trouble() == ""


def test_a_light_corner_is_not_black():
    frame = np.zeros((36, 64, 3), np.uint8)
    assert is_black(as_frame(frame.copy()))
    frame[:8, :8] = 90
    assert not is_black(as_frame(frame))


def test_a_clip_in_which_nothing_differs_stands_still():
    assert stands_still(Clip((noisy(1), noisy(1), noisy(1)), 25))
    assert not stands_still(Clip((noisy(1), noisy(1), noisy(2)), 25))
