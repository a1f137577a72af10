"""A net on paper, and back: verbs of `uglynet net`."""

from __future__ import annotations

import time
from pathlib import Path

import click
import cv2
import numpy as np

from installation.app.card import Paper
from installation.carve.nets import net_text
from installation.carve.packing import packed_in, unpacked
from installation.carve.stills import SIGNATURE, carries_net, is_png, net_of_png
from installation.commands.context import Context, pass_context, read_net, write_file
from installation.commands.net import net
from installation.commands.outputs import OutputFile, claim, force_option
from installation.interpolator.model import load_model
from installation.settings import Settings
from installation.show.words import Words, languages
from installation.source.codes import codes_in_photograph
from installation.vocabulary import Frame, Net, UglyError, as_frame

_file = click.Path(path_type=Path)


@net.command("card")
@click.argument("file", type=_file)
@click.option("-o", "--out", required=True, type=OutputFile(), help="CARD.png or CARD.pdf (A6).")
@click.option("--day", default="", help="The day on it; today's if left out.")
@click.option("--language", default="", help="Of its words; the screen's first if left out.")
@click.option("--link", default="", help="Address of a page that plays nets, for phones to open.")
@force_option
@pass_context
def card_command(
    context: Context, file: Path, out: Path, day: str, language: str, link: str, force: bool
) -> None:
    """Make the card of a net, with the net itself in a QR code.

    `net read`, and the booth's camera, read it back. With --link a phone opens that page with
    the net.
    """
    claim(out, force, file)
    if out.suffix.lower() not in (".png", ".pdf"):
        raise UglyError(f"{out}: a card is a .png or a .pdf")
    if link and not link.startswith(("http://", "https://")):
        raise UglyError(f"--link {link}: an address begins with http:// or https://")
    carried = read_net(file)
    paper, words = _paper(context.settings, language, link)
    data = paper.file(out.name, carried, day or time.strftime("%Y-%m-%d"), words)
    write_file(out, data)
    click.echo(f"{out}: {carried.name or 'a net'}, {len(carried.carve.cuts)} cuts")


def _paper(settings: Settings, language: str, link: str) -> tuple[Paper, Words]:
    """What nets are printed with, and the words on it. Raises UglyError without such a language."""
    known = languages([settings.screen.words] if settings.screen.words else [])
    chosen = language or settings.screen.languages[0]
    if chosen not in known:
        raise UglyError(f"there is no language {chosen}; there are: {', '.join(sorted(known))}")
    manifest = load_model(settings.model.path).manifest
    names = tuple(site.name for site in manifest.sites)
    return Paper(manifest.model, names, settings.screen.title or "UGly-Net", link), known[chosen]


@net.command()
@click.argument("picture", type=_file)
@click.option("-o", "--out", required=True, type=OutputFile())
@force_option
@pass_context
def read(context: Context, picture: Path, out: Path, force: bool) -> None:
    """Read a net back from its card: the file, a scan or a photograph of it."""
    claim(out, force, picture)
    found = net_in_picture(picture, load_model(context.settings.model.path).manifest.model)
    write_file(out, net_text(found, exact=True).encode())
    click.echo(f"{out}: {found.name or 'a net'}, {len(found.carve.cuts)} cuts")


def net_in_picture(path: Path, model: str) -> Net:
    """The net that a picture shows in a QR code, else the one that the file itself carries.

    Raises:
        UglyError: one line if it cannot be read, or there is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UglyError(f"{path}: cannot be read ({error.strerror})") from None
    codes = codes_in_photograph(_picture(data, path))
    for code in codes:
        if (found := packed_in(code)) is not None:
            return unpacked(found, str(path), [model])
    if not codes and is_png(data) and carries_net(data):
        return net_of_png(data, str(path))
    if codes:
        raise UglyError(f"{path}: its QR code holds no net")
    raise UglyError(
        f"{path}: no net's QR code can be read in it; take the picture nearer, sharper and with "
        "the whole code on it"
    )


def _picture(data: bytes, path: Path) -> Frame:
    found = None
    if data:
        try:
            found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        except cv2.error:  # absurd sizes
            found = None
    if found is None:
        kind = "a damaged PNG" if data.startswith(SIGNATURE) else "no PNG or JPEG"
        raise UglyError(f"{path}: {kind}, so no picture that can be read")
    return as_frame(np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB), np.uint8))
