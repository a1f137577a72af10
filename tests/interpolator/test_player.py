"""The player: newest order wins, nobody waits, frames once made are kept."""

from __future__ import annotations

import contextlib
import threading
import time

import numpy as np
import pytest
from waiting import eventually

from installation.interpolator.crossfade import Crossfade
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.player import FrameMaker, Played, Player, Playing
from installation.interpolator.render import rendered
from installation.noise.rack import finished
from installation.vocabulary import Carve, Clip, Cut, Frame, Net, Operation, as_frame
from installation.worker import workers

SIZE = (64, 48)
PLAIN = Net("f" * 64)


def carved(amount: float) -> Net:
    return Net("f" * 64, Carve.of([Cut("flow/enc1", Operation.ADD, amount)]))


class Slow(Crossfade):
    """A net that takes its time, and counts."""

    def __init__(self) -> None:
        self.gate, self.asked = threading.Event(), 0
        self.gate.set()

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        self.asked += 1
        self.gate.wait(20)
        return super().frame_at(clip, position, net)


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
def player(slow: Slow, clock: list[float]):
    opened = Player(slow, finished, fps=10, clock=lambda: clock[0])
    yield opened
    slow.gate.set()
    opened.close()


until = eventually


def showing(player: Player, net: Net, index: int) -> bool:
    played = player.latest()
    return isinstance(played, Played) and played.playing.net == net and played.index == index


def test_it_loops_and_makes_every_frame_once(player, slow, clock, hello: Clip):
    player.play(Playing(hello, PLAIN, 2, SIZE))
    count = (len(hello.frames) - 1) * 2 + 1
    until(lambda: showing(player, PLAIN, 0))
    for step in range(2 * count):
        clock[0] = (step + 0.5) / 10
        until(lambda step=step: showing(player, PLAIN, step % count))
        played = player.latest()
        assert played.frame.shape == played.untouched.shape == (SIZE[1], SIZE[0], 3)
    assert slow.asked == player.made == count


def test_the_newest_carve_wins(player, slow, clock, hello: Clip):
    player.play(Playing(hello, PLAIN, 2, SIZE))
    until(lambda: showing(player, PLAIN, 0))
    slow.gate.clear()
    clock[0] = 0.15
    until(lambda: slow.asked == 2)  # it is at work on frame 1 ...
    for amount in (0.1, 0.2, 0.3, 0.4, 0.5):
        player.play(Playing(hello, carved(amount), 2, SIZE))  # ... while a knob turns
    assert showing(player, PLAIN, 0), "an older frame is shown, not none"
    slow.gate.set()
    until(lambda: showing(player, carved(0.5), 1))
    assert slow.asked <= 4, "what was turned past was never made"


def test_what_shows_is_of_the_newest_order_also_while_the_clock_stands_still(
    player, slow, hello: Clip
):
    first = Playing(hello, PLAIN, 2, SIZE)
    player.play(first)
    until(lambda: showing(player, PLAIN, 0))
    second = Playing(hello, PLAIN, 2, SIZE, number=2)
    player.play(second)
    until(lambda: player.latest().playing is second)
    assert slow.asked == 1, "the frame it has is good for both"


class Breakable(Crossfade):
    """A net whose frames wait, until each is let through or broken off."""

    def __init__(self) -> None:
        self.begun: list[float] = []
        self.broken: list[float] = []
        self.let = threading.Semaphore(0)
        self._off = threading.Event()

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        amount = net.carve.cuts[0].amount
        self.begun.append(amount)
        while not self.let.acquire(timeout=0.01):
            if self._off.is_set():
                self._off.clear()
                self.broken.append(amount)
                raise RunCancelledError
        return super().frame_at(clip, position, net)

    def break_off(self) -> None:
        self._off.set()

    cancel = break_off


def test_a_frame_that_only_goes_on_is_broken_off_for_a_newer_net(hello: Clip, clock):
    net = Breakable()
    player = Player(net, finished, fps=10, clock=lambda: clock[0])
    player.play(Playing(hello, carved(0.25), 2, SIZE))
    until(lambda: net.begun == [0.25])
    # The first one of a net is made, however many orders come: a turning knob shows something.
    player.play(Playing(hello, carved(0.5), 2, SIZE))
    assert net.broken == []
    net.let.release()
    until(lambda: player.latest() is not None)
    until(lambda: net.begun == [0.25, 0.5])
    net.let.release()
    until(lambda: player.latest().playing.net == carved(0.5))
    clock[0] = 0.15
    until(lambda: net.begun == [0.25, 0.5, 0.5])
    # The same order again, as with every tick, changes nothing; another net does.
    player.play(Playing(hello, carved(0.5), 2, SIZE))
    player.play(Playing(hello, carved(0.75), 2, SIZE))
    until(lambda: net.begun == [0.25, 0.5, 0.5, 0.75])
    assert net.broken == [0.5]
    net.let.release()
    until(lambda: player.latest().playing.net == carved(0.75))
    player.close()


