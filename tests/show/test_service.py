"""The operator's page: in the screen's language, large enough, naming only what is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from moments import MOMENTS, NO_CAMERA

from installation.show.paint.shapes import Text
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.screen_layout import arrange
from installation.show.scenes.service import said, service_sheet
from installation.show.view_model import ServicePicture, View
from installation.show.words import Words
from installation.vocabulary import DeviceHealth, Health, Reason

VIEW = MOMENTS["service"]
SCREENS = [(1920, 1080), (1080, 1920), (720, 1280), (540, 960), (1024, 768), (640, 360)]


def page(view: View, words: Words, size: tuple[int, int] = (1280, 720)) -> str:
    sheet = service_sheet(view, arrange(*size), words)
    return "\n".join(s.words for s in sheet.strokes if isinstance(s, Text)).replace("\n", " ")


def test_every_reason_is_said_in_every_language(tongues: dict[str, Words]) -> None:
    for words in tongues.values():
        for reason in set(Reason) - {Reason.NONE}:
            assert words(f"reason.{reason.value}", about="x")


@pytest.mark.parametrize("language", ["de", "fr", "ko"])
def test_no_health_is_told_in_english(language: str, tongues: dict[str, Words]) -> None:
    told = page(VIEW, tongues[language])
    for english in ("missing", "opened", "cannot", "takes", "Preview", "closes", "running"):
        assert english not in told
    assert "camera 0" in told, "what it is about is a name"


def test_a_health_without_a_reason_is_told_as_it_is(tongues: dict[str, Words]) -> None:
    strange = DeviceHealth("kettle", Health.FAILING, "boils over")
    assert said(strange, tongues["de"]) == "kettle: gestört. boils over"
    assert said(NO_CAMERA, tongues["de"]).startswith("Kamera: fehlt. Lässt sich nicht öffnen")
    assert said(NO_CAMERA, tongues["de"]).endswith("(camera 0)")


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize("language", ["en", "de", "fr", "ko"])
def test_long_lines_are_broken_and_not_shrunk(
    language: str, size: tuple[int, int], letters: TextLayout, tongues: dict[str, Words]
) -> None:
    layout = arrange(*size)
    why = (
        "FileNotFoundError: /media/kiosk/a-stick-with-a-very-long-name-indeed/takes/gallery.db " * 2
    )
    odd = DeviceHealth("gallery", Health.FAILING, why, Reason.NOT_KEPT, why)
    sheet = service_sheet(replace(VIEW, health=(*VIEW.health, odd)), layout, tongues[language])
    assert sheet.box.bottom <= layout.screen.bottom
    sizes = [letters.set(s).size_px for s in sheet.strokes if isinstance(s, Text)]
    least = 2.2 if size[0] > size[1] else 2.6  # hundredths of the shorter side
    assert min(sizes) >= least * layout.unit


def test_it_names_only_what_the_panel_has(tongues: dict[str, Words]) -> None:
    words = tongues["en"]
    assert "Hold PAGE + EFFECT for 3 s, or press F1" in page(VIEW, words)
    assert VIEW.service is not None
    keys = page(replace(VIEW, service=replace(VIEW.service, buttons=())), words)
    assert "PAGE" not in keys
    assert "F1 closes this page" in keys
    assert "after 30 s" in keys


def test_it_tells_the_last_trouble_or_that_there_was_none(tongues: dict[str, Words]) -> None:
    assert "Last trouble, 14:03 (number 3): Camera: missing." in page(VIEW, tongues["en"])
    calm = page(replace(VIEW, service=ServicePicture()), tongues["en"])
    assert "No trouble since the start" in calm
