"""`uglynet net`: make, show, check, roll and portray nets."""

from __future__ import annotations

import re
from pathlib import Path

import click

from installation.carve.nets import net_document, net_text, settled
from installation.carve.random_nets import roll
from installation.carve.sites import Manifest
from installation.commands.context import (
    Context,
    check_net,
    pass_context,
    read_net,
    told,
    write_file,
)
from installation.commands.outputs import FiniteRange, OutputFile, claim, force_option
from installation.interpolator.model import load_model
from installation.interpolator.remote.repository import write_repository
from installation.noise.tools import TOOLS
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Net,
    NoiseStep,
    Operation,
    Side,
    UglyError,
)


def _model(context: Context) -> Manifest:
    """The model's manifest: enough to check nets against."""
    return load_model(context.settings.model.path).manifest


@click.group()
def net() -> None:
    """Make, show, check, roll and portray nets."""


_IN_TWO_WORDS = "|".join(o.value for o in Operation if " " in o.value)
_CUT = re.compile(
    rf"^(?P<site>\S+)\s+(?P<operation>{_IN_TWO_WORDS}|\S+)\s+(?P<amount>[\d.]+)(?P<rest>.*)$"
)


def parse_cut(text: str) -> Cut:
    """Read "SITE OPERATION AMOUNT [side=a|b] [chisel=SHAPE[:SHARE[:SEED]]] [grain=SHARE[:SEED]]".

    Raises:
        UglyError: if it isn't that.
    """
    found = _CUT.match(text.strip())
    try:
        if not found:
            raise ValueError("SITE OPERATION AMOUNT is needed")
        side, chisel, grain = Side.BOTH, Chisel(), Grain()
        for word in found["rest"].split():
            key, _, value = word.partition("=")
            parts = value.split(":")
            if key == "side":
                side = Side(value)
            elif key == "chisel":
                shape, share, seed = [*parts, "0.4", "0"][:3] if len(parts) != 2 else [*parts, "0"]
                chisel = Chisel(ChiselShape(shape), float(share), int(seed))
            elif key == "grain":
                grain = Grain(float(parts[0]), int(parts[1]) if len(parts) > 1 else 0)
            else:
                raise ValueError(f"{key} is not side, chisel or grain")
        operation = Operation(found["operation"].replace("_", " ").lower())
        return Cut(found["site"], operation, float(found["amount"]), side, chisel, grain)
    except ValueError as error:
        raise UglyError(f"--cut {text!r}: {error}") from None


@net.command()
@click.option("--cut", "cuts", multiple=True, help='E.g. "flow/enc2 multiply 0.7 side=a".')
@click.option("--noise", "steps", multiple=True, help='E.g. "pixelate 0.4".')
@click.option("--tone", nargs=3, type=FiniteRange(0, 2), default=(1, 1, 1))
@click.option("--name", default="")
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
@pass_context
def make(
    context: Context,
    cuts: tuple[str, ...],
    steps: tuple[str, ...],
    tone: tuple[float, float, float],
    name: str,
    out: Path,
    force: bool,
) -> None:
    """Make a net from cuts; without any it is the trained net, untouched."""
    claim(out, force)
    model = _model(context)
    rack = []
    for step in steps:
        tool, _, amount = step.rpartition(" ")
        try:
            rack.append(NoiseStep(tool, float(amount)))
        except ValueError as error:
            raise UglyError(f"--noise {step!r}: {error}") from None
    carve = Carve.of(parse_cut(cut) for cut in cuts)
    made = settled(Net(model.model, carve, tone, tuple(rack), name))
    check_net(made, model, str(out))
    write_file(out, net_text(made).encode())
    click.echo(f"{out}: {len(made.carve.cuts)} cuts")


@net.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def show(file: Path, as_json: bool) -> None:
    """Show what a net does."""
    shown = read_net(file)
    if as_json:
        told(net_document(shown))
        return
    click.echo(f"{shown.name or '(no name)'}, for model {shown.model[:12]}…")
    for cut in shown.carve.cuts:
        words = [f"{cut.site:15}", f"{cut.operation.value:9}", f"{cut.amount:.0%}"]
        if cut.side is not Side.BOTH:
            words.append(f"side {cut.side.value.upper()}")
        if cut.chisel.shape is not ChiselShape.WHOLE:
            words.append(f"{cut.chisel.shape.value} over {cut.chisel.share:.0%}")
        if cut.grain.share < 1:
            words.append(f"{cut.grain.share:.0%} of the channels")
        click.echo("  " + " ".join(words))
    for step in shown.rack:
        click.echo(f"  noise/{step.tool} {step.amount:.0%}")
    if shown.tone != (1, 1, 1):
        click.echo("  tone red {:.2f}, green {:.2f}, blue {:.2f}".format(*shown.tone))
    if shown.is_untouched:
        click.echo("  untouched")


@net.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@pass_context
def validate(context: Context, file: Path, as_json: bool) -> None:
    """Check that a net is sound and fits the model of the settings."""
    checked = read_net(file)
    check_net(checked, _model(context), str(file))
    if as_json:
        told({"file": str(file), "valid": True, "cuts": len(checked.carve.cuts)})
    else:
        click.echo(f"{file}: a sound net with {len(checked.carve.cuts)} cuts")


@net.command()
@click.option("--seed", required=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--extreme", is_flag=True, help="Cuts nearly everywhere, at full turn.")
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
@pass_context
def randomise(context: Context, seed: int, extreme: bool, out: Path, force: bool) -> None:
    """Roll a net; the same seed and model give the same net."""
    claim(out, force)
    model = _model(context)
    rolled = settled(roll(model.sites, model.model, seed, extreme=extreme, tools=tuple(TOOLS)))
    write_file(out, net_text(rolled).encode())
    click.echo(f"{out}: {rolled.name}, {len(rolled.carve.cuts)} cuts")


@net.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=OutputFile(),
    help="Name without ending; beside the net if left out.",
)
@force_option
@pass_context
def portrait(context: Context, file: Path, out: Path | None, force: bool) -> None:
    """Draw the net's creature, as an SVG and a PNG."""
    drawn = read_net(file)
    base = out.with_suffix("") if out and out.suffix in {".svg", ".png"} else out
    base = base or file.with_suffix("")
    paths = [base.with_name(base.name + ending) for ending in (".svg", ".png")]
    for path in paths:
        claim(path, force, file)
    from installation.app.assemble import portraits  # the whole show: not for the other verbs

    svg, png = portraits(_model(context).sites)(drawn)
    for path, data in zip(paths, (svg.encode(), png), strict=True):
        write_file(path, data)
        click.echo(path)


@net.command()
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path))
@pass_context
def repository(context: Context, folder: Path) -> None:
    """Write the model as a folder that a server of nets serves to thin booths.

    Triton: tritonserver --model-repository FOLDER. OpenVINO Model Server: FOLDER as /models, with
    --config_path /models/config.json. The booths then have [model] driver = "remote" and server.
    """
    for name in write_repository(load_model(context.settings.model.path), folder):
        click.echo(folder / name)