def test_nobody_waits_for_a_stuck_net(player, slow, hello: Clip):
    slow.gate.clear()
    began_s = time.monotonic()
    for number in range(2000):
        player.play(Playing(hello, carved(number / 2000), 2, SIZE))
        player.latest()
    # Two thousand orders beside a net that never answers; any wait would show at once.
    assert time.monotonic() - began_s < 10
    slow.gate.set()


def test_stopping_lets_go_of_the_visitors_picture(player, hello: Clip):
    player.play(Playing(hello, PLAIN, 2, SIZE))
    until(lambda: player.latest() is not None)
    player.play(None)
    until(lambda: player.latest() is None)


def test_a_net_that_fails_is_told_and_tried_again(hello: Clip, caplog):
    class Falls(Crossfade):
        def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
            if not fallen:
                fallen.append(1)
                raise RuntimeError("the driver hiccuped")
            return super().frame_at(clip, position, net)

    fallen: list[int] = []
    player = Player(Falls(), finished, fps=10)
    player.play(Playing(hello, PLAIN, 2, SIZE))
    until(lambda: player.latest() is not None)
    (state,) = [worker.state() for worker in workers() if worker.name == "player"]
    assert "hiccuped" in state.last_failure
    player.close()


def test_offline_frames_are_the_live_ones(hello: Clip):
    net, crossfade = PLAIN, Crossfade()
    frames = list(rendered(hello.frames, hello.fps, 4, net, [crossfade, Crossfade()], finished))
    assert len(frames) == (len(hello.frames) - 1) * 4 + 1
    for index, frame in enumerate(frames):
        assert (frame == crossfade.frame_at(hello, index / 4, net)).all()
    for index, source in enumerate(hello.frames):
        assert (frames[4 * index] == source).all()
    assert list(rendered([], 10, 4, net, [crossfade, Crossfade()], finished)) == []
    assert (
        len(list(rendered(hello.frames[:1], 10, 4, net, [crossfade, Crossfade()], finished))) == 1
    )


class Seeing(Slow):
    """A net with one site, and X-rays of the moment they were asked for."""

    def xrayed_frame_at(self, clip: Clip, position: float, net: Net):
        frame = self.frame_at(clip, position, net)
        return frame, {"flow/enc1": as_frame(np.full((2, 2, 3), round(position * 10), np.uint8))}


def test_first_frames_of_a_pair_are_xrayed_and_the_others_show_the_last_one(hello: Clip, clock):
    with contextlib.closing(Player(Seeing(), finished, 10, lambda: clock[0], 2)) as player:
        player.play(Playing(hello, PLAIN, 2, SIZE))
        seen = []
        for index in range(8):
            clock[0] = index / 10 + 0.01
            until(lambda index=index: (p := player.latest()) is not None and p.index == index)
            seen.append(int(player.latest().xrays["flow/enc1"][0, 0, 0]))
        # Two frames a pair, and every second pair is seen.
        assert seen == [0, 0, 0, 0, 20, 20, 20, 20]


def test_the_last_frame_is_of_the_last_pair(hello: Clip):
    maker, clip = FrameMaker(Seeing(), finished, 1), Clip(hello.frames[:4], 10)
    seen = [maker.frame(clip, k / 2, PLAIN)[1] is not None for k in range(7)]
    assert seen == [True, False, True, False, True, False, False]


def test_the_pair_to_come_is_expected_while_a_net_rests(hello: Clip, clock):
    expected = []

    class Expecting(Slow):
        def expect(self, clip: Clip, position: float, net: Net, *, xrayed: bool) -> None:
            expected.append((position, net.model, xrayed))

    clip = Clip(hello.frames[:3], 10)
    with contextlib.closing(Player(Expecting(), finished, 10, lambda: clock[0], 2)) as player:
        player.play(Playing(clip, PLAIN, 2, SIZE))
        until(lambda: player.latest() is not None)
        assert expected == [], "the first frame of a net says nothing of what comes"
        for index in range(1, 5):
            clock[0] = index / 10 + 0.01
            until(lambda index=index: player.latest().index == index)
    assert expected == [(1, PLAIN.model, False)], "the first pair's frames are kept"


def test_asked_whom_to_blame_it_finds_out_and_plays_on(hello: Clip, player: Player, clock, slow):
    cuts = [Cut(f"flow/enc{n}", Operation.ADD, 0.5) for n in (1, 2)]
    net = Net("f" * 64, Carve.of(cuts))
    player.play(Playing(hello, net, 2, SIZE))
    until(lambda: player.latest() is not None)
    assert player.blamed() is None
    player.play(Playing(hello, net, 2, SIZE, number=1, blame=True))

    def later() -> bool:
        clock[0] += 0.1
        return player.blamed() is not None

    until(later)
    assert player.blamed().net == net
    assert [site for site, _ in player.blamed().ranking] == ["flow/enc1", "flow/enc2"]
