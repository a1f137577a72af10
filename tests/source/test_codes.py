"""A net's QR code, read from photographs of its card."""

from __future__ import annotations

import numpy as np
import pytest
from photographs import Shot, photographed

from installation.carve.nets import settled
from installation.carve.packing import packed, packed_in, unpacked
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.noise.tools import TOOLS
from installation.show.net_picture.card import Printout, card_picture
from installation.show.paint.qr_code import enlarged, qr_code
from installation.source.codes import codes_in, codes_in_photograph
from installation.vocabulary import Frame, Net, as_frame

SHOTS = {
    "held up": Shot(),
    "held at an arm's length": Shot(height=0.5),
    "held far away": Shot(height=0.35),
    "askew": Shot(turned=33, tilted=25),
    "on its side": Shot(turned=90, height=0.7),
    "upside down and tilted": Shot(turned=180, tilted=40, height=0.6),
    "out of focus": Shot(blur_px=2),
    "grainy": Shot(grain=18),
    "in a dark room": Shot(light=0.3, grain=6),
    "by a camera that spares bytes": Shot(jpeg=30),
}


@pytest.fixture(scope="module")
def net(model: Model) -> Net:
    """Of a visitor who turned sixteen knobs."""
    manifest = model.manifest
    return settled(roll(manifest.sites[8:24], manifest.model, 6, extreme=True, tools=[*TOOLS]))


@pytest.fixture(scope="module")
def card(model: Model, net: Net) -> Frame:
    names = tuple(site.name for site in model.manifest.sites)
    code = qr_code(packed(net, model.manifest.model))
    return card_picture(Printout(net, names, code, "2026-11-27", "Hold me up to the camera!"))


@pytest.mark.parametrize("shot", SHOTS)
def test_the_booths_camera_reads_a_card(shot: str, card: Frame, net: Net):
    codes = codes_in(photographed(card, SHOTS[shot]))
    assert [unpacked(code, "code", [net.model]) for code in codes] == [net]


def test_a_large_photograph_is_read_too(card: Frame, net: Net):
    shot = Shot(size_px=(4000, 3000), turned=12, tilted=30, height=0.5, blur_px=2)
    (code,) = codes_in_photograph(photographed(card, shot))
    assert unpacked(code, "code", [net.model]) == net


def test_a_small_one_is_looked_at_enlarged(card: Frame, net: Net):
    shot = Shot(size_px=(320, 240), height=0.95, blur_px=0.3, grain=1)
    (code,) = codes_in_photograph(photographed(card, shot))
    assert unpacked(code, "code", [net.model]) == net


def test_where_there_is_no_code_nothing_is_found():
    noise = np.random.default_rng(3).integers(0, 256, (720, 1280, 3), np.uint8)
    assert codes_in(as_frame(noise)) == codes_in_photograph(as_frame(noise)) == ()


def test_two_cards_at_once_are_both_read_and_strangers_codes_are_no_nets(net: Net):
    own, other = (enlarged(qr_code(d), 300) for d in (packed(net), b"https://example.org/#abc"))
    side = min(own.shape[0], other.shape[0])
    both = as_frame(np.hstack([own[:side], other[:side]]))
    codes = codes_in(both)
    assert len(codes) == 2
    assert [packed_in(code) for code in codes].count(None) == 1
