"""How quick the panel is: the shipped firmware in the simulator, through the real driver."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from installation.panel.simulated.pins import MEGA, Board
from installation.panel.simulated.simulated import SimulatedPanel
from installation.vocabulary import Health, UglyError

_PATIENCE_S = 20.0
_POLL_S = 0.0002


def measure_panel(board: Board = MEGA, rounds: int = 25) -> dict[str, float]:
    """Median milliseconds on the simulated board: `knob_ms` from a voltage step to the first
    report on the host, `knob_settled_ms` to within 3 counts of its final value, `button_ms`
    from a contact to the host, `lamp_ms` from `light` to the lamp's pin.

    Numbers of a busy machine are upper bounds.

    Raises:
        UglyError: if the simulated panel cannot be built or does not answer.
    """
    panel = SimulatedPanel(board.shape)
    try:
        _until(lambda: panel.health().health is Health.FINE)
        knob, settled, button, lamp = [], [], [], []
        for i in range(rounds):
            first_ms, settled_ms = _knob(panel, i % panel.shape.knobs)
            knob.append(first_ms)
            settled.append(settled_ms)
            button.append(_button(panel, i % panel.shape.buttons))
            lamp.append(_lamp(panel, i % panel.shape.buttons))
    finally:
        panel.close()
    medians = {
        "knob_ms": knob,
        "knob_settled_ms": settled,
        "button_ms": button,
        "lamp_ms": lamp,
    }
    return {name: round(statistics.median(values), 2) for name, values in medians.items()}


def _knob(panel: SimulatedPanel, knob: int) -> tuple[float, float]:
    before = panel.latest().knobs[knob]
    wanted = 0.3 if before > 0.5 else 0.7
    began_s = time.monotonic()
    panel.turn_to(knob, wanted)
    first_s = _until(lambda: panel.latest().knobs[knob] != before)
    settled_s = _until(lambda: abs(panel.latest().knobs[knob] - wanted) <= 3.5 / 1023)
    time.sleep(0.1)  # let it come to rest for the next round
    return 1000 * (first_s - began_s), 1000 * (settled_s - began_s)


def _button(panel: SimulatedPanel, button: int) -> float:
    began_s = time.monotonic()
    panel.press(button)
    seen_s = _until(lambda: button in panel.latest().pressed)
    time.sleep(0.03)
    panel.release(button)
    _until(lambda: button not in panel.latest().pressed)
    time.sleep(0.03)
    return 1000 * (seen_s - began_s)


def _lamp(panel: SimulatedPanel, lamp: int) -> float:
    panel.board.forget()
    began_s = time.monotonic()
    panel.light(frozenset({lamp}))
    seen_s = panel.board.wait_for(panel.board.lamp_news(lamp, True), _PATIENCE_S)
    panel.light(frozenset())
    panel.board.wait_for(panel.board.lamp_news(lamp, False), _PATIENCE_S)
    return 1000 * (seen_s - began_s)


def _until(true: Callable[[], bool]) -> float:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not true():
        if time.monotonic() > deadline_s:
            raise UglyError("the simulated panel does not answer")
        time.sleep(_POLL_S)
    return time.monotonic()
