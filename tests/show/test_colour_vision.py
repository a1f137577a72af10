"""What is told apart by colour, as seen by people who lack one kind of cone."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable

import numpy as np
import pytest

from installation.show.net_picture.looks import LOOKS
from installation.show.paint.palette import (
    DOUGH,
    INK,
    LIVE,
    NO,
    PAPER,
    SUN,
    YES,
    shade,
)
from installation.show.paint.shapes import Colour
from installation.show.scenes.panel_picture import BUTTON_FILLS
from installation.vocabulary import Button

with warnings.catch_warnings():  # that it does without SciPy and Matplotlib
    warnings.simplefilter("ignore")
    import colour

APART = 12.0
"""The least CIEDE2000 between two states: several times what is just seen side by side."""

BLIND = ("Protanomaly", "Deuteranomaly", "Tritanomaly")
"""Machado, Oliveira, Fernandes 2009, at their full severity: no red, green or blue cones."""

STATES = {
    "a yes and a no": (YES, NO),
    "a device that is well and one that is not": (YES, NO),
    "motion net and picture net": (DOUGH["flow"], DOUGH["interp"]),
    "filming and its rim": (LIVE, PAPER),
    "a touched knob's rim and another's": (SUN, PAPER),
    "where a knob must get to and where it is": (NO, PAPER),
    "what one button is pointed at and what not": (SUN, INK),
    "time that runs out and time that is left": (INK, PAPER),
    **{
        f"{button.value}: lit and not": (fill, shade(fill, 0.62))
        for button, fill in BUTTON_FILLS.items()
    },
}
"""Every two states of the screen of which a colour tells which it is; each has a second sign beside
it (tick and cross, bar in the dot, words, arrow, hourglass)."""


def seen(rgb: Colour, blind: str | None) -> np.ndarray:
    """A colour in CIELAB, as such an eye sees it."""
    linear = colour.models.eotf_sRGB(np.asarray(rgb) / 255)
    if blind is not None:
        matrix = colour.blindness.matrix_cvd_Machado2009(blind, 1.0)
        linear = np.clip(matrix @ linear, 0, 1)
    return colour.XYZ_to_Lab(colour.sRGB_to_XYZ(linear, apply_cctf_decoding=False))


def apart(one: Colour, other: Colour, blind: str | None) -> float:
    return float(colour.delta_E(seen(one, blind), seen(other, blind), method="CIE 2000"))


@pytest.mark.parametrize("blind", [None, *BLIND])
@pytest.mark.parametrize("states", STATES)
def test_two_states_are_told_apart_whatever_cones_an_eye_lacks(states: str, blind: str | None):
    assert apart(*STATES[states], blind) >= APART


def test_the_ruler_measures():
    red, green = Colour(200, 60, 40), Colour(110, 110, 30)
    assert apart(red, green, None) > 40
    assert apart(red, green, "Deuteranomaly") < 20
    assert apart(INK, INK, "Tritanomaly") == 0


def test_operations_that_look_alike_to_some_eye_have_another_sign_and_silhouette():
    """So many colours are too many for two cones: whatever comes close differs twice otherwise."""
    shape: Callable[[object], object] = id
    close = {
        (one, other)
        for one, other in itertools.combinations(LOOKS, 2)
        if any(apart(LOOKS[one].fill, LOOKS[other].fill, eye) < APART for eye in (None, *BLIND))
    }
    assert close, "else this test looks at nothing"
    for one, other in close:
        assert LOOKS[one].sign != LOOKS[other].sign, (one, other)
        assert shape(LOOKS[one].outline) != shape(LOOKS[other].outline), (one, other)
        assert LOOKS[one].growth is not LOOKS[other].growth, (one, other)


def test_every_button_has_a_word_beside_its_colour(tongues):
    for words in tongues.values():
        names = [words(f"button.{button.value}") for button in Button]
        assert len(set(names)) == len(names)
