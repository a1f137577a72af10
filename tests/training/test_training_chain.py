"""From made-up footage to an exported, evaluated model, by the commands a developer types."""

from __future__ import annotations

import functools
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

import installation.carve.inputs as installation_inputs
import installation.carve.operations as installation_operations
from installation.interpolator.sessions import session_of
from models.training import carving
from models.training import export as export_module
from models.training.batches import batches
from models.training.nets import UglyNet
from models.training.recover import recovered
from models.training.train import Training
from models.training.yardsticks import of, of_checkpoint

GRAPHS = ("flow", "interp", "flow_full", "interp_full")
HERE = Path(__file__).parent
MOST_JOINED = 32
"""Told by ONNX Runtime 1.31 on an NVIDIA H200."""
SMALL = ("--batch", 1, "--crop", 64, "--threads", 1, "--check-every", 0.04)


def rows_of(log: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        time.sleep(0.05)


@pytest.fixture(scope="module")
def trained(shards: Path, tmp_path_factory: pytest.TempPathFactory, start, run) -> dict[str, Path]:
    """A training that is killed after its first checkpoint and then goes on to its end."""
    folder = tmp_path_factory.mktemp("checkpoints")
    process = start("train", shards, folder, "--steps", 100_000, *SMALL)
    try:
        wait_for(folder / "last.pt", process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    killed = folder / "killed.pt"
    killed.write_bytes((folder / "last.pt").read_bytes())
    (folder / "killed.jsonl").touch()
    if (folder / "log.jsonl").exists():
        (folder / "killed.jsonl").write_bytes((folder / "log.jsonl").read_bytes())
    step = torch.load(killed, weights_only=True)["step"]
    run("train", shards, folder, "--steps", step + 12, *SMALL)
    return {"folder": folder, "killed": killed}


@pytest.fixture(scope="module")
def exported(trained, shards: Path, tmp_path_factory: pytest.TempPathFactory, run) -> Path:
    out = tmp_path_factory.mktemp("model")
    run("export", trained["folder"] / "best.pt", shards, out, "--name", "tiny")
    return out


def test_a_killed_training_goes_on_from_what_it_saved(trained):
    killed = torch.load(trained["killed"], weights_only=True)
    last = torch.load(trained["folder"] / "last.pt", weights_only=True)
    assert killed["step"] > 0
    assert last["step"] == killed["step"] + 12
    assert killed["minutes"] < last["minutes"]
    # AdamW counts its own steps: they go on, they don't start again.
    counted = [int(state["step"]) for state in last["optimiser"]["state"].values()]
    assert max(counted) == last["step"]
    assert not list(trained["folder"].glob("*.new"))


def test_the_log_keeps_what_was_there_and_tells_of_validation(trained):
    folder = trained["folder"]
    rows, before = rows_of(folder / "log.jsonl"), rows_of(folder / "killed.jsonl")
    assert rows[: len(before)] == before
    last = torch.load(folder / "last.pt", weights_only=True)
    best = torch.load(folder / "best.pt", weights_only=True)
    judged = [row for row in rows if "validation_gain_db" in row]
    assert judged
    assert judged[-1]["step"] == last["step"]
    assert max(row["validation_gain_db"] for row in judged) == pytest.approx(
        best["best_db"], abs=1e-3
    )


def test_every_parameter_moved(trained):
    torch.manual_seed(0)
    fresh = UglyNet().state_dict()
    last = torch.load(trained["folder"] / "last.pt", weights_only=True)
    for kind in ("net", "average"):
        assert last[kind].keys() == fresh.keys()
        still = [name for name, value in fresh.items() if torch.equal(last[kind][name], value)]
        assert not still


def test_a_batch_seen_again_and_again_is_learnt(shards: Path, tmp_path: Path):
    training = Training(tmp_path, 1.0)
    batch = next(batches([shards / "shards" / "synthetic"], [1.0], 2, 64, seed=3))
    losses = [training.learn(batch, flow_only=False, taught_share=0.0) for _ in range(16)]
    _, _, picture = np.transpose(losses)
    assert picture[-4:].mean() < 0.9 * picture[:2].mean()


def test_motion_seen_again_and_again_is_learnt(shards: Path, tmp_path: Path):
    training = Training(tmp_path, 1.0)
    batch = next(batches([shards / "shards" / "synthetic"], [1.0], 2, 64, seed=3))
    losses = [training.learn(batch, flow_only=True, taught_share=0.0) for _ in range(24)]
    flow, _, _ = np.transpose(losses)
    assert flow[-4:].mean() < flow[:2].mean()


def test_a_saved_training_steps_exactly_as_it_would_have(shards: Path, tmp_path: Path):
    feed = batches([shards / "shards" / "synthetic"], [1.0], 1, 64, seed=2)
    first, second = next(feed), next(feed)
    training = Training(tmp_path, 1.0)
    training.learn(first, flow_only=True, taught_share=0.0)
    training.save("last.pt")
    again = Training(tmp_path, 1.0)
    assert again.step == training.step == 1
    assert training.learn(second, False, 0.0) == again.learn(second, False, 0.0)
    for kind in ("net", "average"):
        ours, theirs = getattr(training, kind).state_dict(), getattr(again, kind).state_dict()
        assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


# --- what comes out


def manifest_of(model: Path) -> dict:
    return json.loads((model / "manifest.json").read_text())


@functools.cache
def sessions(model: Path) -> dict[str, ort.InferenceSession]:
    return {
        graph: session_of((model / f"{graph}.onnx").read_bytes(), graph, "cpu", 2)
        for graph in ("flow", "interp")
    }


def carves(session: ort.InferenceSession) -> dict[str, np.ndarray]:
    shapes = {given.name: given.shape for given in session.get_inputs()}
    return {
        "gain": np.ones(shapes["gain"], np.float32),
        "bias": np.zeros(shapes["bias"], np.float32),
        "chisel": np.ones(shapes["chisel"], np.float32),
        **{name: np.arange(copies_of(name)) for name in shapes if name.startswith("cut/")},
    }


def copies_of(cut: str) -> int:
    """How many copies of its layer a site's input names: the flow net's encoder holds two."""
    deep = "flow/dec5"  # matching features of both frames; the later ones hold motion
    part, layer = cut.removeprefix("cut/").split("/")
    return 2 if part == "flow" and (not layer.startswith("dec") or cut.endswith(deep)) else 1


def through_graphs(
    opened: dict[str, ort.InferenceSession],
    pair: dict[str, np.ndarray],
    t: float,
    change: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]] = lambda given: given,
) -> np.ndarray:
    flow, interp = opened["flow"], opened["interp"]
    (motion,) = flow.run(None, {**pair, **change(carves(flow))})
    when = np.full((1, 1, 1, 1), t, np.float32)
    return interp.run(None, {**pair, "motion": motion, "t": when, **change(carves(interp))})[0]


