"""The atlas of cuts."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from installation.interpolator.difference import change, is_dead, unlikeness
from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.reports.atlas import WAYS, Plate, lively_sites, page, plates, sheets
from installation.reports.curves import curves_svg
from installation.vocabulary import Clip, Operation, as_frame

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def made(model: Model, hello: Clip) -> list[Plate]:
    unet = unet_of(model, "cpu", 1)
    small = Clip(tuple(as_frame(f[:64, :96]) for f in hello.frames[1:3]), 8.0)
    return list(plates(unet, small, WAYS[:2]))


def test_every_site_is_cut_in_every_way(made: list[Plate], model: Model):
    assert len(made) == 1 + 2 * len(model.manifest.sites)
    found = {(plate.site, plate.way) for plate in made[1:]}
    assert found == {(s.name, way.name) for s in model.manifest.sites for way in WAYS[:2]}
    for plate in made[1:]:
        assert plate.changed == change(plate.frame, made[0].frame)


def test_sheets_hold_a_row_a_site_and_the_page_every_picture(made: list[Plate], model: Model):
    flow = sheets(made)["flow"]
    rows = len(model.manifest.part("flow"))
    assert flow.shape[0] % rows == 0
    one = flow.shape[0] // rows
    for upper, lower in pairwise(range(0, flow.shape[0], one)):
        assert (flow[upper : upper + one] != flow[lower : lower + one]).any()
    text = page(made, "f" * 64, "<clip>.mp4")
    assert text.count("<img") == len(made)
    assert "<clip>" not in text
    assert f"{len(lively_sites(made))} of {len(model.manifest.sites)}" in text


def test_ways_cover_every_operation():
    assert {way.operation for way in WAYS} == set(Operation) - {Operation.PRESERVE}


def test_curves_are_drawn_for_every_site(model: Model):
    drawn = curves_svg(model.manifest.sites, model.manifest.model)
    for site in model.manifest.sites:
        assert f">{site.name}<" in drawn


def test_measures_of_difference():
    rng = np.random.default_rng(1)
    a = as_frame(rng.integers(0, 256, (40, 60, 3), np.uint8))
    white = as_frame(np.full_like(a, 255))
    assert change(a, a) == unlikeness(a, a) == 0
    assert change(as_frame(np.zeros_like(a)), white) == 1
    assert 0.3 < unlikeness(a, as_frame(a[::-1].copy())) <= 1
    slight = as_frame((a // 8 * 8).astype(np.uint8))
    assert 0 < unlikeness(a, slight) < 0.05
    assert is_dead(white, a)
    assert is_dead(as_frame(np.full_like(a, 90)), a)
    assert not is_dead(slight, a)


def test_the_figures_that_are_told_are_those_of_the_atlas():
    of = json.loads((DOCS / "atlas.json").read_text(encoding="utf-8"))["variety"]
    picture, motion = of["interp"], of["flow"]
    told = " ".join((DOCS / "atlas.md").read_text(encoding="utf-8").split())
    assert (
        f"the picture net has {picture['looks']} looks of {picture['plates']}, "
        f"{picture['median']:.2f} in the median, {picture['same']:.1%} above 0.9; "
        f"the motion net {motion['looks']}, with {motion['live']} live, "
        f"{motion['median']:.2f} in the median, {motion['same']:.1%} above 0.9"
    ).replace("%", " %") in told
