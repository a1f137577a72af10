"""Nets from nets, and which layer did it: verbs of `uglynet net`."""

from __future__ import annotations

from pathlib import Path

import click

from installation.carve.crossover import crossed, interpolated, mutated
from installation.carve.nets import net_text, settled
from installation.commands.context import (
    Context,
    check_net,
    pass_context,
    read_net,
    told,
    write_file,
)
from installation.commands.net import net
from installation.commands.outputs import FiniteRange, OutputFile, claim, force_option
from installation.interpolator.ablation import ranking
from installation.interpolator.model import load_model
from installation.source.choice import BUNDLED_CLIP
from installation.vocabulary import Net

_file = click.Path(path_type=Path)
_seed = click.IntRange(0, 2**31 - 1)


def _written(out: Path, made: Net) -> None:
    made = settled(made)
    write_file(out, net_text(made).encode())
    click.echo(f"{out}: {made.name or 'a net'}, {len(made.carve.cuts)} cuts")


@net.command()
@click.argument("a", type=_file)
@click.argument("b", type=_file)
@click.option("--share", default=0.5, show_default=True, type=FiniteRange(0, 1))
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
def mix(a: Path, b: Path, share: float, out: Path, force: bool) -> None:
    """Make the net that lies between A and B, SHARE of the way to B."""
    claim(out, force, a, b)
    _written(out, interpolated(read_net(a), read_net(b), share))


@net.command()
@click.argument("mother", type=_file)
@click.argument("father", type=_file)
@click.option("--seed", required=True, type=_seed)
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
def breed(mother: Path, father: Path, seed: int, out: Path, force: bool) -> None:
    """Breed a child of two nets: every layer takes after one of them."""
    claim(out, force, mother, father)
    _written(out, crossed(read_net(mother), read_net(father), seed))


@net.command()
@click.argument("file", type=_file)
@click.option("--seed", required=True, type=_seed)
@click.option("--rate", default=0.3, show_default=True, type=FiniteRange(0, 1))
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
@pass_context
def mutate(context: Context, file: Path, seed: int, rate: float, out: Path, force: bool) -> None:
    """Change a net a little, by chance."""
    claim(out, force, file)
    sites = load_model(context.settings.model.path).manifest.sites
    _written(out, mutated(read_net(file), sites, seed, rate))


@net.command()
@click.argument("file", type=_file)
@click.option("--clip", type=_file, help="Judge it on this video, not on the bundled one.")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def who(context: Context, file: Path, clip: Path | None, as_json: bool) -> None:
    """Tell which layer did it: how much of the picture returns if it alone is healed."""
    # The whole show, and a report's plots: not for the other verbs.
    from installation.app.assemble import open_interpolator
    from installation.commands.atlas import middle_of

    judged, interpolator = read_net(file), open_interpolator(context.settings)
    check_net(judged, interpolator, str(file))
    shown = middle_of(clip or BUNDLED_CLIP, context.settings.play.preview_px)
    found = [step for step in ranking(interpolator, shown, judged) if step is not None][-1]
    interpolator.close()
    if as_json:
        told([{"site": site, "share": round(share, 4)} for site, share in found])
        return
    for site, share in found:
        click.echo(f"{site:15} {share:+.0%}")
    if not found:
        click.echo("nobody: the net is untouched")
