"""The flash governor, judged by a ruler that was written apart from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.show.flash_safety.film import governed
from installation.show.flash_safety.flash_meter import judge
from installation.show.flash_safety.governor import FLASHES, Governor, field_of
from installation.show.paint.shapes import Rect
from installation.vocabulary import Frame, as_frame

HIGH, WIDE = 9, 16
BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (255, 0, 0)


def plain(colour: Sequence[int]) -> Frame:
    return as_frame(np.full((3, 4, 3), colour, np.uint8))


def film(picture: Callable[[int], Frame], seconds: float, fps: float) -> list[Frame]:
    return [picture(i) for i in range(round(seconds * fps))]


def strobe(hz: float, one: Sequence[int], other: Sequence[int], fps: float = 30) -> list[Frame]:
    return film(lambda i: plain(one if int(2 * hz * i / fps) % 2 else other), 3, fps)


def checkers(i: int, high: int = HIGH, wide: int = WIDE, size: int = 1) -> Frame:
    y, x = np.mgrid[0:high, 0:wide] // size
    field = ((x + y + i) % 2 * 255).astype(np.uint8)
    return as_frame(np.repeat(field[..., None], 3, axis=2))


def safe(frames: Sequence[Frame], fps: float, *, calm: bool = False) -> list[Frame]:
    return list(governed(iter(frames), fps, calm=calm))


# The ruler itself, on films whose flashes can be counted by hand.


@pytest.mark.parametrize("hz", [1, 2, 3, 5])
def test_the_ruler_counts_a_strobe(hz: int) -> None:
    report = judge(strobe(hz, WHITE, BLACK), 30)
    assert max(report.general) == hz
    assert report.exceeds(3) == (hz > 3)


def test_the_ruler_leaves_small_faint_and_bright_flashes_out() -> None:
    def corner(i: int) -> Frame:
        frame = np.zeros((HIGH, WIDE, 3), np.uint8)
        frame[:4, :7] = 255 * (i % 2)  # 28 of 144 pixels: less than a quarter
        return as_frame(frame)

    assert judge(film(corner, 2, 30), 30).worst == 0
    faint = strobe(10, (100, 100, 100), (120, 120, 120))  # luminance 0.13 and 0.19
    assert judge(faint, 30).worst == 0
    bright = strobe(10, (255, 255, 255), (232, 232, 232))  # both above 0.80
    assert judge(bright, 30).worst == 0


def test_the_ruler_sees_red_that_luminance_misses() -> None:
    report = judge(strobe(5, (150, 0, 0), (60, 0, 0)), 30)
    assert max(report.general) == 0
    assert max(report.red) == 5


def test_the_ruler_counts_one_change_once_however_slow() -> None:
    fade = [plain([round(255 * i / 60)] * 3) for i in range(61)]
    assert judge(fade + fade[::-1], 30).worst <= 1


def test_the_ruler_wants_a_film() -> None:
    with pytest.raises(ValueError, match="frames"):
        judge([], 30)


# What must never get through.


@pytest.mark.parametrize("calm", [False, True])
@pytest.mark.parametrize("fps", [24, 60])
@pytest.mark.parametrize("hz", [4, 7.5, 12])
@pytest.mark.parametrize("pair", [(WHITE, BLACK), (RED, BLACK), (RED, WHITE), ((255, 80, 80), RED)])
def test_no_strobe_gets_through(
    pair: tuple[Sequence[int], Sequence[int]], hz: float, fps: float, calm: bool
) -> None:
    frames = strobe(hz, *pair, fps=fps)
    report = judge(safe(frames, fps, calm=calm), fps)
    assert report.worst <= (FLASHES // 2 if calm else FLASHES)


@pytest.mark.parametrize(("high", "wide", "size"), [(9, 16, 1), (180, 320, 20), (90, 160, 10)])
def test_no_checkerboard_gets_through(high: int, wide: int, size: int) -> None:
    frames = film(lambda i: checkers(i, high, wide, size), 3, 30)
    assert judge(frames, 30).exceeds()
    assert not judge(safe(frames, 30), 30).exceeds()


def test_no_dark_red_flicker_gets_through() -> None:
    """Even a dark red is saturated: (46, 10, 10) is four fifths red in linear light."""
    frames = film(lambda i: plain((46, 10, 10) if i // 2 % 2 else (140, 60, 60)), 3, 25)
    assert max(judge(frames, 25).red) > FLASHES
    assert not judge(safe(frames, 25), 25).exceeds()


@pytest.mark.parametrize(
    ("wide", "high", "bar", "speed", "fps", "calm"),
    [
        (200, 113, 6, 1.811, 30, False),
        (320, 180, 18, 4.531, 60, False),
        (160, 90, 35, 5.911, 60, True),
    ],
)
def test_no_march_of_bars_gets_through(
    wide: int, high: int, bar: int, speed: float, fps: float, calm: bool
) -> None:
    """Moving bars flash in the mean of a few pixels, though no single pixel flashes much."""

    def march(i: int) -> Frame:
        row = ((np.arange(wide) + speed * i) // bar % 2 * 255).astype(np.uint8)
        return as_frame(np.broadcast_to(row[None, :, None], (high, wide, 3)).copy())

    frames = film(march, 2.5, fps)
    assert judge(frames, fps).exceeds()
    report = judge(safe(frames, fps, calm=calm), fps)
    assert report.worst <= (FLASHES // 2 if calm else FLASHES)


@given(
    seed=st.integers(0, 2**32 - 1),
    cells=st.sampled_from([(1, 1), (2, 2), (4, 3), (8, 5), (16, 9)]),
    levels=st.sampled_from([2, 3, 256]),
    hold=st.integers(1, 6),
    fps=st.sampled_from([24.0, 30.0, 60.0]),
    calm=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_no_noise_gets_through(
    seed: int, cells: tuple[int, int], levels: int, hold: int, fps: float, calm: bool
) -> None:
    chance = np.random.default_rng(seed)

    def noise() -> Frame:
        coarse = chance.integers(0, levels, (cells[1], cells[0], 3)) * 255 // (levels - 1)
        size = (WIDE, HIGH)
        full = cv2.resize(coarse.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return as_frame(np.asarray(full, np.uint8))

    count = round(2.5 * fps)
    pictures = [noise() for _ in range(-(-count // hold))]
    frames = [pictures[i // hold] for i in range(count)]
    report = judge(safe(frames, fps, calm=calm), fps)
    assert report.worst <= (FLASHES // 2 if calm else FLASHES)


def test_flashes_that_take_turns_about_the_screen_are_counted_together() -> None:
    def roaming(i: int) -> Frame:
        frame = np.zeros((HIGH, WIDE, 3), np.uint8)
        quarter = (i // 3) % 4
        frame[:, quarter * 4 : quarter * 4 + 4] = 255 * (i % 6 < 3)
        return as_frame(frame)

    shown = safe(film(roaming, 3, 30), 30)
    mean = np.array([frame.mean() for frame in shown])
    jumps = np.flatnonzero(np.abs(np.diff(mean)) > 40) / 30
    for start in jumps:
        assert np.count_nonzero((jumps >= start) & (jumps < start + 0.99)) <= 2 * FLASHES


def test_a_field_smaller_than_the_screen_is_judged_by_itself() -> None:
    def corner(i: int) -> Frame:
        frame = np.zeros((HIGH, WIDE, 3), np.uint8)
        frame[: HIGH // 3, : WIDE // 3] = 255 * (i // 2 % 2)  # a ninth of the frame
        return as_frame(frame)

    frames = film(corner, 2, 30)
    far, near = Governor(30), Governor(30, field=(0.5, 0.5))
    for i, frame in enumerate(frames):
        assert far.pass_on(frame, i / 30) is frame
        near.pass_on(frame, i / 30)
    assert near.held > 10


def test_a_field_is_ten_degrees_wide() -> None:
    near = field_of((1.2, 0.68), 1.0)  # 17.5 cm of the screen
    assert near == pytest.approx((0.1458, 0.2573), abs=1e-3)
    assert field_of((1.2, 0.68), 20.0) == (1.0, 1.0)
    assert near < field_of((1.2, 0.68), 2.0)
    with pytest.raises(ValueError, match="above 0"):
        field_of((1.2, 0.68), 0)


def test_flashes_that_go_on_for_long_are_thinned_out() -> None:
    shown = safe(strobe(3, WHITE, BLACK) * 3, 30)
    mean = np.array([frame.mean() for frame in shown]) > 128
    turns = np.flatnonzero(np.diff(mean)) / 30
    for start in turns:
        assert np.count_nonzero((turns >= start) & (turns < start + 4.99)) <= 18


# What must pass untouched.


def test_calm_films_pass_bit_identical_and_at_once() -> None:
    y, x = np.mgrid[0:90, 0:160]

    def moving(i: int) -> Frame:
        wave = 128 + 90 * np.sin((x + 2 * i) / 25) * np.cos(y / 20)
        return as_frame(np.stack([wave, wave[::-1], 255 - wave], axis=-1).astype(np.uint8))

    frames = film(moving, 3, 30)
    for frame, shown in zip(frames, safe(frames, 30), strict=True):
        assert shown is frame


def test_two_flashes_now_and_then_pass() -> None:
    def lightning(i: int) -> Frame:
        return plain(WHITE if i in (30, 31, 36, 37) else (20, 20, 40))

    frames = film(lightning, 3, 30)
    assert all(a is b for a, b in zip(frames, safe(frames, 30), strict=True))


def test_a_cut_is_shown_at_once_even_after_a_strobe_was_held() -> None:
    governor = Governor(30)
    for i, frame in enumerate(strobe(15, WHITE, BLACK)):
        governor.pass_on(frame, i / 30)
    assert governor.held > 0
    quiet = plain((90, 120, 60))
    late = [governor.pass_on(quiet, 4 + i / 30) for i in range(200)]
    assert late[-1] is quiet
    assert not governor.holding


def test_it_says_when_it_has_not_caught_up() -> None:
    governor = Governor(30)
    for i, frame in enumerate(strobe(15, WHITE, BLACK)):
        shown = governor.pass_on(frame, i / 30)
        assert governor.holding == (shown is not frame)


# How it behaves.


def test_it_is_deterministic() -> None:
    frames = strobe(7.5, WHITE, RED)
    for one, other in zip(safe(frames, 30), safe(frames, 30), strict=True):
        assert np.array_equal(one, other)


def test_what_it_shows_lies_within_what_was_asked_for_and_moves_gently() -> None:
    frames = strobe(15, WHITE, BLACK)
    governor = Governor(30)
    before = frames[0]
    for i, frame in enumerate(frames):
        shown = governor.pass_on(frame, i / 30)
        low, high = np.min(frames[: i + 1], axis=0), np.max(frames[: i + 1], axis=0)
        assert ((shown >= low) & (shown <= high)).all()
        assert not shown.flags.writeable
        if governor.holding:
            assert np.abs(shown.astype(int) - before).max() < 100
        before = shown


def test_the_callers_memory_may_be_used_again() -> None:
    canvas = np.zeros((HIGH, WIDE, 3), np.uint8)
    view = canvas.view()
    view.flags.writeable = False
    governor = Governor(30)
    shown = []
    for i in range(90):
        canvas[:] = 255 * (i % 2)
        shown.append(governor.pass_on(view, i / 30).copy())
    assert not judge([as_frame(f) for f in shown], 30).exceeds()
    assert governor.held > 0


def test_calm_can_be_asked_for_at_any_time() -> None:
    governor = Governor(30)
    shown = []
    for i, frame in enumerate(strobe(3, WHITE, BLACK)):
        governor.calm = i >= 60
        shown.append(governor.pass_on(frame, i / 30))
    assert max(judge(shown[:60], 30).general) >= 2
    assert max(judge(shown[60:], 30).general) <= 1


def test_time_that_runs_back_and_other_sizes_do_no_harm() -> None:
    governor = Governor(30)
    shown = []
    for i in range(90):
        size = (10, 16) if i % 2 else (12, 9)
        frame = as_frame(np.full((*size, 3), 255 * (i % 2), np.uint8))
        out = governor.pass_on(frame, (i if i % 7 else i - 5) / 30)
        assert out.shape == frame.shape
        shown.append(plain([round(float(out.mean()))] * 3))
    assert not judge(shown, 30).exceeds()


@pytest.mark.parametrize("bad", [{"fps": 0}, {"fps": -1}, {"field": (0, 1)}, {"field": (1, 2)}])
def test_bad_settings_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Governor(**bad)  # type: ignore[arg-type]


def test_it_need_only_look_where_a_picture_changed() -> None:
    """Told where a picture changed, it shows what it would show without being told."""
    chance = np.random.default_rng(4)
    told, untold = Governor(30), Governor(30)
    canvas = np.full((541, 961, 3), 60, np.uint8)
    held = 0
    for i in range(120):
        x, y = (int(n) for n in chance.integers(0, 480, 2))
        rects = [Rect(x, y // 2, 301, 201), Rect(600, 7, 355, 532)]
        for n, r in enumerate(rects):
            rows, columns = slice(int(r.y), int(r.bottom)), slice(int(r.x), int(r.right))
            strobing = 40 <= i < 80
            canvas[rows, columns] = 255 * (i % 2) if strobing and n else chance.integers(90, 110)
        one = told.pass_on(as_frame(canvas.copy()), i / 30, rects)
        other = untold.pass_on(as_frame(canvas.copy()), i / 30)
        assert np.array_equal(one, other)
        held += told.holding
    assert 0 < held < 100


def test_it_holds_back_only_the_part_that_flashes() -> None:
    governor = Governor(30)
    lively = 0
    for i in range(90):
        canvas = np.full((270, 480, 3), 70, np.uint8)
        canvas[:, :240] = 255 * (i % 2)
        canvas[200:240, 300 + i : 310 + i] = 120  # a little thing that moves beside the strobe
        shown = governor.pass_on(as_frame(canvas), i / 30)
        if governor.holding:
            lively += np.array_equal(shown[200:240, 290:], canvas[200:240, 290:])
    assert governor.held > 30
    assert lively > 0.8 * governor.held


def test_it_eases_a_long_strobe_along_and_does_not_freeze() -> None:
    """A strobe becomes a dark grey that trembles: no freeze, no bursts of black and white."""
    shown = safe(strobe(7.5, WHITE, BLACK) * 3, 30)
    mean = np.array([frame.mean() for frame in shown[60:]])
    frozen = np.diff(np.flatnonzero(np.diff(mean)))  # frames from one change to the next
    assert frozen.max() <= 6
    assert np.abs(np.diff(mean)).max() < 100
