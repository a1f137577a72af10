"""Painting only what changed must look as if everything had been painted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from moments import MOMENTS, PANEL, moment, picture

from installation.experience import Phase
from installation.show.paint.canvas import blank, dashes, draw, paint, resized
from installation.show.paint.compositor import PATIENCE, Compositor
from installation.show.paint.palette import INK, PAPER
from installation.show.paint.shapes import (
    Align,
    Blob,
    Colour,
    Line,
    Picture,
    Point,
    Rect,
    Sheet,
    Text,
    box_fitted,
    contrast,
    luminance,
)
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.view_model import ServicePicture, View
from installation.show.words import Words
from installation.vocabulary import Carve, Cut, Net, Operation

SIZE = (640, 360)


def visit() -> list[View]:
    """A visit in leaps, knobs turning and pages changing between them."""
    views = []
    for step, view in enumerate([*MOMENTS.values()]):
        for tick in range(4):
            now_s = view.now_s + step * 0.11 + tick / 24
            amount = 0.2 * tick + 0.1
            cuts = [*view.net.carve.cuts, Cut("interp/enc4", Operation.MULTIPLY, amount)]
            tone = (1.0 + 0.3 * (step % 3), 1.0, 1.0)
            net = Net("m", Carve.of(cuts), tone)
            views.append(
                moment(
                    view.experience.phase, now_s, net=net, frame=picture(shift=tick),
                    filming=view.experience.filming, gallery=view.gallery,
                    notice=view.experience.notice, seen_at_s=view.seen_at_s, home=view.home,
                    service=view.service if tick % 2 == 0 else None,
                    health=view.health, panel=PANEL,
                )
            )  # fmt: skip
    return views


def test_a_canvas_kept_up_to_date_equals_one_painted_afresh(
    letters: TextLayout, tongues: dict[str, Words]
) -> None:
    layout = arrange(*SIZE)
    kept = Compositor(*SIZE, letters)
    for view in visit():
        sheets = scene(view, layout, tongues["en"])
        draws = sum(1 for _ in iter(lambda: kept.draw(sheets), ()))  # noqa: B023
        assert draws <= 2 + PATIENCE  # two sheets wait, one at a time
        fresh = Compositor(*SIZE, letters)
        fresh.draw(sheets)
        assert np.array_equal(kept.frame, fresh.frame), view.experience.phase


def test_what_lies_on_top_stays_on_top(letters: TextLayout, tongues: dict[str, Words]) -> None:
    """The network wobbles on below the operator's page, which itself does not change."""
    layout = arrange(*SIZE)
    kept, fresh = Compositor(*SIZE, letters), Compositor(*SIZE, letters)
    for step in range(4):
        view = moment(
            Phase.CARVE, 1 + step / 12, service=ServicePicture(), frame=picture(shift=step)
        )
        while kept.draw(scene(view, layout, tongues["en"])):
            pass
    fresh.draw(scene(view, layout, tongues["en"]))
    assert np.array_equal(kept.frame, fresh.frame)


def test_what_lies_on_a_film_is_neither_painted_over_nor_anew(letters: TextLayout) -> None:
    screen, card = Rect(0, 0, 60, 40), Rect(30, 20, 20, 10)

    def at(film: int, told: int) -> tuple[Sheet, ...]:
        return (
            Sheet(screen, Colour(9, 9, 9)),
            Sheet(Rect(4, 4, 52, 32), Colour(film, 0, 0), spares=(card,)),
            Sheet(card.inset(2), Colour(0, told, 0)),
        )

    stage = Compositor(60, 40, letters)
    stage.draw(at(50, 50))
    assert stage.draw(at(60, 50)) == (Rect(4, 4, 52, 32),), "the card is left alone"
    assert tuple(stage.frame[10, 10]) == (60, 0, 0)
    assert tuple(stage.frame[21, 31]) == (9, 9, 9), "what a film spares shows the backdrop"
    assert tuple(stage.frame[25, 40]) == (0, 50, 0)
    stage.draw(at(70, 80))
    fresh = Compositor(60, 40, letters)
    fresh.draw(at(70, 80))
    assert np.array_equal(stage.frame, fresh.frame)


