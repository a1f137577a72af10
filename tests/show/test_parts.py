"""A sheet of groups and pictures is brought up to date in parts, to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moments import moment, picture

from installation.experience import Phase
from installation.show.paint import sprites
from installation.show.paint.compositor import Compositor
from installation.show.paint.parts import changed_parts
from installation.show.paint.shapes import (
    Blob,
    Colour,
    Dot,
    Group,
    Line,
    Picture,
    Point,
    Rect,
    Sheet,
    Stroke,
    Text,
    grouped,
    moved,
)
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.words import Words
from installation.vocabulary import Carve, Cut, Frame, Net, Operation

SCREEN = Rect(0, 0, 96, 64)
FRAMES = tuple(picture(shift=n) for n in range(3))

numbers = st.floats(-10, 100, allow_nan=False)
points = st.builds(Point, numbers, numbers)
colours = st.builds(Colour, *[st.integers(0, 255)] * 3)
paths = st.lists(points, min_size=3, max_size=6).map(tuple)
shapes = st.one_of(
    st.builds(Blob, paths, colours, st.none() | colours, st.floats(0, 4)),
    st.builds(Line, paths, colours, st.floats(1, 9)),
    st.builds(Dot, points, st.floats(0.5, 12), colours),
)
groups = st.lists(shapes, min_size=1, max_size=3).map(grouped)
lenses = st.builds(
    Picture,
    st.sampled_from(FRAMES),
    st.builds(Rect, numbers, numbers, st.floats(4, 30), st.floats(4, 30)),
    shape=st.none() | paths,
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[Stroke], list[Stroke]]:
    """Some strokes, and the same with some of them others, or with another frame."""
    before = draw(st.lists(st.one_of(groups, lenses), min_size=1, max_size=6))
    after = list(before)
    for place in draw(st.sets(st.integers(0, len(before) - 1), max_size=2)):
        old = before[place]
        if isinstance(old, Picture) and draw(st.booleans()):
            after[place] = replace(old, frame=draw(st.sampled_from(FRAMES)))
        else:
            after[place] = draw(groups)
    return before, after


def scene_of(strokes: list[Stroke], box: Rect, ground: Colour | None) -> tuple[Sheet, ...]:
    rays = Blob((Point(5, 0), Point(60, 64), Point(90, 10)), Colour(200, 90, 9))
    return (
        Sheet(SCREEN, Colour(40, 60, 80), (rays,)),
        Sheet(box, ground, tuple(strokes)),
        Sheet(Rect(40, 20, 30, 30), None, (Dot(Point(50, 30), 6, Colour(1, 2, 3)),)),
    )


@settings(max_examples=300)
@given(changes(), st.sampled_from([SCREEN, Rect(7.5, 3.25, 70, 50)]), st.none() | colours)
def test_whatever_changes_it_looks_as_if_painted_afresh(
    letters: TextLayout,
    both: tuple[list[Stroke], list[Stroke]],
    box: Rect,
    ground: Colour | None,
) -> None:
    before, after = (scene_of(strokes, box, ground) for strokes in both)
    kept, fresh = Compositor(96, 64, letters), Compositor(96, 64, letters)
    kept.draw(before)
    was = kept.frame.copy()
    rects = kept.draw(after)
    fresh.draw(after)
    assert np.array_equal(kept.frame, fresh.frame)
    for rect in rects:
        x, y, w, h = map(int, rect)
        was[y : y + h, x : x + w] = kept.frame[y : y + h, x : x + w]
    assert np.array_equal(was, kept.frame), "and it says where"


@given(st.lists(shapes, min_size=1, max_size=4))
def test_nothing_of_a_group_leaves_its_bounds(letters: TextLayout, drawn: list[Stroke]) -> None:
    group = grouped(moved(stroke, 0.4, 30, 20) for stroke in drawn)
    stage = Compositor(96, 64, letters)
    stage.draw((Sheet(SCREEN, Colour(0, 0, 0)), Sheet(SCREEN, None, (group,))))
    lit = stage.frame.any(axis=2)
    x, y = max(0, int(group.bounds.x)), max(0, int(group.bounds.y))
    lit[y : int(group.bounds.bottom) + 1, x : int(group.bounds.right) + 1] = False
    assert not lit.any()


def test_a_layers_new_sight_is_painted_alone(tongues: dict[str, Words]) -> None:
    """What most moments of CARVE bring; a lump that turns is little more."""
    layout, words = arrange(1920, 1080), tongues["en"]

    def nets(net: Net, sight: Frame) -> Sheet:
        view = moment(Phase.CARVE, 1.0, net=net, frame=FRAMES[0])
        view = replace(view, xray={site.name: sight for site in view.sites})
        return next(s for s in scene(view, layout, words) if isinstance(s.strokes[0], Group))

    plain = Net("m")
    turned = Net("m", Carve.of([Cut("flow/enc2", Operation.MULTIPLY, 0.5)]))
    before = nets(plain, FRAMES[0])
    seen = changed_parts(before, nets(plain, FRAMES[1]))
    assert seen is not None
    assert not seen.anew
    assert len(seen.onto) == sum(isinstance(s, Picture) for s in before.strokes)
    cut = changed_parts(before, nets(turned, FRAMES[0]))
    assert cut is not None
    assert 0 < sum(part.box.w * part.box.h for part in cut.anew) < 0.2 * before.box.w * before.box.h


def test_what_cannot_be_told_apart_is_painted_whole() -> None:
    dot = grouped([Dot(Point(9, 9), 3, Colour(9, 9, 9))])
    sheet = Sheet(SCREEN, None, (dot,))
    text = Text("a", Rect(0, 0, 9, 9), 9, Colour(0, 0, 0))
    assert changed_parts(sheet, replace(sheet, strokes=(dot, dot))) is None
    assert changed_parts(sheet, replace(sheet, strokes=(text,))) is None
    assert changed_parts(sheet, replace(sheet, ground=Colour(1, 1, 1))) is None
    assert changed_parts(sheet, replace(sheet, spares=(Rect(0, 0, 2, 2),))) is None
    with pytest.raises(TypeError, match="Text"):
        grouped([text])


@pytest.mark.parametrize("corner", [(6, 5), (7, 5), (7.25, 6.5)], ids=str)
@pytest.mark.parametrize("at", [11.5, 12.5, 12.4999, 13.0])
def test_a_picture_on_half_a_pixel_stands_where_it_stood(
    letters: TextLayout, corner: tuple[float, float], at: float
) -> None:
    box = Rect(*corner, 60, 50)
    dot = grouped([Dot(Point(50, 40), 5, Colour(9, 9, 9))])
    kept, fresh = Compositor(96, 64, letters), Compositor(96, 64, letters)
    for frame in FRAMES:
        shown = Picture(frame, Rect(at, at, 16, 16))
        kept.draw(scene_of([dot, shown], box, None))
    fresh.draw(scene_of([dot, shown], box, None))
    assert np.array_equal(kept.frame, fresh.frame)


def test_sheets_that_wait_come_up_to_date_however_few_sprites_there_is_room_for(
    letters: TextLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of groups that come round again, some are thrown away in between."""
    left, right = SCREEN.columns(2)

    def at(step: int) -> tuple[Sheet, ...]:
        def lumps(box: Rect, turn: int) -> Sheet:
            strokes: list[Stroke] = []
            for n in range(3):
                strokes.append(rounds[n, turn % 4, box is left])
                lens = Rect(box.x + 9 * n, 30, 8, 8)
                strokes.append(Picture(FRAMES[(step + n) % 3], lens))
            return Sheet(box, None, tuple(strokes), can_wait=True)

        return (Sheet(SCREEN, Colour(40, 60, 80)), lumps(left, step), lumps(right, step // 2))

    rounds = {
        (n, turn, is_left): grouped(
            [Dot(Point(10 + 48 * (not is_left) + 9 * n, 20 + turn), 5, Colour(9, 50 * n, turn))]
        )
        for n in range(3)
        for turn in range(4)
        for is_left in (True, False)
    }
    for bytes_a_pixel in (0, 1, 14):
        monkeypatch.setattr(sprites, "BYTES_A_PIXEL", bytes_a_pixel)
        kept, fresh = Compositor(96, 64, letters), Compositor(96, 64, letters)
        for step in range(20):
            kept.draw(at(step))
        while kept.draw(at(19)):
            pass
        fresh.draw(at(19))
        assert np.array_equal(kept.frame, fresh.frame), bytes_a_pixel
