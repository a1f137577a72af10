"""The rack's tools: what holds for all of them, and what each is for."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pictures import gradient

from installation.noise.depth import depth_of
from installation.noise.palettes import PALETTES
from installation.noise.rack import finished
from installation.noise.sorting import DIRECTIONS, KEYS, sorted_pixels
from installation.noise.tools import TOOLS
from installation.vocabulary import Clip, Frame, FrameContext, Net, NoiseStep, as_frame

PICTURE = gradient(64, 36)
SCENE = FrameContext(gradient(64, 36, -3), gradient(64, 36, 3), 0.5, 1.3)

sizes = st.tuples(st.integers(1, 33), st.integers(1, 33))
frames = sizes.flatmap(lambda s: arrays.arrays(np.uint8, (*s, 3))).map(as_frame)
extremes = st.tuples(sizes, st.sampled_from([0, 1, 254, 255])).map(
    lambda s: as_frame(np.full((*s[0], 3), s[1], np.uint8))
)
amounts = st.floats(0, 1)


def around(frame: Frame, other: Frame) -> FrameContext:
    return FrameContext(frame, as_frame(cv2.resize(other, frame.shape[1::-1])), 0.5, 2.7)


@pytest.mark.parametrize("tool", TOOLS)
def test_at_zero_the_frame_is_as_it_was(tool: str):
    scene = FrameContext.still(PICTURE, 1.3)
    np.testing.assert_array_equal(TOOLS[tool](PICTURE, 0.0, scene), PICTURE)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_full_turn_shows_and_comes_back_the_same(tool: str):
    made = TOOLS[tool](PICTURE, 1.0, SCENE)
    np.testing.assert_array_equal(TOOLS[tool](PICTURE, 1.0, SCENE), made)
    assert np.abs(made.astype(int) - PICTURE).mean() > 2


@given(st.sampled_from(list(TOOLS)), st.one_of(frames, extremes), frames, amounts)
def test_shape_and_kind_are_kept_whatever_the_frame(tool, frame, other, amount):
    kept = frame.copy()
    made = TOOLS[tool](frame, amount, around(frame, other))
    assert made.shape == frame.shape
    assert made.dtype == np.uint8
    np.testing.assert_array_equal(frame, kept)


@pytest.mark.parametrize("tool", ["amplify", "depth map", "depth shade", "depth move"])
def test_a_scene_of_another_size_is_fitted(tool: str):
    scene = FrameContext(gradient(20, 11), gradient(20, 11, 2), 0.3, 0.4)
    assert TOOLS[tool](PICTURE, 0.8, scene).shape == PICTURE.shape


def pixels(frame: Frame) -> np.ndarray:
    return np.sort(frame.reshape(-1, 3).astype(np.uint32) @ [1 << 16, 1 << 8, 1])


@given(
    st.one_of(frames, extremes),
    st.sampled_from(KEYS),
    st.sampled_from(DIRECTIONS),
    st.floats(-0.1, 1.1),
    st.floats(-0.1, 1.1),
)
def test_sorting_moves_pixels_and_changes_none(frame, key, direction, low, high):
    made = sorted_pixels(frame, key, direction, low, high)
    np.testing.assert_array_equal(pixels(made), pixels(frame))
    # Rows keep what is theirs when sorting across, columns when sorting down.
    lines = 0 if direction in ("left", "right") else 1
    for before, after in zip(
        np.moveaxis(frame, lines, 0), np.moveaxis(made, lines, 0), strict=True
    ):
        np.testing.assert_array_equal(pixels(before[None]), pixels(after[None]))


def slow_sort(row: np.ndarray, low: float, high: float) -> np.ndarray:
    """One row by the book: runs within the window, each sorted by itself."""
    light = cv2.cvtColor(row[None], cv2.COLOR_RGB2GRAY)[0]
    made, start = row.copy(), 0
    while start < len(row):
        end = start
        while end < len(row) and low * 255 <= light[end] < high * 255:
            end += 1
        made[start:end] = row[start:end][np.argsort(light[start:end], kind="stable")]
        start = max(end, start + 1)
    return made


@given(frames, st.floats(0, 1), st.floats(0, 1.01))
def test_sorting_is_what_a_loop_by_the_book_does(frame, low, high):
    made = sorted_pixels(frame, "brightness", "right", low, high)
    np.testing.assert_array_equal(made, [slow_sort(row, low, high) for row in frame])


def test_directions_send_the_brightest_their_way():
    def brightness(frame: Frame) -> np.ndarray:
        return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(int)

    whole = {
        way: brightness(sorted_pixels(PICTURE, "brightness", way, 0, 1.01)) for way in DIRECTIONS
    }
    assert (np.diff(whole["right"], axis=1) >= 0).all()
    assert (np.diff(whole["left"], axis=1) <= 0).all()
    assert (np.diff(whole["down"], axis=0) >= 0).all()
    assert (np.diff(whole["up"], axis=0) <= 0).all()


def test_hues_are_sorted_by_hue():
    made = sorted_pixels(PICTURE, "hue", "right", 0, 1.01)
    hues = cv2.cvtColor(made, cv2.COLOR_RGB2HSV_FULL)[..., 0].astype(int)
    assert (np.diff(hues, axis=1) >= 0).all()


def test_a_row_wider_than_two_bytes_can_count_is_sorted_too():
    chance = np.random.default_rng(1)
    wide = as_frame(chance.integers(0, 256, (2, 5000, 3), np.uint8))
    made = sorted_pixels(wide, "brightness", "right", 0.2, 0.9)
    np.testing.assert_array_equal(made, [slow_sort(row, 0.2, 0.9) for row in wide])


def test_auto_sort_runs_on_with_the_clips_time_and_comes_round():
    at = [TOOLS["auto sort"](PICTURE, 0.4, FrameContext.still(PICTURE, s)) for s in (0.5, 1.0, 1.5)]
    assert not np.array_equal(at[0], at[1])
    assert not np.array_equal(at[1], at[2])
    again = TOOLS["auto sort"](PICTURE, 0.4, FrameContext.still(PICTURE, 16.5))
    np.testing.assert_array_equal(again, at[0])


def test_the_sampler_shows_a_part_of_the_picture():
    halves = np.zeros((36, 64, 3), np.uint8)
    halves[:, 32:] = 255
    frame = as_frame(halves)
    assert TOOLS["sampler left"](frame, 0.7, SCENE).max() == 0
    assert TOOLS["sampler right"](frame, 0.7, SCENE).min() == 255


def test_tiles_are_alike():
    made = TOOLS["tile"](gradient(64, 32), 1 / 7, SCENE)
    np.testing.assert_array_equal(made[:16, :32], made[16:, 32:])


def test_a_split_moves_red_and_blue_and_leaves_green():
    made = TOOLS["rgb split"](PICTURE, 1.0, SCENE)
    np.testing.assert_array_equal(made[..., 0], np.roll(PICTURE[..., 0], -8, 1))
    np.testing.assert_array_equal(made[..., 1], PICTURE[..., 1])
    down = TOOLS["rgb split down"](PICTURE, 1.0, SCENE)
    np.testing.assert_array_equal(down[..., 2], np.roll(PICTURE[..., 2], 4, 0))


@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_paints_dark_and_light_with_its_ends(palette: str):
    ends = as_frame(np.repeat(np.array([[[0] * 3, [255] * 3]], np.uint8), 2, 0))
    made = TOOLS[f"colorize{palette}"](ends, 1.0, SCENE)
    assert tuple(made[0, 0]) == PALETTES[palette][0]
    assert tuple(made[0, 1]) == PALETTES[palette][-1]


def test_amplify_magnifies_what_the_net_added_and_nothing_else():
    clip = as_frame(np.full((8, 8, 3), 100, np.uint8))
    made = clip.copy()
    made[2, 3] = 105
    amplified = TOOLS["amplify"](as_frame(made), 1.0, FrameContext.still(clip))
    assert tuple(amplified[2, 3]) == (140, 140, 140)
    assert (np.delete(amplified.reshape(-1, 3), 2 * 8 + 3, 0) == 100).all()


def test_what_moves_more_is_nearer():
    chance = np.random.default_rng(2)
    cloth = cv2.GaussianBlur(chance.integers(0, 256, (96, 160, 3)).astype(np.uint8), (0, 0), 1.5)
    before, after = cloth.copy(), cloth.copy()
    thing = cv2.GaussianBlur(chance.integers(0, 256, (40, 40, 3)).astype(np.uint8), (0, 0), 1.5)
    before[10:50, 60:100] = thing
    after[10:50, 65:105] = thing
    depth = depth_of(as_frame(before), as_frame(after))
    rest = np.ones(depth.shape, bool)
    rest[5:55, 50:115] = False
    # It lies high in the picture, where without motion it would pass for far.
    assert depth[20:40, 70:90].mean() > 2 * depth[rest].mean()


def test_without_motion_the_lower_part_is_nearer():
    grey = as_frame(np.full((60, 80, 3), 120, np.uint8))
    depth = depth_of(grey, grey)
    assert depth[50:].mean() > depth[:10].mean() + 0.3
    assert depth.min() >= 0
    assert depth.max() <= 1


def test_the_rack_goes_in_the_order_of_the_net():
    def made(*tools: str) -> Frame:
        return finished(PICTURE, Net("", rack=tuple(NoiseStep(t, 0.8) for t in tools)), SCENE)

    assert not np.array_equal(made("tile", "sort right"), made("sort right", "tile"))


def test_a_scene_lies_between_the_frames_around_a_position():
    clip = Clip(tuple(gradient(8, 6, k) for k in range(4)), 10.0)
    scene = FrameContext.of(clip, 1.25, since_s=3.0)
    assert scene.before is clip.frames[1]
    assert scene.after is clip.frames[2]
    assert scene.share == 0.25
    assert scene.moment_s == pytest.approx(3.125)
    assert FrameContext.of(clip, 3.0).after is clip.frames[3]
    alone = FrameContext.of(Clip(clip.frames[:1], 10.0), 0.0)
    assert alone.before is alone.after


@pytest.mark.parametrize("shade", [0, 120, 255])
def test_enhance_dreams_nothing_into_nothing(shade: int):
    flat = as_frame(np.full((36, 64, 3), shade, np.uint8))
    np.testing.assert_array_equal(TOOLS["enhance"](flat, 1.0, FrameContext.still(flat)), flat)