def test_what_can_wait_is_spread_over_moments(letters: TextLayout) -> None:
    """Never two large sheets at once, and none waits longer than it may."""
    whole = Rect(0, 0, 90, 30)
    left, middle, right = whole.columns(3)

    def at(step: int) -> tuple[Sheet, ...]:
        shades = [Colour(10 * step % 250, 20, n) for n in range(3)]
        return (
            Sheet(whole, Colour(255, 255, 255)),
            Sheet(left, shades[0]),
            Sheet(middle, shades[1], can_wait=True),
            Sheet(right, shades[2], can_wait=True),
        )

    stage = Compositor(90, 30, letters)
    stage.draw(at(0))
    painted = [stage.draw(at(step)) for step in range(1, 30)]
    for rects in painted:
        assert left in rects  # what cannot wait never does
        assert len(rects) <= 2
    for box in (middle, right):
        when = [number for number, rects in enumerate(painted) if box in rects]
        assert max(np.diff(when)) <= 2 * (PATIENCE + 1)
    last = at(29)
    while stage.draw(last):
        pass
    fresh = Compositor(90, 30, letters)
    fresh.draw(last)
    assert np.array_equal(stage.frame, fresh.frame)


def test_nothing_changed_is_nothing_painted(letters: TextLayout, tongues: dict[str, Words]) -> None:
    stage, layout = Compositor(*SIZE, letters), arrange(*SIZE)
    view = moment(Phase.CARVE)
    assert stage.draw(scene(view, layout, tongues["en"])) == (Rect(0, 0, *SIZE),)
    assert stage.draw(scene(view, layout, tongues["en"])) == ()


def test_pixels_change_only_where_it_says_so(
    letters: TextLayout, tongues: dict[str, Words]
) -> None:
    stage, layout = Compositor(*SIZE, letters), arrange(*SIZE)
    stage.draw(scene(moment(Phase.CARVE), layout, tongues["en"]))
    before = stage.frame.copy()
    rects = stage.draw(scene(moment(Phase.CARVE, frame=picture(shift=9)), layout, tongues["en"]))
    changed = (stage.frame != before).any(axis=-1)
    assert changed.any()
    for rect in rects:
        x, y, w, h = map(int, rect)
        changed[y : y + h, x : x + w] = False
    assert not changed.any()
    assert sum(r.w * r.h for r in rects) < 0.5 * SIZE[0] * SIZE[1]


def test_the_frame_is_read_only(letters: TextLayout) -> None:
    with pytest.raises(ValueError, match="read-only"):
        Compositor(*SIZE, letters).frame[0, 0] = 1


def test_a_sheet_paints_nothing_outside_its_box(letters: TextLayout) -> None:
    canvas = blank(100, 80)
    big = Blob((Point(-50, -50), Point(300, -50), Point(300, 300), Point(-50, 300)), PAPER)
    words = Text("word " * 30, Rect(0, 0, 100, 80), 40, INK, lines=9)
    film = Picture(picture(), Rect(-20, -20, 200, 200), edge=INK, width=5)
    paint(canvas, Sheet(Rect(20, 10, 40, 30), PAPER, (big, words, film)), letters)
    canvas[10:40, 20:60] = 0
    assert not canvas.any()


def test_a_picture_is_whole_centred_and_the_right_way_round(letters: TextLayout) -> None:
    frame = np.zeros((20, 40, 3), np.uint8)
    frame[:, :20] = 255
    canvas = blank(100, 100)
    draw(canvas, Picture(frame, Rect(10, 10, 80, 80)), letters)
    bright = canvas[:, :, 0] > 128
    assert bright.sum() == pytest.approx(40 * 40, rel=0.06)
    assert bright[50, 20]
    assert not bright[50, 80]
    assert not bright[:29].any()  # 2:1 in a square: room above


