"""A simulated visitor: turns the on-screen panel's knobs as somebody with ten seconds would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from installation.carve.panel_layout import PanelLayout
from installation.experience import Notice, Phase, Question
from installation.panel.onscreen import OnScreenPanel
from installation.show.view_model import View
from installation.vocabulary import Button

SETTLE_S = 1.5  # how long a phase is looked at before the visitor acts in it


PATIENT_S = 20.0
"""How long somebody waits for the first picture of their clip before they turn a knob anyway."""


class SimulatedVisitor:
    """Goes through one visit; `act` is called after every tick.

    `shots` names the pictures to take, each once a visit; `seed` makes every visitor turn
    other knobs.
    """

    def __init__(self, panel: OnScreenPanel, layout: PanelLayout, seed: int) -> None:
        self._panel, self._layout = panel, layout
        self._chance = np.random.default_rng([seed, 3])
        self._script = self._visit()
        self._wake_s = 0.0
        self._view: View | None = None
        self._now_s = 0.0
        self.shot: str | None = None
        self.done = False

    def act(self, now_s: float, view: View) -> None:
        """Look at the view and do what comes next."""
        self._now_s, self._view, self.shot = now_s, view, None
        if self.done or now_s < self._wake_s:
            return
        try:
            self._wake_s = now_s + next(self._script)
        except StopIteration:
            self.done = True

    def _push(self, button: Button) -> Iterator[float]:
        number = self._layout.buttons.index(button)
        self._panel.press(number)
        yield 0.15
        self._panel.release(number)
        yield 0.1

    def _until(self, *phases: Phase) -> Iterator[float]:
        while self._view is None or self._view.experience.phase not in phases:
            yield 0.0

    def _counts_down(self) -> bool:
        e = self._view.experience if self._view else None
        return e is not None and e.phase is Phase.RECORD and not e.filming

    def _until_pictured(self) -> Iterator[float]:
        """On a busy machine the net's first picture takes its time."""
        began_s = self._now_s
        while self._view is not None and self._view.frame is None:
            if self._view.experience.phase is not Phase.CARVE:
                return
            if self._now_s - began_s >= PATIENT_S:
                return
            yield 0.1

    def _sees(self, name: str) -> Iterator[float]:
        self.shot = name
        yield 0.0

    def _turn(self, knob: int, value: float) -> Iterator[float]:
        began = self._panel.latest().knobs[knob]
        for part in range(1, 13):
            self._panel.turn_to(knob, began + (value - began) * part / 12)
            yield 0.05

    def _visit(self) -> Iterator[float]:
        yield SETTLE_S
        yield from self._sees("1-attract")
        knobs = [int(k) for k in self._chance.permutation(len(self._layout.pages[0].targets))]
        yield from self._turn(knobs[0], 0.5)
        yield from self._until(Phase.INVITE)
        yield SETTLE_S
        yield from self._sees("2-invite")
        yield from self._push(Button.RECORD)
        yield from self._until(Phase.RECORD)
        yield 0.8
        yield from self._sees("3-record-countdown")
        while self._counts_down():
            yield 0.0
        yield 0.7
        yield from self._sees("4-record-filming")
        yield from self._until(Phase.CARVE, Phase.INVITE)
        if self._view is not None and self._view.experience.phase is Phase.INVITE:
            return  # no camera: nothing to carve
        yield from self._until_pictured()
        yield SETTLE_S
        yield from self._sees("5-carve-untouched")
        for number, knob in enumerate(knobs[:3]):
            if number == 2 and Button.PAGE in self._layout.buttons:
                yield from self._push(Button.PAGE)
            yield from self._turn(knob, float(self._chance.uniform(0.55, 0.9)))
            yield 0.6
            yield from self._sees(f"6-carve-{number + 1}")
        yield 1.0
        yield from self._push(Button.KEEP)
        yield from self._until(Phase.DECIDE, Phase.GALLERY)
        yield SETTLE_S
        if self._view is not None and self._view.experience.nothing_kept:
            yield from self._sees("7-net-alone")
            yield from self._until(Phase.ATTRACT)
            return
        yield from self._sees("7-decide-keep")
        yield from self._push(Button.KEEP)
        yield SETTLE_S
        yield from self._sees("8-decide-share")
        yield from self._push(Button.KEEP)
        yield SETTLE_S
        if self._view is not None and self._view.experience.question is Question.CLIP:
            yield from self._sees("8-decide-clip")
            yield from self._push(Button.KEEP)
        yield from self._until(Phase.GALLERY)
        yield SETTLE_S
        yield from self._sees("9-gallery-saving")
        while self._view is not None and self._view.experience.notice is Notice.SAVING:
            if self._view.experience.phase is not Phase.GALLERY:
                return
            yield 0.1
        yield SETTLE_S
        yield from self._sees("10-gallery-saved")
        yield from self._until(Phase.ATTRACT)


def shot_path(folder: Path, visit: int, name: str) -> Path:
    """Where a picture of a visit goes."""
    return folder / f"visit-{visit}" / f"{name}.png"
