"""The screen while the house is closed: dark, still, and with the hours in every language."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from installation.opening_hours import hours_of
from installation.show.paint.compositor import Compositor
from installation.show.paint.shapes import Text
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.closed import closed, opens
from installation.show.scenes.screen_layout import arrange
from installation.show.view_model import Closed
from installation.show.words import Words

SIZES = [(640, 360), (1920, 1080), (1080, 1920), (1024, 768)]
HOURS = hours_of(["Tue-Sun 10:00-18:00", "Thu 10:00-21:00"])
TUESDAY = datetime(2026, 11, 24, 10, 5)


@pytest.mark.parametrize("size", SIZES)
def test_it_says_when_it_opens_in_every_language(
    size: tuple[int, int], letters: TextLayout, tongues: dict[str, Words]
):
    words = list(tongues.values())
    house = Closed(HOURS, TUESDAY, 3)
    scene = closed(house, arrange(*size, panel=False), words)
    texts = [stroke for sheet in scene for stroke in sheet.strokes if isinstance(stroke, Text)]
    said = " ".join(text.words for text in texts)
    for tongue in words:
        assert opens(house, tongue) in said
        assert tongue("day.tue") in opens(house, tongue)
    assert said.count("10:05") == len(words)
    assert "Fri-Sun 10:00-18:00" in said
    assert "목 10:00-21:00" in said
    for text in texts:
        assert letters.missing(text.words) == ""
        assert 0 <= text.box.x <= text.box.right <= size[0]
        assert 0 <= text.box.y <= text.box.bottom <= size[1]


def test_it_is_dark_and_stands_still(letters: TextLayout, tongues: dict[str, Words]):
    stage = Compositor(640, 360, letters)
    words, layout = list(tongues.values()), arrange(640, 360, panel=False)
    stage.draw(closed(Closed(HOURS, TUESDAY, 1), layout, words))
    assert stage.draw(closed(Closed(HOURS, TUESDAY, 1), layout, words)) == ()
    assert float(np.mean(stage.frame)) < 50


def test_how_far_away_it_is_decides_how_it_is_said(tongues: dict[str, Words]):
    english = tongues["en"]
    said = [opens(Closed(HOURS, TUESDAY, ahead), english) for ahead in (0, 1, 2, 9)]
    assert said == [
        "See you today at 10:05",
        "See you tomorrow at 10:05",
        "See you on Tuesday at 10:05",
        "See you on Tuesday, 24/11, at 10:05",
    ]
    assert opens(Closed(HOURS), english) == "We are asleep"