def test_pictures_of_every_size_can_be_scaled() -> None:
    for height, width in ((1, 1), (3, 500), (719, 1279), (2160, 64)):
        frame = np.full((height, width, 3), 77, np.uint8)
        for size in ((1, 1), (5, 3), (640, 360)):
            small = resized(frame, *size)
            assert small.shape == (size[1], size[0], 3)
            assert (small == 77).all()


def test_dashes_cover_half_of_a_path() -> None:
    path = (Point(0, 0), Point(60, 0), Point(60, 40))
    pieces = dashes(path, 10)
    steps = [step for piece in pieces for step in itertools.pairwise(piece)]
    length = sum(abs(b.x - a.x) + abs(b.y - a.y) for a, b in steps)
    assert length == pytest.approx(50)
    assert len(pieces) == 5


def test_a_line_stays_a_line_where_nothing_is_dashed(letters: TextLayout) -> None:
    canvas = blank(40, 40)
    draw(canvas, Line((Point(5, 20), Point(35, 20)), PAPER, 4), letters)
    assert canvas[20, 6:34].all()
    assert not canvas[30].any()


def test_ink_lies_outside_its_shape(letters: TextLayout) -> None:
    canvas = blank(60, 60)
    square = (Point(20, 20), Point(40, 20), Point(40, 40), Point(20, 40))
    draw(canvas, Blob(square, PAPER, Colour(255, 0, 0), 6), letters)
    assert tuple(canvas[30, 30]) == PAPER
    assert tuple(canvas[21, 30]) == PAPER
    assert tuple(canvas[16, 30]) == (255, 0, 0)
    assert not canvas[11, 30].any()


def test_text_shrinks_to_its_box_and_keeps_its_lines(letters: TextLayout) -> None:
    large = letters.set(Text("Turn a knob", Rect(0, 0, 900, 100), 60, INK))
    small = letters.set(Text("Turn a knob", Rect(0, 0, 90, 100), 60, INK))
    folded = letters.set(Text("Turn a knob", Rect(0, 0, 90, 200), 60, INK, lines=3))
    assert large.size_px == 60
    assert small.size_px < folded.size_px < 60
    assert len(small.lines) == 1
    assert " ".join(folded.lines) == "Turn a knob"


def test_text_stands_where_it_is_told(letters: TextLayout) -> None:
    box = Rect(0, 0, 400, 60)
    left, centre, right = (letters.set(Text("knob", box, 40, INK, a)).x for a in Align)
    assert left == 0
    assert left < centre < right
    width = letters.set(Text("knob", box, 40, INK)).letters.shape[1]
    assert right + width == pytest.approx(400, abs=1)


def test_outlined_text_shows_both_colours(letters: TextLayout) -> None:
    canvas = blank(120, 80)
    text = Text("3", Rect(0, 0, 120, 80), 70, PAPER, edge=Colour(255, 0, 0), edge_px=4)
    draw(canvas, text, letters)
    flat = canvas.reshape(-1, 3)
    assert (flat == PAPER).all(axis=1).any()
    assert (flat == (255, 0, 0)).all(axis=1).any()


def test_contrast_is_that_of_wcag() -> None:
    white, black = Colour(255, 255, 255), Colour(0, 0, 0)
    assert contrast(white, black) == contrast(black, white) == pytest.approx(21)
    assert luminance(Colour(119, 119, 119)) == pytest.approx(0.1845, abs=1e-3)
    assert contrast(Colour(118, 118, 118), white) == pytest.approx(4.54, abs=0.01)


def test_fitted_keeps_the_shape() -> None:
    assert box_fitted(200, 100, Rect(10, 10, 100, 100)) == Rect(10, 35, 100, 50)
