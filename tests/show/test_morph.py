"""One creature turning into another."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moments import MOMENTS, NET, OTHER

from installation.show.net_picture.portrait import SIDE, portrait, portrait_between
from installation.show.paint.canvas import blank, paint
from installation.show.paint.morph import morphed
from installation.show.paint.palette import PAPER
from installation.show.paint.shapes import Blob, Colour, Dot, Line, Point, Rect, Sheet, moved
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.words import Words
from installation.vocabulary import Net


def drawn(share: float, letters: TextLayout) -> npt.NDArray[np.float32]:
    strokes = tuple(moved(s, 0.12) for s in portrait_between(OTHER, NET, share, DEMO_SITES))
    canvas = blank(120, 120)
    paint(canvas, Sheet(Rect(0, 0, 120, 120), PAPER, strokes), letters)
    return np.asarray(cv2.blur(canvas, (3, 3)), np.float32)


def test_it_begins_as_one_and_ends_as_the_other() -> None:
    assert portrait_between(OTHER, NET, 0.0, DEMO_SITES) == portrait(OTHER, DEMO_SITES)
    assert portrait_between(OTHER, NET, 1.0, DEMO_SITES) == portrait(NET, DEMO_SITES)


def test_no_step_of_the_way_is_a_leap(letters: TextLayout) -> None:
    pictures = [drawn(n / 24, letters) for n in range(25)]
    whole = np.abs(pictures[-1] - pictures[0]).mean()
    steps = [np.abs(b - a).mean() for a, b in itertools.pairwise(pictures)]
    assert whole > 20
    assert max(steps) < whole / 4
    assert min(steps) > 0


point = st.builds(Point, st.floats(0, SIDE), st.floats(0, SIDE))
colour = st.builds(Colour, *[st.integers(0, 255)] * 3)
path = st.lists(point, min_size=2, max_size=9).map(tuple)
stroke = st.one_of(
    st.builds(Blob, path, st.none() | colour, st.none() | colour, st.floats(0, 20)),
    st.builds(Line, path, colour, st.floats(1, 20), st.sampled_from([0.0, 5.0])),
    st.builds(Dot, point, st.floats(1, 99), colour),
)
parts = st.lists(st.lists(stroke, max_size=3), max_size=4)


@given(parts, parts, st.floats(0.0, 1.0))
def test_whatever_is_drawn_stays_within_what_there_was(one, other, share: float) -> None:
    for shape in morphed(one, other, share):
        points = [shape.centre] if isinstance(shape, Dot) else shape.points
        for at in points:
            assert -1e-6 <= at.x <= SIDE + 1e-6
            assert -1e-6 <= at.y <= SIDE + 1e-6


@pytest.mark.parametrize(("now_s", "is_other", "is_own"), [(1.6, True, False), (3.6, False, True)])
def test_attract_turns_the_last_creature_into_the_next(
    now_s: float, is_other: bool, is_own: bool, tongues: dict[str, Words]
) -> None:
    def cards(net: Net) -> set[object]:
        view = replace(MOMENTS["attract_creature"], now_s=3.0)
        view = replace(view, gallery=replace(view.gallery, net=net))
        return {s.strokes for s in scene(view, arrange(960, 540), tongues["en"]) if s.strokes}

    moment = replace(MOMENTS["attract_morph"], now_s=now_s)
    shown = {s.strokes for s in scene(moment, arrange(960, 540), tongues["en"])}
    only_other, only_own = cards(OTHER) - cards(NET), cards(NET) - cards(OTHER)
    assert bool(shown & only_other) == is_other
    assert bool(shown & only_own) == is_own
