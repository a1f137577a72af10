"""The faceplate, life-size: the U of the network with a knob (or slider) at each layer.

Encoders go down the left, the latent is at the bottom, decoders come up the right, and the
skips are the rungs between them. Buttons stand beside the U.
"""

from __future__ import annotations

from dataclasses import dataclass

from svg import CUT, ENGRAVE, circle, drawing, line, rectangle, text

from installation.carve.panel_layout import Layout
from installation.panel.simulated.pins import Board

MARGIN = 45.0
COLUMN = 100.0
BUTTON_COLUMN = 80.0
POT_HOLE = 7.2
"""For the M7 bushing of a 9 or 16 mm potentiometer."""
WHEEL = 45.0
"""Diameter of the wheel on it: large enough for a flat hand or a fist."""
BUTTON_HOLE = 30.2
"""For a 30 mm illuminated arcade button."""
SLOT = (2.2, 62.0)
"""For the lever of a slide potentiometer with 60 mm of travel."""
SLOT_SCREWS = 80.0
"""Between the centres of that slider's two M3 screws."""


@dataclass(frozen=True)
class Plate:
    """What is cut: the pitch of the rows in mm, sliders or knobs."""

    board: Board
    layout: Layout
    sliders: bool = False

    @property
    def row(self) -> float:
        return 96.0 if self.sliders else 64.0

    @property
    def rows(self) -> int:
        levels = [_level(target) for target in self.layout.pages[0].targets]
        return len({level for level in levels if level}) + 1

    @property
    def size(self) -> tuple[float, float]:
        columns = 2 if len(self.layout.buttons) > 4 else 1
        width = 2 * MARGIN + 2 * COLUMN + 40 + columns * BUTTON_COLUMN
        return width, 2 * MARGIN + (self.rows - 1) * self.row + (30 if self.sliders else 15)


def _level(target: str) -> int:
    """Which rung of the U a layer is on: 1 at the top; 0 for the latent, at the bottom."""
    return int(target[-1]) if target[-1:].isdigit() else 0


def places(plate: Plate) -> dict[int, tuple[float, float]]:
    """Where each knob's centre is, in mm from the top left."""
    targets = plate.layout.pages[0].targets
    levels = sorted({_level(target) for target in targets} - {0})
    left, top = MARGIN, MARGIN + (15 if plate.sliders else 8)
    found = {}
    for knob, target in enumerate(targets):
        layer = target.split("/")[1]
        column = {"enc": 0, "ski": 1, "lat": 1, "dec": 2}[layer[:3]]
        row = levels.index(_level(target)) if _level(target) else len(levels)
        found[knob] = (left + column * COLUMN, top + row * plate.row)
    return found


def button_places(plate: Plate) -> list[tuple[float, float]]:
    """Where each button's centre is."""
    _, height = plate.size
    count = len(plate.layout.buttons)
    per_column = 4 if count > 4 else count
    pitch = (height - 2 * MARGIN - 30) / max(1, per_column - 1)
    left = MARGIN + 2 * COLUMN + 40 + BUTTON_COLUMN / 2
    return [
        (left + (i // per_column) * BUTTON_COLUMN, MARGIN + 8 + (i % per_column) * pitch)
        for i in range(count)
    ]


def faceplate(plate: Plate) -> str:
    """The whole drawing."""
    width, height = plate.size
    parts = [rectangle(0.5, 0.5, width - 1, height - 1, CUT, 12)]
    corners = [(x, y) for x in (12, width - 12) for y in (12, height - 12)]
    parts += [circle(x, y, 4.3, CUT) for x, y in corners]  # M4
    parts += _strokes(plate)
    parts += [part for knob, at in places(plate).items() for part in _knob(plate, knob, at)]
    for number, (x, y) in enumerate(button_places(plate)):
        button = plate.layout.buttons[number]
        parts += [circle(x, y, BUTTON_HOLE, CUT)]
        parts += [text(x, y + 25, button.value.upper() if button else "", 6)]
    kind = "sliders" if plate.sliders else "knobs"
    return drawing(f"{plate.board.name}: faceplate with {kind}", width, height, parts)


def _strokes(plate: Plate) -> list[str]:
    """The U itself and its rungs, engraved under the knobs."""
    at = places(plate)
    targets = plate.layout.pages[0].targets
    by_part: dict[str, list[tuple[float, float]]] = {"enc": [], "dec": [], "lat": []}
    rungs = []
    for knob, target in enumerate(targets):
        part = target.split("/")[1][:3]
        if part in by_part:
            by_part[part].append(at[knob])
        else:
            rungs.append(at[knob][1])
    down = sorted(by_part["enc"], key=lambda place: place[1])
    up = sorted(by_part["dec"], key=lambda place: -place[1])
    parts = [line(down + by_part["lat"] + up, f'{ENGRAVE} stroke-width="4"')]
    left, right = MARGIN, MARGIN + 2 * COLUMN
    dashed = f'{ENGRAVE} stroke-width="2" stroke-dasharray="5 4"'
    return parts + [line([(left, y), (right, y)], dashed) for y in rungs]


def _knob(plate: Plate, knob: int, at: tuple[float, float]) -> list[str]:
    x, y = at
    layer = plate.layout.pages[0].targets[knob].split("/")[1].upper()
    blank = 'fill="#ffffff" stroke="#000000" stroke-width="0.5"'
    if plate.sliders:
        wide, long = SLOT
        return [
            rectangle(x - 12, y - 36, 24, 72, blank, 4),
            rectangle(x - wide / 2, y - long / 2, wide, long, CUT),
            circle(x, y - SLOT_SCREWS / 2, 3.2, CUT),
            circle(x, y + SLOT_SCREWS / 2, 3.2, CUT),
            text(x + 15, y - 4, layer, 6, "start"),
        ]
    return [
        circle(x, y, WHEEL, blank),
        circle(x, y, POT_HOLE, CUT),
        text(x + 5, y + WHEEL / 2 + 8, layer, 6, "start"),
    ]
