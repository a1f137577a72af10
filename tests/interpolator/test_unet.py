"""The shipped model: it interpolates, every site carves, and the identity is exact."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from installation.carve.inputs import DIALS, graph_inputs
from installation.carve.operations import PLAIN
from installation.carve.random_nets import roll
from installation.interpolator.binding import FixedSession
from installation.interpolator.crossfade import Crossfade
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model, load_model
from installation.interpolator.sessions import choose_provider, fixed_session, session_of
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.settings import HOUSE
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Clip,
    Cut,
    Frame,
    Net,
    Operation,
    Side,
    UglyError,
)

MODEL = HOUSE / "models" / "small"


@pytest.fixture(scope="module")
def unet(model: Model) -> UnetInterpolator:
    return unet_of(model, "cpu")


@pytest.fixture(scope="module")
def moving() -> Clip:
    """Three frames of the bundled clip, four apart, as the preview has them."""
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, (256, 144)) for f in reader.frames()]
    return Clip(tuple(frames[60:69:4]), 6.0)


def change(a: Frame, b: Frame) -> float:
    """Mean absolute change in percent of full scale."""
    return float(np.abs(a.astype(np.int16) - b).mean() / 2.55)


def one_cut(model: Model, site: str, operation: Operation, amount: float, side: Side) -> Net:
    return Net(model.manifest.model, Carve.of([Cut(site, operation, amount, side)]))


def test_it_has_sixteen_sites_in_each_u_net(model: Model):
    wanted = {f"{kind}{n}" for kind in ("enc", "dec", "skip") for n in range(1, 6)} | {"latent"}
    for part in ("flow", "interp"):
        assert {site.layer for site in model.manifest.part(part)} == wanted


def test_it_beats_frame_blending_on_real_motion(unet: UnetInterpolator):
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, (256, 144)) for f in reader.frames()]
    blended, carved = [], []
    for start in range(4, 88, 12):
        a, true, b = frames[start], frames[start + 2], frames[start + 4]
        clip, nothing = Clip((a, b), 6), Net(unet.model)
        for found, who in ((blended, Crossfade()), (carved, unet)):
            error = np.mean((who.frame_at(clip, 0.5, nothing).astype(float) - true) ** 2)
            found.append(10 * np.log10(255**2 / error))
    assert np.mean(carved) > np.mean(blended) + 1.0


@lru_cache
def by_hand(graph: bytes) -> ort.InferenceSession:
    return session_of(graph, "graph", "cpu", 1)


def raw(model: Model, clip: Clip, size: tuple[int, int], inputs_of: str) -> np.ndarray:
    """Run the graphs by hand, with the carve inputs at identity or all chisels shut."""
    full = inputs_of != "plain"
    flow, interp = (
        by_hand(model.graphs[f"{part}_full" if full else part]) for part in ("flow", "interp")
    )
    a, b = (
        fitted(f, size).transpose(2, 0, 1)[None].astype(np.float32) / 255 for f in clip.frames[:2]
    )

    def carve(part: str) -> dict[str, np.ndarray]:
        sites, grid = model.manifest.part(part), model.manifest.chisel_grid
        held = graph_inputs(Carve(), sites, grid, size)
        # However much motion there was before: what isn't fed is not dragged along it.
        carried = np.full((1, 2, size[1] // 2, size[0] // 2), 3, np.float32)
        before = {"carried": carried} if full else {}
        if inputs_of != "shut":
            return {**before, **held.feeds(full, whole=inputs_of == "resting")}
        # Chisels shut: wild dials that reach nowhere.
        wild = np.linspace(-8, 8, held.dials.size).astype(np.float32).reshape(held.dials.shape)
        wild[DIALS.index("limit")] = 0.1
        shift, nowhere = np.arange(len(sites)) % 7, np.zeros_like(held.chisel)
        ends = np.cumsum([site.channels for site in sites])[:-1]
        take = np.concatenate([part[::-1] for part in np.split(held.take, ends)])
        wild_feeds = {"dials": wild, "take": take, "shift": shift, "chisel": nowhere}
        return {**before, **held.feeds(True, whole=True), **wild_feeds}

    motion = flow.run(["motion"], {"a": a, "b": b, **carve("flow")})[0]
    t = np.full((1, 1, 1, 1), 0.5, np.float32)
    given = {"a": a, "b": b, "motion": motion, "t": t}
    return interp.run(["frame"], {**given, **carve("interp")})[0]


@pytest.mark.parametrize("size", [(256, 160), (448, 256), (320, 192), (64, 32)])
def test_a_closed_chisel_and_the_empty_carve_are_the_same_to_the_bit(model, moving, size):
    plain = raw(model, moving, size, "plain")
    for cut in ("full", "resting", "shut"):
        assert (raw(model, moving, size, cut) == plain).all(), cut


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_forms_make_the_same_carved_frame_to_the_bit(unet: UnetInterpolator, moving, seed):
    cuts = [
        replace(cut, operation=Operation.NOISE if number == 0 else cut.operation)
        for number, cut in enumerate(roll(unet.sites, unet.model, seed).carve.cuts)
        if cut.operation in PLAIN
    ]
    net = Net(unet.model, Carve.of(cuts))
    frame, xrays = unet.xrayed_frame_at(moving, 0.5, net)
    assert (unet.frame_at(moving, 0.5, net) == frame).all()
    assert set(xrays) == {site.name for site in unet.sites}


@pytest.mark.parametrize("part", ["flow", "interp"])
def test_a_site_that_is_not_cut_is_left_out_whatever_its_dials(model: Model, moving: Clip, part):
    """And in this the graphs save their time: what isn't cut is a batch of nothing."""
    site = model.manifest.part(part)[0]
    cut = Carve.of([Cut(site.name, Operation.ADD, 1.0)])
    held = graph_inputs(cut, model.manifest.part(part), model.manifest.chisel_grid, (64, 32))
    assert {name for name, numbers in held.cut.items() if len(numbers)} == {site.name}
    session = by_hand(model.graphs[part])
    a, b = (
        fitted(f, (64, 32)).transpose(2, 0, 1)[None].astype(np.float32) / 255
        for f in moving.frames[:2]
    )
    given = {"a": a, "b": b}
    if part == "interp":
        given |= {"motion": np.zeros((1, 9, 16, 32), np.float32)}
        given |= {"t": np.full((1, 1, 1, 1), 0.5, np.float32)}
    carved = session.run(None, {**given, **held.feeds(False)})[0]
    none = {f"cut/{name}": np.arange(0) for name in held.cut}
    left_out = session.run(None, {**given, **held.feeds(False), **none})[0]
    empty = graph_inputs(Carve(), model.manifest.part(part), (36, 64), (64, 32))
    plain = session.run(None, {**given, **empty.feeds(False)})[0]
    assert (left_out == plain).all()
    assert np.abs(carved - plain).max() > 0.01


