"""An ONNX Runtime provider against the processor: the same frames, and how fast?

    python -m models.training.providers MODEL --provider cuda [--size W H] [--json]

(or `uglynet bench net --provider cuda`). With `--provider cpu` the same code runs without a card.
Every way to run the model makes the same frames as plain sessions on the processor do, or it is
told how far they are apart, in levels of 255:

    plain     the plain graphs, any size, inputs held where the provider computes
    full      the full graphs
    captured  the plain graphs at one size; on CUDA recorded as a CUDA graph (`[model] cuda_graph`)
    half      the half-precision twin (`models.training.half`)
    half_captured, torch   both together; PyTorch on the same card, where it sees one

`frames_a_second` is of pairs eight times slower (motion once, seven frames), one frame at a time,
the median of the rounds. A way that cannot run is told in a line under `failed`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from installation.carve.operations import PLAIN
from installation.carve.random_nets import roll
from installation.interpolator.model import load_model
from installation.interpolator.sessions import available_providers
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Carve, Clip, Frame, Net, UglyError, as_frame

from .half import halved
from .nets import UglyNet
from .speed import TIMES, carved_net
from .told import first_line, print_figures

NETS = 3  # carved ones, whose frames are compared; and the untouched one
ROUNDS = 5
WAYS: dict[str, dict[str, object]] = {
    "plain": {},
    "full": {"full": True},
    "captured": {"fixed": True},
    "half": {"half": True},
    "half_captured": {"half": True, "fixed": True},
}


def card_name() -> str | None:
    """The card's name as CUDA tells it to PyTorch."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else None


def pair_of(size_px: tuple[int, int]) -> Clip:
    """Two frames of the bundled clip, at a moment that moves."""
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, size_px) for f, _ in zip(reader.frames(), range(34), strict=False)]
    return Clip((frames[30], frames[33]), 25)


def shown_nets(engine: UnetInterpolator, full: bool) -> list[Net]:
    """The untouched net and some carved ones, in the plain form but for `full`."""
    rolled = [roll(engine.sites, engine.model, seed) for seed in range(NETS)]
    if not full:
        plain = [[cut for cut in net.carve.cuts if cut.operation in PLAIN] for net in rolled]
        rolled = [Net(engine.model, Carve.of(cuts)) for cuts in plain]
    return [Net(engine.model), *rolled]


def frames_of(engine: UnetInterpolator, clip: Clip, full: bool) -> list[Frame]:
    return [engine.frame_at(clip, t, net) for net in shown_nets(engine, full) for t in (0.25, 0.5)]


def apart(ours: list[Frame], theirs: list[Frame]) -> dict[str, float]:
    """How far frames are from one another, in levels of 255; two of each net, untouched first."""
    found = [np.abs(a.astype(int) - b) for a, b in zip(ours, theirs, strict=True)]
    return {
        "untouched_most": float(max(d.max() for d in found[:2])),
        "untouched_mean": round(float(np.mean(found[:2])), 4),
        "carved_most": float(max(d.max() for d in found[2:])),
        "carved_mean": round(float(np.mean(found[2:])), 4),
    }


def rate(run: Callable[[], object], rounds: int) -> float:
    """Frames a second of `run`, which makes those of one pair; its first round warms up."""
    taken = []
    for _ in range(rounds + 1):
        began_s = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began_s)
    return round(len(TIMES) / float(np.median(taken[1:])), 2)


def of_engine(engine: UnetInterpolator, clip: Clip, full: bool) -> Callable[[], None]:
    net = carved_net(engine, full=full)

    def run() -> None:
        anew = Clip(tuple(as_frame(frame.copy()) for frame in clip.frames), clip.fps)
        for t in TIMES:
            engine.frame_at(anew, t, net)

    return run


def of_torch(clip: Clip) -> Callable[[], None]:
    """The same net, eager on PyTorch's card; speed does not hang on the weights."""
    net = UglyNet().eval().cuda()
    a, b = (
        torch.from_numpy(frame.transpose(2, 0, 1)[None].astype(np.float32) / 255).cuda()
        for frame in clip.frames
    )

    def run() -> None:
        with torch.inference_mode():
            motion, _ = net.flow(a, b)
            for t in TIMES:
                net.interp(a, b, motion, torch.full((1, 1, 1, 1), t, device="cuda"))[0].cpu()

    return run


def measure(
    folder: Path, provider: str, size_px: tuple[int, int], threads: int, rounds: int = ROUNDS
) -> dict[str, object]:
    """Differences and speeds by the names in the module's docstring.

    Raises:
        UglyError: if the plain graphs cannot run on the provider at all.
    """
    clip, model = pair_of(size_px), load_model(folder)
    on_cpu = unet_of(model, "cpu", threads)
    wanted = {full: frames_of(on_cpu, clip, full) for full in (False, True)}
    rates = {"cpu": rate(of_engine(on_cpu, clip, False), rounds)}
    differences: dict[str, dict[str, float]] = {}
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place:
        halved(folder, Path(place))
        for name, way in WAYS.items():
            full, fixed = bool(way.get("full")), bool(way.get("fixed"))
            held = "cuda" if provider != "cpu" else "cpu"
            try:
                of_way = load_model(Path(place)) if way.get("half") else model
                engine = unet_of(of_way, provider, threads, held, fixed)
                made = frames_of(engine, clip, full)
                if why_not := engine.health().about:  # it ran, but not that way
                    failed[name] = why_not
                    continue
                differences[name] = apart(made, wanted[full])
                rates[name] = rate(of_engine(engine, clip, full), rounds)
            except Exception as error:  # ONNX Runtime's errors share no base of their own
                if name == "plain":
                    raise
                failed[name] = first_line(error)
    if provider != "cpu" and torch.cuda.is_available():
        try:
            rates["torch"] = rate(of_torch(clip), rounds)
        except Exception as error:  # too little memory, mostly
            failed["torch"] = first_line(error)
    return {
        "provider": provider,
        "card": card_name(),
        "providers_built_in": list(available_providers()),
        "size": list(size_px),
        "frames_a_second": rates,
        "from_the_cpu": differences,
        "failed": failed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--provider", choices=("cpu", "cuda", "tensorrt"), default="cuda")
    parser.add_argument("--size", nargs=2, type=int, default=(448, 256), metavar=("W", "H"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        found = measure(given.model, given.provider, tuple(given.size), given.threads)
    except UglyError as error:
        raise SystemExit(str(error)) from None
    print_figures(found, given.json)


if __name__ == "__main__":
    main()
