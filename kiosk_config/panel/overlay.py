"""A tactile overlay, life-size: what fingers find on the panel. It lies on the faceplate.

The U and its rungs are raised, beside every knob a shape says which part of the net it is on its
first page, and under every button its name stands in braille. What is raised is black, in a group
of its own; what is only printed, for who helps, is grey; holes are cut as in the faceplate.
"""

from __future__ import annotations

from braille import Cell, braille
from faceplate import (
    BUTTON_HOLE,
    POT_HOLE,
    RIM,
    RIMMED,
    SLOT,
    SLOT_SCREWS,
    Plate,
    button_places,
    places,
    strokes,
)
from svg import CUT, circle, drawing, polygon, rectangle, text

from installation.show.words import Words
from installation.vocabulary import Button

DOT, DOTS_APART, CELLS_APART = 1.6, 2.5, 6.2
"""A braille dot's diameter at its base, and the distances of dots and of cells, centre to centre
(ISO 17049; 2010 ADA Standards, table 703.3.1)."""

MARK = 8.0
"""How large a shape is; fingers tell shapes of 6 mm apart."""

BESIDE, BESIDE_SLIDER = 32.0, 22.0
ABOVE, ABOVE_SLIDER = 30.5, 48.0
"""How far a shape is from its knob's centre: at its side (encoder, decoder), above (skip), below
(the lowest layer)."""

BRAILLE_DOWN, PRINT_DOWN, PRINT = 23.5, 34.5, 5.0
"""How far below a button's centre the first row of dots is, and the printed name's foot."""

RAISED = 'fill="#000000"'
GREY = 'fill="#767676"'
PARTS = ("enc", "lat", "dec", "ski")
_SAID = {"enc": "speak.down", "lat": "speak.latent", "dec": "speak.up", "ski": "speak.skip"}
A4 = (210.0, 297.0)


def overlay(plate: Plate, language: str) -> str:
    """The whole drawing."""
    width, height = plate.size
    raised = strokes(plate)
    at = places(plate)
    for knob, target in enumerate(plate.layout.pages[0].targets):
        raised.append(_mark(plate, target.split("/")[1][:3], at[knob]))
    printed: list[str] = []
    for number, (x, y) in enumerate(button_places(plate)):
        button = plate.layout.buttons[number]
        if button is None:
            continue
        name = plate.words(f"button.{button.value}")
        raised += dots(braille(name, language), x, y + BRAILLE_DOWN)
        printed.append(text(x, y + PRINT_DOWN, name.upper(), PRINT))
        if button in RIMMED:
            raised.append(_rim(x, y))
    kind = "sliders" if plate.sliders else "knobs"
    title = f"{plate.board.name}: tactile overlay with {kind}, {plate.words.name}"
    parts = [_group("cut", _holes(plate)), _group("raised", raised), _group("printed", printed)]
    return drawing(title, width, height, parts)


def legend(words: Words, language: str) -> str:
    """What the shapes mean and how the buttons are called, on a page (A4) to be felt and read."""
    left, y, step = 40.0, 30.0, 20.0
    raised: list[str] = []
    printed: list[str] = []
    for part in PARTS:
        raised.append(shape(part, 22, y))
        said = " ".join(words(_SAID[part], number="").split())
        raised += dots(braille(said, language), left, y - DOTS_APART, centred=False)
        printed.append(text(left, y + 9, said, PRINT, "start"))
        y += step
    for button in Button:
        name = words(f"button.{button.value}")
        raised += dots(braille(name, language), left, y - DOTS_APART, centred=False)
        printed.append(text(left, y + 9, name, PRINT, "start"))
        if button in RIMMED:
            raised.append(circle(22, y, 11, 'fill="none" stroke="#000000" stroke-width="2"'))
        y += step
    title = f"Tactile overlay: what its shapes mean, {words.name}"
    return drawing(title, *A4, [_group("raised", raised), _group("printed", printed)])


def dots(cells: tuple[Cell, ...], x: float, y: float, *, centred: bool = True) -> list[str]:
    """Cells in a row; `x` is their middle, or the first one's left column, `y` the top row."""
    if centred:
        x -= ((len(cells) - 1) * CELLS_APART + DOTS_APART) / 2
    made = []
    for number, cell in enumerate(cells):
        for dot in sorted(cell):
            column, row = divmod(dot - 1, 3)
            right = x + number * CELLS_APART + column * DOTS_APART
            made.append(circle(right, y + row * DOTS_APART, DOT, RAISED))
    return made


def shape(part: str, x: float, y: float) -> str:
    """What stands for a part of the net: downwards, the bottom, upwards, across."""
    r = MARK / 2
    if part == "enc":
        return polygon([(x - r, y - r), (x + r, y - r), (x, y + r)], RAISED)
    if part == "dec":
        return polygon([(x - r, y + r), (x + r, y + r), (x, y - r)], RAISED)
    if part == "lat":
        return circle(x, y, MARK, RAISED)
    return rectangle(x - r, y - 1.25, MARK, 2.5, RAISED)


def _mark(plate: Plate, part: str, at: tuple[float, float]) -> str:
    x, y = at
    side = BESIDE_SLIDER if plate.sliders else BESIDE
    above = ABOVE_SLIDER if plate.sliders else ABOVE
    moved = {"enc": (-side, 0.0), "dec": (side, 0.0), "ski": (0.0, -above), "lat": (0.0, above)}
    right, down = moved[part]
    return shape(part, x + right, y + down)


def _rim(x: float, y: float) -> str:
    inner, outer = RIM
    wide = (outer - inner) / 2
    return circle(
        x, y, (inner + outer) / 2, f'fill="none" stroke="#000000" stroke-width="{wide:g}"'
    )


def _holes(plate: Plate) -> list[str]:
    width, height = plate.size
    parts = [rectangle(0.5, 0.5, width - 1, height - 1, CUT, 12)]
    parts += [circle(x, y, 4.3, CUT) for x in (12, width - 12) for y in (12, height - 12)]
    for x, y in places(plate).values():
        if not plate.sliders:
            parts.append(circle(x, y, POT_HOLE, CUT))
            continue
        wide, long = SLOT
        parts.append(rectangle(x - wide / 2, y - long / 2, wide, long, CUT))
        parts += [circle(x, y + side * SLOT_SCREWS / 2, 3.2, CUT) for side in (-1, 1)]
    return parts + [circle(x, y, BUTTON_HOLE, CUT) for x, y in button_places(plate)]


def _group(name: str, parts: list[str]) -> str:
    style = f" {GREY}" if name == "printed" else ""
    return "\n".join([f'<g id="{name}"{style}>', *parts, "</g>"])
