"""`uglynet bench`: what this machine makes of it, in numbers anyone can print."""

from __future__ import annotations

import click

from installation.commands.context import Context, SizePx, pass_context, told
from installation.commands.outputs import FiniteRange
from installation.commands.panel import measure_panel
from installation.reports.bench import measure_show
from installation.reports.bench_flashes import measure_flashes
from installation.reports.bench_net import measure_net
from installation.reports.bench_noise import measure_noise
from installation.settings import changed


@click.command()
@click.option("--seconds", default=8.0, show_default=True, type=FiniteRange(1, 600))
@click.option("--screen", "screen_px", type=SizePx(), help="Size of the screen to draw.")
@click.option("--provider", type=click.Choice(["auto", "cpu", "cuda", "tensorrt"]))
@click.option("--threads", type=click.IntRange(1, 64), help="ONNX Runtime's, for the preview.")
@click.option("--panel", "of_panel", is_flag=True, help="Measure the simulated panel instead.")
@click.option(
    "--flashes",
    type=click.IntRange(0, 10_000),
    help="Put strobes, and this many extreme nets on three clips, through the flash governor.",
)
@click.option("--show", "of_show", is_flag=True, help="Measure the show at 1920x1080.")
@click.option("--noise", "of_noise", is_flag=True, help="Measure the noise rack instead.")
@click.option(
    "--net",
    "of_net",
    is_flag=True,
    help="Measure the engine against torch and Super SloMo (needs the training extra).",
)
@click.option("--json", "as_json", is_flag=True)
@pass_context
def bench(
    context: Context,
    seconds: float,
    screen_px: tuple[int, int] | None,
    provider: str | None,
    threads: int | None,
    of_panel: bool,
    flashes: int | None,
    of_show: bool,
    of_noise: bool,
    of_net: bool,
    as_json: bool,
) -> None:
    """Measure generated frames a second, knob to picture, and how late the screen ticks.

    The installation runs for real while a knob turns, so that every frame is a new one. What
    else the machine does shows in every number: compare only within one run.
    """
    settings = context.settings
    if of_show:
        screen_px = screen_px or (1920, 1080)
    if screen_px:
        settings = changed(settings, "screen", size_px=screen_px)
    if provider:
        settings = changed(settings, "model", provider=provider)
    if threads:
        settings = changed(settings, "model", threads=threads)
    if flashes is not None:
        rows = measure_flashes(settings, flashes, lambda line: click.echo(line, err=True))
    elif of_net:
        rows = measure_net(settings)
    elif of_noise:
        rows = measure_noise()
    else:
        rows = measure_panel() if of_panel else measure_show(settings, seconds)
    if as_json:
        told(rows)
        return
    for key, value in rows.items():
        click.echo(f"{key:34} {value}")