def test_held_inputs_change_no_bit(unet: UnetInterpolator, model: Model, moving: Clip):
    bound = unet_of(model, "cpu", 1, memory="cpu")
    for seed in (1, 2, 1):  # a carve that comes back, and t that moves under the same carve
        net = roll(unet.sites, unet.model, seed)
        for t in (0.25, 0.5):
            assert (bound.frame_at(moving, t, net) == unet.frame_at(moving, t, net)).all()
    bound.close()


def test_fixed_shapes_and_addresses_make_the_same_frames(
    unet: UnetInterpolator, model: Model, moving
):
    fixed = unet_of(model, "cpu", fixed=True)
    small = Clip(tuple(fitted(frame, (128, 96)) for frame in moving.frames), 6.0)
    for clip in (moving, small, moving):
        for seed in (1, 2, 1):
            net = roll(unet.sites, unet.model, seed)
            for t in (0.25, 0.5):
                made, wanted = (u.frame_at(clip, t, net).astype(int) for u in (fixed, unet))
                # What is folded beforehand may be rounded once less: a level here and there.
                assert np.abs(made - wanted).max() <= 1
                assert (made != wanted).mean() < 3e-4
    fixed.close()


def test_a_graph_that_cannot_be_recorded_runs_as_it_is_and_says_so(
    model, moving, unet, monkeypatch
):
    def refused(self, given, options=None):
        raise RuntimeError("Concat supports at most 32 inputs\nduring CUDA Graph capture")

    monkeypatch.setattr(FixedSession, "run", refused)
    fixed = unet_of(model, "cpu", fixed=True)
    net = roll(unet.sites, unet.model, 2)
    for _ in range(2):
        assert (fixed.frame_at(moving, 0.5, net) == unet.frame_at(moving, 0.5, net)).all()
    assert "at most 32 inputs" in fixed.health().note
    assert "cuda_graph = false" in fixed.health().note
    assert "\n" not in fixed.health().note
    fixed.close()


