"""The visitor's hand: touch, pickup, pages, operations, and nets back and forth."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.mapping import (
    ButtonPressed,
    ButtonReleased,
    Gesture,
    Hand,
    KnobTurned,
    hand_of_net,
    net_of_hand,
    turn,
)
from installation.carve.panel_layout import PanelLayout
from installation.panel.layouts import load_layout
from installation.vocabulary import (
    Button,
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Net,
    NoiseStep,
    Operation,
    PanelState,
    Side,
    Site,
)

MEGA = load_layout("mega16")
PAGE, OPERATION, SOLO, RECORD = 6, 7, 4, 0
READINGS = st.floats(0.0, 1.0)


class Visit:
    """A visitor at a panel: what they do becomes states, what it meant becomes gestures."""

    def __init__(self, layout: PanelLayout = MEGA, *readings: float) -> None:
        self.layout = layout
        self.knobs = list(readings) + [0.0] * (layout.knobs - len(readings))
        self.pressed: set[int] = set()
        self.at_s = 1.0
        self.hand = Hand.fresh(layout)
        self.show()

    def show(self) -> tuple[Gesture, ...]:
        self.at_s += 0.02
        state = PanelState(tuple(self.knobs), frozenset(self.pressed), self.at_s)
        self.hand, gestures = turn(self.hand, self.layout, state)
        return gestures

    def knob(self, number: int, *readings: float) -> list[Gesture]:
        gestures: list[Gesture] = []
        for reading in readings:
            self.knobs[number] = reading
            gestures += self.show()
        return gestures

    def tap(self, number: int) -> tuple[Gesture, ...]:
        self.pressed.add(number)
        down = self.show()
        self.pressed.discard(number)
        return down + self.show()


def test_a_fresh_hand_makes_the_untouched_net():
    visit = Visit(MEGA, *[0.7] * 16)
    assert visit.show() == ()
    assert net_of_hand(visit.hand, MEGA, "m").is_untouched


def test_on_a_fresh_visit_a_touched_knob_speaks_at_once_from_where_it_is():
    visit = Visit(MEGA, *[0.7] * 16)
    (turned,) = visit.knob(5, 0.75)
    assert turned == KnobTurned(5, "flow/latent", pytest.approx(0.755, abs=0.01))
    net = net_of_hand(visit.hand, MEGA, "m")
    assert [cut.site for cut in net.carve.cuts] == ["flow/latent"]
    assert visit.hand.touched == "flow/latent"


@given(st.integers(0, 15), st.floats(0.05, 0.95), st.lists(st.floats(-0.009, 0.009), max_size=40))
def test_a_trembling_knob_is_not_touched(knob: int, rest: float, tremble: list[float]):
    visit = Visit(MEGA, *[rest] * 16)
    assert visit.knob(knob, *(rest + shake for shake in tremble)) == []
    assert visit.hand.touched is None
    assert visit.hand.moved_at_s == -math.inf


def test_noise_on_one_knob_does_not_steal_the_touch_of_another():
    visit = Visit()
    visit.knob(0, 0.5)
    visit.knob(3, 0.5)
    moved_at_s = visit.hand.moved_at_s
    visit.knob(0, 0.505, 0.495, 0.51)
    assert visit.hand.touched == "flow/enc4"
    assert visit.hand.moved_at_s == moved_at_s


@given(st.integers(0, 15), st.lists(READINGS, min_size=1, max_size=30))
def test_a_speaking_knob_is_followed_to_within_a_step(knob: int, readings: list[float]):
    visit = Visit()
    visit.knob(knob, 0.5, *readings)
    target = MEGA.pages[0].targets[knob]
    assert visit.hand.amount(target) == pytest.approx(readings[-1], abs=0.02)


@given(st.lists(st.tuples(st.integers(0, 15), READINGS), max_size=40))
def test_no_state_makes_two_knobs_speak_when_one_moved(moves: list[tuple[int, float]]):
    visit = Visit(MEGA, *[0.4] * 16)
    for knob, reading in moves:
        for gesture in visit.knob(knob, reading):
            assert isinstance(gesture, KnobTurned)
            assert gesture.knob == knob
            assert gesture.target == MEGA.pages[0].targets[knob]


def test_ends_reach_exactly_nothing_and_everything():
    visit = Visit(MEGA, *[0.5] * 16)
    assert visit.knob(2, 0.995)[-1] == KnobTurned(2, "flow/enc3", 1.0)
    assert visit.knob(2, 0.3, 0.004)[-1] == KnobTurned(2, "flow/enc3", 0.0)
    assert net_of_hand(visit.hand, MEGA, "m").is_untouched


def test_an_inverted_knob_turns_the_other_way():
    layout = replace(MEGA, inverted=frozenset({1}))
    visit = Visit(layout, 0.5, 0.5)
    assert visit.knob(1, 0.75) == [KnobTurned(1, "flow/enc2", pytest.approx(0.25, abs=0.01))]
    assert visit.knob(1, 0.0) == [KnobTurned(1, "flow/enc2", 1.0)]


# --- pages and pickup


def test_after_page_a_knob_must_reach_the_value_it_left():
    visit = Visit()
    visit.knob(0, 0.6)
    for _ in MEGA.pages[1:]:
        visit.tap(PAGE)
    visit.knob(0, 0.2)  # speaks on the last page, for another target
    assert visit.tap(PAGE) == (ButtonPressed(Button.PAGE), ButtonReleased(Button.PAGE))
    assert MEGA.pages[visit.hand.page].name == "Motion"
    left = visit.hand.amount("flow/enc1")
    assert visit.knob(0, 0.3, 0.5) == []
    assert visit.hand.amount("flow/enc1") == left
    assert [(w[0], w[1]) for w in visit.hand.waiting(MEGA)] == [(0, "flow/enc1")]
    (turned,) = visit.knob(0, 0.7)  # crossed
    assert isinstance(turned, KnobTurned)
    assert turned.amount == pytest.approx(0.7, abs=0.02)
    assert visit.hand.waiting(MEGA) == ()


def test_a_waiting_knob_still_counts_as_the_visitor_being_there():
    visit = Visit()
    visit.knob(0, 0.6)
    for _ in MEGA.pages:
        visit.tap(PAGE)
    before_s = visit.hand.moved_at_s
    visit.knob(0, 0.2)
    assert visit.hand.moved_at_s > before_s
    assert visit.hand.touched == "flow/enc1"


def test_on_another_page_a_neutral_target_speaks_at_once():
    visit = Visit()
    visit.knob(0, 0.6)
    visit.tap(PAGE)
    (turned,) = visit.knob(0, 0.65)
    assert turned == KnobTurned(0, "interp/enc1", pytest.approx(0.65, abs=0.02))


@given(st.floats(0.1, 0.95), st.floats(0.0, 1.0), st.lists(READINGS, min_size=1, max_size=12))
def test_a_value_never_changes_before_its_knob_has_met_it(
    left: float, away: float, path: list[float]
):
    visit = Visit(MEGA, 0.0)
    visit.knob(0, left)
    held = visit.hand.amount("flow/enc1")
    for _ in MEGA.pages[1:]:
        visit.tap(PAGE)
    visit.knob(0, away)
    visit.tap(PAGE)
    met = False
    last = away
    for reading in path:
        touched = visit.hand.grips[0].hold != "asleep" or abs(reading - away) > 0.02
        before, now = MEGA.amount(0, "flow/enc1", last), MEGA.amount(0, "flow/enc1", reading)
        start = MEGA.amount(0, "flow/enc1", away)
        near = abs(now - held) <= 0.021
        met = met or (
            touched
            and (near or (before - held) * (now - held) <= 0 or (start - held) * (now - held) <= 0)
        )
        visit.knob(0, reading)
        last = reading
        if not met:
            assert visit.hand.amount("flow/enc1") == held
    if met:
        assert visit.hand.grips[0].hold == "speaking"


def test_pages_come_round():
    visit = Visit()
    names = []
    for _ in range(4):
        visit.tap(PAGE)
        names.append(MEGA.pages[visit.hand.page].name)
    assert names == ["Picture", "Noise", "More noise", "Motion"]


# --- buttons and operations


def test_a_button_found_held_at_first_contact_is_no_press():
    visit = Visit()
    hand = Hand.fresh(MEGA)
    held = PanelState((0.0,) * 16, frozenset({RECORD, PAGE}), 1.0)
    hand, gestures = turn(hand, MEGA, held)
    assert gestures == ()
    assert hand.page == 0
    hand, gestures = turn(hand, MEGA, replace(held, pressed=frozenset()))
    assert gestures == (ButtonReleased(Button.RECORD), ButtonReleased(Button.PAGE))
    assert visit.tap(RECORD) == (ButtonPressed(Button.RECORD), ButtonReleased(Button.RECORD))


def test_before_first_contact_nothing_is_said_and_contact_touches_no_knob():
    silent = PanelState((0.0,) * 16, frozenset(), -math.inf)
    hand, gestures = turn(Hand.fresh(MEGA), MEGA, silent)
    assert (hand, gestures) == (Hand.fresh(MEGA), ())
    hand, gestures = turn(hand, MEGA, PanelState((0.8,) * 16, frozenset(), 1.0))
    assert gestures == ()
    assert net_of_hand(hand, MEGA, "m").is_untouched


def test_operation_steps_the_last_touched_layer_and_comes_round():
    visit = Visit()
    visit.knob(3, 0.8)
    names = []
    for _ in MEGA.operations:
        (cut,) = net_of_hand(visit.hand, MEGA, "m").carve.cuts
        visit.tap(OPERATION)
        names.append(visit.hand.manner_of(MEGA, "flow/enc4").name)
        (after,) = net_of_hand(visit.hand, MEGA, "m").carve.cuts
        assert (after.operation, after.side, after.chisel, after.grain) != (
            cut.operation,
            cut.side,
            cut.chisel,
            cut.grain,
        )
    assert names == [m.name for m in MEGA.operations[1:]] + [MEGA.operations[0].name]


def test_operation_before_any_touch_chooses_for_layers_still_to_come():
    visit = Visit()
    visit.tap(OPERATION)
    assert visit.hand.manner_of(MEGA, "flow/enc1").name == MEGA.operations[1].name
    visit.knob(0, 0.5)
    (cut,) = net_of_hand(visit.hand, MEGA, "m").carve.cuts
    assert cut.chisel == MEGA.operations[1].chisel


def test_operation_leaves_other_layers_alone():
    visit = Visit()
    visit.knob(0, 0.5)
    first = net_of_hand(visit.hand, MEGA, "m").carve.at("flow/enc1")
    visit.knob(1, 0.5)
    visit.tap(OPERATION)
    assert net_of_hand(visit.hand, MEGA, "m").carve.at("flow/enc1") == first


def test_solo_leaves_only_the_last_touched_layer():
    visit = Visit()
    visit.knob(0, 0.5)
    visit.knob(1, 0.9)
    visit.tap(PAGE)
    visit.tap(PAGE)
    visit.knob(7, 0.4)
    visit.knob(13, 0.9)
    whole = net_of_hand(visit.hand, MEGA, "m")
    assert (len(whole.carve.cuts), len(whole.rack), whole.tone[0]) == (
        2,
        1,
        pytest.approx(1.8, abs=0.05),
    )
    solo = net_of_hand(visit.hand, MEGA, "m", solo="flow/enc2")
    assert solo.carve.cuts == (whole.carve.at("flow/enc2"),)
    assert (solo.rack, solo.tone) == ((), (1.0, 1.0, 1.0))
    assert net_of_hand(visit.hand, MEGA, "m", solo="noise/pixelate").rack == whole.rack


def test_the_next_visitor_starts_on_the_first_page_with_nothing_carved():
    visit = Visit()
    visit.knob(0, 0.8)
    visit.tap(PAGE)
    visit.pressed.add(RECORD)
    visit.show()
    visit.hand = Hand.fresh(MEGA, like=visit.hand)
    assert visit.show() == ()  # RECORD is still held
    assert (visit.hand.page, visit.hand.touched) == (0, None)
    assert net_of_hand(visit.hand, MEGA, "m").is_untouched
    (turned,) = visit.knob(0, 0.7)
    assert turned == KnobTurned(0, "flow/enc1", pytest.approx(0.7, abs=0.01))


# --- tone and rack


@given(READINGS)
def test_tone_is_a_gain_of_0_to_2_with_a_rest_in_the_middle(reading: float):
    amount = MEGA.amount(10, "tone/r", reading)
    assert 0.0 <= amount <= 1.0
    if abs(reading - 0.5) < 0.025:
        assert amount == 0.5


@given(READINGS, READINGS, st.sampled_from(["tone/g", "flow/enc1"]))
def test_turning_further_never_gives_less(one: float, other: float, target: str):
    low, high = sorted((one, other))
    assert MEGA.amount(0, target, low) <= MEGA.amount(0, target, high)


def test_tone_can_be_brought_back_to_neutral():
    visit = Visit()
    visit.tap(PAGE)
    visit.tap(PAGE)
    visit.knob(14, 1.0)
    assert net_of_hand(visit.hand, MEGA, "m").tone == (1.0, 2.0, 1.0)
    visit.knob(14, 0.51)
    assert net_of_hand(visit.hand, MEGA, "m").is_untouched


def test_the_rack_follows_the_layouts_order_not_the_hands():
    visit = Visit()
    visit.tap(PAGE)
    visit.tap(PAGE)
    for knob in (12, 7, 0):
        visit.knob(knob, 0.5)
    rack = net_of_hand(visit.hand, MEGA, "m").rack
    assert [step.tool for step in rack] == ["amplify", "pixelate", "rgb split"]


def test_a_knob_without_a_target_says_nothing():
    visit = Visit()
    for _ in range(3):
        visit.tap(PAGE)
    assert visit.knob(15, 0.2, 0.9) == []


# --- nets


@st.composite
def nets(draw: st.DrawFn) -> Net:
    cuts = [
        Cut(
            site,
            draw(st.sampled_from([o for o in Operation if o is not Operation.PRESERVE])),
            draw(st.floats(0.01, 1.0)),
            draw(st.sampled_from(Side)),
            Chisel(draw(st.sampled_from(ChiselShape)), draw(READINGS), draw(st.integers(0, 99))),
            Grain(draw(st.floats(0.1, 1.0)), draw(st.integers(0, 99))),
        )
        for site in draw(st.sets(st.sampled_from(MEGA.sites)))
    ]
    tools = draw(st.sets(st.sampled_from(MEGA.rack)))
    rack = tuple(NoiseStep(t, draw(st.floats(0.01, 1.0))) for t in MEGA.rack if t in tools)
    red, green, blue = (draw(st.floats(0.0, 2.0)) for _ in range(3))
    return Net("m", Carve.of(cuts), (red, green, blue), rack, seed=draw(st.integers(0, 999)))


@given(nets(), st.sampled_from(["mega16", "uno6"]))
def test_a_net_put_into_the_hand_comes_out_the_same(net: Net, name: str):
    layout = load_layout(name)
    hand = hand_of_net(layout, net)
    back = net_of_hand(hand, layout, "m")
    assert back.carve == net.carve
    assert back.tone == pytest.approx(net.tone)
    assert set(back.rack) == set(net.rack)
    assert back.seed == net.seed
    if layout is MEGA:
        assert back.rack == net.rack


@given(nets(), st.lists(READINGS, min_size=16, max_size=16))
def test_taking_a_rolled_net_in_hand_moves_nothing(net: Net, knobs: list[float]):
    visit = Visit(MEGA, *knobs)
    visit.hand = hand_of_net(MEGA, net, like=visit.hand)
    before = visit.hand.amounts
    assert visit.show() == ()
    assert visit.hand.amounts == before


def test_after_surprise_a_rolled_layer_is_picked_up_and_a_plain_one_speaks():
    visit = Visit(MEGA, 0.1, 0.1)
    rolled = Cut("flow/enc1", Operation.ADD, 0.8, Side.B, Chisel(ChiselShape.ROWS, 0.2, 77))
    visit.hand = hand_of_net(MEGA, Net("m", Carve.of([rolled])), like=visit.hand)
    assert visit.knob(0, 0.5) == []
    assert len(visit.knob(1, 0.5)) == 1
    (turned,) = visit.knob(0, 0.9)
    assert isinstance(turned, KnobTurned)
    cut = net_of_hand(visit.hand, MEGA, "m").carve.at("flow/enc1")
    assert cut == replace(rolled, amount=turned.amount)
    visit.tap(OPERATION)
    after = net_of_hand(visit.hand, MEGA, "m").carve.at("flow/enc1")
    assert after is not None
    assert after.chisel.seed != 77


def test_holding_surprise_across_the_new_hand_is_one_press():
    visit = Visit()
    visit.pressed.add(3)
    assert visit.show() == (ButtonPressed(Button.SURPRISE),)
    visit.hand = hand_of_net(MEGA, Net("m"), like=visit.hand)
    assert visit.show() == ()


@given(st.lists(st.tuples(st.integers(0, 15), READINGS, st.integers(0, 7)), max_size=30))
def test_whatever_is_done_the_net_is_valid_and_taken_up_again(
    doings: list[tuple[int, float, int]],
):
    visit = Visit()
    for knob, reading, button in doings:
        visit.knob(knob, reading)
        visit.tap(button)
    net = net_of_hand(visit.hand, MEGA, "m")
    again = net_of_hand(hand_of_net(MEGA, net), MEGA, "m")
    assert again.carve == net.carve
    assert again.tone == pytest.approx(net.tone)
    assert again.rack == net.rack


def _measured(dull: frozenset[Operation]) -> PanelLayout:
    """The sixteen knobs, at a model whose first layer hardly shows these operations."""
    changes = {o.value: 0.001 if o in dull else 0.2 for o in Operation}
    return MEGA.knowing([Site("flow/enc1", "AB", (1.0, 1.0), 1, changes=changes)])


DULL = st.frozensets(st.sampled_from(list(Operation)))


@given(DULL)
def test_operation_passes_over_what_would_not_show(dull: frozenset[Operation]):
    visit = Visit(_measured(dull))
    lively = [m.name for m in MEGA.operations if m.operation not in dull]
    visit.knob(0, 0.5, 0.8)
    met = []
    for _ in lively or MEGA.operations:
        cut = net_of_hand(visit.hand, visit.layout, "m").carve.at("flow/enc1")
        met.append(visit.hand.manner_of(visit.layout, "flow/enc1").name)
        assert cut is not None
        assert cut.operation not in dull or not lively
        visit.tap(OPERATION)
    assert sorted(met) == sorted(lively or [m.name for m in MEGA.operations])


@given(nets(), DULL)
def test_a_net_in_the_hand_stays_the_same_even_where_it_is_dull(
    net: Net, dull: frozenset[Operation]
):
    layout = _measured(dull)
    assert net_of_hand(hand_of_net(layout, net), layout, "m").carve == net.carve


def test_a_layer_that_was_never_measured_keeps_the_order_of_the_layout():
    visit = Visit(MEGA.knowing([Site("flow/enc1", "AB", (1.0, 1.0), 1)]))
    visit.knob(0, 0.5, 0.8)
    visit.tap(OPERATION)
    assert visit.hand.manner_of(visit.layout, "flow/enc1").name == MEGA.operations[1].name
