"""A quarter of an hour with a card: everything worth doing there, by one command.

    python -m models.training.on_a_card PACK OUT --minutes 9

PACK is what `models.training.pack` wrote. In this order: the net on the card is held against the
same net on the processor, in full and in half precision; it is trained on from the model that ships
(or from --start, or from OUT/last.pt where an earlier call was stopped), with the teacher, on rows
made on the card; what came out is validated; and, where ONNX Runtime has CUDA, the shipped graphs
are measured there (`models.training.providers`). OUT/card.json has the figures after every part,
OUT/best.pt the best average so far, 6 MB to be sent back. --minutes counts all but the last part.

It needs PyTorch, NumPy, OpenCV and onnx, no network, and ONNX Runtime for the last part alone. The
dry run, here:

    python -m models.training.on_a_card PACK OUT --device cpu --steps 2 --batch 2 --crop 64 --each 1
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from .learner import HALVES, Training, in_half, predictor
from .measure import Triplet, mean_gain_db, validation
from .nets import UglyNet
from .pack import is_opened, opened
from .recover import recovered
from .told import first_line
from .train import RATE, arguments, train

HOUSE = Path(__file__).parents[2]
SHIPPED = HOUSE / "models" / "small"
LEAST_TRAINING_MINUTES = 0.5


def net_of(start: Path) -> UglyNet:
    """A checkpoint's average, on the processor."""
    kept = torch.load(start, map_location="cpu", weights_only=True)
    net = UglyNet(kept["width"])
    net.load_state_dict(kept["average"])
    return net.eval()


def identity(start: Path, device: str, half: str | None, rows: list[Triplet]) -> dict[str, float]:
    """Levels of 255 between frames of the device and of the processor, in full and half precision;
    and how many dB half precision costs."""
    ours, there, rough = net_of(start), net_of(start).to(device), net_of(start).to(device)
    if half is not None:
        in_half(rough, HALVES[half])
    wanted, found, halves = (
        [predictor(net)(a, b).astype(int) for a, _, b in rows[:4]] for net in (ours, there, rough)
    )
    gains = [mean_gain_db(predictor(net), rows) for net in (there, rough)]
    return {
        "full_most": float(np.abs(np.array(found) - wanted).max()),
        "half_most": float(np.abs(np.array(halves) - wanted).max()),
        "start_gain_db": round(gains[0], 3),
        "half_costs_db": round(gains[0] - gains[1], 3),
    }


def providers_told(device: str) -> dict[str, object]:
    """The shipped graphs under ONNX Runtime's CUDA (the CPU's in a dry run), or why not."""
    provider = "cuda" if device == "cuda" else "cpu"
    try:
        import onnxruntime as ort

        if f"{provider.upper()}ExecutionProvider" not in ort.get_available_providers():
            return {"left_out": f"this ONNX Runtime has no {provider}; onnxruntime-gpu has"}
        from .providers import measure

        return measure(SHIPPED, provider, (448, 256), threads=2)
    except Exception as error:  # a part that cannot be had must not cost the others
        return {"left_out": first_line(error)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pack", type=Path, help="the file that `models.training.pack` wrote")
    parser.add_argument("out", type=Path, help="folder for checkpoints and figures")
    parser.add_argument("--minutes", type=float, default=9, help="from now to the last checkpoint")
    parser.add_argument("--steps", type=int, help="end at this step instead")
    parser.add_argument("--data", type=Path, help="where the pack is opened, if not in OUT")
    parser.add_argument("--each", type=int, default=9, help="triplets a clip to validate by")
    parser.add_argument("--start", type=Path, help="a checkpoint instead of the shipped weights")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--crop", type=int, default=192)
    parser.add_argument("--check-every", type=float, default=2.5, help="minutes")
    parser.add_argument("--processes", type=int, default=4, help="that make rows")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--half", choices=(*HALVES, "none"), default="float16")
    given = parser.parse_args()
    began = time.monotonic()
    if given.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit(
            "no card: PyTorch sees no CUDA here; `--device cpu --steps 2` is a dry run"
        )
    if not given.pack.is_file():
        raise SystemExit(f"{given.pack}: not there; `python -m models.training.pack` writes it")
    if given.start and not given.start.is_file():
        raise SystemExit(f"{given.start}: no checkpoint is there; without --start ours is taken")
    given.out.mkdir(parents=True, exist_ok=True)
    name = torch.cuda.get_device_name() if given.device == "cuda" else "cpu (dry run)"
    figures: dict[str, object] = {"card": name, "torch": torch.__version__}

    def told(**more: object) -> None:
        figures.update(more)
        (given.out / "card.json").write_text(json.dumps(figures, indent=1) + "\n")
        print(json.dumps(more), flush=True)

    data = given.data or given.out / "data"
    if not is_opened(data):
        opened(given.pack, data)
    start = given.start or given.out / "shipped.pt"
    if not given.start:
        torch.save(recovered(SHIPPED), start)
    half = None if given.half == "none" else given.half
    rows = validation(data, given.each)
    told(identity=identity(start, given.device, half, rows))
    training = Training(given.out, 1.0, start, given.device, half)
    told(opened_in_minutes=round((time.monotonic() - began) / 60, 2), step_before=training.step)
    trained(given, training, data, rows, (time.monotonic() - began) / 60)
    told(
        steps=training.step,
        training_minutes=round(training.minutes, 2),
        best_gain_db=round(training.best_db, 3),
    )
    told(onnxruntime=providers_told(given.device))


def trained(
    given: argparse.Namespace,
    training: Training,
    data: Path,
    rows: list[Triplet],
    used_minutes: float,
) -> None:
    """Train until the minutes are up, those of an earlier call not counted."""
    left = max(LEAST_TRAINING_MINUTES, given.minutes - used_minutes) + training.minutes
    options = arguments().parse_args([str(data), str(given.out), "--fresh"])
    options.start, options.teacher = training.folder, "rife-4.25"  # both nets learn at once
    options.minutes, options.steps, options.rate = left, given.steps, given.rate
    options.batch, options.crop = given.batch, given.crop
    options.check_every, options.processes = given.check_every, given.processes
    torch.backends.cudnn.benchmark = True  # every batch has the same shapes
    train(options, training, rows)


if __name__ == "__main__":
    main()
