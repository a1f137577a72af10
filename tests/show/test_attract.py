"""ATTRACT: one net turns into the next without a jump, and so does what a knob demonstrates."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from moments import CLIP, NET, OTHER, PAST, moment

from installation.experience import Phase
from installation.show.net_picture.node_shape import BEATS_HZ
from installation.show.scenes import attract_demo
from installation.show.scenes.attract import CREATURE_S, DEMO_S, MORPH_S, drawn, shows_network
from installation.show.scenes.attract_demo import DEMO_SITES, demo_net
from installation.show.view_model import View
from installation.vocabulary import Carve, Cut, Net, Operation

THIRD = Net("another", Carve.of([Cut("flow/enc1", Operation.ADD, 0.9)]))


def amounts(net: Net) -> dict[tuple[str, Operation], float]:
    return {(cut.site, cut.operation): cut.amount for cut in net.carve.cuts}


def largest_leap(nets: Iterable[Net]) -> float:
    """The largest change of any cut from one beat to the next."""
    leap = 0.0
    for one, other in itertools.pairwise(map(amounts, nets)):
        for cut in one.keys() | other.keys():
            leap = max(leap, abs(one.get(cut, 0.0) - other.get(cut, 0.0)))
    return leap


def takes(now_s: float, each_s: float = DEMO_S) -> View:
    """A gallery of three takes, one of another model, each shown for `each_s`."""
    nets = (NET, OTHER, THIRD)
    turn = int(now_s // each_s)
    before = nets[(turn - 1) % 3] if turn else None
    gallery = replace(PAST, net=nets[turn % 3])
    return moment(
        Phase.ATTRACT, now_s, gallery=gallery, before=before, turned_at_s=turn * each_s, net=NET
    )


def empty(now_s: float) -> View:
    """No takes: poster and film by turns, and a new net for the film every 12 s."""
    nets, turn = (NET, OTHER), int(now_s // 10)
    return moment(
        Phase.ATTRACT, now_s, frame=CLIP, net=nets[turn % 2],
        before=nets[(turn - 1) % 2] if turn else None, turned_at_s=turn * 10.0,
    )  # fmt: skip


def beats(seconds: float) -> list[float]:
    return [number / BEATS_HZ + 1e-6 for number in range(int(seconds * BEATS_HZ))]


@pytest.mark.parametrize("view_at", [takes, empty])
def test_no_cut_jumps_while_the_network_is_drawn(view_at) -> None:
    drawings: list[list[Net]] = [[]]
    for now_s in beats(5 * DEMO_S):
        view = view_at(now_s)
        if shows_network(view):
            drawings[-1].append(drawn(view, DEMO_SITES)[0])
        elif drawings[-1]:
            drawings.append([])
    assert sum(map(len, drawings)) > 150
    for nets in drawings:
        # The fastest takes half a morph for a cut that closes before another one opens.
        assert largest_leap(nets) < 0.2


def test_the_network_stays_while_its_net_turns_into_the_next() -> None:
    """What was turned at the end of one take's turn goes on at the beginning of the next's."""
    shown = [(now_s, shows_network(takes(now_s))) for now_s in beats(2 * DEMO_S)]
    for now_s, is_shown in shown:
        since_s = now_s % DEMO_S
        wanted = since_s >= CREATURE_S or (now_s > DEMO_S and since_s < MORPH_S)
        assert is_shown == wanted, now_s


def test_the_morph_begins_at_the_last_net_and_ends_at_this_one() -> None:
    first, _ = drawn(takes(DEMO_S + 1e-6), DEMO_SITES)
    assert first.carve == NET.carve
    after, touched = drawn(takes(DEMO_S + MORPH_S + 0.1), DEMO_SITES)
    assert Carve.of(c for c in after.carve.cuts if c.site != touched) == OTHER.carve


def test_the_demonstration_turns_a_whole_layer_and_leaves_it_whole() -> None:
    for turn in range(40):
        rest, site, amount = demo_net(DEMO_SITES, 4.0 * turn, NET)
        assert amount == 0
        assert NET.carve.at(site) is None
        assert rest.carve == NET.carve
        _, _, most = demo_net(DEMO_SITES, 4.0 * turn + 2, NET)
        assert most == 1


@pytest.mark.parametrize("more", [0, 1, 17])
def test_in_time_every_layer_is_cut_in_every_way(more: int, monkeypatch: pytest.MonkeyPatch):
    """However many ways there are: with as many as half the layers each would see one only."""
    ways = attract_demo._DEMO_OPERATIONS * 3
    ways = ways[: len(attract_demo._DEMO_OPERATIONS) + more]
    monkeypatch.setattr(attract_demo, "_DEMO_OPERATIONS", tuple(range(len(ways))))
    seen = {
        (attract_demo._site(DEMO_SITES, turn), attract_demo._operation(DEMO_SITES, turn))
        for turn in range(2 * len(ways) * len(DEMO_SITES))
    }
    assert len(seen) == len(ways) * len(DEMO_SITES)


def test_a_show_of_one_layer_still_demonstrates_it() -> None:
    net = Net("m", Carve.of([Cut("flow/latent", Operation.ADD, 0.5)]))
    for past in (net, None):
        _, site, amount = demo_net(("flow/latent",), 2.0, past)
        assert (site, amount) == ("flow/latent", 1.0)
