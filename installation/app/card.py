"""A visitor's card at the booth: taken up when the camera sees it, printed when a net is kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from installation.carve.crossover import interpolated
from installation.carve.mapping import Hand, hand_of_net
from installation.carve.packing import linked, packed, packed_in, unpacked
from installation.carve.panel_layout import PanelLayout
from installation.carve.stills import with_net
from installation.printer.driver import Job
from installation.show.net_picture.card import (
    CARD_MM,
    PX_PER_MM,
    Printout,
    card,
    card_picture,
    receipt,
)
from installation.show.paint.qr_code import qr_code
from installation.show.words import Words
from installation.video import png_bytes
from installation.vocabulary import Net, Site, UglyError

GROWS_S = 1.5
"""How long a card's net takes to come up: slowly enough that the governor has nothing to hold back
in most, and to be seen growing."""


BREEDS_S = 5.0
"""How long a visitor's net takes to turn into its child: the visitor lets go where it pleases."""


@dataclass(frozen=True, slots=True)
class Growing:
    """A net on its way to the visitor's hand since `since_s`, from nothing or from the net
    `before`, in so many seconds."""

    net: Net
    since_s: float
    before: Net | None = None
    lasts_s: float = GROWS_S

    def hand(self, hand: Hand, layout: PanelLayout, now_s: float) -> tuple[Hand, bool]:
        """The hand at `now_s`, and whether it is on its way no longer. A visitor who turns a knob
        meanwhile has the whole net at once; where it grows from another, what there is of it."""
        share = min(1.0, max(0.0, (now_s - self.since_s) / self.lasts_s))
        touched = hand.moved_at_s > self.since_s
        if touched and self.before is not None:
            return hand, True
        share = 1.0 if touched else share
        net = interpolated(self.before or Net(self.net.model), self.net, share)
        return hand_of_net(layout, net, hand), share >= 1.0


def net_of_code(code: bytes, model: str, sites: Sequence[Site]) -> Net | None:
    """The net in a code that the camera saw; None if it is a stranger's code.

    Raises:
        UglyError: if it is a net that cannot be played here.
    """
    data = packed_in(code)
    if data is None:
        return None
    net = unpacked(data, "the card", [model])
    known = {site.name for site in sites}
    if net.model != model or any(cut.site not in known for cut in net.carve.cuts):
        raise UglyError("the card: made for another model")
    return net


@dataclass(frozen=True, slots=True)
class Paper:
    """How nets are printed: for a model's sites, under a title; with a `link` to a page that plays
    nets, a phone that reads the code opens that page."""

    model: str
    sites: tuple[str, ...]
    title: str
    link: str = ""

    def printout(self, net: Net, day: str, words: Words) -> Printout:
        """What is printed of a net. Raises UglyError if it is too large for a QR code."""
        data = packed(net, self.model)
        code = qr_code(linked(self.link, data).encode() if self.link else data)
        return Printout(net, self.sites, code, day, words("card.hint"), self.title)

    def file(self, name: str, net: Net, day: str, words: Words) -> bytes:
        """A net's card as a file: a PDF where `name` ends so, else a PNG that carries the net.

        Raises:
            UglyError: if the net is too large for a QR code.
        """
        printed = self.printout(net, day, words)
        if name.lower().endswith(".pdf"):
            return _page(printed, net.name or self.title)
        return with_net(png_bytes(card_picture(printed)), net)

    def job(self, net: Net, kept_at_s: float, words: Words) -> Job:
        """A printer's job; everything is drawn on the printer's thread."""

        def made() -> Printout:
            return self.printout(net, time.strftime("%Y-%m-%d", time.localtime(kept_at_s)), words)

        def page() -> bytes:
            return _page(made(), net.name)

        return Job(net.name, lambda width_px: receipt(made(), width_px), page)


def _page(printed: Printout, title: str) -> bytes:
    """A card as a PDF."""
    # fpdf2 takes nearly half a second to import, for no use where no page is asked for.
    from installation.show.paint.pdf import pdf_bytes

    return pdf_bytes(card(printed), CARD_MM, PX_PER_MM, title=title)
