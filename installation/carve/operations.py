"""What an operation does to a layer's numbers at a given strength. Pure.

A knob's turn becomes a strength by its site's curve, measured on real clips; a strength
becomes what is written here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from installation.vocabulary import Carve, Operation, Site

REACH = {"flow": (-6.0, 6.0), "interp": (4.0, 1.6), "interp skip": (6.0, 2.6)}
"""Furthest gain and bias (standard deviations) by U-Net, further in the interpolation net's
skips: each carries one band of the picture only. The flow net matches normalised
features, which a positive gain hardly moves, so there Multiply goes through 0 to the far side;
the interpolation net carries the picture itself, which is white long before motion has torn."""

NO_LIMIT = 1e30
COARSEST_STEP = 4.0
WIDEST_LIMIT, NARROWEST_LIMIT = 3.0, 0.02
FURTHEST_ROLL = 0.5
"""Of the picture's width or height: half way round is as far as it gets."""
FADED_IN = 0.25
"""The strength from which on a roll of the picture net is all there. Its deep layers' cells are
so large that already one of them further is another picture; little by little it comes in."""
FURTHEST_MATCH_PX = 96
"""As far as the flow net's coarsest level looks for a match (three cells of 32 pixels). A copy
rolled within it is found again elsewhere, and everything flies; further off nothing is found,
and the net says that nothing moves."""

PLAIN = frozenset(
    {
        Operation.PRESERVE,
        Operation.ADD,
        Operation.SUBTRACT,
        Operation.MULTIPLY,
        Operation.CUT_OFF,
        Operation.INVERT,
        Operation.NOISE,
    }
)
"""What the plain graphs can do; everything else takes the full ones."""

FINE = frozenset({Operation.CUT_OFF, Operation.INVERT})
"""What reaches only what a layer adds. Nothing and the negative of a whole layer look alike,
whatever the layer: without what it adds, or with that turned round, each looks its own way."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a reached channel: its own numbers in units of its deviation.

    y = gain x + bias, with in place of x: its rolled self by `moved`, itself rounded to
    multiples of `step` (0: not at all), itself within +- `limit`, the mean of its row by
    `across` and of its column by `down`. `roll` is (down, across) as shares of the picture,
    and `roll_px` the furthest it goes in pixels of the picture.
    `fed` is how far it is dragged along the motion of the pairs before, where all of the way is 1.
    `shuffled` and `swapped` are how far the reached channels fade into those that take their
    places. (All of them, little by little: one after another, a knob would do nothing until
    its turn came to one that matters, and everything then.)
    """

    gain: float = 1.0
    bias: float = 0.0
    moved: float = 0.0
    limit: float = NO_LIMIT
    step: float = 0.0
    across: float = 0.0
    down: float = 0.0
    roll: tuple[float, float] = (0.0, 0.0)
    roll_px: float = math.inf
    shuffled: float = 0.0
    swapped: float = 0.0
    fed: float = 0.0


NOTHING = Effect()


def feeds_back(carve: Carve) -> bool:
    """Whether a frame of it depends on the pairs of the clip before its own."""
    return any(cut.operation is Operation.FEEDBACK and not cut.is_idle for cut in carve.cuts)


def reach_of(site: Site) -> str:
    """Which of `REACH` is a site's."""
    skip = site.part == "interp" and site.layer.startswith("skip")
    return "interp skip" if skip else site.part


def effect(operation: Operation, strength: float, reach: str) -> Effect:
    """The effect of an operation at a strength of 0..1; `reach` is a key of `REACH`.

    At 0 nothing; from there on it never turns back.
    """
    if strength <= 0 or operation is Operation.PRESERVE:
        return NOTHING
    far_gain, far_bias = REACH[reach]
    rolled = FURTHEST_ROLL * strength
    most_px = FURTHEST_MATCH_PX * strength if reach == "flow" else math.inf
    moved = 1.0 if reach == "flow" else min(1.0, strength / FADED_IN)
    return {
        Operation.ADD: Effect(bias=far_bias * strength),
        Operation.SUBTRACT: Effect(bias=-far_bias * strength),
        Operation.NOISE: Effect(bias=far_bias * strength),
        Operation.MULTIPLY: Effect(gain=1.0 + (far_gain - 1.0) * strength),
        Operation.CUT_OFF: Effect(gain=1.0 - strength),
        Operation.INVERT: Effect(gain=1.0 - 2.0 * strength),
        Operation.ROLL_ACROSS: Effect(1 - moved, moved=moved, roll=(0.0, rolled), roll_px=most_px),
        Operation.ROLL_DOWN: Effect(1 - moved, moved=moved, roll=(rolled, 0.0), roll_px=most_px),
        Operation.SHUFFLE: Effect(shuffled=strength),
        Operation.SWAP: Effect(swapped=strength),
        Operation.QUANTISE: Effect(0.0, step=COARSEST_STEP * strength),
        Operation.CLIP: Effect(limit=WIDEST_LIMIT * (NARROWEST_LIMIT / WIDEST_LIMIT) ** strength),
        Operation.SMEAR_ACROSS: Effect(1.0 - strength, across=strength),
        Operation.SMEAR_DOWN: Effect(1.0 - strength, down=strength),
        Operation.FEEDBACK: Effect(fed=strength),
    }[operation]


SURPRISE_ODDS: Mapping[Operation, float] = {
    Operation.MULTIPLY: 0.2,
    Operation.ADD: 0.1,
    Operation.SUBTRACT: 0.08,
    Operation.INVERT: 0.12,
    Operation.CUT_OFF: 0.06,
    Operation.ROLL_ACROSS: 0.1,
    Operation.ROLL_DOWN: 0.06,
    Operation.SHUFFLE: 0.05,
    Operation.SWAP: 0.04,
    Operation.QUANTISE: 0.06,
    Operation.CLIP: 0.03,
    Operation.SMEAR_ACROSS: 0.05,
    Operation.SMEAR_DOWN: 0.05,
    Operation.NOISE: 0.04,
    Operation.FEEDBACK: 0.06,
}
"""How often SURPRISE rolls each; Preserve, which does nothing, never."""
