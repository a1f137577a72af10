"""`uglynet panel`: try, watch, record and wire the panel of knobs and buttons."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from installation.carve.panel_layout import PanelLayout
from installation.commands.context import Context, pass_context
from installation.commands.outputs import FiniteRange, OutputFile, claim, force_option
from installation.commands.simulate import simulate
from installation.panel.arduino.arduino import ArduinoPanel
from installation.panel.arduino.serial_link import LineStats
from installation.panel.driver import Panel, PanelShape
from installation.panel.factory import open_panel
from installation.panel.layouts import load_layout
from installation.panel.monitor_text import Rates, draw
from installation.panel.recording.recording import Recorder, read_recording
from installation.panel.recording.replay import ReplayPanel
from installation.panel.simulated.pins import BOARDS, board_of
from installation.panel.simulated.simulated import SimulatedPanel
from installation.panel.simulated.wiring import as_records, as_text, wires
from installation.vocabulary import Health, PanelState, UglyError

PATIENCE_S = 10.0
"""How long a panel may take to be found: a board boots, its port is opened again."""

_TICK_S = 0.02
_REDRAW_S = 0.1

_DEVICES = ("arduino", "simulated", "midi")

_layout = click.option(
    "--layout", "layout_name", help="Name or .toml file, instead of the settings' one."
)
_driver = click.option(
    "--panel", "driver", type=click.Choice(_DEVICES), help="Instead of the settings' one."
)
_port = click.option(
    "--port", help="The Arduino's serial port, instead of the settings' one, or of a search."
)
_seconds = click.option("--seconds", type=FiniteRange(min=0), help="Stop after this long.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for a machine.")


@click.group()
def panel() -> None:
    """Try, watch, record and wire the panel."""


panel.add_command(simulate)


@panel.command()
@_driver
@_port
@_layout
@_seconds
@_json
@pass_context
def monitor(
    context: Context,
    driver: str | None,
    port: str | None,
    layout_name: str | None,
    seconds: float | None,
    as_json: bool,
) -> None:
    """Show every knob and button live, with rates and damaged frames. Ends with Ctrl-C.

    With --json, one line whenever anything changes. Exit status 1 if no panel is found, or it
    is gone at the end.
    """
    meant = _meant(context, driver, port, layout_name)
    with _opened(meant) as device:
        _wait(lambda: device.health().health is Health.FINE, device, seconds)
        _watch(device, load_layout(meant.layout), seconds, as_json, lambda: False)
        if device.health().health is not Health.FINE:
            raise UglyError(device.health().note)


@panel.command()
@click.argument("file", type=OutputFile())
@force_option
@_driver
@_port
@_layout
@_seconds
@_json
@pass_context
def record(
    context: Context,
    file: Path,
    force: bool,
    seconds: float | None,
    as_json: bool,
    **which: str | None,
) -> None:
    """Record what the panel does to FILE, for `replay` and `run --panel replay`.

    Ends with Ctrl-C; then, and only then, FILE is there.
    """
    claim(file, force)
    states = 0
    meant = _meant(context, **which)
    with _opened(meant) as device, Recorder(file, device.shape) as tape:
        for state in _states(device, seconds, lambda: False):
            states += tape.note(state)
        health = device.health()
    if as_json:
        click.echo(json.dumps({"file": str(file), "states": states, "panel": health.note}))
    else:
        click.echo(f"{file}: {states} states")
    if not states:
        raise UglyError(f"nothing was recorded: {health.note}")


@panel.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_layout
@click.option("--speed", default=1.0, show_default=True, type=FiniteRange(0.01, 1000))
@_json
@pass_context
def replay(
    context: Context, file: Path, layout_name: str | None, speed: float, as_json: bool
) -> None:
    """Play a recording into the monitor, to its end.

    With --json, one line a state.
    """
    recording = read_recording(file)
    layout = load_layout(layout_name or context.settings.panel.layout)
    began_s = time.monotonic()
    device = ReplayPanel(recording, lambda: (time.monotonic() - began_s) * speed)
    _watch(device, layout, None, as_json, lambda: device.is_over)


@panel.command()
@click.option("--board", default="mega", type=click.Choice([board.key for board in BOARDS]))
@click.option("--layout", "layout_name", help="Name or .toml file, to tell what each part means.")
@_json
def wiring(board: str, layout_name: str | None, as_json: bool) -> None:
    """Print the pin table: which knob, button and lamp goes to which pin."""
    layout = load_layout(layout_name) if layout_name else None
    chosen = board_of(board)
    rows = wires(chosen, layout)
    if as_json:
        click.echo(json.dumps({"board": chosen.name, "wires": as_records(rows)}, indent=1))
    else:
        click.echo(as_text(chosen, rows))


@panel.command()
@click.argument("number", type=click.IntRange(1, 2**32 - 1))
@_port
@_layout
@pass_context
def name(context: Context, number: int, port: str | None, layout_name: str | None) -> None:
    """Give the panel a serial NUMBER to keep, so that several can be told apart."""
    meant = _meant(context, "arduino", port, layout_name)
    layout = load_layout(meant.layout)
    device = ArduinoPanel(PanelShape(layout.knobs, len(layout.buttons)), meant.port or None)
    try:
        _wait(lambda: device.health().health is Health.FINE, device)
        device.give_serial(number)
        _wait(lambda: _serial(device.stats()) == number, device)
    finally:
        device.close()
    click.echo(f"the panel is now number {number}")


def _serial(stats: LineStats) -> int:
    return stats.identity.serial if stats.identity else 0


@dataclass(frozen=True, slots=True)
class _Meant:
    """Which panel is meant: its driver, its port ("": to be searched for), its layout, and the
    driver's own settings."""

    driver: str
    port: str
    layout: str
    own: Any


