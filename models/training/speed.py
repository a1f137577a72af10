"""How fast is the engine? Ratios of generated frames a second, all in one run.

    python -m models.training.speed MODEL [--rife DATA] [--size W H] [--json]

(or `uglynet bench net`). Pairs of frames, eight times slower: flow once, seven frames. We run
as every render does (`interpolator.render`): as many pairs at a time as there are threads, each
on one; the others as they know best, with all threads on one frame. Every runner has its turn
in every round, so that whatever else the machine does falls upon all alike; the figures are
medians of the rounds. Keys:

    vs_torch_same_net       ours, carve inputs in use, over torch eager on the same network
    vs_torch_channels_last  the same, torch in its channels-last form
    vs_super_slomo_torch    over the full-size Super SloMo architecture in torch eager
    vs_super_slomo_ort      over the same in ONNX Runtime
    vs_rife                 over RIFE 3.1 in torch (only with --rife)
    one_frame_at_a_time     ours with all threads on one frame, as in the preview, as a share
    full_form               the full graphs' speed as a share of the plain ones'
    xray                    an X-rayed frame's speed as a share of the full graphs'
    matrix_peak_share       our multiplications over the machine's measured matrix-product peak
    load_ms, rss_mb         to load both plain graphs; memory of a process that runs them
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

from installation.carve.operations import PLAIN
from installation.carve.random_nets import roll
from installation.interpolator.model import Model, load_model
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.vocabulary import Carve, Clip, Cut, Net, Operation, as_frame

from .nets import UglyNet
from .rife import rife
from .super_slomo import SuperSloMo
from .told import print_figures

Runner = Callable[[], object]
Taken = list[float]
SLOW = 8
PEAK_SIDE = 1024
"""Of the square matrices whose product is the machine's peak."""
TIMES = tuple(k / SLOW for k in range(1, SLOW))
_RSS = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
import numpy as np
from installation.interpolator.model import load_model
from installation.interpolator.trained import unet_of
from installation.vocabulary import Clip, Net, as_frame
engine = unet_of(load_model(Path({model!r})), "cpu", {threads})
frames = np.random.default_rng(0).integers(0, 255, (2, {height}, {width}, 3), np.uint8)
engine.frame_at(Clip(tuple(as_frame(f) for f in frames), 25), 0.4, Net(engine.model))
status = Path("/proc/self/status").read_text()  # getrusage would tell the parent's peak too
print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def carved_net(engine: UnetInterpolator, *, full: bool) -> Net:
    """A net that uses the carve inputs of both U-Nets, in the plain or the full form."""
    rolled = roll(engine.sites, engine.model, 3, extreme=True)
    cuts = [cut for cut in rolled.carve.cuts if cut.operation in PLAIN]
    if full:
        cuts += [Cut(f"{part}/enc2", Operation.CLIP, 0.5) for part in ("flow", "interp")]
    return Net(engine.model, Carve.of(cuts))


def ours(engines: list[UnetInterpolator], frames: np.ndarray, net: Net) -> Runner:
    """A pair for every engine, all at a time."""
    pool = ThreadPoolExecutor(len(engines))
    pairs = [one_by_one(engine, frames, net) for engine in engines]

    def run() -> None:
        for done in [pool.submit(pair) for pair in pairs]:
            done.result()

    return run


def one_by_one(
    engine: UnetInterpolator, frames: np.ndarray, net: Net, xray: bool = False
) -> Runner:
    """A pair anew each time, so that no motion is remembered."""

    def run() -> None:
        clip = Clip(tuple(as_frame(f.copy()) for f in frames), 25)
        for t in TIMES:
            (engine.xrayed_frame_at if xray else engine.frame_at)(clip, t, net)

    return run


