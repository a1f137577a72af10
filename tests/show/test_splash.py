"""The splash: whole on every screen and in every language, and it does not stand still."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from installation.show.paint.compositor import Compositor
from installation.show.paint.shapes import Text
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.screen_layout import arrange
from installation.show.scenes.splash import BEAT_S, splash
from installation.show.words import Words

SCREENS = ((1920, 1080), (1280, 720), (1080, 1920), (1024, 768))


@pytest.mark.parametrize("size", SCREENS)
def test_it_says_what_is_waited_for_within_the_screen(
    size: tuple[int, int], tongues: dict[str, Words]
) -> None:
    layout = arrange(*size, panel=False)
    for words in tongues.values():
        texts = [
            stroke
            for sheet in splash("UGly-Net", 0.0, layout, words)
            for stroke in sheet.strokes
            if isinstance(stroke, Text)
        ]
        assert {text.words for text in texts} == {"UGly-Net", words("splash.line")}
        for text in texts:
            assert 0 <= text.box.x < text.box.right <= size[0]
            assert 0 <= text.box.y < text.box.bottom <= size[1]


def test_it_goes_on_slowly_and_only_a_little_of_it(
    letters: TextLayout, tongues: dict[str, Words]
) -> None:
    layout, stage = arrange(640, 360, panel=False), Compositor(640, 360, letters)
    seen = []
    for beat in range(4):
        stage.draw(splash("UGly-Net", beat * BEAT_S, layout, tongues["en"]))
        seen.append(np.array(stage.frame, int))
    for before, after in itertools.pairwise(seen):
        changed = (np.abs(before - after).max(-1) > 8).mean()
        assert 0 < changed < 0.01
    again = splash("UGly-Net", 0.9 * BEAT_S, layout, tongues["en"])
    assert again == splash("UGly-Net", 0.1, layout, tongues["en"])
