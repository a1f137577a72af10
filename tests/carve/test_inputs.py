"""A carve as the arrays the graphs take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.inputs import DIALS, GraphInputs, graph_inputs
from installation.carve.operations import PLAIN
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Operation,
    Side,
    Site,
)

GRID, SIZE = (36, 64), (256, 160)
SITES = (
    Site("flow/enc2", "A" * 8 + "B" * 8, tuple(np.linspace(0.1, 1, 8)) * 2, 2),
    Site("interp/enc1", "AAABBB", (0.2,) * 6, 1),
    Site("interp/enc2", "AAABBB" + "-" * 10, tuple(np.linspace(0.1, 1, 16)), 2),
    Site("interp/dec1", "-" * 7, (0.5,) * 7, 1),
)
SPANS = {
    site.name: slice(end - site.channels, end)
    for site, end in zip(SITES, np.cumsum([site.channels for site in SITES]), strict=True)
}
shares = st.floats(0, 1)
seeds = st.integers(0, 2**40)
cuts = st.builds(
    Cut,
    st.sampled_from([site.name for site in SITES]),
    st.sampled_from(Operation),
    shares,
    st.sampled_from(Side),
    st.builds(Chisel, st.sampled_from(ChiselShape), shares, seeds),
    st.builds(Grain, st.floats(0.01, 1), seeds),
)


def inputs_of(*chosen: Cut) -> GraphInputs:
    return graph_inputs(Carve.of(chosen), SITES, GRID, SIZE)


def carved(given: GraphInputs, name: str, x: np.ndarray) -> np.ndarray:
    """What the full graph makes of a site's values x (channels, rows, columns), in numpy."""
    number, span = [site.name for site in SITES].index(name), SPANS[name]
    dial = {row: given.dials[k, span, None, None] for k, row in enumerate(DIALS)}
    u = np.clip(x[given.take[span]], -dial["limit"], dial["limit"])
    rolled = np.roll(u.reshape(len(u), -1), -given.shift[number], 1).reshape(u.shape)
    more = (u - x) * dial["taken"] + u * (dial["gain"] - 1) + rolled * dial["moved"]
    more += np.round(u * dial["fineness"]) * dial["step"]
    more += u.mean(2, keepdims=True) * dial["across"] + u.mean(1, keepdims=True) * dial["down"]
    dragged = np.roll(u, -1, 2)  # the motion of before: all of it a cell to the left
    return x + more + np.where(dial["fed"] > 0, dragged - u, 0)


def test_the_empty_carve_is_the_identity():
    given = inputs_of()
    assert given.plain
    assert (given.chisel == 1).all()
    for site in SITES:
        x = np.random.default_rng(1).normal(size=(site.channels, 6, 8))
        assert (carved(given, site.name, x) == x).all()


@given(st.lists(cuts, max_size=4))
def test_a_carve_touches_only_its_own_sites(chosen: list[Cut]):
    carve = Carve.of(chosen)
    given, rest = graph_inputs(carve, SITES, GRID, SIZE), inputs_of()
    for number, site in enumerate(SITES):
        span = SPANS[site.name]
        if carve.at(site.name) is None:
            assert (given.dials[:, span] == rest.dials[:, span]).all()
            assert (given.take[span] == rest.take[span]).all()
            assert given.shift[number] == 0
            assert (given.chisel[number] == 1).all()
        assert set(given.take[span]) <= set(range(site.channels))
    assert np.isfinite(given.dials).all()
    assert np.abs(given.chisel).max() <= 1
    assert given.plain == all(cut.operation in PLAIN for cut in carve.cuts)


@given(cuts)
def test_a_side_is_cut_and_the_other_is_not(cut: Cut):
    site = next(site for site in SITES if site.name == cut.site)
    given, rest = inputs_of(cut), inputs_of()
    spared = {Side.A: "B", Side.B: "A"}.get(cut.side)
    for place, tag in enumerate(site.sides):
        if tag == spared:
            assert given.take[SPANS[site.name]][place] == place
            here = SPANS[site.name].start + place
            assert (given.dials[:, here] == rest.dials[:, here]).all()


@given(shares.filter(lambda share: share > 0.01), seeds)
def test_shuffled_alike_both_sides_still_match(share: float, seed: int):
    given = inputs_of(Cut("flow/enc2", Operation.SHUFFLE, share, grain=Grain(1.0, seed)))
    take = given.take[SPANS["flow/enc2"]]
    assert sorted(take) == list(range(16)), "channels change places, none is lost"
    assert (take[:8] + 8 == take[8:]).all()
    assert (take[:8] != np.arange(8)).sum() >= 2


@given(st.sampled_from([Operation.SHUFFLE, Operation.SWAP]), shares, seeds)
def test_channels_fade_into_others_evenly(operation: Operation, share: float, seed: int):
    x = np.random.default_rng(seed).normal(size=(16, 4, 6))
    full, part = (
        carved(inputs_of(Cut("flow/enc2", operation, s, grain=Grain(1.0, seed))), "flow/enc2", x)
        for s in (1.0, share)
    )
    assert part == pytest.approx(x + share * (full - x), abs=1e-5)
    assert (full != x).any(), "and at the end something stands elsewhere"


