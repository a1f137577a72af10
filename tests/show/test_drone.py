"""The drone: bounded, without clicks, silent when nothing is carved, and never fatal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moments import CLIP, NET

from installation.show.audio.drone import (
    HIGHEST_HZ,
    LOUDEST_DB,
    RATE_HZ,
    Drone,
    energies,
    pitch_hz,
)
from installation.show.audio.loudspeaker import Loudspeaker
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.vocabulary import Carve, Health, as_frame

VOICES = len(DEMO_SITES)
FULL = np.ones(VOICES)

energy = st.lists(
    st.floats(0, 1) | st.sampled_from([float("nan"), 9.0, -1.0]), min_size=VOICES, max_size=VOICES
)


def played(drone: Drone, wanted: list[np.ndarray], count: int = 2000) -> np.ndarray:
    return np.concatenate([drone.block(np.asarray(one), count) for one in wanted])


@given(st.lists(energy, min_size=2, max_size=6), st.sampled_from([0.0, -18.0, -30.0]))
def test_it_neither_clips_nor_clicks_whatever_is_asked(
    wanted: list[list[float]], level_db: float
) -> None:
    drone = Drone(VOICES, level_db)
    samples = played(drone, [np.array(one) for one in wanted], 900)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= drone.peak + 1e-7
    assert drone.peak <= 10 ** (LOUDEST_DB / 20)
    # The steepest a voice may be, and the steepest a glide.
    steepest = drone.peak * (2 * np.pi * HIGHEST_HZ / RATE_HZ + 1 / 900)
    assert np.abs(np.diff(samples, prepend=0.0)).max() <= steepest


def test_untouched_it_is_silence_to_the_bit() -> None:
    drone = Drone(VOICES)
    assert not played(drone, [np.zeros(VOICES)] * 3).any()
    assert drone.is_silent
    assert played(drone, [FULL] * 3).any()
    assert not drone.is_silent
    fading = played(drone, [np.zeros(VOICES)] * 60, RATE_HZ // 5)
    assert not fading[-RATE_HZ:].any()
    assert drone.is_silent


def test_other_layers_give_another_timbre() -> None:
    low, high = np.zeros(VOICES), np.zeros(VOICES)
    low[:4], high[14:18] = 1.0, 1.0
    crossings = []
    for wanted in (low, high):
        samples = played(Drone(VOICES), [wanted] * 10, 4410)[-22050:]
        crossings.append(np.count_nonzero(np.diff(np.signbit(samples))))
    assert crossings[1] > 3 * crossings[0]
    assert len({pitch_hz(n) for n in range(VOICES)}) == VOICES


def test_energies_follow_the_carve_and_the_x_ray() -> None:
    assert not energies(Carve(), DEMO_SITES, {}).any()
    plain = energies(NET.carve, DEMO_SITES, {})
    assert set(np.flatnonzero(plain)) == {DEMO_SITES.index(cut.site) for cut in NET.carve.cuts}
    flat = as_frame(np.full((18, 32, 3), 90, np.uint8))
    site = "flow/enc4"
    at = DEMO_SITES.index(site)
    lively = energies(NET.carve, DEMO_SITES, {site: CLIP})[at]
    assert energies(NET.carve, DEMO_SITES, {site: flat})[at] < plain[at] < lively <= 1


def test_without_a_device_it_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "no such driver")
    loudspeaker = Loudspeaker(VOICES, -24.0)
    loudspeaker.follow(FULL)
    told = loudspeaker.health()
    assert told.health is Health.MISSING
    assert "no sound" in told.note
    assert "\n" not in told.note
    loudspeaker.close()


def test_with_a_device_it_plays_ahead_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    loudspeaker = Loudspeaker(VOICES, -6.0)
    loudspeaker.follow(FULL)
    assert loudspeaker.health().health is Health.FINE
    assert loudspeaker.level_db == pytest.approx(LOUDEST_DB)
    loudspeaker.close()
    loudspeaker.close()


def test_a_drone_has_voices() -> None:
    with pytest.raises(ValueError, match="voice"):
        Drone(0)
