"""What is wired to which pin, in words for the builder; from the pin table."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from installation.carve.panel_layout import PanelLayout
from installation.panel.simulated.pins import Board


@dataclass(frozen=True, slots=True)
class Wire:
    """One connection: what, its pin, the chip's name of the pin, where else it goes."""

    part: str
    meaning: str
    pin: str
    port: str
    other_ends: str


def wires(board: Board, layout: PanelLayout | None = None) -> tuple[Wire, ...]:
    """Every connection of a board; with a layout, what each knob and button means in it."""
    rows = []
    for number, pin in enumerate(board.knobs):
        meaning = layout.pages[0].targets[number] if layout and number < layout.knobs else ""
        ends = "outer ends: 5V (clockwise) and GND"
        rows.append(Wire(f"knob {number}", meaning, pin.name, pin.port, ends))
    for number, pin in enumerate(board.buttons):
        rows.append(
            Wire(f"button {number}", _button(layout, number), pin.name, pin.port, "other end: GND")
        )
    for number, pin in enumerate(board.lamps):
        ends = "through its resistor to the lamp's +; its - to GND"
        rows.append(Wire(f"lamp {number}", _button(layout, number), pin.name, pin.port, ends))
    return tuple(rows)


def _button(layout: PanelLayout | None, number: int) -> str:
    if layout is None or number >= len(layout.buttons):
        return ""
    button = layout.buttons[number]
    return button.value if button else ""


def as_text(board: Board, rows: tuple[Wire, ...]) -> str:
    """The connections as a table for the terminal."""
    lines = [board.name, f"{'':10} {'pin':4} {'chip':5} {'means':14} other ends"]
    lines += [f"{w.part:10} {w.pin:4} {w.port:5} {w.meaning:14} {w.other_ends}" for w in rows]
    return "\n".join(lines)


def as_records(rows: tuple[Wire, ...]) -> list[dict[str, str]]:
    """The connections for a machine."""
    return [asdict(row) for row in rows]