def _meant(
    context: Context, driver: str | None, port: str | None, layout_name: str | None
) -> _Meant:
    """What was typed; what was not, the settings say. Hands are watched on a real panel: where
    the settings have another, it is looked for as an Arduino."""
    settings = context.settings.panel
    usual = settings.driver if settings.driver in _DEVICES else "arduino"
    chosen = driver or usual
    own = context.settings.own(chosen)
    return _Meant(chosen, port or settings.port, layout_name or settings.layout, own)


def _wait(true: Callable[[], bool], device: Panel, seconds: float | None = None) -> None:
    """Until it is true, at most PATIENCE_S or `seconds`; an UglyError tells what is wrong."""
    deadline_s = time.monotonic() + min(PATIENCE_S, PATIENCE_S if seconds is None else seconds)
    while not true():
        if time.monotonic() > deadline_s:
            raise UglyError(device.health().note)
        time.sleep(_TICK_S)


@contextmanager
def _opened(meant: _Meant) -> Iterator[Panel]:
    device = open_panel(meant.driver, meant.layout, port=meant.port, own=meant.own)
    try:
        if meant.driver == "simulated":  # it boots with us: no use in watching that
            _wait(lambda: device.health().health is Health.FINE, device)
        yield device
    finally:
        device.close()


def _states(device: Panel, seconds: float | None, over: Callable[[], bool]) -> Iterator[PanelState]:
    """The panel's newest state again and again, until time, Ctrl-C or `over` ends it."""
    deadline_s = time.monotonic() + seconds if seconds is not None else float("inf")
    try:
        while time.monotonic() < deadline_s:
            ended = over()
            yield device.latest()
            if ended:
                return
            time.sleep(_TICK_S)
    except KeyboardInterrupt:
        return


def _watch(
    device: Panel,
    layout: PanelLayout,
    seconds: float | None,
    as_json: bool,
    over: Callable[[], bool],
) -> None:
    rates = Rates.of(device.shape.knobs, device.shape.buttons)
    live = sys.stdout.isatty() and not as_json
    drawn_s = -1.0
    state = device.latest()
    for state in _states(device, seconds, over):
        changed = rates.note(state)
        if as_json and changed:
            click.echo(json.dumps(_record(device, state)))
        if live and time.monotonic() - drawn_s > _REDRAW_S:
            drawn_s = time.monotonic()
            click.clear()
            click.echo(_table(device, state, layout, rates))
    if not as_json and not live:
        click.echo(_table(device, state, layout, rates))


def _table(device: Panel, state: PanelState, layout: PanelLayout, rates: Rates) -> str:
    return draw(state, device.health(), _stats(device), layout, rates, state.at_s)


def _stats(device: Panel) -> LineStats | None:
    return device.stats() if isinstance(device, (ArduinoPanel, SimulatedPanel)) else None


def _record(device: Panel, state: PanelState) -> dict[str, object]:
    health, stats = device.health(), _stats(device)
    return {
        "at_s": None if state.at_s == float("-inf") else round(state.at_s, 4),
        "health": health.health.value,
        "note": health.note,
        "knobs": [round(value, 4) for value in state.knobs],
        "pressed": sorted(state.pressed),
        "errors": stats.errors if stats else 0,
        "lost": stats.lost if stats else 0,
    }
