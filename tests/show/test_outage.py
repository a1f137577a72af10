"""The out-of-service screen: whole on every screen, in every language, with its code."""

from __future__ import annotations

import pytest

from installation.last_words import Outage
from installation.settings import HOUSE
from installation.show.paint.compositor import Compositor
from installation.show.paint.shapes import Text
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.outage import outage
from installation.show.words import languages

SIZES = [(640, 360), (1920, 1080), (1080, 1920), (1024, 768), (240, 240)]


@pytest.mark.parametrize("size", SIZES)
def test_it_says_it_in_every_language_and_shows_the_code(size: tuple[int, int]):
    tongues = list(languages().values())
    scene = outage(20, size, tongues)
    texts = [stroke for sheet in scene for stroke in sheet.strokes if isinstance(stroke, Text)]
    said = {text.words for text in texts}
    assert {tongue("outage.call") for tongue in tongues} <= said
    assert {tongue("outage.line") for tongue in tongues} <= said
    assert tongues[0]("outage.code", code="20") in said
    for text in texts:
        assert text.box.x >= 0
        assert text.box.y >= 0
        assert text.box.right <= size[0]
        assert text.box.bottom <= size[1]
    Compositor(*size, TextLayout()).draw(scene)


def test_it_stands_still():
    tongues = list(languages().values())
    stage = Compositor(640, 360, TextLayout())
    scene = outage(90, (640, 360), tongues)
    stage.draw(scene)
    assert stage.draw(outage(90, (640, 360), tongues)) == ()


def test_every_code_is_explained_in_the_handbook():
    text = (HOUSE / "kiosk_config" / "HANDBOOK.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")}
    assert {str(int(code)) for code in Outage} <= rows
