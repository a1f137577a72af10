"""The half-precision twin of the model that ships."""

from __future__ import annotations

import onnx
import pytest

from installation.carve.sites import GRAPHS
from installation.interpolator.model import load_model
from models.training.half import compared, halved


@pytest.fixture(scope="module")
def twin(model, tmp_path_factory):
    out = tmp_path_factory.mktemp("half")
    halved(model.path.parent, out)
    return out


def test_it_makes_the_same_pictures_to_a_hair(model, twin):
    found = compared(model.path.parent, twin)
    assert 0 < found["uncarved_mean"] < 0.02, "16 bits show, but only just"
    assert found["carved_mean"] < 2.0, "the basis widens what 16 bits leave apart"
    assert found["motion_carved_mean"] < 0.5


def test_it_is_half_inside_and_takes_the_same_nets(model, twin):
    loaded = load_model(twin)
    assert loaded.manifest.model == model.manifest.model
    assert len(loaded.graphs["flow"]) < 0.7 * len(model.graphs["flow"])


@pytest.mark.parametrize("name", GRAPHS)
def test_hidden_layers_are_halved_and_nothing_that_writes_motion_or_pictures(model, twin, name):
    graph = onnx.load_from_string(load_model(twin).graphs[name]).graph
    weights = {w.name: w for w in graph.initializer}
    halves = {
        node.name.removeprefix("/net/").removesuffix("/Conv")
        for node in graph.node
        if node.op_type == "Conv"
        and node.input[1] in weights
        and weights[node.input[1]].data_type == onnx.TensorProto.FLOAT16
    }
    encoders = {"enc1", "enc2.0", "enc2.1", "enc3.0", "enc3.1", "enc4.0", "enc4.1", "enc5.0"}
    rest = {"moved", *(f"dec{k}" for k in range(2, 6))}
    if name.startswith("flow"):
        rest = {"enc5.1", *(f"dec{k}/{way}" for k in range(1, 6) for way in ("first", "second"))}
    assert halves == {*encoders, "bottleneck", *rest}
    told = [n for n in graph.node if n.name.endswith("correction/Conv") or "/paint" in n.name]
    convolutions = [n for n in told if n.op_type == "Conv"]
    assert len(convolutions) == 5
    assert {weights[n.input[1]].data_type for n in convolutions} == {onnx.TensorProto.FLOAT}
