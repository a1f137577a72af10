"""A simulated visitor is as patient as people are."""

from __future__ import annotations

from dataclasses import replace

from moments import moment, picture

from installation.experience import Phase
from installation.panel.driver import PanelShape
from installation.panel.layouts import load_layout
from installation.panel.onscreen import OnScreenPanel
from installation.show.view_model import View
from installation.simulation.visitor import PATIENT_S, SimulatedVisitor


def carved_after_s(first_picture_s: float) -> tuple[float, bool]:
    """When a knob was turned in CARVE, in seconds from its beginning, and whether there was a
    picture by then, if the net's first one takes so long."""
    layout = load_layout("mega16")
    panel = OnScreenPanel(PanelShape(16, 8))
    visitor = SimulatedVisitor(panel, layout, seed=1)
    now_s = 0.0
    for phase in (Phase.ATTRACT, Phase.INVITE, Phase.RECORD):
        for _ in range(120):
            now_s += 1 / 30
            visitor.act(now_s, moment(phase, now_s, filming=phase is Phase.RECORD))
    began_s, knobs = now_s, panel.latest().knobs

    def view() -> View:
        there = now_s - began_s >= first_picture_s
        return replace(moment(Phase.CARVE, now_s), frame=picture() if there else None)

    while panel.latest().knobs == knobs:
        now_s += 1 / 30
        visitor.act(now_s, view())
        assert now_s - began_s < 60
    return now_s - began_s, view().frame is not None


def test_they_wait_for_the_first_picture() -> None:
    soon, there = carved_after_s(0.0)
    assert there
    assert soon < 5
    late, there = carved_after_s(10.0)
    assert there
    assert 10 < late < 15


def test_but_not_for_ever() -> None:
    late, there = carved_after_s(1000.0)
    assert not there
    assert PATIENT_S < late < PATIENT_S + 5
