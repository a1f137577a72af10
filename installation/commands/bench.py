"""`uglynet bench`: what this machine makes of it, in numbers anyone can print."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from installation.commands.context import Context, SizePx, pass_context, told
from installation.commands.outputs import FiniteRange
from installation.commands.run import screen_is_there
from installation.reports.bench import measure_show
from installation.reports.bench_door import measure_door
from installation.reports.bench_flashes import measure_flashes
from installation.reports.bench_fleet import measure_fleet
from installation.reports.bench_gallery import measure_gallery
from installation.reports.bench_net import measure_net
from installation.reports.bench_noise import measure_noise
from installation.reports.bench_panel import measure_panel
from installation.reports.bench_render import measure_render
from installation.reports.bench_restart import measure_restart
from installation.reports.machine import machine
from installation.settings import changed
from installation.vocabulary import UglyError

Rows = dict[str, Any]


def printed(measure: Callable[..., Rows]) -> Callable[..., None]:
    """A verb that prints what `measure` returns, and on what machine; as JSON with --json."""

    @click.option("--json", "as_json", is_flag=True)
    @wraps(measure)
    def verb(*given: Any, as_json: bool, **named: Any) -> None:
        rows = {**measure(*given, **named), **machine()}
        if as_json:
            told(rows)
            return
        for key, value in rows.items():
            click.echo(f"{key:34} {value}")

    return verb


@click.group(invoke_without_command=True)
@click.pass_context
def bench(context: click.Context) -> None:
    """Measure; without a verb, `show` at the settings' size.

    What else the machine does shows in every number: compare only within one run.
    """
    if context.invoked_subcommand is None:
        context.invoke(show, as_json=False)


@bench.command()
@click.option("--seconds", default=8.0, show_default=True, type=FiniteRange(1, 600))
@click.option("--screen", "screen_px", type=SizePx(), help="Instead of the settings' size.")
@click.option("--provider", type=click.Choice(["auto", "cpu", "cuda", "tensorrt"]))
@click.option("--threads", type=click.IntRange(1, 64), help="ONNX Runtime's, for the preview.")
@pass_context
@printed
def show(
    context: Context,
    seconds: float = 8.0,
    screen_px: tuple[int, int] | None = None,
    provider: str | None = None,
    threads: int | None = None,
) -> Rows:
    """Generated frames a second, knob to picture, and how late the screen ticks.

    The installation runs for real while a knob turns, so that every frame is a new one.
    """
    settings = context.settings
    if screen_px:
        settings = changed(settings, "screen", size_px=screen_px)
    if provider:
        settings = changed(settings, "model", provider=provider)
    if threads:
        settings = changed(settings, "model", threads=threads)
    return measure_show(settings, seconds)


@bench.command()
@click.option("--provider", type=click.Choice(["cpu", "cuda", "tensorrt"]))
@pass_context
@printed
def net(context: Context, provider: str | None = None) -> Rows:
    """The engine against PyTorch and Super SloMo (needs the training extra).

    With --provider that one against the processor instead: whether its frames are the same, and how
    fast each way of running it is, recorded as a CUDA graph and in half precision among them.
    """
    return measure_net(context.settings, provider)


@bench.command()
@printed
def noise() -> Rows:
    """The tools of the noise rack."""
    return measure_noise()


@bench.command()
@printed
def panel() -> Rows:
    """The simulated panel: from a pin to the program, and back to a lamp."""
    return measure_panel()


@bench.command()
@click.option("--phones", default=200, show_default=True, type=click.IntRange(1, 300))
@click.option("--seconds", default=60.0, show_default=True, type=FiniteRange(1, 600))
@pass_context
@printed
def door(context: Context, phones: int, seconds: float) -> Rows:
    """How late the screen's ticks are alone, and while PHONES download at once."""
    return measure_door(context.settings, phones, seconds)


@bench.command()
@printed
def gallery() -> Rows:
    """Whether ten thousand takes are as quick to go through as a hundred."""
    return measure_gallery(lambda line: click.echo(line, err=True))


@bench.command()
@click.option("--takes", default=30, show_default=True, type=click.IntRange(10, 10_000))
@printed
def fleet(takes: int) -> Rows:
    """What one booth more needs beside 1, 3, 10 and 30 others with so many takes each."""
    return measure_fleet(takes, lambda line: click.echo(line, err=True))


@bench.command()
@click.argument("nets", type=click.IntRange(0, 10_000), default=100)
@pass_context
@printed
def flashes(context: Context, nets: int) -> Rows:
    """Strobes, and NETS extreme nets on three clips, through the flash governor."""
    return measure_flashes(context.settings, nets, lambda line: click.echo(line, err=True))


@bench.command()
@click.option("--times", default=3, show_default=True, type=click.IntRange(1, 100))
@pass_context
@printed
def restart(context: Context, times: int = 3) -> Rows:
    """From kill -9 to the first picture of ATTRACT, in seconds: the kiosk's pause included.

    A show of its own, on this screen, with a gallery of its own; the settings' for all the rest.
    """
    if not screen_is_there():
        raise UglyError("no screen here; give it one: xvfb-run uglynet bench restart")
    return measure_restart(context.settings, context.config, times)


@bench.command()
@click.option("--takes", default=20, show_default=True, type=click.IntRange(10, 10_000))
@pass_context
@printed
def render(context: Context, takes: int) -> Rows:
    """Rendering a gallery anew (`uglynet render`) by one and two processes, and with losses."""
    return measure_render(context.settings, takes)
