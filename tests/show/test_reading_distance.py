"""Letters are as high as a two-hundredth of the distance they are read from."""

from __future__ import annotations

from dataclasses import replace

import pygame.freetype
import pytest
from moments import MOMENTS

from installation.app.needs import reading_distance
from installation.app.one_button import choices
from installation.experience import Experience, Phase
from installation.settings import Settings
from installation.show.paint.shapes import Text
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.phases import scene
from installation.show.scenes.scanning import STRIP, scan_sheets, with_strip
from installation.show.scenes.screen_layout import SMALLEST_CAP, arrange, read_from_m
from installation.show.view_model import Hold, ScanPicture
from installation.show.words import Words

VISITORS = [name for name, view in MOMENTS.items() if view.service is None]


def cap_px(text: Text, letters: TextLayout) -> float:
    """How high a capital of a text as set is."""
    font = pygame.freetype.Font(str(letters.font_file(text.words)))
    return font.get_rect("H", size=letters.set(text).size_px).height


@pytest.mark.parametrize("name", VISITORS)
def test_no_visitors_text_is_smaller_than_the_doctor_reckons_with(
    name: str, letters: TextLayout, tongues: dict[str, Words]
) -> None:
    view = MOMENTS[name]
    for width, height in ((1280, 720), (1080, 1920)):
        strip_px = round(STRIP * min(width, height)) if view.scan else 0
        layout = arrange(width, height - strip_px, panel=False)
        layout = with_strip(layout, strip_px) if strip_px else layout
        for words in tongues.values():
            for sheet in scene(view, layout, words):
                for text in (s for s in sheet.strokes if isinstance(s, Text) and s.words):
                    # Half a pixel, since a capital is measured in whole ones.
                    least = SMALLEST_CAP * min(width, height) - 0.5
                    assert cap_px(text, letters) >= least, (text.words, words.language)


def test_at_a_booth_of_several_the_question_names_the_others_and_can_be_read(
    letters: TextLayout, tongues: dict[str, Words]
) -> None:
    view = MOMENTS["decide_share"]
    for width, height in ((1280, 720), (1080, 1920)):
        layout = arrange(width, height, panel=False)
        for words in tongues.values():
            asked = words.of_fleet()("decide.share")
            assert asked == words("decide.share_fleet") != words("decide.share")
            sheets = scene(view, layout, words.of_fleet())
            texts = [each for sheet in sheets for each in sheet.strokes if isinstance(each, Text)]
            (text,) = (each for each in texts if each.words == asked)
            least = SMALLEST_CAP * min(width, height) - 0.5
            assert cap_px(text, letters) >= least, (asked, words.language)


@pytest.mark.parametrize("size_m", [(1.21, 0.68), (0.68, 1.21), (3.0, 1.7)])
def test_how_far_it_is_read_from_follows_its_shorter_side(size_m: tuple[float, float]) -> None:
    metres = read_from_m(size_m)
    assert metres / 200 == pytest.approx(SMALLEST_CAP * min(size_m))
    screen = replace(Settings().screen, size_m=size_m, distance_m=round(metres - 0.05, 2))
    assert reading_distance(replace(Settings(), screen=screen)) == ()
    screen = replace(screen, distance_m=round(metres + 0.3, 2))
    (finding,) = reading_distance(replace(Settings(), screen=screen))
    assert finding.state == "note"
    assert f"{screen.distance_m:g} m" in finding.line


def test_of_a_screen_without_measures_nothing_is_said() -> None:
    assert reading_distance(Settings()) == ()


@pytest.mark.parametrize("size", [(1280, 720), (1080, 1920)], ids=["wide", "tall"])
def test_what_comes_behind_more_is_large_enough_too(
    size: tuple[int, int], letters: TextLayout, tongues: dict[str, Words]
) -> None:
    width, height = size
    strip_px = round(STRIP * min(size))
    layout = with_strip(arrange(width, height - strip_px, panel=False), strip_px)
    more = choices(Experience(phase=Phase.CARVE), 4, more=True, may_breed=True)
    for offered in (more, (Hold.LET_GO,)):
        view = replace(MOMENTS["scan_carve"], scan=ScanPicture(offered, 0))
        for words in tongues.values():
            for sheet in scan_sheets(view, layout, words):
                for text in (s for s in sheet.strokes if isinstance(s, Text) and s.words):
                    least = SMALLEST_CAP * min(size) - 0.5
                    assert cap_px(text, letters) >= least, (text.words, words.language)
