"""What the builder is given: drawings, tables and rules that agree with the firmware."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from installation.panel.layouts import layout_names, load_layout
from installation.panel.simulated.pins import BOARDS, MEGA, Board
from installation.show.words import languages

PROJECT = Path(__file__).parents[2]
PANEL = PROJECT / "kiosk_config" / "panel"
SVG = "{http://www.w3.org/2000/svg}"


def drawing(name: str) -> ElementTree.Element:
    return ElementTree.parse(PANEL / name).getroot()


def test_everything_made_from_the_pin_table_is_up_to_date():
    done = subprocess.run(
        [sys.executable, str(PANEL / "generate.py"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.key)
def test_no_pin_is_used_twice(board: Board):
    pins = [*board.knobs, *board.buttons, *board.lamps]
    assert len({pin.name for pin in pins}) == len({pin.port for pin in pins}) == len(pins)
    assert len(board.buttons) == len(board.lamps)
    serial_pins = {"0", "1"}
    assert not serial_pins & {pin.name for pin in pins}


@pytest.mark.parametrize("name", layout_names())
def test_every_layout_has_a_board_or_a_midi_table(name: str):
    layout = load_layout(name)
    shapes = {(board.shape.knobs, board.shape.buttons) for board in BOARDS}
    assert (layout.knobs, len(layout.buttons)) in shapes


WORDS = languages()
plates = pytest.mark.parametrize(
    ("board", "kind", "language"),
    [
        (board, kind, language)
        for board in BOARDS
        for kind in ("", "-sliders")
        for language in WORDS
    ],
    ids=lambda part: getattr(part, "key", part),
)


@plates
def test_a_faceplate_says_what_the_screen_says_and_nothing_that_a_page_changes(
    board: Board, kind: str, language: str
):
    root = drawing(f"faceplate-{board.key}{kind}-{language}.svg")
    said = [part.text for part in root if part.tag == f"{SVG}text"]
    buttons = load_layout({"mega": "mega16", "uno": "uno6"}[board.key]).buttons
    assert said == [WORDS[language](f"button.{b.value}").upper() for b in buttons if b]


@plates
def test_record_and_keep_have_a_rim_and_no_line_runs_into_a_part(
    board: Board, kind: str, language: str
):
    root = drawing(f"faceplate-{board.key}{kind}-{language}.svg")
    rims = [p for p in root if p.tag == f"{SVG}circle" and p.attrib["r"] == "19"]
    assert len(rims) == 2
    boxes = [
        (float(p.attrib["cx"]), float(p.attrib["cy"]), float(p.attrib["r"]), float(p.attrib["r"]))
        for p in root
        if p.tag == f"{SVG}circle"
    ] + [
        (x + w / 2, y + h / 2, w / 2, h / 2)
        for x, y, w, h in (
            [float(p.attrib[key]) for key in ("x", "y", "width", "height")]
            for p in root
            if p.tag == f"{SVG}rect" and p.attrib["stroke"] != "#ff0000"
        )
    ]
    lines = [part for part in root if part.tag == f"{SVG}polyline"]
    assert len(lines) >= board.shape.knobs
    for part in lines:
        (x0, y0), (x1, y1) = (
            [float(number) for number in end.split(",")] for end in part.attrib["points"].split()
        )
        for step in range(51):
            x, y = x0 + (x1 - x0) * step / 50, y0 + (y1 - y0) * step / 50
            for cx, cy, rx, ry in boxes:
                assert ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 > 1
        if dashes := part.attrib.get("stroke-dasharray"):
            dash, gap = map(float, dashes.split())
            count = (abs(x1 - x0) + gap) / (dash + gap)
            assert count == pytest.approx(round(count), abs=0.01), "no dash is cut short"


@plates
def test_a_faceplate_is_life_size_with_a_hole_for_every_part(
    board: Board, kind: str, language: str
):
    root = drawing(f"faceplate-{board.key}{kind}-{language}.svg")
    width_mm, height_mm = (
        float(root.attrib[side].removesuffix("mm")) for side in ("width", "height")
    )
    assert root.attrib["viewBox"] == f"0 0 {width_mm:g} {height_mm:g}"
    cuts = [part for part in root if part.attrib.get("stroke") == "#ff0000"]
    holes = [
        (float(p.attrib["cx"]), float(p.attrib["cy"]), float(p.attrib["r"]))
        for p in cuts
        if p.tag == f"{SVG}circle"
    ]
    slots = [p for p in cuts if p.tag == f"{SVG}rect"][1:]  # the first is the outline
    buttons = [hole for hole in holes if hole[2] == pytest.approx(15.1)]
    assert len(buttons) == board.shape.buttons
    knobs = [hole for hole in holes if hole[2] == pytest.approx(3.6)]
    assert (len(slots) if kind else len(knobs)) == board.shape.knobs
    for i, (x, y, r) in enumerate(holes):
        assert r < x < width_mm - r
        assert r < y < height_mm - r
        for other_x, other_y, other_r in holes[:i]:
            assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 > r + other_r + 2.0


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.key)
def test_wheels_leave_room_for_a_hand(board: Board):
    root = drawing(f"faceplate-{board.key}-en.svg")
    wheels = [
        (float(p.attrib["cx"]), float(p.attrib["cy"]))
        for p in root
        if p.tag == f"{SVG}circle" and p.attrib["r"] == "22.5"
    ]
    assert len(wheels) == board.shape.knobs
    for i, (x, y) in enumerate(wheels):
        for other_x, other_y in wheels[:i]:
            assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 >= 60.0


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.key)
def test_the_wiring_diagram_names_every_pin(board: Board):
    words = [part.text for part in drawing(f"wiring-{board.key}.svg") if part.tag == f"{SVG}text"]
    for pin in (*board.knobs, *board.buttons, *board.lamps):
        assert pin.name in words


def test_the_wiring_table_and_the_firmware_agree():
    table = (PANEL / "wiring.md").read_text(encoding="utf-8")
    header = (PROJECT / "firmware/panel/src/pins.h").read_text(encoding="utf-8")
    for pin in MEGA.lamps:
        assert f"| {pin.name} | {pin.port} |" in table
    row = re.search(r"kLampPins\[kButtons\] = \{([^}]*)\}", header)
    assert row
    assert [word.strip() for word in row[1].split(",")] == [pin.name for pin in MEGA.lamps]


def test_the_udev_rule_is_well_formed_and_keeps_others_away():
    text = (PROJECT / "kiosk_config/99-uglynet-panel.rules").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    token = re.compile(r'[A-Z]+(\{[A-Za-z_/]+\})?(==|!=|\+=|:=|=)"[^"]*"')
    for line in lines:
        assert all(token.fullmatch(part) for part in line.split(", ")), line
    gone_to = set(re.findall(r'GOTO="(\w+)"', text))
    assert gone_to == set(re.findall(r'LABEL="(\w+)"', text))
    for needed in ("ID_MM_DEVICE_IGNORE", "BRLTTY_BRAILLE_DRIVER", 'SYMLINK+="uglynet-panel"'):
        assert needed in text


def test_the_firmwares_debian_packages_are_one_a_line():
    names = (PROJECT / "firmware/debian-packages.txt").read_text(encoding="utf-8").split("\n")
    assert names[-1] == ""
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name) for name in names[:-1])
    assert {"gcc-avr", "arduino-core-avr", "libsimavr-dev", "avrdude"} <= set(names)


def raised(name: str) -> list[ElementTree.Element]:
    (group,) = [part for part in drawing(name) if part.attrib.get("id") == "raised"]
    return list(group)


@plates
def test_an_overlay_has_the_faceplates_holes_and_a_shape_for_every_knob(
    board: Board, kind: str, language: str
):
    plate = drawing(f"faceplate-{board.key}{kind}-{language}.svg")
    over = drawing(f"overlay-{board.key}{kind}-{language}.svg")
    assert over.attrib == plate.attrib, "as large"
    cuts = sorted(
        str(sorted(p.attrib.items())) for p in plate if p.attrib.get("stroke") == "#ff0000"
    )
    (group,) = [part for part in over if part.attrib.get("id") == "cut"]
    assert sorted(str(sorted(part.attrib.items())) for part in group) == cuts
    shapes = [p for p in raised(f"overlay-{board.key}{kind}-{language}.svg")
              if p.tag in (f"{SVG}polygon", f"{SVG}rect") or p.attrib.get("r") == "4"]  # fmt: skip
    assert len(shapes) == board.shape.knobs


@plates
def test_whatever_is_raised_is_clear_of_holes_and_wheels_and_of_one_another(
    board: Board, kind: str, language: str
):
    plate = drawing(f"faceplate-{board.key}{kind}-{language}.svg")
    width, height = (float(n) for n in plate.attrib["viewBox"].split()[2:])
    round_ = [(float(p.attrib["cx"]), float(p.attrib["cy"]), float(p.attrib["r"]))
              for p in plate if p.tag == f"{SVG}circle"]  # fmt: skip
    made = raised(f"overlay-{board.key}{kind}-{language}.svg")
    dots = [(float(p.attrib["cx"]), float(p.attrib["cy"])) for p in made
            if p.tag == f"{SVG}circle" and p.attrib["r"] == "0.8"]  # fmt: skip
    assert len(dots) > 3 * board.shape.buttons
    assert len(set(dots)) == len(dots)
    for x, y in dots:
        assert 5 < x < width - 5
        assert 5 < y < height - 5
        for cx, cy, r in round_:
            assert ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5 > r + 0.8
    for number, (x, y) in enumerate(dots):
        near = min((((x - a) ** 2 + (y - b) ** 2) ** 0.5 for a, b in dots[number + 1 :]), default=9)
        assert near >= 2.49, "dots that fingers can tell apart"
    for part in made:
        if part.tag == f"{SVG}polygon":
            for corner in part.attrib["points"].split():
                x, y = map(float, corner.split(","))
                for cx, cy, r in round_:
                    assert ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5 > r + 1
                assert 4 < x < width - 4


BRAILLE = {
    "en": {"discard": "⠙⠊⠎⠉⠁⠗⠙", "calm": "⠉⠁⠇⠍"},
    "de": {"discard": "⠺⠑⠛⠀⠙⠁⠍⠊⠞", "calm": "⠗⠥⠓⠊⠛"},
    "fr": {"discard": "⠚⠑⠞⠑⠗", "calm": "⠉⠁⠇⠍⠑"},
    "ko": {"discard": "⠘⠎⠐⠕⠈⠕", "calm": "⠰⠣⠘⠍⠒⠚⠕"},
}
"""As liblouis 3.24 writes them (en-ueb-g1, de-g0, fr-bfu-comp6, ko-2006-g1)."""


@pytest.mark.parametrize("language", WORDS)
def test_braille_is_what_liblouis_writes(language: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(PANEL))
    from braille import as_text, braille

    for button, wanted in BRAILLE[language].items():
        assert as_text(braille(WORDS[language](f"button.{button}"), language)) == wanted
    with pytest.raises(ValueError, match="no braille"):
        braille("7", language)


@pytest.mark.parametrize("language", WORDS)
def test_the_legend_is_on_the_page_with_four_shapes_that_differ(language: str):
    made = raised(f"overlay-legend-{language}.svg")
    shapes = {(p.tag, p.attrib.get("points", "")[:9]) for p in made
              if p.tag in (f"{SVG}polygon", f"{SVG}rect") or p.attrib.get("r") == "4"}  # fmt: skip
    assert len(shapes) == 4
    rights = [float(p.attrib["cx"]) for p in made if p.attrib.get("r") == "0.8"]
    assert max(rights) < 205
    lows = [float(p.attrib["cy"]) for p in made if p.attrib.get("r") == "0.8"]
    assert max(lows) < 290
