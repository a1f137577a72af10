"""From what a knob does to how it should turn."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.interpolator.model import load_model
from installation.vocabulary import Operation
from models.training.calibrate import STRENGTHS, TURNS, curve, like

seen = st.lists(st.floats(0, 1), min_size=len(STRENGTHS), max_size=len(STRENGTHS))


@given(seen, st.integers(0, len(STRENGTHS)))
def test_a_curve_rises_from_nothing_and_ends_before_the_picture_dies(visible, dies_at):
    dead = [number >= dies_at for number in range(len(STRENGTHS))]
    turned, end = curve(visible, dead)
    assert len(turned) == TURNS
    assert turned[0] == 0
    assert (np.diff(turned) >= 0).all()
    assert turned[-1] == pytest.approx(STRENGTHS[end], abs=1e-3)
    assert end <= dies_at
    assert turned[1] > 0, "a tenth of a turn does something"


def test_every_part_of_the_turn_shows_as_much():
    """A change that comes all at once late in the strength is spread over the turn."""
    strengths = np.array(STRENGTHS)
    visible = np.clip((strengths - 0.4) / 0.6, 0, 1) ** 2
    turned, _ = curve(visible.tolist(), [False] * len(STRENGTHS))
    shown = np.interp(turned, [0, *STRENGTHS], [0, *visible])
    assert np.abs(shown - np.linspace(0, 1, TURNS)).max() < 0.03


def test_calibrating_a_model_fills_its_manifest(model, footage: Path, tmp_path: Path, run):
    folder = Path(shutil.copytree(model.path.parent, tmp_path / "model"))
    run("calibrate", folder, footage, "--threads", 1, "--most", 1)
    first, *others = load_model(folder).manifest.sites
    cutting = {operation.value for operation in Operation} - {"preserve"}
    assert set(first.curves) == set(first.changes) == cutting
    assert all(not site.curves for site in others)
    assert first.strength(Operation.ADD, 1.0) == first.curves["add"][-1]
    assert load_model(folder).manifest.model == model.manifest.model


def test_a_calibration_that_was_stopped_goes_on_with_what_is_left(
    model, footage: Path, tmp_path: Path, run
):
    folder = Path(shutil.copytree(model.path.parent, tmp_path / "model"))
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    left = next(s for s in manifest["sites"] if s["name"] == "interp/latent")
    wanted = {kind: left.pop(kind) for kind in ("curves", "changes", "unlikeness")}
    elsewhere = manifest["sites"][0]["curves"]["add"] = [k / 10 for k in range(11)]
    path.write_text(json.dumps(manifest))
    run("calibrate", folder, footage, "--threads", 1, "--go-on", "--part", "interp/")
    after = {site["name"]: site for site in json.loads(path.read_text())["sites"]}
    assert after["interp/latent"]["curves"].keys() == wanted["curves"].keys()
    assert after[manifest["sites"][0]["name"]]["curves"]["add"] == elsewhere
    assert not path.with_suffix(".new").exists()


def test_what_was_measured_is_kept_at_sites_that_stayed_as_they_were(model, tmp_path: Path):
    old, new = (Path(shutil.copytree(model.path.parent, tmp_path / n)) for n in ("old", "new"))
    manifest = json.loads((new / "manifest.json").read_text())
    names = [site["name"] for site in manifest["sites"]]
    for site in manifest["sites"]:
        for kind in ("curves", "changes", "unlikeness"):
            del site[kind]
    turned, louder, rounded = manifest["sites"][-3:]
    turned["fine"] = turned["fine"][::-1]
    louder["sigmas"] = [s * 1.01 for s in louder["sigmas"]]
    rounded["sigmas"] = [s * 1.00001 for s in rounded["sigmas"]]
    (new / "manifest.json").write_text(json.dumps(manifest))
    like(new, old)
    after = {site.name: site for site in load_model(new).manifest.sites}
    assert {name for name in names if not after[name].curves} == {turned["name"], louder["name"]}
    for site in model.manifest.sites:
        if site.name not in (turned["name"], louder["name"]):
            assert after[site.name].curves == site.curves
            assert after[site.name].changes == site.changes
