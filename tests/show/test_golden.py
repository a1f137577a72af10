"""Golden pictures: every phase, on two kinds of screen, in two languages.

To draw them anew after a change you meant: UGLYNET_WRITE_GOLDEN=1 pytest tests/show/test_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from moments import MOMENTS

from installation.show.paint.compositor import Compositor
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.words import Words

GOLDEN = Path(__file__).parents[1] / "golden" / "show"
PHASES = (
    "attract_empty", "attract_creature", "attract_turn", "attract_morph", "attract_demo", "invite",
    "record_countdown", "record_filming", "carve", "carve_noise", "carve_xray", "decide_keep",
    "decide_share", "decide_top", "gallery_saving", "gallery_saved", "service",
)  # fmt: skip
SCREENS = {"landscape": (960, 540), "portrait": (540, 960)}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("phase", PHASES)
def test_the_picture_is_as_it_was(
    phase: str, screen: str, language: str, letters: TextLayout, tongues: dict[str, Words]
) -> None:
    width, height = SCREENS[screen]
    stage = Compositor(width, height, letters)
    stage.draw(scene(MOMENTS[phase], arrange(width, height), tongues[language]))
    small = (width // 4, height // 4)
    drawn: npt.NDArray[np.uint8] = np.asarray(
        cv2.resize(stage.frame, small, interpolation=cv2.INTER_AREA), np.uint8
    )
    file = GOLDEN / f"{phase}-{screen}-{language}.png"
    if os.environ.get("UGLYNET_WRITE_GOLDEN"):
        cv2.imwrite(str(file), drawn[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
    golden = cv2.imread(str(file))
    assert golden is not None, f"{file} is missing"
    # Font and scaling code differ by a shade between machines, never by a shape.
    apart = np.abs(golden[:, :, ::-1].astype(int) - drawn).max(axis=-1)
    assert (apart > 48).mean() < 0.004
    assert apart.mean() < 1.5
