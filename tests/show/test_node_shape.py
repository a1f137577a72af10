"""A lump of dough shows its cut: by colour, by shape, by sign, and by how much is gone."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from installation.show.net_picture.looks import LOOKS
from installation.show.net_picture.node_shape import BEATS, Lump, beat, lump_strokes
from installation.show.paint.canvas import blank, paint
from installation.show.paint.palette import SUN
from installation.show.paint.shapes import Point, Rect, Sheet, contrast
from installation.show.paint.text_layout import TextLayout
from installation.vocabulary import Operation

CUTTING = [operation for operation in Operation if operation is not Operation.PRESERVE]


def drawn(
    letters: TextLayout, operation: Operation, amount: float, step: int = 0
) -> npt.NDArray[np.uint8]:
    lump = Lump(Point(60, 60), 40, operation, amount, seed="flow/enc1")
    canvas = blank(120, 120)
    paint(canvas, Sheet(Rect(0, 0, 120, 120), SUN, lump_strokes(lump, step, SUN)), letters)
    return canvas


def share(canvas: npt.NDArray[np.uint8], operation: Operation) -> float:
    return float((canvas == LOOKS[operation].fill).all(axis=-1).mean())


@pytest.mark.parametrize("operation", CUTTING)
def test_the_further_the_knob_the_less_dough(operation: Operation, letters: TextLayout) -> None:
    amounts = (0.05, 0.25, 0.5, 0.75, 1.0)
    left = [share(drawn(letters, operation, amount), operation) for amount in amounts]
    assert left == sorted(left, reverse=True)
    assert left[0] > 4 * left[-1] > 0  # a sliver always stays


def test_operations_differ_without_their_colours(letters: TextLayout) -> None:
    """In black and white, at two amounts: what somebody sees who sees no colours."""
    for amount in (0.2, 0.7):
        grey = {}
        for operation in CUTTING:
            canvas = drawn(letters, operation, amount)
            ink = (canvas.astype(int).sum(axis=-1) < 150) != (operation is Operation.CUT_OFF)
            grey[operation] = ink
        for one, other in itertools.combinations(CUTTING, 2):
            assert (grey[one] != grey[other]).mean() > 0.02, (one, other)


def test_operations_differ_in_colour() -> None:
    for one, other in itertools.combinations(LOOKS.values(), 2):
        distance = np.abs(np.subtract(one.fill, other.fill)).sum()
        assert distance > 120


def test_signs_are_plain_on_their_dough() -> None:
    for look in LOOKS.values():
        assert contrast(look.fill, look.ink) >= 4.5


def test_preserve_is_never_bitten(letters: TextLayout) -> None:
    assert (drawn(letters, Operation.PRESERVE, 1.0) == drawn(letters, Operation.PRESERVE, 0)).all()


def test_the_wobble_moves_a_little_and_comes_round(letters: TextLayout) -> None:
    first = drawn(letters, Operation.ADD, 0.3, 0)
    moved = (first != drawn(letters, Operation.ADD, 0.3, 6)).any(axis=-1).mean()
    assert 0.005 < moved < 0.15
    assert beat(0.0) == beat(BEATS / 12) == 0
    assert {beat(i / 12 + 0.01) for i in range(BEATS)} == set(range(BEATS))


def test_neighbours_wobble_apart(letters: TextLayout) -> None:
    one, other = (
        lump_strokes(Lump(Point(60, 60), 40, seed=seed), 0, SUN)
        for seed in ("flow/enc1", "flow/enc2")
    )
    assert one != other