def test_swap_gives_each_the_others_and_to_one_side_only_what_the_other_is():
    take = inputs_of(Cut("interp/enc1", Operation.SWAP, 1.0)).take[SPANS["interp/enc1"]]
    assert take.tolist() == [3, 4, 5, 0, 1, 2]
    one = inputs_of(Cut("interp/enc1", Operation.SWAP, 1.0, Side.A)).take[SPANS["interp/enc1"]]
    assert one.tolist() == [3, 4, 5, 3, 4, 5]


@pytest.mark.parametrize("operation", [Operation.ROLL_ACROSS, Operation.ROLL_DOWN])
def test_a_roll_moves_whole_cells_and_loses_nothing(operation: Operation):
    x = np.arange(6 * 10 * 16.0).reshape(6, 10, 16)
    moved = carved(inputs_of(Cut("interp/enc1", operation, 0.3)), "interp/enc1", x)
    assert (moved != x).any()
    assert (np.sort(moved.ravel()) == np.sort(x.ravel())).all()


def test_quantise_leaves_few_levels_and_clip_cuts_the_peaks():
    x = np.random.default_rng(2).normal(0, 0.5, (7, 20, 20))
    stepped = carved(inputs_of(Cut("interp/dec1", Operation.QUANTISE, 0.5)), "interp/dec1", x)
    assert 1 < len(np.unique(stepped.round(4))) < 10
    clipped = carved(inputs_of(Cut("interp/dec1", Operation.CLIP, 0.8)), "interp/dec1", x)
    assert 0 < np.abs(clipped).max() < np.abs(x).max() / 4


def test_smears_leave_rows_or_columns_of_one_value():
    x = np.random.default_rng(3).normal(size=(7, 5, 9))
    across = carved(inputs_of(Cut("interp/dec1", Operation.SMEAR_ACROSS, 1)), "interp/dec1", x)
    assert np.allclose(across, x.mean(2, keepdims=True), atol=1e-6)
    down = carved(inputs_of(Cut("interp/dec1", Operation.SMEAR_DOWN, 1)), "interp/dec1", x)
    assert np.allclose(down, x.mean(1, keepdims=True), atol=1e-6)


def test_only_feedback_asks_for_what_was_before():
    fed = inputs_of(Cut("interp/enc2", Operation.FEEDBACK, 0.4, Side.A))
    assert fed.fed
    assert not fed.plain
    dial = fed.dials[DIALS.index("fed")]
    assert np.flatnonzero(dial).tolist() == [*range(22, 25), *range(28, 38)]
    assert set(dial[dial > 0].tolist()) == {np.float32(0.4)}
    for operation in set(Operation) - {Operation.FEEDBACK}:
        assert not inputs_of(Cut("interp/enc2", operation, 1.0)).fed
    assert not inputs_of(Cut("interp/enc2", Operation.FEEDBACK, 0.0)).fed


def test_a_measured_curve_bends_the_turn():
    late = Site("interp/dec1", "-" * 7, (0.5,) * 7, 1, {"multiply": (0.0, 0.5, 0.6)})
    cut = Cut("interp/dec1", Operation.MULTIPLY, 0.5)
    bent = graph_inputs(Carve.of([cut]), [late], GRID, SIZE).dials[0, 0]
    straight = graph_inputs(Carve.of([cut]), [SITES[3]], GRID, SIZE).dials[0, 0]
    assert bent == straight == pytest.approx(1 + 3 * 0.5)
    full = Cut("interp/dec1", Operation.MULTIPLY, 1.0)
    assert graph_inputs(Carve.of([full]), [late], GRID, SIZE).dials[0, 0] == pytest.approx(2.8)


def test_only_what_is_cut_is_carved_all_copies_of_it():
    copied = Site("flow/enc1", "AB", (1.0, 1.0), 1, copies=2)
    sites = (copied, Site("flow/dec1", "--", (1.0, 1.0), 2))
    given = graph_inputs(Carve.of([Cut("flow/enc1", Operation.ADD, 0.5)]), sites, GRID, SIZE)
    assert given.cut["flow/enc1"].tolist() == [0, 1]
    assert given.cut["flow/dec1"].tolist() == []
    whole = given.feeds(False, whole=True)
    assert whole["cut/flow/dec1"].tolist() == [0]
    assert whole["cut/flow/enc1"].tolist() == given.feeds(True)["cut/flow/enc1"].tolist() == [0, 1]


@pytest.mark.parametrize("operation", [Operation.CUT_OFF, Operation.INVERT])
def test_what_a_layer_adds_is_cut_off_and_inverted_alone(operation: Operation):
    site = Site("interp/dec2", "-" * 6, (1.0,) * 6, 2, fine="-+-+-+")
    cut = Cut(site.name, operation, 1.0)
    gain = graph_inputs(Carve.of([cut]), [site], GRID, SIZE).dials[DIALS.index("gain")]
    assert (gain[::2] == 1).all()
    assert (gain[1::2] < 1).all()
    # A grain of one channel that only carries still cuts something.
    one = [Cut(site.name, operation, 1.0, grain=Grain(0.01, seed)) for seed in range(8)]
    for alone in one:
        assert (graph_inputs(Carve.of([alone]), [site], GRID, SIZE).dials[0] < 1).sum() == 1
