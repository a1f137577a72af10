"""A hand's net is remembered, and never an old one."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from installation.app.hand_net import HandNet
from installation.carve.mapping import Hand, hand_of_net, net_of_hand, nudged, turn
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.panel.layouts import load_layout
from installation.vocabulary import PanelState

LAYOUT = load_layout("mega16")
KNOBS, BUTTONS = LAYOUT.knobs, len(LAYOUT.buttons)

Move: TypeAlias = tuple[str, int, float]

moves = st.lists(
    st.tuples(
        st.sampled_from(["turn", "press", "roll", "nudge", "anew", "rest"]),
        st.integers(0, 15),
        st.floats(0, 1),
    ),
    max_size=40,
)


@given(moves=moves, solo=st.booleans())
def test_it_is_the_net_of_the_hand_as_it_is_now(model: Model, moves: list[Move], solo: bool):
    remembered = HandNet(LAYOUT, "m")
    hand, state = Hand.fresh(LAYOUT), PanelState((0.0,) * KNOBS)
    for number, (what, which, how_far) in enumerate(moves):
        knobs = list(state.knobs)
        pressed: set[int] = set()
        if what == "turn":
            knobs[which % KNOBS] = how_far
        elif what == "press":
            pressed.add(which % BUTTONS)
        elif what == "roll":
            net = roll(model.manifest.sites, "m", which, extreme=how_far > 0.5)
            hand = hand_of_net(LAYOUT, net, hand)
        elif what == "nudge":
            hand = nudged(hand, "noise/sort left", how_far)
        elif what == "anew":
            hand = Hand.fresh(LAYOUT, hand)
        state = PanelState(tuple(knobs), frozenset(pressed), float(number))
        hand, _ = turn(hand, LAYOUT, state)
        alone = hand.touched if solo else None
        assert remembered.of(hand, alone) == net_of_hand(hand, LAYOUT, "m", solo=alone)


def test_a_hand_that_rests_makes_it_once():
    remembered, hand = HandNet(LAYOUT, "m"), Hand.fresh(LAYOUT)
    hand, _ = turn(hand, LAYOUT, PanelState((0.5,) * KNOBS, at_s=1.0))
    made = remembered.of(hand, None)
    for at_s in (2.0, 3.0):
        hand, _ = turn(hand, LAYOUT, PanelState((0.5,) * KNOBS, at_s=at_s))
        assert remembered.of(hand, None) is made
