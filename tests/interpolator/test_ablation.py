"""Who did this?"""

from __future__ import annotations

import pytest

from installation.interpolator.ablation import ranking
from installation.interpolator.crossfade import Crossfade
from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.vocabulary import Carve, Clip, Cut, Net, Operation


@pytest.fixture(scope="module")
def unet(model: Model):
    opened = unet_of(model, "cpu", 1)
    yield opened
    opened.close()


def ranked(unet: UnetInterpolator, clip: Clip, *cuts: Cut):
    steps = list(ranking(unet, clip, Net(unet.model, Carve.of(cuts))))
    assert all(step is None for step in steps[:-1]), "only the last step knows"
    return steps[-1]


def test_the_loud_cut_is_found_beside_the_quiet_one(unet: UnetInterpolator, hello: Clip):
    loud = Cut("interp/dec1", Operation.INVERT, 1.0)
    quiet = Cut("interp/skip1", Operation.MULTIPLY, 0.2)
    found = ranked(unet, hello, quiet, loud)
    assert [site for site, _ in found] == ["interp/dec1", "interp/skip1"]
    assert found[0][1] > 0.5 > found[1][1]


def test_alone_or_nobody(unet: UnetInterpolator, hello: Clip):
    assert ranked(unet, hello) == ()
    assert ranked(unet, hello, Cut("flow/enc1", Operation.ADD, 0.5)) == (("flow/enc1", 1.0),)


def test_cuts_that_do_nothing_share_nothing(hello: Clip):
    cuts = [Cut(f"interp/dec{n}", Operation.ADD, 1.0) for n in (1, 2)]
    *_, found = ranking(Crossfade(), hello, Net("", Carve.of(cuts)))
    assert found == (("interp/dec1", 0.0), ("interp/dec2", 0.0))
