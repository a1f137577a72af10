"""`uglynet soak`: simulated visitors and random faults, for hours if one likes."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import click

from installation.app.window import stopping_on_signals
from installation.commands.context import Context, pass_context, told, write_file
from installation.commands.outputs import FiniteRange
from installation.settings import Settings
from installation.simulation.soak import Soak, Soaked
from installation.simulation.soak_plot import soak_svg
from installation.vocabulary import UglyError


@click.command("soak")
@click.option("--visits", default=30, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--faults", default=10, show_default=True, type=click.IntRange(0, 1_000_000))
@click.option("--hours", type=FiniteRange(0.001, 10_000), help="In real time, not so many visits.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True)
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="An SVG file.")
@pass_context
def soak_command(
    context: Context,
    visits: int,
    faults: int,
    hours: float | None,
    seed: int,
    as_json: bool,
    plot: Path | None,
) -> None:
    """Let simulated visitors come while things go wrong, as fast as the machine allows.

    The show's tick, threads, disk and database are real; the clock is stepped, and faults are
    caused at the devices' edges: panel, camera, net, disk, database, clock. The takes lie in a
    folder of their own, which is removed. Ends with 1 if a take was lost, a visit came to no end,
    or a device did not become well again. Stopped (Ctrl-C, SIGTERM), it ends the visit that is on,
    and tells what came of those so far; stopped twice, it ends at once.
    """
    if plot is not None and plot.suffix != ".svg":
        raise UglyError(f"{plot}: the plot is an SVG; give it a name that ends in .svg")
    if not logging.getLogger().isEnabledFor(logging.INFO):
        logging.disable(logging.ERROR)  # what goes wrong here is meant to; --verbose tells it all
    try:
        done = _soaked(context.settings, visits, faults, hours, seed)
    finally:
        logging.disable(logging.NOTSET)
    if plot is not None:
        write_file(plot, soak_svg(done).encode())
    rows = dict(done.rows())
    if as_json:
        told(rows)
    else:
        for key, value in rows.items():
            click.echo(f"{key:18} {value}")
    if done.lost or done.stuck or done.recovered < done.faults:
        raise UglyError(
            f"{len(done.lost)} takes lost, {len(done.stuck)} visits stuck, "
            f"{done.faults - done.recovered} faults not recovered from; see the figures"
        )


def _soaked(settings: Settings, visits: int, faults: int, hours: float | None, seed: int) -> Soaked:
    with tempfile.TemporaryDirectory(prefix="uglynet-soak-") as folder:
        soak = Soak(
            settings, Path(folder) / "gallery", seed,
            real_time=hours is not None, say=lambda line: click.echo(line, err=True),
        )  # fmt: skip
        with stopping_on_signals(soak.stop):
            return soak.run(visits, faults) if hours is None else soak.run_for(3600 * hours, faults)