def in_torch(net: UglyNet, a: torch.Tensor, b: torch.Tensor, form: torch.memory_format) -> Runner:
    net = net.to(memory_format=form)
    a, b = a.contiguous(memory_format=form), b.contiguous(memory_format=form)

    def run() -> None:
        with torch.inference_mode():
            motion, _ = net.flow(a, b)
            for t in TIMES:
                net.interp(a, b, motion, torch.full((1, 1, 1, 1), t))

    return run


def slomo_in_torch(net: SuperSloMo, a: torch.Tensor, b: torch.Tensor) -> Runner:
    def run() -> None:
        with torch.inference_mode():
            flow = net.flow(a, b)
            for t in TIMES:
                net.frame(a, b, flow, torch.full((1, 1, 1, 1), t))

    return run


class _Method(nn.Module):
    def __init__(self, net: nn.Module, name: str) -> None:
        super().__init__()
        self.net, self.name = net, name

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return getattr(self.net, self.name)(*inputs)


def slomo_in_ort(net: SuperSloMo, a: torch.Tensor, b: torch.Tensor, threads: int) -> Runner:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    flow, t = torch.zeros(1, 4, *a.shape[2:]), torch.full((1, 1, 1, 1), 0.5)
    sessions = []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, inputs in (("flow", (a, b)), ("frame", (a, b, flow, t))):
            path = f"{folder}/{name}.onnx"
            names = list("abft")[: len(inputs)]
            sides = {name: {2: "height", 3: "width"} for name in names if name != "t"}
            torch.onnx.export(
                _Method(net, name),
                inputs,
                path,
                input_names=names,
                dynamic_axes=sides,
                opset_version=17,
                dynamo=False,
            )
            providers = ["CPUExecutionProvider"]
            sessions.append(ort.InferenceSession(path, options, providers=providers))
    pair = {"a": a.numpy(), "b": b.numpy()}

    def run() -> None:
        (found,) = sessions[0].run(None, pair)
        for t in TIMES:
            when = np.full((1, 1, 1, 1), t, np.float32)
            sessions[1].run(None, {**pair, "f": found, "t": when})

    return run


def rife_in_torch(data: Path, frames: np.ndarray) -> Runner:
    """RIFE 3.1 finds the middle only; halving on, seven frames take seven runs."""
    predict = rife(data)

    def run() -> None:
        for _ in TIMES:
            predict(*frames)

    return run


def multiplications(net: UglyNet, a: torch.Tensor, b: torch.Tensor) -> float:
    """Multiply-adds of all convolutions for one run (flow once, seven frames)."""
    total = [0.0]

    def count(layer: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        if isinstance(layer, nn.Conv2d):
            total[0] += output.numel() * layer.in_channels * layer.weight[0, 0].numel()

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, nn.Conv2d)]
    in_torch(net, a, b, torch.contiguous_format)()
    for hook in hooks:
        hook.remove()
    return total[0]


def peak_runner(side: int) -> Runner:
    x, y = torch.rand(side, side), torch.rand(side, side)
    return lambda: x @ y


def _runners(
    model: Model, frames: np.ndarray, threads: int, rife_data: Path | None
) -> dict[str, Runner]:
    """Everyone who takes part, by name, each run a pair of frames: ours by the thread."""
    engine = unet_of(model, "cpu", threads)
    lanes = [unet_of(model, "cpu", 1) for _ in range(threads)]
    plain, full = (carved_net(engine, full=form) for form in (False, True))
    a, b = _tensors(frames)
    torch.manual_seed(0)
    net, slomo = UglyNet().eval(), SuperSloMo().eval()  # speed does not hang on the weights
    runners: dict[str, Runner] = {
        "ours": ours(lanes, frames, plain),
        "ours_full": ours(lanes, frames, full),
        "ours_one_by_one": one_by_one(engine, frames, plain),
        "ours_one_by_one_full": one_by_one(engine, frames, full),
        "ours_one_by_one_xrayed": one_by_one(engine, frames, full, xray=True),
        "torch": in_torch(net, a, b, torch.contiguous_format),
        "torch_channels_last": in_torch(UglyNet().eval(), a, b, torch.channels_last),
        "super_slomo_torch": slomo_in_torch(slomo, a, b),
        "super_slomo_ort": slomo_in_ort(slomo, a, b, threads),
        "peak": peak_runner(PEAK_SIDE),
    }
    if rife_data is not None:
        runners["rife"] = rife_in_torch(rife_data, frames)
    return runners