@pytest.mark.parametrize("part", ["flow", "interp"])
def test_at_a_fixed_size_nothing_is_left_that_a_cuda_graph_cannot_hold(
    model: Model, part: str, tmp_path: Path
):
    """A CUDA graph needs every node on the GPU. What works out shapes runs on the CPU, so with
    fixed shapes none of it may be left; and every shape has to be known beforehand."""
    onnx = pytest.importorskip("onnx")
    cuts = {f"cut/{site.name}": site.copies for site in model.manifest.part(part)}
    session = fixed_session(model.graphs[part], part, "cpu", 1, (448, 256), cuts)
    assert all(isinstance(side, int) for side in session.get_outputs()[0].shape)
    options = ort.SessionOptions()
    options.enable_mem_reuse = False  # planning it takes most of the time, and changes no node
    options.optimized_model_filepath = str(tmp_path / "fixed.onnx")
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4
    for side, cells in (("one", 1), ("height", 256), ("width", 448), *cuts.items()):
        options.add_free_dimension_override_by_name(side, cells)
    for side, cells in (("half_height", 128), ("half_width", 224)):
        options.add_free_dimension_override_by_name(side, cells)
    ort.InferenceSession(model.graphs[part], options, providers=["CPUExecutionProvider"])
    left = onnx.shape_inference.infer_shapes(onnx.load(tmp_path / "fixed.onnx")).graph
    kinds = {v.name: v.type.tensor_type.elem_type for v in (*left.value_info, *left.output)}
    # Beside floats only the numbers of what is cut, seen as a column: no shape among them.
    others = [n for n in left.node if any(kinds.get(o) != onnx.TensorProto.FLOAT for o in n.output)]
    assert {node.op_type for node in others} <= {"Unsqueeze"}
    assert {node.input[0] for node in others} <= set(cuts)


def test_an_xray_shows_what_a_cut_does_and_lets_the_rest_be(unet: UnetInterpolator, moving: Clip):
    _, before = unet.xrayed_frame_at(moving, 0.5, Net(unet.model))
    cut = Cut("interp/dec3", Operation.INVERT, 1.0)
    _, after = unet.xrayed_frame_at(moving, 0.5, Net(unet.model, Carve.of([cut])))
    changed = {name for name in before if (before[name] != after[name]).any()}
    # The carved frame lies elsewhere in time, so what the interpolation net sees moves a little;
    # what the flow net sees does not.
    assert "interp/dec3" in changed
    assert not {name for name in changed if name.startswith("flow/")}
    assert np.abs(after["interp/dec3"].astype(int) - before["interp/dec3"]).mean() > 10


@pytest.mark.parametrize("part", ["flow", "interp"])
def test_every_site_changes_the_picture(unet: UnetInterpolator, model: Model, moving: Clip, part):
    plain = unet.frame_at(moving, 0.5, Net(unet.model))
    dull = {}
    for site in model.manifest.part(part):
        best = 0.0
        for operation in (Operation.MULTIPLY, Operation.ADD, Operation.ROLL_ACROSS):
            net = one_cut(model, site.name, operation, 1.0, Side.A)
            best = max(best, change(unet.frame_at(moving, 0.5, net), plain))
        dull[site.name] = best
    # The deepest motion layers count little where motion is as small as here.
    assert all(found > 0.02 for found in dull.values()), dull
    assert sum(found >= 2 for found in dull.values()) >= 12, dull


def test_a_chisel_breaks_only_its_part(unet: UnetInterpolator, model: Model, moving: Clip):
    plain = unet.frame_at(moving, 0.5, Net(unet.model))
    half = Chisel(ChiselShape.COLUMNS, 0.5, 1)
    cut = Cut("interp/dec1", Operation.ADD, 1.0, Side.BOTH, half)
    carved = unet.frame_at(moving, 0.5, Net(unet.model, Carve.of([cut])))
    same = (carved == plain).all(axis=(0, 2))
    assert 0.3 < same.mean() < 0.7


def test_a_knob_turned_further_changes_more(unet: UnetInterpolator, model: Model, moving: Clip):
    plain = unet.frame_at(moving, 0.5, Net(unet.model))
    for site, operation in (("interp/skip2", Operation.MULTIPLY), ("interp/dec3", Operation.ADD)):
        nets = [one_cut(model, site, operation, a, Side.BOTH) for a in (0.1, 0.4, 0.7, 1.0)]
        found = [change(unet.frame_at(moving, 0.5, net), plain) for net in nets]
        assert found == sorted(found)
        assert found[0] > 0


