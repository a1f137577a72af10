"""The pin table: which pin of which board each knob, button and lamp is wired to.

The one source for the firmware's `pins.h`, the wiring table and drawings, and the simulated
board. After a change run `python kiosk_config/panel/generate.py`.

Pin names are Arduino's ("A0", "22"); `port` is the chip's own name of the same pin ("PA0"),
from the ATmega2560 and ATmega328P datasheets and the Arduino variants' pin maps.
"""

from __future__ import annotations

from dataclasses import dataclass

from installation.panel.driver import PanelShape
from installation.vocabulary import UglyError


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin: Arduino's name of it and the chip's."""

    name: str
    port: str


@dataclass(frozen=True, slots=True)
class Board:
    """A board's pins. Button n has lamp n; `id` is what IDENTITY says; `mcu` as avr-gcc."""

    key: str
    name: str
    id: int
    mcu: str
    macros: tuple[str, ...]
    knobs: tuple[Pin, ...]
    buttons: tuple[Pin, ...]
    lamps: tuple[Pin, ...]

    @property
    def shape(self) -> PanelShape:
        return PanelShape(len(self.knobs), len(self.buttons))


def _run(first: int, port: str, bits: range) -> tuple[Pin, ...]:
    return tuple(Pin(str(first + i), f"P{port}{bit}") for i, bit in enumerate(bits))


MEGA = Board(
    key="mega",
    name="Arduino Mega 2560",
    id=2,
    mcu="atmega2560",
    macros=("ARDUINO_AVR_MEGA2560", "ARDUINO_AVR_MEGA"),
    knobs=tuple(Pin(f"A{i}", f"P{'F' if i < 8 else 'K'}{i % 8}") for i in range(16)),
    buttons=_run(22, "A", range(8)),
    lamps=_run(30, "C", range(7, -1, -1)),
)

UNO = Board(
    key="uno",
    name="Arduino Uno",
    id=1,
    mcu="atmega328p",
    macros=("ARDUINO_AVR_UNO", "ARDUINO_AVR_NANO"),
    knobs=tuple(Pin(f"A{i}", f"PC{i}") for i in range(6)),
    buttons=_run(2, "D", range(2, 8)),
    # The board's own light is on pin 13 too: it goes with lamp 5, and blinks as the board starts.
    lamps=_run(8, "B", range(6)),
)

BOARDS = (MEGA, UNO)


def board_of(key: str) -> Board:
    """The board called "mega" or "uno".

    Raises:
        UglyError: if there is none of that name.
    """
    for board in BOARDS:
        if board.key == key:
            return board
    raise UglyError(f"no board {key}: choose one of {', '.join(board.key for board in BOARDS)}")


def board_with_id(number: int) -> Board | None:
    """The board whose IDENTITY says `number`, if it is one of ours."""
    return next((board for board in BOARDS if board.id == number), None)
