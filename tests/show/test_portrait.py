"""Portraits: the same net, the same creature; another net, another creature."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from moments import NET

from installation.show.net_picture.looks import growth
from installation.show.net_picture.portrait import SIDE, portrait
from installation.show.paint.canvas import blank, paint, png_bytes
from installation.show.paint.palette import PAPER
from installation.show.paint.shapes import Dot, Point, Rect, Sheet, Text, moved
from installation.show.paint.svg import svg
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Net,
    NoiseStep,
    Operation,
    Side,
)

EMPTY = Net("m")
SVG = "{http://www.w3.org/2000/svg}"


def of(*cuts: Cut) -> Net:
    return Net("m", Carve.of(cuts))


ONE = Cut("flow/enc2", Operation.ADD, 0.5)
NEIGHBOURS = (
    EMPTY,
    of(ONE),
    of(replace(ONE, site="flow/enc3")),
    of(replace(ONE, operation=Operation.SUBTRACT)),
    of(replace(ONE, amount=0.55)),
    of(replace(ONE, side=Side.A)),
    of(replace(ONE, chisel=Chisel(ChiselShape.ROWS))),
    of(ONE, Cut("interp/skip1", Operation.CUT_OFF, 0.2)),
    NET,
)


GROWN = [operation for operation in Operation if operation is not Operation.PRESERVE]


@pytest.mark.parametrize("turn", [0.0, 0.2, 0.5])
def test_every_operation_grows_something_of_its_own(turn: float, letters: TextLayout) -> None:
    """In black and white, so that no colour has to be seen; larger for a larger amount."""

    def ink(operation: Operation, amount: float) -> npt.NDArray[np.bool_]:
        def around(way: float, reach: float) -> Point:
            angle = (way - 0.25) * 2 * np.pi
            return Point(500 + 262 * reach * np.cos(angle), 500 + 262 * reach * np.sin(angle))

        strokes = growth(Cut("flow/enc1", operation, amount), turn, around, 13.0)
        canvas = blank(1000, 1000)
        paint(canvas, Sheet(Rect(0, 0, 1000, 1000), PAPER, tuple(strokes)), letters)
        return np.asarray((canvas != PAPER).any(axis=-1))

    shapes = {operation: ink(operation, 0.8) for operation in GROWN}
    for operation, shape in shapes.items():
        assert shape.sum() > ink(operation, 0.1).sum() > 1000, operation
    for one, other in itertools.combinations(GROWN, 2):
        apart = (shapes[one] != shapes[other]).sum()
        assert apart > 0.12 * max(shapes[one].sum(), shapes[other].sum()), (one, other)


def pixels(net: Net, letters: TextLayout) -> npt.NDArray[np.uint8]:
    encoded = png_bytes(portrait(net, DEMO_SITES), 96, PAPER, letters, side=SIDE)
    decoded = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


def test_the_same_carve_gives_the_same_creature() -> None:
    again = Net("m", Carve.of(reversed(NET.carve.cuts)), name="another name", seed=7)
    assert portrait(NET, DEMO_SITES) == portrait(again, DEMO_SITES)


def test_only_the_carve_counts() -> None:
    other = replace(NET, tone=(2.0, 1.0, 0.3), rack=(NoiseStep("blur", 0.5),), model="n")
    assert portrait(NET, DEMO_SITES) == portrait(other, DEMO_SITES)


def test_neighbours_are_not_mistaken_for_one_another(letters: TextLayout) -> None:
    drawn = [pixels(net, letters).astype(int) for net in NEIGHBOURS]
    for one, other in itertools.combinations(drawn, 2):
        differ = np.abs(one - other).sum(axis=-1) > 60
        assert differ.mean() > 0.25


def test_a_larger_amount_grows_larger() -> None:
    """Every cut leaves its own growth, whatever the species."""
    for operation in (Operation.ADD, Operation.MULTIPLY, Operation.SUBTRACT, Operation.INVERT):
        bare = len(portrait(EMPTY, DEMO_SITES))
        net = of(Cut("flow/enc1", operation, 0.5))
        assert len(portrait(net, DEMO_SITES)) != bare


@pytest.mark.parametrize("net", NEIGHBOURS, ids=range(len(NEIGHBOURS)))
def test_the_svg_is_valid_and_stands_alone(net: Net) -> None:
    strokes = portrait(net, DEMO_SITES)
    root = ElementTree.fromstring(svg(strokes, SIDE, title="<A & B>").encode())
    assert root.tag == f"{SVG}svg"
    assert root.attrib["viewBox"] == "0 0 1000 1000"
    shapes = [e for e in root if e.tag != f"{SVG}title"]
    assert len(shapes) == len(strokes)
    assert {e.tag for e in shapes} <= {f"{SVG}{name}" for name in ("polygon", "polyline", "circle")}
    assert not any("href" in key for e in root.iter() for key in e.attrib)


def test_an_svg_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(ValueError, match="Text"):
        svg([Text("x", Rect(0, 0, 1, 1), 1, PAPER)])


def test_a_png_has_the_size_asked_for_and_soft_edges(letters: TextLayout) -> None:
    decoded = pixels(EMPTY, letters)
    assert decoded.shape == (96, 96, 3)
    assert len(np.unique(decoded.reshape(-1, 3), axis=0)) > 40


def test_moving_a_stroke_scales_and_shifts_it() -> None:
    assert moved(Dot(Point(10, 20), 4, PAPER), 0.5, 1, 2) == Dot(Point(6, 12), 2, PAPER)
