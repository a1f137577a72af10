"""A net on paper: card and receipt, as picture and as PDF."""

from __future__ import annotations

import cv2
import numpy as np
import pypdfium2
import pytest

from installation.carve.packing import SITES, packed, unpacked
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.show.net_picture.card import (
    CARD_MM,
    PX_PER_MM,
    Printout,
    card,
    card_picture,
    receipt,
)
from installation.show.paint.pdf import pdf_bytes
from installation.show.paint.qr_code import QUIET, qr_code
from installation.show.words import languages
from installation.source.codes import codes_in
from installation.vocabulary import Net, UglyError, as_frame


def printout(net: Net, language: str = "en") -> Printout:
    hint = languages()[language]("card.hint")
    return Printout(net, SITES, qr_code(packed(net)), "2026-11-27", hint)


@pytest.fixture(scope="module", params=[0, 1, 2, 3])
def net(request: pytest.FixtureRequest, model: Model) -> Net:
    """Small ones, an extreme one, the untouched one, and one with a long name."""
    sites, sha = model.manifest.sites, model.manifest.model
    return [
        roll(sites, sha, 5),
        roll(sites, sha, 7, extreme=True),
        Net(sha),
        Net(
            sha, name="A name as long as any name of a net may be, which is eighty letters, no more"
        ),
    ][request.param]


@pytest.mark.parametrize("language", ["en", "de", "fr", "ko"])
def test_a_card_and_its_page_show_the_net(net: Net, language: str):
    printed = printout(net, language)
    picture = card_picture(printed)
    assert picture.shape == (CARD_MM[1] * PX_PER_MM, CARD_MM[0] * PX_PER_MM, 3)
    page = pypdfium2.PdfDocument(pdf_bytes(card(printed), CARD_MM, PX_PER_MM, title=net.name))
    assert len(page) == 1
    assert page.get_metadata_value("Title") == net.name
    width, height = (side * 25.4 / 72 for side in page[0].get_size())
    assert (round(width), round(height)) == CARD_MM
    drawn = as_frame(page[0].render(scale=150 / 72, rev_byteorder=True).to_numpy()[..., :3])
    for seen in (picture, drawn):
        (code,) = codes_in(seen)
        assert unpacked(code, "card") == net
    # The page is drawn by another program than the picture, and looks the same.
    one, other = (
        cv2.resize(seen, CARD_MM, interpolation=cv2.INTER_AREA).astype(int)
        for seen in (picture, drawn)
    )
    assert (np.abs(one - other).max(2) > 60).mean() < 0.01


def test_a_page_keeps_words_as_words_and_no_time(model: Model):
    net = roll(model.manifest.sites, model.manifest.model, 5)
    data = pdf_bytes(card(printout(net)), CARD_MM, PX_PER_MM)
    text = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    assert net.name in text
    assert "2026-11-27" in text
    assert data == pdf_bytes(card(printout(net)), CARD_MM, PX_PER_MM)


@pytest.mark.parametrize("width_px", [384, 576])
def test_a_receipt_is_as_wide_as_its_paper_and_shows_the_net(net: Net, width_px: int):
    drawn = receipt(printout(net), width_px)
    assert drawn.shape[1] == width_px
    (code,) = codes_in(drawn)
    assert unpacked(code, "receipt") == net
    assert drawn[0].min() > 250, "paper begins white"


def test_what_no_code_holds_is_refused_in_words():
    code = qr_code(bytes(2953))  # the most there is
    assert code.shape[0] == 177 + 2 * QUIET
    with pytest.raises(UglyError, match="more than a QR code holds"):
        qr_code(bytes(2954))