def test_a_carve_of_extremes_still_gives_a_picture(unet: UnetInterpolator, moving: Clip):
    every = [Cut(s.name, Operation.MULTIPLY, 1.0, Side.A) for s in unet.sites]
    frame = unet.frame_at(moving, 0.5, Net(unet.model, Carve.of(every)))
    assert frame.shape == moving.frames[0].shape


def test_memory_of_motions_is_bounded(unet: UnetInterpolator, moving: Clip, monkeypatch):
    monkeypatch.setattr("installation.interpolator.unet.MOTION_BYTES", 2_000_000)
    for amount in np.linspace(0.1, 1, 12):
        cut = Cut("flow/skip2", Operation.ADD, float(amount))
        unet.frame_at(moving, 0.5, Net(unet.model, Carve.of([cut])))
    assert sum(m.found.nbytes for m in unet._motions.values()) <= 2_000_000


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


@pytest.mark.parametrize("graph", ["flow", "interp", "flow_full"])
def test_a_frame_is_broken_off_and_the_next_is_made(
    model: Model, moving: Clip, monkeypatch: pytest.MonkeyPatch, graph: str
):
    unet, net = unet_of(model, "cpu", 1), roll_of(model, graph)
    whole = unet.frame_at(moving, 1.5, net)
    unet.frame_at(moving, 0.5, Net(unet.model))
    run = LocalGraphs.run

    def broken(self: LocalGraphs, name: str, *given: object) -> object:
        if name == graph:
            unet.break_off()
        return run(self, name, *given)

    unet._motions.clear()
    with monkeypatch.context() as patched:
        patched.setattr(LocalGraphs, "run", broken)
        with pytest.raises(RunCancelledError):
            unet.frame_at(moving, 1.5, net)
    assert (unet.frame_at(moving, 1.5, net) == whole).all()
    unet.break_off()  # nothing is under way
    assert (unet.frame_at(moving, 1.5, net) == whole).all()
    unet.close()


def roll_of(model: Model, graph: str) -> Net:
    """A net that `graph` has work of."""
    operation = Operation.SHUFFLE if graph.endswith("full") else Operation.ADD
    return one_cut(model, f"{graph.split('_')[0]}/enc2", operation, 0.6, Side.A)


def test_an_absent_model_is_told(tmp_path: Path):
    with pytest.raises(UglyError, match="no model there"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["flow.onnx", "interp_full.onnx"])
def test_a_damaged_graph_is_told(copied: Path, name: str):
    data = bytearray((copied / name).read_bytes())
    data[1000] ^= 1
    (copied / name).write_bytes(data)
    with pytest.raises(UglyError, match=f"{name}: damaged"):
        load_model(copied)
    (copied / name).unlink()
    with pytest.raises(UglyError, match=name):
        load_model(copied)


ONE_SITE = {"name": "flow/enc1", "sides": "AB", "sigmas": [1, 1], "scale": 1}


@pytest.mark.parametrize(
    ("change_of", "says"),
    [
        ({"version": 5}, "newer version"),
        ({"version": 3}, "older version"),
        ({"format": "x"}, "format"),
        ({"sites": [{"name": "flow/enc1", "sides": "AB", "sigmas": [1], "scale": 1}]}, "sigmas"),
        ({"sites": [{**ONE_SITE, "fine": "+"}]}, "fine"),
        ({"sites": [{**ONE_SITE, "copies": 3}]}, "copies"),
        ({"chisel_grid": [0, 1]}, "chisel_grid"),
        ({"graphs": {"flow": {"file": "flow.onnx"}}}, "sha256"),
    ],
)
def test_a_wrong_manifest_is_told(copied: Path, change_of: dict[str, object], says: str):
    manifest = json.loads((copied / "manifest.json").read_text())
    (copied / "manifest.json").write_text(json.dumps({**manifest, **change_of}))
    with pytest.raises(UglyError, match=says):
        load_model(copied)


def test_what_is_no_graph_is_told(model: Model):
    wrong = Model(model.path, model.manifest, {**model.graphs, "flow": b"not a graph"})
    with pytest.raises(UglyError, match="cannot load"):
        unet_of(wrong, "cpu")


def test_no_provider_falls_back_in_silence(model: Model):
    """Here is no GPU: CUDA by name is an error, `auto` is the CPU and says so."""
    with pytest.raises(UglyError, match="cuda was asked for"):
        unet_of(model, "cuda")
    assert choose_provider("auto") == "cpu"
    assert "CPUExecutionProvider" in unet_of(model, "auto").health().note
