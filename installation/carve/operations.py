"""What an operation does to a layer's numbers at a given strength. Pure.

A knob's turn becomes a strength by its site's curve, measured on real clips; a strength
becomes what is written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any, TypeAlias

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


@dataclass(frozen=True, slots=True)
class Line:
    """A number that goes evenly from `start`, untouched, to `end` at full strength."""

    start: float
    end: float

    def at(self, strength: float) -> float:
        """Its value at a strength of 0..1."""
        return self.start + (self.end - self.start) * strength


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number that goes from `start` to `end` by even ratios."""

    start: float
    end: float

    def at(self, strength: float) -> float:
        """Its value at a strength of 0..1."""
        return float(self.start * (self.end / self.start) ** strength)


@dataclass(frozen=True, slots=True)
class Ramp:
    """A number that goes evenly from `start` to `end`, and is there from strength `full` on."""

    start: float
    end: float
    full: float

    def at(self, strength: float) -> float:
        """Its value at a strength of 0..1."""
        return self.start + (self.end - self.start) * min(1.0, strength / self.full)


Term: TypeAlias = Line | Ratio | Ramp
"""How a number of an `Effect` follows the strength."""

Does: TypeAlias = Mapping[str, Term]
"""What an operation does, by the names of `Effect`'s numbers; "down" and "across" of its roll are
"roll down" and "roll across"."""


@dataclass(frozen=True, slots=True)
class Row:
    """All there is to an operation beside its look and its words.

    `does` tells what it does, by a key of `REACH`; `odds` how often SURPRISE rolls it; `sign` what
    stands for it where a net is written as text. `fine` is what reaches only what a layer adds.
    (Nothing and the negative of a whole layer look alike, whatever the layer: without what it
    adds, or with that turned round, each looks its own way.)
    """

    does: Callable[[str], Does]
    odds: float
    sign: str
    fine: bool = False

    @property
    def numbers(self) -> frozenset[str]:
        """The names of the numbers that it sets anywhere."""
        return frozenset(name for reach in REACH for name in self.does(reach))


def _always(**terms: Term) -> Callable[[str], Does]:
    return lambda reach: terms


def _bias(way: float) -> Callable[[str], Does]:
    return lambda reach: {"bias": Line(0.0, way * REACH[reach][1])}


def _gain(reach: str) -> Does:
    return {"gain": Line(1.0, REACH[reach][0])}


def _roll(way: str) -> Callable[[str], Does]:
    def does(reach: str) -> Does:
        rolled: dict[str, Term] = {way: Line(0.0, FURTHEST_ROLL)}
        if reach == "flow":
            still: dict[str, Term] = {"gain": Line(0.0, 0.0), "moved": Line(1.0, 1.0)}
            return {**rolled, **still, "roll_px": Line(0.0, FURTHEST_MATCH_PX)}
        return {**rolled, "gain": Ramp(1.0, 0.0, FADED_IN), "moved": Ramp(0.0, 1.0, FADED_IN)}

    return does


_STEP = {"gain": Line(0.0, 0.0), "step": Line(0.0, COARSEST_STEP)}
_LIMIT = Ratio(WIDEST_LIMIT, NARROWEST_LIMIT)
_OUT = Line(1.0, 0.0)
_IN = Line(0.0, 1.0)

ROWS: Mapping[Operation, Row] = {
    Operation.MULTIPLY: Row(_gain, 0.2, "×"),
    Operation.ADD: Row(_bias(1.0), 0.1, "+"),
    Operation.SUBTRACT: Row(_bias(-1.0), 0.08, "−"),
    Operation.INVERT: Row(_always(gain=Line(1.0, -1.0)), 0.12, "•", fine=True),
    Operation.CUT_OFF: Row(_always(gain=_OUT), 0.06, "⁄", fine=True),
    Operation.ROLL_ACROSS: Row(_roll("roll across"), 0.1, "»"),
    Operation.ROLL_DOWN: Row(_roll("roll down"), 0.06, "⌄"),
    Operation.SHUFFLE: Row(_always(shuffled=_IN), 0.05, "∴"),
    Operation.SWAP: Row(_always(swapped=_IN), 0.04, "⇄"),
    Operation.QUANTISE: Row(_always(**_STEP), 0.06, "▟"),
    Operation.CLIP: Row(_always(limit=_LIMIT), 0.03, "⊓"),
    Operation.SMEAR_ACROSS: Row(_always(gain=_OUT, across=_IN), 0.05, "≡"),
    Operation.SMEAR_DOWN: Row(_always(gain=_OUT, down=_IN), 0.05, "⦀"),
    Operation.NOISE: Row(_bias(1.0), 0.04, "⁙"),
    Operation.FEEDBACK: Row(_always(fed=_IN), 0.06, "↻"),
}
"""All operations but Preserve, which does nothing. SURPRISE draws from them in this order: another
one, and the same seed rolls another net."""

PLAIN = frozenset(
    {Operation.PRESERVE, *(one for one, row in ROWS.items() if row.numbers <= {"gain", "bias"})}
)
"""What the plain graphs can do; everything else takes the full ones."""
FINE = frozenset(one for one, row in ROWS.items() if row.fine)
SURPRISE_ODDS: Mapping[Operation, float] = {one: row.odds for one, row in ROWS.items()}


def feeds_back(carve: Carve) -> bool:
    """Whether a frame of it depends on the pairs of the clip before its own."""
    return any("fed" in ROWS[cut.operation].numbers for cut in carve.cuts if not cut.is_idle)


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
    found = {name: term.at(strength) for name, term in ROWS[operation].does(reach).items()}
    roll = found.pop("roll down", 0.0), found.pop("roll across", 0.0)
    return replace(NOTHING, roll=roll, **found)


def as_document() -> dict[str, Any]:
    """What a phone has to know of the operations, as JSON: those of the plain graphs, the fine
    ones, and every one's terms by reach."""
    return {
        "plain": sorted(one.value for one in PLAIN),
        "fine": sorted(one.value for one in FINE),
        "does": {
            reach: {
                one.value: {
                    name: [type(term).__name__.lower(), *astuple(term)]
                    for name, term in row.does(reach).items()
                }
                for one, row in ROWS.items()
            }
            for reach in REACH
        },
    }
