"""Rectangles on screens of every shape, and what a pointer finds there."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from moments import MOMENTS

from installation.show.paint.shapes import Rect
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import Hit, Part, ScreenLayout, arrange, hit
from installation.show.scenes.widgets import film_box
from installation.show.words import Words

SCREENS = (
    (240, 240), (320, 240), (640, 480), (800, 600), (1024, 768), (1280, 720), (1280, 1024),
    (1920, 1080), (1920, 1200), (2560, 1080), (3840, 1080), (3840, 2160), (1080, 1080),
    (1080, 1920), (720, 1280), (768, 1024), (2160, 3840), (480, 1280),
)  # fmt: skip


NAMES = (
    "header", "clock", "clip", "untouched", "caption", "nets", "stage", "hero", "side", "banner",
)  # fmt: skip


def named(layout: ScreenLayout) -> dict[str, Rect]:
    return {name: getattr(layout, name) for name in NAMES}


@pytest.mark.parametrize("panel", [True, False])
@pytest.mark.parametrize("size", SCREENS, ids=str)
def test_everything_is_on_the_screen_and_has_some_size(size: tuple[int, int], panel: bool) -> None:
    layout = arrange(*size, panel=panel)
    rects = [*named(layout).values(), *layout.knobs, *layout.buttons]
    for rect in rects:
        assert rect.w >= 10, rect
        assert rect.h >= 8, rect
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.right <= size[0] + 0.01
        assert rect.bottom <= size[1] + 0.01


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize(
    "together",
    [
        ("header", "clock", "clip", "untouched", "caption", "nets"),
        ("header", "clock", "hero", "side", "banner"),
        ("header", "clock", "stage"),
    ],
    ids=" ".join,
)
def test_what_is_seen_together_does_not_overlap(
    size: tuple[int, int], together: tuple[str, ...]
) -> None:
    layout = arrange(*size)
    rects = [named(layout)[name].inset(0.01) for name in together]
    assert layout.panel is not None
    for one, other in itertools.combinations([*rects, layout.panel.inset(0.01)], 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize(("knobs", "buttons"), [(16, 8), (6, 4), (8, 0), (0, 8)])
@pytest.mark.parametrize("size", SCREENS, ids=str)
def test_the_panel_holds_its_knobs_and_buttons(
    size: tuple[int, int], knobs: int, buttons: int
) -> None:
    layout = arrange(*size, knobs=knobs, buttons=buttons)
    assert len(layout.knobs) == knobs
    assert len(layout.buttons) == buttons
    assert layout.panel is not None
    held = [rect.inset(0.01) for rect in (*layout.knobs, *layout.buttons)]
    for rect in held:
        assert layout.panel.holds(rect.x, rect.y)
        assert layout.panel.holds(rect.right, rect.bottom)
    for one, other in itertools.combinations(held, 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize("size", SCREENS, ids=str)
def test_a_pointer_finds_what_is_drawn_there(
    size: tuple[int, int], tongues: dict[str, Words]
) -> None:
    layout = arrange(*size)
    sheets = scene(MOMENTS["carve"], layout, tongues["en"])
    for part, rects in ((Part.KNOB, layout.knobs), (Part.BUTTON, layout.buttons)):
        for number, rect in enumerate(rects):
            assert hit(layout, *rect.centre) == Hit(part, number)
            assert sum(sheet.box == rect for sheet in sheets) == 1  # drawn once, right there
    assert hit(layout, *layout.clip.centre) is None
    assert hit(layout, -5, -5) is None


def test_a_hidden_panel_has_nothing_to_hit_and_gives_its_space_away() -> None:
    shown, hidden = arrange(1920, 1080), arrange(1920, 1080, panel=False)
    assert hidden.panel is None
    assert hit(hidden, *shown.knobs[3].centre) is None
    assert hidden.nets.h > shown.nets.h
    assert hidden.clip.w >= shown.clip.w


@pytest.mark.parametrize("panel", [True, False])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160), (1080, 1920)], ids=str)
def test_the_carved_clip_is_the_star(size: tuple[int, int], panel: bool) -> None:
    layout = arrange(*size, panel=panel)
    clip = np.zeros((144, 256, 3), np.uint8)
    assert film_box(clip, layout.clip, layout.unit).w >= 0.6 * size[0] - 1


@pytest.mark.parametrize("panel", [True, False])
@pytest.mark.parametrize("size", SCREENS, ids=str)
def test_cards_on_a_film_lie_in_it_and_apart(size: tuple[int, int], panel: bool) -> None:
    layout = arrange(*size, panel=panel)
    if layout.is_portrait:
        assert layout.spread is None
        return
    spread = layout.spread
    assert spread is not None
    for corner in (spread.corner, spread.code):
        cards = (spread.label, corner, spread.foot)
        for card in cards:
            assert card.w >= 10, card
            assert card.h >= 8, card
            assert spread.film.contains(card)
            assert all(side == int(side) for side in card), "whole pixels"
        for one, other in itertools.combinations(cards, 2):
            assert not one.overlaps(other), (one, other)
    assert spread.corner.contains(spread.square)
    if layout.panel is not None:
        assert not spread.film.overlaps(layout.panel)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)], ids=str)
def test_a_take_plays_nearly_full_screen(size: tuple[int, int]) -> None:
    layout = arrange(*size, panel=False)
    assert layout.spread is not None
    clip = np.zeros((144, 256, 3), np.uint8)
    assert film_box(clip, layout.spread.film, layout.unit).w >= 0.9 * size[0]


def test_a_screen_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="240"):
        arrange(1920, 100)
