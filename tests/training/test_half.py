"""The half-precision twin of the model that ships."""

from __future__ import annotations

import onnx
import pytest

from installation.interpolator.model import load_model
from models.training.half import KEPT_FLOAT32, compared, halved


@pytest.fixture(scope="module")
def twin(model, tmp_path_factory):
    out = tmp_path_factory.mktemp("half")
    halved(model.path.parent, out)
    return out


def test_it_makes_the_same_pictures_to_a_hair(model, twin):
    found = compared(model.path.parent, twin)
    assert 0 < found["uncarved_mean"] < 0.2, "16 bits show, but only just"
    assert found["carved_mean"] < 3.0, "the basis widens what 16 bits leave apart"
    assert found["motion_carved_mean"] < 0.5


def test_it_is_half_inside_and_takes_the_same_nets(model, twin):
    loaded = load_model(twin)
    assert loaded.manifest.model == model.manifest.model
    assert len(loaded.graphs["flow"]) < 0.7 * len(model.graphs["flow"])
    graph = onnx.load_from_string(loaded.graphs["interp_full"]).graph
    weights = [w for w in graph.initializer if len(w.dims) == 4]
    assert weights
    assert {w.data_type for w in weights} == {onnx.TensorProto.FLOAT16}
    assert any(node.op_type in KEPT_FLOAT32 for node in graph.node)
