"""The faceplate, life-size: the U of the network with a knob (or slider) at each layer.

Encoders go down the left, the latent is at the bottom, decoders come up the right, and the
skips are the rungs between them. No knob has a name: what it means changes with the page, and the
screen tells it. Buttons stand beside the U, named as the screen names them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from svg import CUT, ENGRAVE, circle, drawing, line, rectangle, text

from installation.carve.panel_layout import PanelLayout
from installation.panel.simulated.pins import Board
from installation.show.words import Words
from installation.vocabulary import Button

MARGIN = 45.0
COLUMN = 100.0
BUTTON_COLUMN = 80.0
POT_HOLE = 7.2
"""For the M7 bushing of a 9 or 16 mm potentiometer."""
WHEEL = 45.0
"""Diameter of the wheel on it: large enough for a flat hand or a fist."""
BUTTON_HOLE = 30.2
"""For a 30 mm illuminated arcade button."""
RIM = (35.0, 41.0)
"""Inner and outer diameter of the raised rim around RECORD and KEEP: see README.md."""
RIMMED = (Button.RECORD, Button.KEEP)
SLOT = (2.2, 62.0)
"""For the lever of a slide potentiometer with 60 mm of travel."""
SLOT_SCREWS = 80.0
"""Between the centres of that slider's two M3 screws."""
FIELD = (24.0, 84.4)
"""Width and height of what a slider with its screws takes up."""
CLEAR, CLEAR_OF_SLIDER = 3.0, 1.5
"""Between the end of a printed line and the wheel or slider it leads to."""
STROKE, RUNG, DASH, GAP = 4.0, 2.0, 5.0, 4.0
"""How wide the U and its rungs are; how long a rung's dashes and gaps are, about."""


@dataclass(frozen=True)
class Plate:
    """What is cut: the pitch of the rows in mm, sliders or knobs; `words` name the buttons."""

    board: Board
    layout: PanelLayout
    words: Words
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
    per_column = (count + 1) // 2 if count > 4 else count
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
    parts += strokes(plate)
    parts += [part for knob, at in places(plate).items() for part in _knob(plate, knob, at)]
    for number, at in enumerate(button_places(plate)):
        parts += _button(plate, plate.layout.buttons[number], at)
    kind = "sliders" if plate.sliders else "knobs"
    title = f"{plate.board.name}: faceplate with {kind}, {plate.words.name}"
    return drawing(title, width, height, parts)


def _button(plate: Plate, button: Button | None, at: tuple[float, float]) -> list[str]:
    x, y = at
    parts = [circle(x, y, BUTTON_HOLE, CUT)]
    if button in RIMMED:
        inner, outer = RIM
        wide = (outer - inner) / 2
        parts.append(circle(x, y, (inner + outer) / 2, f'{ENGRAVE} stroke-width="{wide:g}"'))
    if button is not None:
        parts.append(text(x, y + 30, plate.words(f"button.{button.value}").upper(), 6))
    return parts


def strokes(plate: Plate) -> list[str]:
    """The U itself and its rungs, engraved between the knobs."""
    at = places(plate)
    targets = plate.layout.pages[0].targets
    by_part: dict[str, list[tuple[float, float]]] = {"enc": [], "dec": [], "lat": [], "ski": []}
    for knob, target in enumerate(targets):
        by_part[target.split("/")[1][:3]].append(at[knob])
    down = sorted(by_part["enc"], key=lambda place: place[1])
    up = sorted(by_part["dec"], key=lambda place: -place[1])
    bend = down + by_part["lat"] + up
    solid = f'{ENGRAVE} stroke-width="{STROKE:g}"'
    parts = [line(ends, solid) for ends in _between(plate, bend)]
    left, right = MARGIN, MARGIN + 2 * COLUMN
    held = set(at.values())
    for x, y in by_part["ski"]:
        sides = [(left, y), (x, y), (right, y)]
        for ends in _between(plate, sides, [place for place in sides if place not in held]):
            length = abs(ends[1][0] - ends[0][0])
            parts.append(line(ends, f'{ENGRAVE} stroke-width="{RUNG:g}" {_dashes(length)}'))
    return parts


def _between(
    plate: Plate,
    stops: list[tuple[float, float]],
    bare: list[tuple[float, float]] | None = None,
) -> list[list[tuple[float, float]]]:
    """Lines from stop to stop that end clear of the wheels and sliders on them; at a `bare` stop
    there is only the stroke of the U itself."""
    lines = []
    for (x0, y0), (x1, y1) in pairwise(stops):
        length = math.hypot(x1 - x0, y1 - y0)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        near, far = (
            STROKE / 2 if stop in (bare or []) else _reach(plate, ux, uy)
            for stop in ((x0, y0), (x1, y1))
        )
        start = (x0 + near * ux, y0 + near * uy)
        lines.append([start, (x1 - far * ux, y1 - far * uy)])
    return lines


def _reach(plate: Plate, ux: float, uy: float) -> float:
    """How far a wheel or slider reaches from its centre in a direction, and a little further."""
    if not plate.sliders:
        return WHEEL / 2 + CLEAR
    wide, high = FIELD
    across = wide / 2 / abs(ux) if ux else math.inf
    along = high / 2 / abs(uy) if uy else math.inf
    return min(across, along) + CLEAR_OF_SLIDER


def _dashes(length: float) -> str:
    """Whole dashes only, one at each end."""
    count = max(1, round((length + GAP) / (DASH + GAP)))
    gap = GAP if count > 1 else 0.0
    dash = (length - (count - 1) * gap) / count
    return f'stroke-dasharray="{dash:.3f} {gap:g}"'


def _knob(plate: Plate, knob: int, at: tuple[float, float]) -> list[str]:
    x, y = at
    blank = 'fill="none" stroke="#000000" stroke-width="0.5"'
    if plate.sliders:
        wide, long = SLOT
        return [
            rectangle(x - 12, y - 36, 24, 72, blank, 4),
            rectangle(x - wide / 2, y - long / 2, wide, long, CUT),
            circle(x, y - SLOT_SCREWS / 2, 3.2, CUT),
            circle(x, y + SLOT_SCREWS / 2, 3.2, CUT),
        ]
    return [circle(x, y, WHEEL, blank), circle(x, y, POT_HOLE, CUT)]