def _tensors(frames: np.ndarray) -> list[torch.Tensor]:
    return [torch.from_numpy(f.transpose(2, 0, 1)[None].astype(np.float32) / 255) for f in frames]


def _timed(runners: dict[str, Runner], rounds: int, at_once: dict[str, int]) -> dict[str, Taken]:
    """Seconds a pair in every round, by name; `at_once` tells who runs several pairs at a time."""
    taken: dict[str, Taken] = {name: [] for name in runners}
    for number in range(rounds + 1):
        for name, run in runners.items():
            began_s = time.perf_counter()
            run()
            if number:  # the first round warms up
                taken[name].append((time.perf_counter() - began_s) / at_once.get(name, 1))
    return taken


def _peak_rss_mb(model: Path, size_px: tuple[int, int], threads: int) -> float:
    """Memory of a process of its own that makes one frame, in MiB; NaN if it failed."""
    script = _RSS.format(
        root=str(Path(__file__).parents[2]),
        model=str(model),
        threads=threads,
        width=size_px[0],
        height=size_px[1],
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return float(child.stdout or "nan")


def measure(
    model: Path, size_px: tuple[int, int], threads: int, rounds: int, rife_data: Path | None
) -> dict[str, object]:
    """All ratios, by the keys of the module's docstring, and the frames a second behind them."""
    torch.set_num_threads(threads)
    width, height = size_px
    frames = np.random.default_rng(0).integers(0, 256, (2, height // 8, width // 8, 3), np.uint8)
    frames = frames.repeat(8, 1).repeat(8, 2)
    began_s = time.perf_counter()
    loaded = load_model(model)
    unet_of(loaded, "cpu", threads)
    load_ms = (time.perf_counter() - began_s) * 1000
    turns = multiplications(UglyNet().eval(), *_tensors(frames))
    runners = _runners(loaded, frames, threads, rife_data)
    taken = _timed(runners, rounds, {"ours": threads, "ours_full": threads})
    seconds = {name: float(np.median(found)) for name, found in taken.items()}

    def over(other: str, mine: str = "ours") -> float:
        return round(seconds[other] / seconds[mine], 3)

    peak = PEAK_SIDE**3 / min(taken["peak"])
    return {
        "size": list(size_px),
        "threads": threads,
        "frames_a_second": {
            name: round(len(TIMES) / taken_s, 2)
            for name, taken_s in seconds.items()
            if name != "peak"
        },
        "vs_torch_same_net": over("torch"),
        "vs_torch_channels_last": over("torch_channels_last"),
        "vs_super_slomo_torch": over("super_slomo_torch"),
        "vs_super_slomo_ort": over("super_slomo_ort"),
        **({"vs_rife": over("rife")} if "rife" in seconds else {}),
        "full_form": over("ours", "ours_full"),
        "xray": over("ours_one_by_one_full", "ours_one_by_one_xrayed"),
        "one_frame_at_a_time": over("ours", "ours_one_by_one"),
        "matrix_peak_share": round(turns / seconds["ours"] / peak, 3),
        "load_ms": round(load_ms, 1),
        "rss_mb": round(_peak_rss_mb(model, size_px, threads), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "--rife", type=Path, metavar="DATA", help="fetch RIFE into DATA and time it"
    )
    parser.add_argument("--size", nargs=2, type=int, default=(448, 256), metavar=("W", "H"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.model, tuple(given.size), given.threads, given.rounds, given.rife)
    print_figures(found, given.json)


if __name__ == "__main__":
    main()
