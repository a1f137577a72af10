"""`uglynet match`: can the layers be told apart, by their pictures and the visitors' words?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from installation.app.assemble import open_interpolator
from installation.app.needs import no_words, words_of
from installation.commands.atlas import middle_of
from installation.commands.context import (
    Context,
    SizePx,
    make_folder,
    pass_context,
    told,
    write_file,
)
from installation.documents import read_text
from installation.interpolator.model import load_model
from installation.reports.match_test import Key, answers, matched, shuffled, site_plates
from installation.show.scenes.carving import duty
from installation.show.words import Words
from installation.source.choice import BUNDLED_CLIP
from installation.video import png_bytes
from installation.vocabulary import Site, UglyError

PARTS = ("flow", "interp")

seed_option = click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1)
)


@click.group("match")
def match() -> None:
    """Ask somebody which phrase belongs to which layer's pictures."""


@match.command()
@click.argument("clips", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@seed_option
@click.option("--language", help="Of the phrases; else the screen's first.")
@click.option("--size", type=SizePx(), default=(320, 200), show_default="320x200")
@pass_context
def make(
    context: Context,
    clips: tuple[Path, ...],
    out: Path,
    seed: int,
    language: str | None,
    size: tuple[int, int],
) -> None:
    """Write the plates of CLIPS (or the bundled one) and the phrases, shuffled by the seed.

    OUT gets a picture a layer, flow_01.png and so on, and phrases.txt. Whoever is asked pairs
    them; `match score` with the same seed tells how many pairs are right.
    """
    settings = context.settings
    words = _words(context, language)
    shown = [middle_of(clip, size) for clip in clips or (BUNDLED_CLIP,)]
    interpolator = open_interpolator(settings)
    try:
        keys = {part: _key(interpolator.sites, part, seed) for part in PARTS}
        pictures = site_plates(interpolator, shown)
    finally:
        interpolator.close()
    make_folder(out)
    lines = []
    for part, key in keys.items():
        for number, site in key.plates.items():
            write_file(out / f"{part}_{number}.png", png_bytes(pictures[site]))
        lines += [part, *(f"  {a} {words(duty(site))}" for a, site in key.phrases.items()), ""]
    write_file(out / "phrases.txt", "\n".join(lines).encode())
    click.echo(f"{out}: {len(pictures)} plates, and phrases.txt")


@match.command()
@click.argument("answer", type=click.Path(path_type=Path, dir_okay=False))
@seed_option
@click.option("--json", "as_json", is_flag=True)
@pass_context
def score(context: Context, answer: Path, seed: int, as_json: bool) -> None:
    """Tell how many pairs in the file ANSWER are right: "flow: 01=C 02=A ..." a line."""
    sites = load_model(context.settings.model.path).manifest.sites
    found = {}
    for part, pairs in answers(read_text(answer), str(answer)).items():
        if part not in PARTS:
            raise UglyError(f"{answer}: there is no {part}; a line begins with flow: or interp:")
        found[part] = matched(_key(sites, part, seed), pairs, str(answer))
    right = {part: sum(pair.is_right for pair in of) for part, of in found.items()}
    if as_json:
        told({part: {"right": right[part], "of": len(of)} for part, of in found.items()})
        return
    for part, of in found.items():
        click.echo(f"{part}: {right[part]} of {len(of)} right")
        for pair in of:
            if not pair.is_right:
                click.echo(f"  {pair.plate} is {pair.site}, taken for {pair.taken_for}")


def _key(sites: Sequence[Site], part: str, seed: int) -> Key:
    return shuffled([site.name for site in sites if site.part == part], seed)


def _words(context: Context, language: str | None) -> Words:
    screen = context.settings.screen
    every = words_of(screen)
    wanted = language or screen.languages[0]
    if wanted not in every:
        raise UglyError(f"--language {wanted}: {no_words(wanted, every)}")
    return every[wanted]
