"""`uglynet panel simulate`: a panel for those who have none, as a serial port."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from installation.commands.outputs import FiniteRange
from installation.panel.simulated.pins import BOARDS, board_of
from installation.panel.simulated.simulated import SimulatedBoard
from installation.vocabulary import UglyError

_ORDERS = """knob N VALUE     turn knob N to VALUE, 0..1
press N          hold button N          release N        let it go
lamps            which lamps are lit
unplug, plug     pull the plug, put it back
reset, hang      press reset; let the program get stuck
help, quit"""


@click.command(epilog="Then type orders; `help` lists them.")
@click.option("--board", default="mega", type=click.Choice([board.key for board in BOARDS]))
@click.option("--port", type=click.Path(path_type=Path), help="Make the serial port this path.")
@click.option("--eeprom", type=click.Path(path_type=Path), help="Keep the EEPROM in this file.")
@click.option("--seconds", type=FiniteRange(min=0), help="Stop after this long.")
@click.option("--json", "as_json", is_flag=True, help="Print the port as JSON, take no orders.")
def simulate(
    board: str, port: Path | None, eeprom: Path | None, seconds: float | None, as_json: bool
) -> None:
    """Boot the panel's firmware in a simulated board and print the port to connect to."""
    if port is not None and port.exists() and not port.is_symlink():
        raise UglyError(f"{port}: is there already, and no port; give another name")
    simulated = SimulatedBoard(board_of(board), port=port, eeprom=eeprom)
    try:
        name = simulated.board.name
        if as_json:
            click.echo(json.dumps({"board": name, "port": str(simulated.port)}))
        else:
            click.echo(f"{name} on {simulated.port}; `help` for orders, Ctrl-C ends it")
        if seconds is None and not as_json:
            _take_orders(simulated)
        else:
            _wait(seconds)
    except KeyboardInterrupt:
        pass
    finally:
        simulated.close()


def _wait(seconds: float | None) -> None:
    deadline_s = time.monotonic() + seconds if seconds is not None else float("inf")
    while (left_s := deadline_s - time.monotonic()) > 0:
        time.sleep(min(0.2, left_s))


def _take_orders(simulated: SimulatedBoard) -> None:
    for line in sys.stdin:
        if line.strip() == "quit":
            return
        try:
            _obey(simulated, line.split())
        except (UglyError, ValueError) as error:
            click.echo(f"{error or line.strip()}: try `help`", err=True)
    _wait(None)  # nobody types: run until stopped


def _obey(simulated: SimulatedBoard, words: list[str]) -> None:
    match words:
        case []:
            pass
        case ["help"]:
            click.echo(_ORDERS)
        case ["knob", knob, value]:
            simulated.turn_to(_number(knob, simulated.board.shape.knobs), float(value))
        case ["press", button]:
            simulated.press(_number(button, simulated.board.shape.buttons))
        case ["release", button]:
            simulated.release(_number(button, simulated.board.shape.buttons))
        case ["lamps"]:
            click.echo(" ".join(map(str, sorted(simulated.lamps()))) or "all dark")
        case ["unplug" | "plug" | "reset" | "hang" as order]:
            getattr(simulated, order)()
        case _:
            raise ValueError(f"unknown order {' '.join(words)}")


def _number(text: str, count: int) -> int:
    number = int(text)
    if not 0 <= number < count:
        raise ValueError(f"{number} is outside 0..{count - 1}")
    return number
