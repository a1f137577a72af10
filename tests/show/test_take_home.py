"""The code by which a take goes home is read back from the screen's own pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from moments import HOME, MOMENTS

from installation.show.paint.compositor import Compositor
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.words import Words
from installation.source.codes import codes_in
from installation.vocabulary import Frame, as_frame

SCREENS = ((1920, 1080), (1280, 720), (1080, 1920), (640, 360))


def shown(name: str, size: tuple[int, int], letters: TextLayout, words: Words) -> Frame:
    stage = Compositor(*size, letters)
    stage.draw(scene(MOMENTS[name], arrange(*size, panel=False), words))
    return as_frame(stage.frame.copy())


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize("name", ["gallery_home", "gallery_no_network"])
def test_the_code_on_the_screen_is_read_back(
    name: str, size: tuple[int, int], letters: TextLayout, tongues: dict[str, Words]
) -> None:
    home = MOMENTS[name].home
    assert home is not None
    assert codes_in(shown(name, size, letters, tongues["en"])) == (home.data,)


def test_a_phone_some_steps_away_reads_it(letters: TextLayout, tongues: dict[str, Words]) -> None:
    """The screen a third as wide as the phone's picture, a little out of focus."""
    screen = shown("gallery_home", (1920, 1080), letters, tongues["en"])
    far = cv2.resize(screen, (640, 360), interpolation=cv2.INTER_AREA)
    room = np.full((1080, 1920, 3), 60, np.uint8)
    room[360:720, 640:1280] = far
    assert codes_in(as_frame(cv2.GaussianBlur(room, (0, 0), 0.7))) == (HOME.data,)


def test_the_same_code_is_the_same_sheet(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    first, second = (scene(MOMENTS["gallery_home"], layout, tongues["de"]) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("size", SCREENS[:3], ids=str)
def test_on_a_hotspot_two_codes_are_read_from_the_screen(
    size: tuple[int, int], letters: TextLayout, tongues: dict[str, Words]
) -> None:
    home = MOMENTS["gallery_hotspot"].home
    assert home is not None
    screen = shown("gallery_hotspot", size, letters, tongues["de"])
    assert set(codes_in(screen)) == {home.wifi, home.data}
