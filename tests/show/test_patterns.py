"""Stripes: found where they may harm, left alone elsewhere, and softened when asked for."""

from __future__ import annotations

import numpy as np
import pytest

from installation.show.flash_safety.patterns import CONTRAST, softened, stripes
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader
from installation.vocabulary import Frame, as_frame


def bars(pairs: float, *, angle: float = 0.0, contrast: float = 1.0, share: float = 1.0) -> Frame:
    """So many pairs across a frame; they cover its left `share`, at its whole height."""
    y, x = np.mgrid[0:270, 0:480]
    way = x * np.cos(angle) + y * np.sin(angle)
    wave = np.sin(2 * np.pi * pairs * way / 480) > 0
    light = np.where(wave, 127 + 128 * contrast, 127 - 127 * contrast)
    light[x >= share * 480] = 90
    return as_frame(np.repeat(light[..., None], 3, axis=2).astype(np.uint8))


@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2, 2.5])
@pytest.mark.parametrize("pairs", [10, 20, 30])
def test_regular_stripes_are_found_whichever_way_they_lie(pairs: float, angle: float) -> None:
    found = stripes(bars(pairs, angle=angle))
    assert found
    assert max(one.contrast for one in found) > 0.5


def test_half_a_picture_of_stripes_is_enough() -> None:
    assert stripes(bars(20, share=0.5))


@pytest.mark.parametrize(
    "frame",
    [
        bars(3),  # too few pairs
        bars(20, contrast=0.1),  # too faint
        bars(30, share=0.15),  # too small
        as_frame(np.random.default_rng(1).integers(0, 256, (270, 480, 3)).astype(np.uint8)),
    ],
)
def test_what_cannot_harm_is_not_stripes(frame: Frame) -> None:
    assert stripes(frame) == ()


def test_a_film_of_people_has_none_and_passes_untouched() -> None:
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [frame for _, frame in zip(range(12), reader.frames(), strict=False)]
    for frame, shown in zip(frames, softened(iter(frames), 24), strict=True):
        assert shown is frame


def test_softened_stripes_are_none_any_more() -> None:
    frame = bars(20)
    for shown in softened(iter([frame] * 5), 24):
        assert stripes(shown) == ()
        assert np.ptp(shown) > 255 * CONTRAST / 4  # they are still to be seen
