"""The largest preview a machine makes."""

from __future__ import annotations

import pytest

from installation.app.preview import SHARE, largest_px, leaving_one_core, sizes
from installation.interpolator.crossfade import Crossfade
from installation.vocabulary import Clip, Frame, Net


class Timed(Crossfade):
    """Takes `ms_a_pixel` for every pixel, on a clock of its own."""

    def __init__(self, ms_a_pixel: float) -> None:
        self.ms_a_pixel, self.now_s = ms_a_pixel, 0.0

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        width, height = clip.size_px
        self.now_s += self.ms_a_pixel * width * height / 1000
        return super().frame_at(clip, position, net)


@pytest.mark.parametrize("ms", [0.0001, 0.001, 0.003, 0.1])
def test_the_largest_that_leaves_time_is_taken(ms: float):
    least, fps = (64, 36), 24.0
    net = Timed(ms)
    width, height = largest_px(net, least, fps, lambda: net.now_s)
    budget_ms = SHARE * 1000 / fps
    tried = [least, *sizes(least)]
    assert (width, height) in tried
    if (width, height) != least:
        assert ms * width * height <= budget_ms
    above = tried[tried.index((width, height)) + 1 :]
    assert not above or ms * above[0][0] * above[0][1] > budget_ms


def test_sizes_keep_the_shape():
    for width, height in sizes((256, 144)):
        assert width % 2 == height % 2 == 0
        assert width / height == pytest.approx(16 / 9, rel=0.02)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 2), (8, 2), (None, 1)])
def test_the_screen_has_a_core_of_its_own(monkeypatch, cores, threads):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert leaving_one_core(2) == threads
