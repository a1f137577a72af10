"""One contract for every interpolator: the carved U-Nets and the crossfade."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from installation.carve.random_nets import roll
from installation.interpolator.crossfade import Crossfade
from installation.interpolator.driver import Interpolator
from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.vocabulary import Clip, Net, as_frame

MAKERS: dict[str, Callable[[Model], Interpolator]] = {
    "crossfade": lambda model: Crossfade(),
    "unet": lambda model: unet_of(model, "cpu"),
    "unet, inputs held": lambda model: unet_of(model, "cpu", memory="cpu"),
}


@pytest.fixture(params=sorted(MAKERS))
def interpolator(request: pytest.FixtureRequest, model: Model):
    made = MAKERS[request.param](model)
    yield made
    made.close()
    made.close()


def net_for(interpolator: Interpolator, seed: int | None = None) -> Net:
    if seed is None or not interpolator.sites:
        return Net(interpolator.model)
    return roll(interpolator.sites, interpolator.model, seed)


def test_without_a_carve_whole_positions_are_the_frames_themselves(interpolator, hello: Clip):
    for index, frame in enumerate(hello.frames):
        assert (interpolator.frame_at(hello, float(index), net_for(interpolator)) == frame).all()


def test_frames_between_are_new_read_only_and_of_the_clips_size(interpolator, hello: Clip):
    a, b = hello.frames[1], hello.frames[2]
    frame = interpolator.frame_at(hello, 1.5, net_for(interpolator))
    assert frame.shape == a.shape
    assert frame.dtype == np.uint8
    assert not frame.flags.writeable
    assert (frame != a).any()
    assert (frame != b).any()


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_same_clip_position_and_net_give_the_same_frame(interpolator, hello: Clip, seed):
    net = net_for(interpolator, seed)
    first = interpolator.frame_at(hello, 2.25, net)
    interpolator.frame_at(hello, 4.75, net_for(interpolator, 9))  # something else meanwhile
    interpolator.frame_at(Clip(hello.frames[:2], 5), 0.5, net)
    assert (interpolator.frame_at(hello, 2.25, net) == first).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (17, 33), (31, 64), (90, 50)])
def test_any_size_will_do(interpolator, hello: Clip, width: int, height: int):
    frames = tuple(as_frame(f[:height, :width]) for f in hello.frames[:2])
    clip = Clip(frames, 10)
    for net in (net_for(interpolator), net_for(interpolator, 3)):
        assert interpolator.frame_at(clip, 0.5, net).shape == (height, width, 3)


def test_a_single_frame_and_the_ends_will_do(interpolator, hello: Clip):
    alone = Clip(hello.frames[:1], 10)
    for net in (net_for(interpolator), net_for(interpolator, 4)):
        assert interpolator.frame_at(alone, 0.0, net).shape == hello.frames[0].shape
        interpolator.frame_at(hello, 0.0, net)
        interpolator.frame_at(hello, float(len(hello.frames) - 1), net)


@pytest.mark.parametrize("seed", [None, 5])
def test_xrayed_frames_are_the_same_frames(interpolator, hello: Clip, seed):
    net = net_for(interpolator, seed)
    for position in (0.0, 1.5):
        frame, xrays = interpolator.xrayed_frame_at(hello, position, net)
        assert (frame == interpolator.frame_at(hello, position, net)).all()
        assert set(xrays) == {site.name for site in interpolator.sites}
        for picture in xrays.values():
            assert picture.ndim == 3
            assert picture.dtype == np.uint8
            assert max(picture.shape) <= 64


def test_positions_outside_are_refused(interpolator, hello: Clip):
    for position in (-0.5, len(hello.frames) - 0.5):
        with pytest.raises(ValueError, match="outside"):
            interpolator.frame_at(hello, position, net_for(interpolator))


def test_it_tells_the_operator_what_runs(interpolator):
    health = interpolator.health()
    assert health.device == "net"
    assert health.note
