"""The motion of the pair to come is found once, beside the frames of the pair before."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from waiting import PATIENCE_S, eventually

from installation.carve.random_nets import roll
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model
from installation.interpolator.sessions import Cancel
from installation.interpolator.timeline import pair_after
from installation.interpolator.unet import UnetInterpolator
from installation.vocabulary import Clip, Net, as_frame


class Counted(LocalGraphs):
    """Graphs that note who ran which, and can be held up."""

    side_by_side = True

    def __init__(self, model: Model) -> None:
        super().__init__(model, "cpu")
        self.ran: list[tuple[str, bool]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def run(self, graph, feeds, size_px, every, cancel=None):
        beside = threading.current_thread().name.startswith("motion")
        if beside:
            assert self.may_go_on.wait(PATIENCE_S)
        found = super().run(graph, feeds, size_px, every, cancel)
        self.ran.append((graph, beside))
        return found


@pytest.fixture
def graphs(model: Model) -> Counted:
    return Counted(model)


@pytest.fixture
def unet(model: Model, graphs: Counted):
    made = UnetInterpolator(model, graphs, Cancel())
    yield made
    graphs.may_go_on.set()
    made.close()


@pytest.fixture
def clip() -> Clip:
    chance = np.random.default_rng(3)
    frames = chance.integers(0, 255, (4, 32, 64, 3), np.uint8)
    return Clip(tuple(as_frame(frame) for frame in frames), 25)


def flows(graphs: Counted) -> list[tuple[str, bool]]:
    return [ran for ran in graphs.ran if ran[0].startswith("flow")]


def test_what_was_expected_is_found_beside_and_only_once(unet, graphs, clip):
    net = Net(unet.model)
    unet.frame_at(clip, 0.5, net)
    unet.expect(clip, 1, net, xrayed=False)
    unet.expect(clip, 1, net, xrayed=False)
    unet.frame_at(clip, 1.25, net)
    unet.frame_at(clip, 1.5, net)
    assert flows(graphs) == [("flow", False), ("flow", True)]


def test_x_rays_that_were_expected_come_with_it(unet, graphs, clip):
    net = Net(unet.model)
    unet.xrayed_frame_at(clip, 0.5, net)
    unet.expect(clip, 1, net, xrayed=True)
    _, xrays = unet.xrayed_frame_at(clip, 1.25, net)
    assert "flow/enc1" in xrays
    assert flows(graphs) == [("flow_full", False), ("flow_full", True)]


def test_another_net_does_not_wait_for_what_was_expected_of_the_last(unet, graphs, clip):
    before, after = Net(unet.model), roll(unet.sites, unet.model, 4)
    unet.frame_at(clip, 0.5, before)
    graphs.may_go_on.clear()
    unet.expect(clip, 1, before, xrayed=False)
    unet.frame_at(clip, 0.5, after)
    graphs.may_go_on.set()
    unet.frame_at(clip, 1.5, after)
    assert ("flow", True) not in flows(graphs), "it was broken off"


def test_a_knob_turned_while_it_is_waited_for_breaks_the_frame_off(unet, graphs, clip, monkeypatch):
    net, waits, taken = Net(unet.model), threading.Event(), unet._ahead.taken
    unet.frame_at(clip, 0.5, net)
    graphs.may_go_on.clear()
    unet.expect(clip, 1, net, xrayed=False)
    with ThreadPoolExecutor(1) as player:
        monkeypatch.setattr(unet._ahead, "taken", lambda: (waits.set(), taken())[1])
        frame = player.submit(unet.frame_at, clip, 1.5, net)
        assert waits.wait(PATIENCE_S)
        unet.break_off()
        graphs.may_go_on.set()
        with pytest.raises(RunCancelledError):
            frame.result(PATIENCE_S)
    assert flows(graphs) == [("flow", False)], "neither net ran again for it"


def test_what_was_expected_of_another_clip_is_never_taken(unet, graphs, clip, model):
    net = Net(unet.model)
    other = Clip(tuple(as_frame(255 - frame) for frame in clip.frames), 25)
    alone = UnetInterpolator(model, LocalGraphs(model, "cpu"), Cancel())
    wanted = alone.frame_at(other, 1.5, net)
    unet.frame_at(clip, 0.5, net)
    graphs.may_go_on.clear()
    unet.expect(clip, 1, net, xrayed=False)
    unet.frame_at(other, 0.5, net)
    graphs.may_go_on.set()
    assert (unet.frame_at(other, 1.5, net) == wanted).all()
    alone.close()


@pytest.mark.parametrize("how", ["cancel", "close", "break_off"])
def test_what_nobody_wants_any_more_is_broken_off(unet, graphs, clip, how):
    unet.frame_at(clip, 0.5, Net(unet.model))
    graphs.may_go_on.clear()
    unet.expect(clip, 1, Net(unet.model), xrayed=False)
    with ThreadPoolExecutor(1) as other:
        done = other.submit(getattr(unet, how))
        eventually(lambda: not unet._ahead.is_for((1, Net(unet.model).carve)))
        graphs.may_go_on.set()
        done.result(PATIENCE_S)
    eventually(lambda: not unet._ahead.is_busy)
    assert flows(graphs) == [("flow", False)]


def test_after_it_was_cancelled_or_closed_nothing_is_begun(unet, graphs, clip):
    unet.frame_at(clip, 0.5, Net(unet.model))
    unet.cancel()
    unet.expect(clip, 1, Net(unet.model), xrayed=False)
    unet.close()
    unet.expect(clip, 1, Net(unet.model), xrayed=False)
    assert flows(graphs) == [("flow", False)]


def test_nothing_is_loaded_for_what_is_expected(unet, graphs, clip, model):
    unet.frame_at(clip, 0.5, Net(unet.model))
    unet.expect(clip, 1, Net(unet.model), xrayed=True)
    assert "flow_full" not in graphs._sessions


def test_after_the_last_pair_comes_the_first():
    assert [pair_after(k / 2, 4) for k in range(7)] == [1, 1, 2, 2, 0, 0, 0]
    assert pair_after(0, 1) == pair_after(0.5, 2) == 0