def pair_of(data: Path, height: int, width: int) -> dict[str, np.ndarray]:
    clip = np.load(data / "video" / "langer.npy").astype(np.float32) / 255
    a, b = (np.ascontiguousarray(f.transpose(2, 0, 1)[None, :, :height, :width]) for f in clip[3:5])
    return {"a": a, "b": b}


@pytest.mark.parametrize(("height", "width", "t"), [(96, 160, 0.5), (64, 192, 0.2), (96, 96, 0.9)])
def test_graphs_equal_the_trained_net(exported, trained, shards, height, width, t):
    kept = torch.load(trained["folder"] / "best.pt", weights_only=True)
    net = UglyNet(kept["width"])
    net.load_state_dict(kept["average"])
    pair = pair_of(shards, height, width)
    with torch.inference_mode():
        wanted = net.eval()(*map(torch.from_numpy, pair.values()), torch.full((1, 1, 1, 1), t))
    out = through_graphs(sessions(exported), pair, t)
    assert out.shape == (1, 3, height, width)
    assert np.abs(out - wanted.numpy()).max() < 1e-4


def test_the_empty_carve_is_exact(exported, shards):
    """Where the chisel is 0, the wildest gains change no bit."""
    opened, pair, rng = sessions(exported), pair_of(shards, 96, 160), np.random.default_rng(5)

    def wild(given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        count = given["gain"].shape
        return {
            **given,
            "gain": rng.uniform(-8, 8, count).astype(np.float32),
            "bias": rng.normal(size=count).astype(np.float32),
            "chisel": given["chisel"] * 0,
        }

    plain = through_graphs(opened, pair, 0.4)
    assert np.array_equal(through_graphs(opened, pair, 0.4, wild), plain)
    deaf = through_graphs(opened, pair, 0.4, lambda given: {**given, "gain": given["gain"] * 3})
    assert np.abs(deaf - plain).max() > 0.01


@pytest.mark.parametrize("form", ["plain", "full"])
def test_the_carver_leaves_the_net_alone_to_the_bit(exported, shards, form):
    torch.manual_seed(1)
    net, sites = UglyNet().eval(), manifest_of(exported)["sites"]
    pair = [torch.from_numpy(f) for f in pair_of(shards, 64, 96).values()]
    t = torch.full((1, 1, 1, 1), 0.3)
    gauge = export_module.Gauge()
    with torch.inference_mode():
        net(*pair, t, gauge)
    lifts, readouts, carvers = gauge.lifts(), gauge.readouts(), {}
    kind = {"plain": carving.PlainCarve, "full": carving.FullCarve}[form]
    names = {"plain": export_module.PLAIN, "full": export_module.FULL}[form]
    for part in ("flow", "interp"):
        here = [site for site in sites if site["name"].startswith(f"{part}/")]
        resting = carving.rest(here)
        cut = [resting[f"cut/{site['name']}"] for site in here]
        resting["carried"] = torch.ones(1, 2, 32, 48)
        carvers[part] = kind(here, lifts, *(resting[name] for name in names), *cut)
    carvers["flow"].readouts = readouts

    def carver(site: str, x: torch.Tensor) -> torch.Tensor:
        return carvers[site.split("/")[0]](site, x)

    with torch.inference_mode():
        assert torch.equal(net(*pair, t, carver), net(*pair, t))
        motion = net.flow(*pair)[0]
        assert torch.equal(carvers["flow"].pushed(motion), motion)


def test_weights_come_back_out_of_the_graphs(exported, trained, tmp_path: Path, run):
    run("recover", exported, tmp_path / "back.pt")
    kept = torch.load(trained["folder"] / "best.pt", weights_only=True)["average"]
    back = torch.load(tmp_path / "back.pt", weights_only=True)
    assert back["average"].keys() == kept.keys()
    for name, value in kept.items():
        # The graphs hold ten times a sharpness: what comes back is what they were made of.
        times = 10 if name.endswith(".sharpness") else 1
        assert torch.equal(back["average"][name] * times, value * times), name


def test_what_is_of_another_design_is_told(exported, tmp_path: Path, run):
    other = Path(shutil.copytree(exported, tmp_path / "other"))
    manifest = manifest_of(other)
    manifest["training"]["width"] = 2.0
    (other / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SystemExit, match="another design"):
        recovered(other)


def test_dials_are_the_same_rows_on_both_sides():
    assert carving.DIALS == installation_inputs.DIALS
    assert carving.NO_LIMIT == installation_operations.NO_LIMIT


def operators(graph: onnx.GraphProto) -> set[tuple[str, str]]:
    """(domain, operator) of every node, those inside other nodes included."""
    found = set()
    for node in graph.node:
        found.add((node.domain, node.op_type))
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                found |= operators(inner)
    return found


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_operator_has_a_cuda_kernel_and_none_branches(exported, graph):
    model = onnx.load(exported / f"{graph}.onnx")
    onnx.checker.check_model(model, full_check=True)
    (opset,) = (used.version for used in model.opset_import if used.domain in {"", "ai.onnx"})
    used = operators(model.graph)
    assert {domain for domain, _ in used} <= {"", "ai.onnx"}
    names = {name for _, name in used}
    assert not names & {"If", "Loop", "Scan", "SequenceMap"}
    kernels = json.loads((HERE / "cuda_kernels.json").read_text())["oldest_opset"]
    names.discard("Constant")  # becomes an initialiser when the session loads
    assert not {name for name in names if kernels.get(name, 999) > opset}
    joined = [len(node.input) for node in model.graph.node if node.op_type == "Concat"]
    assert max(joined) <= MOST_JOINED, "no CUDA graph can be recorded with more side by side"


def test_manifest_says_what_was_written(exported, trained):
    manifest = manifest_of(exported)
    kept = torch.load(trained["folder"] / "best.pt", weights_only=True)
    assert manifest["name"] == "tiny"
    assert manifest["training"]["steps"] == kept["step"]
    for graph in GRAPHS:
        assert manifest["graphs"][graph]["sha256"] == export_module.sha256(
            exported / f"{graph}.onnx"
        )
    for graph in ("flow", "interp"):
        shapes = {i.name: i.shape for i in sessions(exported)[graph].get_inputs()}
        sites = [site for site in manifest["sites"] if site["name"].startswith(f"{graph}/")]
        values = sum(len(site["sides"]) for site in sites)
        assert shapes["gain"] == shapes["bias"] == [values]
        assert shapes["chisel"] == [len(sites), 1, *manifest["chisel_grid"]]
        for site in sites:
            assert len(site["sigmas"]) == len(site["sides"])
            assert min(site["sigmas"]) >= 0


def test_evaluation_judges_checkpoint_and_model_alike(exported, trained, shards, run):
    frames = np.load(shards / "video" / "langer.npy")[:2, :96, :160]
    frames = np.ascontiguousarray(frames)
    ours, theirs = of(exported, 1)(*frames), of_checkpoint(trained["folder"] / "best.pt")(*frames)
    assert np.abs(ours.astype(int) - theirs).max() <= 1
    printed = run("evaluate", exported, shards, "--no-rife", "--json", "--count", 1, "--threads", 1)
    found = json.loads(printed)
    assert len(found["rows"]) == 12
    assert {row["clip"] for row in found["rows"]} == {
        "bikes",
        "bigbuckbunny",
        "carphone",
        "jwpIntro",
    }
    for row in found["rows"] + found["means"]:
        assert list(row["psnr_db"]) == ["blend", "DIS", "ours"]
        assert 0 <= row["won_from_blend"] <= row["count"]
