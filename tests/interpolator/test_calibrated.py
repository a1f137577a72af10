"""What the shipped model's manifest says of its knobs, and that it is so."""

from __future__ import annotations

import numpy as np
import pytest

from installation.interpolator.difference import change
from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.reports.atlas import VISIBLE
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Carve, Clip, Cut, Net, Operation, Side

CUTTING = [operation for operation in Operation if operation is not Operation.PRESERVE]


@pytest.fixture(scope="module")
def unet(model: Model):
    opened = unet_of(model, "cpu", 2)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def talking() -> Clip:
    """A pair of frames that move, and some before it, of a clip the calibration has never seen."""
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, (192, 128)) for f in reader.frames()]
    return Clip(tuple(frames[35:51:3]), 25)


def changed(unet: UnetInterpolator, clip: Clip, site: str, operation: Operation, amount: float):
    side = Side.A if "A" in next(s.sides for s in unet.sites if s.name == site) else Side.BOTH
    net = Net(unet.model, Carve.of([Cut(site, operation, amount, side)]))
    last = len(clip.frames) - 1.5
    return change(unet.frame_at(clip, last, net), unet.frame_at(clip, last, Net(unet.model)))


def test_no_site_is_dead(model: Model):
    """Measured on three clips: at full turn of its best operation every site shows."""
    best = {site.name: max(site.changes.values()) for site in model.manifest.sites}
    assert {name for name, most in best.items() if most < VISIBLE} == set()


def test_every_operation_is_calibrated_everywhere_and_never_turns_back(model: Model):
    for site in model.manifest.sites:
        assert set(site.curves) == {operation.value for operation in CUTTING}
        for curve in site.curves.values():
            assert len(curve) == 11
            assert curve[0] == 0
            assert curve[1] > 0
            assert (np.diff(curve) >= 0).all()


@pytest.mark.parametrize("operation", CUTTING)
def test_a_knob_shows_early_and_goes_on_showing(unet, model: Model, talking: Clip, operation):
    """On a clip it wasn't measured on: at its liveliest sites, a third of a turn already shows
    a good part of it, and more turn shows no less."""
    sites = sorted(model.manifest.sites, key=lambda site: -site.changes[operation.value])[:3]
    for site in sites:
        shown = [changed(unet, talking, site.name, operation, a) for a in (0.1, 0.35, 0.7, 1.0)]
        assert shown[0] > 0, site.name
        assert shown[1] > 0.08 * max(shown), (site.name, shown)
        assert shown[1] < 0.8 * max(shown), (site.name, shown)
        assert shown[3] > 0.6 * max(shown), (site.name, shown)
