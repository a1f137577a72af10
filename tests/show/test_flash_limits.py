"""The governor counts flashes of the picture as a whole, wherever in it each of them is."""

from __future__ import annotations

import numpy as np
import pytest

from installation.show.flash_safety.flash_tracker import FLASHES
from installation.show.flash_safety.governor import Governor
from installation.vocabulary import as_frame

WIDTH, HEIGHT, FPS = 320, 180, 50


def held(flashes: int, *, calm: bool = False) -> int:
    """How many frames are held back while so many flashes pass within a second, a tenth of a
    second long and each in another fifth of the picture, so that no part of it flashes twice; so
    faint that the mean of the picture does not flash at all."""
    governor = Governor(FPS, calm=calm)
    for number in range(FPS * 3):
        picture = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        flash, tick = divmod(number - FPS, FPS // 5)
        if 0 <= flash < flashes and tick < FPS // 10:
            left = flash * WIDTH // 5
            picture[:, left : left + WIDTH // 5] = 155
        governor.pass_on(as_frame(picture), number / FPS)
    return governor.held


@pytest.mark.parametrize("calm", [False, True])
def test_as_many_as_are_allowed_pass_and_not_one_more(calm: bool) -> None:
    allowed = FLASHES // 2 if calm else FLASHES
    assert held(allowed, calm=calm) == 0
    assert held(allowed + 1, calm=calm) > 0
