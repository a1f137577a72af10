"""What an operation does at a strength."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.operations import NOTHING, REACH, Effect, effect
from installation.vocabulary import Operation

parts = st.sampled_from(sorted(REACH))


def test_operations_are_what_the_design_says():
    for part, (far_gain, far_bias) in REACH.items():
        assert effect(Operation.PRESERVE, 1, part) == NOTHING
        assert effect(Operation.ADD, 1, part) == Effect(bias=far_bias)
        assert effect(Operation.SUBTRACT, 1, part) == Effect(bias=-far_bias)
        assert effect(Operation.MULTIPLY, 1, part) == Effect(gain=far_gain)
        assert effect(Operation.CUT_OFF, 1, part) == Effect(gain=0)
        assert effect(Operation.INVERT, 1, part) == Effect(gain=-1)
        assert effect(Operation.SMEAR_DOWN, 1, part) == Effect(gain=0, down=1)


def numbers(found: Effect) -> list[float]:
    return [float(v) for v in np.hstack([np.ravel(value) for value in astuple(found)])]


@given(st.sampled_from(Operation), parts)
def test_every_operation_starts_at_nothing_and_never_turns_back(operation: Operation, part: str):
    assert effect(operation, 0.0, part) == NOTHING
    turns = [effect(operation, strength, part) for strength in np.linspace(0.05, 1, 20)]
    for values in zip(*map(numbers, turns), strict=True):
        # A limit, or how far at most, may be none at all.
        steps = np.diff([min(value, 1e9) for value in values])
        assert (steps >= 0).all() or (steps <= 0).all()
    if operation is not Operation.PRESERVE:
        assert turns[0] != NOTHING
        assert len(set(turns)) == len(turns), "every part of the way does something"
