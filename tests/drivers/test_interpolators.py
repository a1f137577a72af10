"""One contract for every interpolator: the carved U-Nets, here and on other machines, and the
crossfade."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest
from oip_servers import INSTALLS, SmallServer, mlserver
from waiting import PATIENCE_S

from installation.carve.random_nets import roll
from installation.interpolator.crossfade import Crossfade
from installation.interpolator.driver import Interpolator
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model
from installation.interpolator.remote.graphs import RemoteGraphs
from installation.interpolator.remote.server import Server
from installation.interpolator.sessions import Cancel
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.vocabulary import Clip, Net, as_frame

MAKERS: dict[str, Callable[[Model], Interpolator]] = {
    "crossfade": lambda model: Crossfade(),
    "unet": lambda model: unet_of(model, "cpu"),
    "unet, inputs held": lambda model: unet_of(model, "cpu", memory="cpu"),
}
SERVERS = ("a small server", *(("MLServer",) if INSTALLS else ()))


@pytest.fixture(scope="module")
def servers(model: Model, tmp_path_factory: pytest.TempPathFactory):
    """Where servers of nets are, by name."""
    with contextlib.ExitStack() as opened:
        small = SmallServer(model)
        opened.callback(small.close)
        found = {"a small server": small.address}
        if INSTALLS:
            real = opened.enter_context(mlserver(model, tmp_path_factory.mktemp("mlserver")))
            found |= {"MLServer": real["grpc"], "MLServer by HTTP": real["http"]}
        yield found


def there(model: Model, address: str) -> UnetInterpolator:
    """The net at a server, on a machine however slow."""
    cancel, local = Cancel(), LocalGraphs(model, "cpu")
    graphs = RemoteGraphs(model, local, Server(address), cancel, PATIENCE_S, PATIENCE_S)
    return UnetInterpolator(model, graphs, cancel)


@pytest.fixture(params=[*sorted(MAKERS), *SERVERS])
def interpolator(request: pytest.FixtureRequest, model: Model):
    if request.param in MAKERS:
        made = MAKERS[request.param](model)
        yield made
    else:
        made = there(model, request.getfixturevalue("servers")[request.param])
        yield made
        graphs = made._graphs
        assert isinstance(graphs, RemoteGraphs)
        assert graphs.made_here == 0, made.health().note
    made.close()
    made.close()


@pytest.mark.parametrize("server", ["a small server", *(("MLServer by HTTP",) if INSTALLS else ())])
def test_a_server_makes_the_very_frames_that_this_machine_makes(servers, server, model, hello):
    remote, here = there(model, servers[server]), unet_of(model, "cpu", 1)
    for seed in (None, 1):
        net = net_for(here, seed)
        assert (remote.frame_at(hello, 1.5, net) == here.frame_at(hello, 1.5, net)).all()
    assert remote._graphs.made_there, remote.health().note
    assert remote._graphs.made_here == 0, remote.health().note
    assert servers[server] in remote.health().note
    remote.close()


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


@pytest.mark.parametrize("xrayed", [False, True])
@pytest.mark.parametrize("seed", [None, 1, 6])
def test_what_is_expected_changes_no_frame(interpolator, hello: Clip, seed, xrayed):
    net, other = net_for(interpolator, seed), net_for(interpolator, 9)
    alone = interpolator.frame_at(hello, 2.5, net)
    anew = Clip(hello.frames, 10)
    interpolator.expect(anew, 2, net, xrayed=xrayed)  # of a clip it has seen nothing of yet
    interpolator.frame_at(anew, 1.5, net)
    interpolator.expect(anew, 2, net, xrayed=xrayed)
    interpolator.expect(anew, 3, net, xrayed=xrayed)
    assert (interpolator.frame_at(anew, 2.5, net) == alone).all()
    interpolator.expect(anew, 1, other, xrayed=xrayed)  # and nobody comes
    interpolator.break_off()
    interpolator.expect(anew, 0, other, xrayed=xrayed)
    assert (interpolator.frame_at(Clip(hello.frames, 10), 2.5, net) == alone).all()


def test_positions_outside_are_refused(interpolator, hello: Clip):
    for position in (-0.5, len(hello.frames) - 0.5):
        with pytest.raises(ValueError, match="outside"):
            interpolator.frame_at(hello, position, net_for(interpolator))


def test_it_tells_the_operator_what_runs(interpolator):
    health = interpolator.health()
    assert health.device == "net"
    assert health.note
