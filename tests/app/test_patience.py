"""The operator's factor: everything that waits for a hand waits so many times as long."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from test_show import Stage

from installation.app.rules import pace_of
from installation.experience import Phase
from installation.settings import Settings, changed
from installation.show.window.keymap import ButtonDown
from installation.vocabulary import Button

WAITS = {"invite_s", "carve_s", "idle_s", "decide_s", "gallery_s"}


@pytest.mark.parametrize("patience", [1.0, 2.5, 5.0])
def test_it_lengthens_every_wait_for_a_hand_and_nothing_that_runs_by_itself(patience: float):
    before = asdict(pace_of(Settings()))
    after = asdict(pace_of(changed(Settings(), "visit", patience=patience)))
    for name, seconds in before.items():
        assert after[name] == pytest.approx(seconds * (patience if name in WAITS else 1)), name


def test_changed_while_somebody_hesitates_the_clock_goes_on_from_there():
    stage = Stage()
    page = stage.devices.layout.buttons.index(Button.PAGE)
    view = stage.tick(ButtonDown(page)).view
    assert view.experience.phase is Phase.INVITE
    left_s = view.experience.left_s(view.now_s)
    stage.show.change({"visit.patience": 3.0})
    view = stage.tick().view
    assert view.experience.left_s(view.now_s) == pytest.approx(left_s + 50.0, abs=0.5)
