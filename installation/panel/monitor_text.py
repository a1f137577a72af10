"""The monitor's table: knobs, buttons, rates and the line, as text. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from installation.carve.panel_layout import PanelLayout
from installation.panel.arduino.serial_link import LineStats
from installation.vocabulary import DeviceHealth, PanelState

_BAR = 24


@dataclass(slots=True)
class Rates:
    """How often each knob and button changes: counts since the start, and a second's rate."""

    knobs: list[int]
    buttons: list[int]
    _last: PanelState | None = None
    _began_s: float = 0.0

    @classmethod
    def of(cls, knobs: int, buttons: int) -> Rates:
        """Nothing counted yet."""
        return cls([0] * knobs, [0] * buttons)

    def note(self, state: PanelState) -> bool:
        """Count what changed since the last state; True if anything did."""
        last, self._last = self._last, state
        if last is None or last.at_s == float("-inf"):
            self._began_s = state.at_s
            return True
        changed = state.knobs != last.knobs or state.pressed != last.pressed
        for number, (now, before) in enumerate(zip(state.knobs, last.knobs, strict=True)):
            self.knobs[number] += now != before
        for number in state.pressed - last.pressed:
            self.buttons[number] += 1
        return changed

    def a_second(self, now_s: float) -> float:
        """Changes of all knobs together, a second."""
        span_s = now_s - self._began_s
        return sum(self.knobs) / span_s if 0.0 < span_s < float("inf") else 0.0


def draw(
    state: PanelState,
    health: DeviceHealth,
    stats: LineStats | None,
    layout: PanelLayout,
    rates: Rates,
    now_s: float,
) -> str:
    """The whole table."""
    lines = [f"{health.health.value}: {health.note}"]
    if stats:
        lines.append(
            f"frames {stats.frames}   damaged {stats.errors}   lost {stats.lost}   "
            f"strange {stats.strange}   damaged at the board {stats.board_errors}   "
            f"contacts {stats.contacts}"
        )
    lines.append(f"knob changes a second, all knobs: {rates.a_second(now_s):.1f}")
    lines.append("")
    for number, value in enumerate(state.knobs):
        target = layout.pages[0].targets[number] if number < layout.knobs else ""
        bar = "#" * round(value * _BAR)
        lines.append(
            f"knob {number:2}  {target:14} |{bar:<{_BAR}}| {value:6.4f}  {rates.knobs[number]:6}"
        )
    lines.append("")
    for number, count in enumerate(rates.buttons):
        meant = layout.buttons[number] if number < len(layout.buttons) else None
        mark = "[#]" if number in state.pressed else "[ ]"
        lines.append(f"button {number}  {meant.value if meant else '':12} {mark}  {count:6}")
    return "\n".join(lines)
