"""The ruler's stricter reading, films that follow themselves, and all tools together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from installation.noise.tools import TOOLS
from installation.reports.bench_flashes import clips, rack_of_all
from installation.show.flash_safety.film import governed
from installation.show.flash_safety.flash_meter import EXTENDED_LIMIT_S, judge
from installation.show.flash_safety.flash_tracker import OFTEN_S
from installation.vocabulary import Frame, as_frame

FPS = 25.0


def grey(luminance: float) -> Frame:
    """A frame of that relative luminance, 0..1."""
    encoded = 1.055 * luminance ** (1 / 2.4) - 0.055 if luminance > 0.0031308 else 0.0
    return as_frame(np.full((9, 16, 3), round(255 * encoded), np.uint8))


def series(levels: Sequence[float]) -> list[Frame]:
    return [grey(level) for level in levels]


def strobe(hz: float, seconds: float) -> list[Frame]:
    return series([0.6 * (int(2 * hz * n / FPS) % 2) for n in range(round(seconds * FPS))])


def test_a_swing_that_a_small_reversal_interrupts_counts_twice() -> None:
    """Up 21, down 16, up 83 where 20 count, then all the way down, twice: six changes, not four."""
    rest = [0.0] * 8
    smooth, broken = [0.0, 0.21, 0.42, 0.02], [0.0, 0.11, 0.025, 0.44, 0.02]
    assert judge(series([*rest, *smooth, *smooth, *rest]), FPS).worst == 2
    assert judge(series([*rest, *broken, *broken, *rest]), FPS).worst == 3


def test_two_flashes_a_second_that_go_on_fail() -> None:
    two, one = judge(strobe(2.5, 8), FPS), judge(strobe(1, 8), FPS)
    assert two.worst <= 3
    assert two.is_extended
    assert two.exceeds()
    assert not one.exceeds()
    assert not judge(strobe(2.5, 2), FPS).is_extended


@pytest.mark.parametrize("hz", [1.5, 2.0, 2.5, 3.0])
def test_what_is_shown_keeps_a_fifth_below_extended_flashing(hz: float) -> None:
    report = judge(list(governed(iter(strobe(hz, 12)), FPS)), FPS, looped=True)
    assert report.longest_extended_s <= OFTEN_S + 1 / FPS < EXTENDED_LIMIT_S
    assert not report.exceeds()


def flashes_at_both_ends(seconds: float) -> list[Frame]:
    """Three flashes in the first half second and three in the last: six across the seam."""
    count = round(seconds * FPS)
    ends = [n < FPS / 2 or n >= count - FPS / 2 for n in range(count)]
    levels = [0.5 * (int(12 * n / FPS) % 2) if end else 0.1 for n, end in enumerate(ends)]
    return series(levels)


@pytest.mark.parametrize("seconds", [2.0, 4.0, 8.0, 13.0])
@pytest.mark.parametrize("known", [False, True])
def test_a_kept_film_may_be_looped(seconds: float, known: bool) -> None:
    frames = flashes_at_both_ends(seconds)
    assert not judge(frames, FPS).exceeds()
    assert judge(frames, FPS, looped=True).exceeds()
    count = len(frames) if known else None
    shown = list(governed(iter(frames), FPS, count=count))
    assert len(shown) == len(frames)
    assert not judge(shown, FPS, looped=True).exceeds()


def test_a_calm_film_is_untouched_though_it_may_be_looped() -> None:
    y, x = np.mgrid[0:90, 0:160]
    frames = []
    for n in range(150):
        wave = 128 + 90 * np.sin((x + 2 * n) / 25) * np.cos(y / 20)
        frames.append(as_frame(np.stack([wave, wave[::-1], 255 - wave], axis=-1).astype(np.uint8)))
    shown = governed(iter(frames), FPS)
    assert all(one is other for one, other in zip(frames, shown, strict=True))


@pytest.mark.parametrize("seed", [1, 7])
def test_all_tools_at_once_keep_the_limits(seed: int) -> None:
    """Every tool at full turn, in reverse and in an order of chance, under a flickering lamp."""
    assert len(TOOLS) > 30
    clip = clips()["lamp"]
    made = rack_of_all(clip, seed)
    shown = list(governed(iter(made), clip.fps, count=len(made)))
    report = judge(shown, clip.fps, looped=True)
    assert not report.exceeds()
    assert report.longest_extended_s <= OFTEN_S + 1 / clip.fps


def test_motion_goes_on_while_luminance_is_eased() -> None:
    """Something moves under a strobe: what is shown moves, too, though its light does not."""
    frames = []
    for n in range(100):
        canvas = np.full((270, 480, 3), (200, 120, 60), np.uint8)
        canvas[:, (4 * n) % 400 : (4 * n) % 400 + 60] = (60, 120, 200)
        frames.append(as_frame(canvas if n // 2 % 2 else canvas // 5))
    shown = list(governed(iter(frames), FPS, looped=False))
    assert not judge(shown, FPS).exceeds()
    still = [np.array_equal(one, other) for one, other in pairwise(shown)]
    assert sum(still[25:]) == 0
