"""Writes what follows from the pin table: the firmware's pins.h, wiring, faceplates, overlays.

python kiosk_config/panel/generate.py          writes the files
python kiosk_config/panel/generate.py --check  only says which are out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from faceplate import Plate, faceplate
from overlay import legend, overlay
from wiring_diagram import diagram

from installation.carve.panel_layout import PanelLayout
from installation.panel.layouts import load_layout
from installation.panel.simulated.pins import BOARDS, MEGA, UNO, Board, Pin
from installation.panel.simulated.wiring import wires
from installation.show.words import languages

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]


def pins_header() -> str:
    """firmware/panel/src/pins.h."""
    lines = [
        "// Made by kiosk_config/panel/generate.py from "
        "installation/panel/simulated/pins.py: edit that.",
        "#pragma once",
        "#include <Arduino.h>",
        "",
        "namespace ugly {",
        "",
    ]
    for board in BOARDS:
        condition = " || ".join(f"defined({macro})" for macro in board.macros)
        lines += [f"#{'if' if board is BOARDS[0] else 'elif'} {condition}"]
        lines += _constants(board)
    lines += [
        "#else",
        '#error "No pins for this board: add it to installation/panel/simulated/pins.py"',
        "#endif",
        "",
        "}  // namespace ugly",
    ]
    return "\n".join(lines) + "\n"


def _constants(board: Board) -> list[str]:
    counts = [
        ("kBoardId", board.id),
        ("kKnobs", len(board.knobs)),
        ("kButtons", len(board.buttons)),
    ]
    lines = [f"constexpr uint8_t {name} = {value};" for name, value in counts]
    rows = (("kKnobPins", board.knobs), ("kButtonPins", board.buttons), ("kLampPins", board.lamps))
    return lines + [line for name, pins in rows for line in _row(name, pins)]


def _row(name: str, pins: tuple[Pin, ...]) -> list[str]:
    size = "kKnobs" if name == "kKnobPins" else "kButtons"
    words = ", ".join(pin.name for pin in pins)
    start = f"constexpr uint8_t {name}[{size}] = {{"
    if len(start) + len(words) + 2 <= 100:
        return [f"{start}{words}}};"]
    half = len(pins) // 2
    indent = " " * len(start)
    first, rest = (", ".join(pin.name for pin in part) for part in (pins[:half], pins[half:]))
    return [f"{start}{first},", f"{indent}{rest}}};"]


def wiring_table(layouts: dict[Board, PanelLayout]) -> str:
    """wiring.md."""
    lines = ["# Wiring", "", "Made by generate.py from the pin table, like the firmware's pins."]
    for board, layout in layouts.items():
        lines += ["", f"## {board.name}, layout {layout.name}", ""]
        lines += ["| part | means | pin | chip | other ends |", "|---|---|---|---|---|"]
        for wire in wires(board, layout):
            row = (wire.part, wire.meaning, wire.pin, wire.port, wire.other_ends)
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def files() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    layouts = {MEGA: load_layout("mega16"), UNO: load_layout("uno6")}
    made = {
        PROJECT / "firmware/panel/src/pins.h": pins_header(),
        HERE / "wiring.md": wiring_table(layouts),
    }
    for board, layout in layouts.items():
        made[HERE / f"wiring-{board.key}.svg"] = diagram(board, layout)
        for language, words in languages().items():
            for kind, sliders in (("", False), ("-sliders", True)):
                path = HERE / f"faceplate-{board.key}{kind}-{language}.svg"
                plate = Plate(board, layout, words, sliders)
                made[path] = faceplate(plate)
                path = HERE / f"overlay-{board.key}{kind}-{language}.svg"
                made[path] = overlay(plate, language)
    for language, words in languages().items():
        made[HERE / f"overlay-legend-{language}.svg"] = legend(words, language)
    return made


def main(check: bool) -> int:
    stale = 0
    for path, text in files().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"{path.relative_to(PROJECT)} is out of date")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(PROJECT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
