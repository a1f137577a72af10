"""The wiring diagram: every part, its pin, and the two rails they share."""

from __future__ import annotations

from svg import circle, drawing, line, rectangle, text

from installation.carve.panel_layout import PanelLayout
from installation.panel.simulated.pins import Board

ROW = 9.0
WIRE = 'fill="none" stroke="#000000" stroke-width="0.5"'
PLUS = 'fill="none" stroke="#c00000" stroke-width="0.7"'
MINUS = 'fill="none" stroke="#0040c0" stroke-width="0.7"'
BODY = 'fill="#ffffff" stroke="#000000" stroke-width="0.5"'


def diagram(board: Board, layout: PanelLayout) -> str:
    """Potentiometers on the left, the board in the middle, buttons and lamps on the right."""
    rows = max(len(board.knobs), len(board.buttons) + len(board.lamps) + 1)
    top = 26.0
    height = top + rows * ROW + 26
    bottom = height - 18
    parts = [text(150, 12, f"{board.name}: wiring", 6)]
    parts += [rectangle(120, top - 8, 60, rows * ROW + 10, BODY, 3)]
    parts += [text(150, top - 2, board.key.upper(), 5)]
    parts += _rails(top, bottom)
    for number, pin in enumerate(board.knobs):
        y = top + number * ROW
        meaning = layout.pages[0].targets[number]
        parts += _pot(y, f"knob {number}  {meaning}", pin.name)
    right = [(f"button {i}", i, pin.name, False) for i, pin in enumerate(board.buttons)]
    lamps = [(f"lamp {i}", i, pin.name, True) for i, pin in enumerate(board.lamps)]
    for place, (name, i, pin_name, is_lamp) in enumerate(right + lamps):
        y = top + (place + (1 if is_lamp else 0)) * ROW
        meant = layout.buttons[i]
        label = f"{name}  {meant.value if meant else ''}"
        parts += _lamp(y, label, pin_name) if is_lamp else _button(y, label, pin_name)
    notes = "knob: 10 kohm linear. lamp: 5 V LED; without a resistor of its own, 330 ohm."
    parts += [text(150, height - 4, notes, 3.4)]
    return drawing(f"{board.name}: wiring", 300, height, parts)


def _rails(top: float, bottom: float) -> list[str]:
    """5V and GND for the pots on the left, GND for the rest on the right, all to the board."""
    return [
        line([(58, top - 5), (58, bottom), (135, bottom)], PLUS),
        text(137, bottom + 1.2, "5V", 3.4, "start"),
        line([(66, top - 5), (66, bottom + 5), (135, bottom + 5)], MINUS),
        text(137, bottom + 6.2, "GND", 3.4, "start"),
        line([(246, top - 5), (246, bottom + 5), (147, bottom + 5)], MINUS),
    ]


def _pot(y: float, label: str, pin: str) -> list[str]:
    return [
        text(4, y + 1.2, label, 3.4, "start"),
        line([(58, y - 2), (76, y - 2)], PLUS),
        line([(66, y + 2), (76, y + 2)], MINUS),
        circle(58, y - 2, 1.4, 'fill="#c00000"'),
        circle(66, y + 2, 1.4, 'fill="#0040c0"'),
        rectangle(76, y - 3.4, 12, 6.8, BODY, 1),
        line([(88, y), (120, y)], WIRE),
        text(123, y + 1.2, pin, 3.4, "start"),
    ]


def _button(y: float, label: str, pin: str) -> list[str]:
    return [
        text(177, y + 1.2, pin, 3.4, "end"),
        line([(180, y), (210, y), (219, y - 3)], WIRE),
        circle(210, y, 1.4, BODY),
        circle(220, y, 1.4, BODY),
        line([(220, y), (246, y)], MINUS),
        circle(246, y, 1.4, 'fill="#0040c0"'),
        text(252, y + 1.2, label, 3.4, "start"),
    ]


def _lamp(y: float, label: str, pin: str) -> list[str]:
    return [
        text(177, y + 1.2, pin, 3.4, "end"),
        line([(180, y), (192, y)], WIRE),
        rectangle(192, y - 1.4, 10, 2.8, BODY),
        line([(202, y), (212, y)], WIRE),
        circle(215, y, 6, BODY),
        line([(213, y - 2), (217, y + 2)], WIRE),
        line([(213, y + 2), (217, y - 2)], WIRE),
        line([(218, y), (246, y)], MINUS),
        circle(246, y, 1.4, 'fill="#0040c0"'),
        text(252, y + 1.2, label, 3.4, "start"),
    ]
